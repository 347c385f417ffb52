//! Reading one purchase to show it.

use generion_client::KeyedAccount;
use solana_address::Address;

use crate::{
    context::Context,
    output::{failure::Failure, view::PurchaseView},
};

/// Reads a purchase from the ledger.
pub async fn read(context: &Context, address: Address) -> Result<PurchaseView, Failure> {
    let account = context.ledger().purchase(&address).await?;
    Ok(PurchaseView::from(&KeyedAccount { address, account }))
}

//! Reading one record to show it.

use generion_client::KeyedAccount;
use solana_address::Address;

use crate::{
    context::Context,
    output::{failure::Failure, view::RecordView},
};

/// Reads a record from the ledger.
pub async fn read(context: &Context, address: Address) -> Result<RecordView, Failure> {
    let account = context.ledger().record(&address).await?;
    Ok(RecordView::from(&KeyedAccount { address, account }))
}

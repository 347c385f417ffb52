//! Revoking shares.

use generion_client::rpc::amount::Sol;
use serde::Serialize;
use solana_address::Address;

use crate::{
    context::Context,
    output::{
        failure::Failure,
        paid_out::paid_out,
        report::{Output, Report},
        text::Text,
        view::TransactionView,
    },
};

#[derive(Serialize)]
struct Revoked {
    share: String,
    /// Rent that was returned to its payer.
    returned_lamports: u64,
    rent_payer: String,
    transaction: TransactionView,
}

/// Deletes a share from the ledger.
pub async fn revoke(context: &Context, address: Address) -> Result<Output, Failure> {
    let signers = context.signers().await?;
    let share = context.ledger().share(&address).await?;
    context.require_funds_of(&signers, 0).await?;
    let revocation = context
        .client
        .revoke_share(signers.wallet, signers.payer, &address)
        .await?;
    if let Some(dry_run) = context.dry_run(revocation.dry_run()).await? {
        return Ok(dry_run);
    }
    let confirmed = revocation.send().await?.confirmed;
    Output::new(&Revoked {
        share: address.to_string(),
        returned_lamports: paid_out(&confirmed),
        rent_payer: share.rent_payer.to_string(),
        transaction: context.transaction(&confirmed),
    })
}

impl Report for Revoked {
    fn describe(&self, text: &mut Text) {
        text.field("revoked", &self.share).field(
            "rent back",
            format_args!("{} to {}", Sol(self.returned_lamports), self.rent_payer),
        );
        self.transaction.describe(text);
    }
}

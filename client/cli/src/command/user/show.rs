//! One wallet and its encryption key.

use generion_client::{KeyedAccount, attestation::KeyAttestation, rpc::amount::Sol, state::User};
use serde::Serialize;
use solana_address::Address;

use crate::{
    context::Context,
    output::{
        failure::Failure,
        report::{Output, Report},
        text::Text,
        view::UserView,
    },
};

/// A wallet, and its User account if there is one.
#[derive(Serialize)]
struct Shown {
    wallet: String,
    balance_lamports: u64,
    /// `null`, here and below: the wallet has published no encryption key.
    account: Option<String>,
    encryption_key: Option<String>,
    key_index: Option<u32>,
    attestation: Option<String>,
    /// Whether `attestation` is the wallet's valid signature for this key.
    attested: Option<bool>,
    next_order_id: Option<u64>,
    record_count: Option<u64>,
    #[serde(skip)]
    user: Option<UserView>,
    #[serde(skip)]
    evidence: String,
}

/// Shows a wallet's balance and User account.
pub async fn show(context: &Context, wallet: Option<Address>) -> Result<Output, Failure> {
    let wallet = context.address_or_own(wallet).await?;
    let ledger = context.ledger();
    let address = ledger.addresses().user(&wallet);
    let account = ledger.find::<User>(&address).await?;
    let attested = account.as_ref().map(|user| {
        let statement = KeyAttestation {
            deployment: *ledger.deployment(),
            wallet,
            index: user.key_index,
            key: user.encryption_key,
        };
        statement.verify(&user.attestation)
    });
    let user = account.map(|account| UserView::from(&KeyedAccount { address, account }));
    let of = user.as_ref();
    let is_empty = of.is_none();
    let shown = Shown {
        wallet: wallet.to_string(),
        balance_lamports: ledger.lamports(&wallet).await?,
        account: of.map(|user| user.account.clone()),
        encryption_key: of.map(|user| user.encryption_key.clone()),
        key_index: of.map(|user| user.key_index),
        attestation: of.map(|user| user.attestation.clone()),
        attested: attested.as_ref().map(Result::is_ok),
        next_order_id: of.map(|user| user.next_order_id),
        record_count: of.map(|user| user.record_count),
        user,
        evidence: match attested {
            Some(Ok(envelope)) => format!("yes, as {envelope}"),
            Some(Err(error)) => format!("NO: {error}"),
            None => String::new(),
        },
    };
    Output::listed(&shown, is_empty)
}

impl Report for Shown {
    fn describe(&self, text: &mut Text) {
        match &self.user {
            Some(user) => {
                user.describe(text);
                text.field("attested", &self.evidence);
            }
            None => {
                text.field("wallet", &self.wallet).field(
                    "encryption key",
                    "none: `generion user set-key` publishes one",
                );
            }
        }
        text.field("balance", Sol(self.balance_lamports));
    }
}

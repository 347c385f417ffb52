//! Cards: encryption keys, signed by their wallets, that need no node.

use serde::Serialize;
use solana_address::Address;
use solana_signature::Signature;

use crate::{
    context::Context,
    output::{
        failure::Failure,
        qr::{EcLevel, qr_code},
        report::{Output, Report},
        text::Text,
    },
};

/// A wallet's card.
#[derive(Serialize)]
struct Carded {
    card: String,
    wallet: String,
    genesis: String,
    program_id: String,
    key_index: u32,
    encryption_key: String,
    attestation: String,
    /// The envelope in which the wallet signed the line.
    envelope: String,
    #[serde(skip)]
    qr: Option<String>,
}

/// Prints a wallet's card, also as a QR code if asked.
pub async fn card(context: &Context, wallet: Option<Address>, qr: bool) -> Result<Output, Failure> {
    let wallet = context.address_or_own(wallet).await?;
    context.create_data()?;
    let card = context.client.user_card(&wallet).await?;
    let qr_of = |card: &str| qr_code(card, EcLevel::L, "the card", "Leave out --qr");
    let qr = qr.then(|| qr_of(&card.to_string())).transpose()?;
    Output::found(&Carded {
        qr,
        card: card.to_string(),
        wallet: wallet.to_string(),
        genesis: card.deployment().genesis.to_string(),
        program_id: card.deployment().program_id.to_string(),
        key_index: card.index(),
        encryption_key: hex::encode(card.key()),
        attestation: Signature::from(*card.attestation()).to_string(),
        envelope: card.envelope().to_string(),
    })
}

impl Report for Carded {
    fn describe(&self, text: &mut Text) {
        text.line(&self.card);
        if let Some(qr) = &self.qr {
            text.line(qr);
        }
    }
}

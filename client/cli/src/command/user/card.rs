//! Cards: encryption keys, signed by their wallets, that need no node.

use qrcode::{EcLevel, QrCode, render::unicode::Dense1x2};
use serde::Serialize;
use solana_address::Address;
use solana_signature::Signature;

use crate::{
    context::Context,
    output::{
        failure::Failure,
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
    let qr = qr.then(|| qr_code(&card.to_string())).transpose()?;
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

/// A QR code for a terminal with light text on a dark background.
fn qr_code(text: &str) -> Result<String, Failure> {
    let code = QrCode::with_error_correction_level(text, EcLevel::L).map_err(|error| {
        Failure::new(
            format!("can't make a QR code of the card: {error}"),
            "Leave out --qr.",
        )
    })?;
    let mut renderer = code.render::<Dense1x2>();
    renderer
        .dark_color(Dense1x2::Light)
        .light_color(Dense1x2::Dark);
    Ok(renderer.build())
}

impl Report for Carded {
    fn describe(&self, text: &mut Text) {
        text.line(&self.card);
        if let Some(qr) = &self.qr {
            text.line(qr);
        }
    }
}

//! The recipient of something encrypted, as a user names it.

use std::str::FromStr;

use generion_client::{Card, CardError, ClientError};
use solana_address::Address;

use crate::args::parse::address;

/// A recipient of something encrypted.
#[derive(Clone)]
pub enum Addressee {
    /// A wallet, whose key is read from nodes.
    Wallet(Address),
    /// A card, which contains the key.
    Card(Box<Card>),
}

impl Addressee {
    /// The wallet.
    pub fn wallet(&self) -> &Address {
        match self {
            Self::Wallet(wallet) => wallet,
            Self::Card(card) => card.wallet(),
        }
    }

    /// The card, if one was given.
    pub fn card(&self) -> Option<&Card> {
        match self {
            Self::Wallet(_) => None,
            Self::Card(card) => Some(card),
        }
    }
}

impl FromStr for Addressee {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        // An address never contains a colon; a card always does.
        if !text.contains(':') {
            return address(text).map(Self::Wallet);
        }
        let card = text
            .parse()
            .map_err(|error: CardError| ClientError::from(error).to_string());
        card.map(|card| Self::Card(Box::new(card)))
    }
}

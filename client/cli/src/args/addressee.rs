//! Whom something is encrypted to, as a user names them.

use std::str::FromStr;

use generion_client::{Card, CardError, ClientError};
use solana_address::Address;

use crate::args::parse::address;

/// Somebody that something is encrypted to.
#[derive(Clone)]
pub enum Addressee {
    /// By the wallet, whose key nodes are asked for.
    Wallet(Address),
    /// By a card, which has the key.
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

    /// The card, if that is what was given.
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
        // No address has one.
        if !text.contains(':') {
            return address(text).map(Self::Wallet);
        }
        let card = text
            .parse()
            .map_err(|error: CardError| ClientError::from(error).to_string());
        card.map(|card| Self::Card(Box::new(card)))
    }
}

use std::time::Duration;

use solana_signer::Signer;

use crate::saved::markers::Markers;

/// The settings for sending a settlement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SettleOptions {
    /// The time after which it is signed anew, with a new block hash and at a higher price.
    pub sign_interval: Duration,
    /// The time after which the same bytes are sent again.
    pub send_interval: Duration,
    /// The time between two questions to the nodes for the outcome.
    pub ask_interval: Duration,
    /// A single node on another machine is believed once it gives the same answer again after this time.
    pub second_word: Duration,
}

impl Default for SettleOptions {
    fn default() -> Self {
        Self {
            sign_interval: Duration::from_secs(60),
            send_interval: Duration::from_secs(5),
            ask_interval: Duration::from_secs(1),
            second_word: Duration::from_secs(60),
        }
    }
}

/// The wallet that pays for settlements, and where markers are kept.
#[derive(Clone, Copy)]
pub struct Settler<'a> {
    /// The payer of the fees, and the only signer. It must not be a wallet app: wallet apps show a transaction to a node of
    /// their own before it is sent.
    pub payer: &'a (dyn Signer + Sync),
    /// The settlements whose secret was shown, or is about to be.
    pub markers: &'a Markers,
    /// The settings for sending.
    pub options: SettleOptions,
}

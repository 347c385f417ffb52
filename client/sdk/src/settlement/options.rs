use std::time::Duration;

use solana_signer::Signer;

use crate::saved::markers::Markers;

/// How a settlement is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SettleOptions {
    /// How often it is signed anew, with a fresh block hash and at a higher price.
    pub sign_interval: Duration,
    /// How often the same bytes are sent again in between.
    pub send_interval: Duration,
    /// How often the nodes are asked how it stands.
    pub ask_interval: Duration,
    /// How long after its first word a single node on another machine has to say the same again, to be believed.
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

/// Who pays for settling, and where it is written down.
#[derive(Clone, Copy)]
pub struct Settler<'a> {
    /// Pays the fees, and is the only one to sign. It is no wallet app: those show what they sign to a node of theirs before
    /// it is sent.
    pub payer: &'a (dyn Signer + Sync),
    /// What was shown, or is about to be.
    pub markers: &'a Markers,
    /// How it is sent.
    pub options: SettleOptions,
}

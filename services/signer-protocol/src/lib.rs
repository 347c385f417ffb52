//! The messages between the gateway and its signer.
//!
//! The signer is a process of its own, `generion-signer`, and the only one with keys. It listens on a unix socket, and serves
//! processes of the users that its configuration names: the kernel identifies them.
//!
//! A client sends one JSON object in one line, and gets one in one line back; then it may send the next. A line has at most
//! [`MAX_LINE_BYTES`]. A client that sends more, or something that is no [`Request`], gets [`Answer::Malformed`] and is
//! disconnected.
//!
//! ```text
//! > {"request":"keys"}
//! < {"answer":"keys","fee_payer":"9xQe…","webhook_key":"whpk_…"}
//! > {"request":"sponsor","transaction":"AgAA…"}
//! < {"answer":"sponsored","transaction":"Akx9…"}
//! > {"request":"sponsor","transaction":"AgAB…"}
//! < {"answer":"refused","rule":"daily-budget","reason":"…"}
//! > {"request":"sign_webhook","id":"msg_1","unix_time":1764288000,"body":"e30="}
//! < {"answer":"webhook_signature","signature":"v1a,…"}
//! ```
#![forbid(unsafe_code)]

mod bytes;
mod lines;
mod rule;

pub use bytes::Base64;
pub use lines::{LineError, MAX_LINE_BYTES, read_line, write_line};
pub use rule::Rule;

use serde::{Deserialize, Serialize};

/// The requests of a client.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "request", rename_all = "snake_case", deny_unknown_fields)]
pub enum Request {
    /// The public keys.
    Keys {},
    /// The fee payer's signature on a transaction that all other signers have signed.
    Sponsor {
        /// The transaction, as it is sent to a node.
        transaction: Base64,
    },
    /// Whether the policy allows an unsigned transaction. Nothing is signed, and no budget is used.
    Preview {
        /// The transaction, as it is sent to a node, without signatures.
        transaction: Base64,
    },
    /// The ed25519 signature of a webhook, after the Standard Webhooks specification: over `id.unix_time.body`.
    SignWebhook {
        /// The message's id, which has no full stop in it.
        id: String,
        /// The time of the attempt, in seconds since the Unix epoch.
        unix_time: i64,
        /// The body, as it is sent.
        body: Base64,
    },
}

/// The answers of the signer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "snake_case", deny_unknown_fields)]
pub enum Answer {
    /// The public keys.
    Keys {
        /// The wallet that pays, in base58; none: sponsoring is off.
        fee_payer: Option<String>,
        /// The key that verifies webhooks: `whpk_` and base64; none: the signer signs no webhooks.
        webhook_key: Option<String>,
    },
    /// The transaction, signed by the fee payer.
    Sponsored {
        /// The transaction, as it is sent to a node.
        transaction: Base64,
    },
    /// The policy allows the transaction, as things stand now.
    Allowed,
    /// The signature of a webhook.
    WebhookSignature {
        /// `v1a,` and base64: an element of the header `webhook-signature`.
        signature: String,
    },
    /// Nothing was signed.
    Refused {
        /// The rule that was broken.
        rule: Rule,
        /// The reason, as text.
        reason: String,
    },
    /// The line is no request.
    Malformed {
        /// Why.
        reason: String,
    },
}

//! Generion's client library.
//!
//! Use [`Client`] for the flows of patients, clinics and buyers; [`Ledger`] to read accounts and send the program's
//! instructions; [`store::StoreClient`] to talk to a document store. Wallets are any [`solana_signer::Signer`]; what
//! follows from them is in [`Wallet`].
//!
//! Reads are at `confirmed` or better, and every account is checked (owner, discriminator, version, lengths) before it
//! is decoded.
#![forbid(unsafe_code)]

mod agent;
mod batch;
mod client;
mod cost;
mod error;
mod flows;
mod ledger;
mod progress;
mod receipts;
mod reveal;
mod send;
pub mod store;
mod transport;
mod wallet;
mod watch;

pub use agent::{Agent, AgentEvent, AgentOptions, DeliveredPart, Tally};
pub use batch::{BatchCost, BatchDocument, BatchEvent, BatchTally, DocumentName, Journal};
pub use client::Client;
pub use cost::NewAccount;
pub use error::{ClientError, Refusal};
pub use flows::{
    deliver::{DeliveredBatch, DeliveryReport},
    order::NewOrder,
    purchase::{BuyOptions, Offer, OpenedRecord},
    record::{CheckedRecord, CreatedRecord, NewDocument},
};
pub use ledger::{Filter, Ledger, Listed};
pub use progress::{Activity, Progress, Task};
pub use receipts::{DeliveredKeys, PurchaseReceipt, RecordReceipt};
pub use reveal::{IdentifierKind, Identifying, Revealed};
pub use send::{
    DryRun, DryRunAccount, Landed, MAX_TRANSACTION_BYTES, Prepared, PriorityPrice, SendOptions,
};
pub use wallet::{KeyRing, KeySource, Wallet};
pub use watch::{Watchable, Watched, websocket_url};

pub use generion::{GenerionError, constants, proof::Capsule, state};
pub use generion_crypto as crypto;
pub use generion_interface::{Addresses, Instructions, Locator, accounts, events};

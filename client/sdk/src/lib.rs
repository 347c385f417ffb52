//! Generion's client library.
//!
//! Use [`Client`] for the flows of patients, clinics and buyers; [`Ledger`] to read accounts and send the program's
//! instructions; [`store::StoreClient`] to talk to a document store. Wallets are any [`solana_signer::Signer`]; what
//! follows from them is in [`Wallet`].
//!
//! Reads are at `confirmed` or better, and every account is checked (owner, discriminator, version, lengths) before it
//! is decoded.
//!
//! # A sale, from the document to its buyer
//!
//! `examples/sale.rs`, which the end-to-end tests run against a real validator and a real store:
//!
#![doc = concat!("```no_run\n", include_str!("../examples/sale.rs"), "```")]
//!
//! # What else there is
//!
//! * [`Client::share_record`] opens a record to a doctor, free of charge.
//! * [`Agent`] delivers all that is pending and all that comes, with a [`KeySource`] that need not be the wallet: a key
//!   file's secrets do ([`crypto::keys::KeyFile`]).
//! * [`Client::write_batch`] turns many documents into records, each once, however often it is interrupted.
//! * [`Ledger::watch`] tells of what is new on the ledger.
//! * A [`ClientError`] says what happened; [`ClientError::rule`] is the program's rule that was broken, if that is what
//!   happened. After [`ClientError::Unknown`] ask the ledger before repeating anything.
#![forbid(unsafe_code)]

mod agent;
mod batch;
mod client;
mod cost;
mod error;
mod flows;
pub mod history;
mod ledger;
mod progress;
mod receipts;
mod reveal;
mod send;
pub mod store;
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
pub use generion_interface::{Addresses, Instructions, Locator, accounts, decode, events};

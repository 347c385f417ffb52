//! Generion's client library.
//!
//! Use [`Client`] for the flows of patients, clinics and buyers; [`Ledger`] to read accounts and send the program's
//! instructions; [`store::StoreClient`] to talk to a document store. Wallets are any [`solana_signer::Signer`]; what
//! follows from them is in [`Wallet`].
//!
//! # What is believed
//!
//! A [`Ledger`] is made for a [`Deployment`] that its user sets, and refuses nodes of another cluster. Every account is
//! checked (owner, discriminator, version, lengths) before it is decoded, and its address is recomputed from what was
//! read: of a record, that covers all that its creator decided. The rest is the node's word. What takes more than one
//! node's is asked of several ([`rpc::witness`]): whose a key is where the wallet can't attest it, and whether a purchase
//! is locked before the secret of its delivery is shown.
//!
//! # Flows
//!
//! A flow makes a [`Prepared`] transaction, which its caller simulates or sends. One with a capsule in it is
//! [`Confidential`]: only its [`Placeholder`], with random data, can be simulated.
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

pub mod batch;
pub mod store;

mod agent;
mod client;
mod error;
mod fhir;
mod files;
mod flows;
mod ledger;
mod notice;
pub mod progress;
mod saved;
mod settlement;
mod transaction;
mod wallet;
mod watch;

pub use agent::{Agent, AgentEvent, AgentOptions, DeliveredPart, Locked, Tally};
pub use batch::{
    BatchCost, BatchDocument, BatchEvent, BatchPlan, BatchTally, ContentKey, DocumentName, Journal,
};
pub use client::Client;
pub use error::{ClientError, node_lie::NodeLie, refused_transaction::RefusedTransaction};
pub use fhir::{Opaque, Revealed, RevealedKind, RevealedResource, RevealedValue};
pub use files::{
    document_file::DocumentFile,
    document_name::document_name,
    error::FileError,
    staged_file::{Existing, StagedFile, irregular},
};
pub use flows::{
    deliver::{Batch, DeliveredBatch, DeliveryReport},
    documents::{CheckedFacts, CreatorSignature},
    order::NewOrder,
    purchase::{Bought, BuyOptions, OpenedRecord, ShownOffer},
    recipient::{Evidence, Recipient},
    record::{CheckedRecord, CreatedRecord, NewDocument},
    sale::{Belief, Sale},
    user::{OwnKey, PublishedKey},
};
pub use ledger::{
    KeyedAccount, Ledger, filter::Filter, heads::RecordHead, priority::PriorityPrice,
    rent::AccountToCreate,
};
pub use notice::Notice;
pub use progress::{Activity, Progress, Task};
pub use saved::{
    key_memory::KeyMemory,
    markers::{Marker, Markers},
    offers::{Offer, Offers},
    receipts::{DeliveredKeys, PurchaseReceipt, SealedRecord},
};
pub use settlement::{
    event::{SettleEnd, SettleEvent},
    options::{SettleOptions, Settler},
};
pub use transaction::{
    budget::MAX_TRANSACTION_BYTES,
    confirmed::ConfirmedTransaction,
    dry_run::{DryRun, DryRunAccount},
    options::{SendOptions, Units},
    prepared::{Confidential, Placeholder, Prepared, Sent},
    signed::Signed,
};
pub use wallet::{KeyRing, KeySource, Wallet};
pub use watch::{Watchable, Watched, websocket_url};

pub use generion::{DeliverArgs, GenerionError, args::Capsules, constants, proof::Capsule, state};
pub use generion_crypto as crypto;
pub use generion_interface::{
    Addresses, Deployment, GenesisHash, Instructions, Locator, accounts, attestation,
    card::{Card, CardError},
    decode, events, facts, locator,
    locator::StoreUrl,
    signed_line,
};
pub use generion_rpc as rpc;

//! Generion's client library.
//!
//! Use [`Client`] for the flows of patients, clinics and buyers; [`Ledger`] to read accounts and send the program's
//! instructions; [`store::StoreClient`] to talk to a document store. Wallets are any [`solana_signer::Signer`]; the keys that
//! are derived from them are in [`Wallet`].
//!
//! # What is believed
//!
//! A [`Ledger`] is made for a [`Deployment`] that its user sets, and refuses nodes of another cluster. Every account is
//! checked (owner, discriminator, version, lengths) before it is decoded, and its address is recomputed from its contents: for
//! a record, that covers all that its creator decided. For the rest, the library takes the first node's word, except where a
//! lie could do harm; then several nodes have to agree ([`rpc::witness`]): on the key of a wallet that can't attest it, and on
//! whether a purchase is locked before the secret of its delivery is shown.
//!
//! # Flows
//!
//! A flow that ends in one transaction returns it as a [`Prepared`]: its instructions, its signers, and the files to save
//! before it is sent. Nothing is signed or sent yet. The caller either sends it ([`Prepared::send`]) or asks for its effects
//! and cost ([`Prepared::dry_run`]). A transaction with a capsule in it is [`Confidential`]: its dry run is made with a
//! [`Placeholder`], which has random data in the place of the secret.
//!
//! # Layers
//!
//! Modules import from the modules above them in this list, and never from those below:
//!
//! 1. `progress` (the activities of a running flow, to be shown), `files` (local files, written as a whole or not at all),
//!    `fhir` (the values that a document reveals; imports nothing of this crate);
//! 2. [`store`]: the client of document stores; `gateway`: names of accounts from a REST gateway;
//! 3. `error`: [`ClientError`];
//! 4. `ledger`: reads accounts, over [`rpc`];
//! 5. `transaction`: signs, sends and confirms; `watch`: follows new accounts;
//! 6. `saved` (receipts, offers, markers and the memory of keys, on this machine's disk), `wallet` (keys that follow from
//!    wallets);
//! 7. `settlement`: sends the transaction that shows a seller's secret;
//! 8. `client`: [`Client`] itself, `notice`;
//! 9. `flows`: the flows of patients, clinics and buyers;
//! 10. the delivery agent (`agent`) and batches of records ([`batch`]).
//!
//! # A sale, from the document to its buyer
//!
//! `examples/sale.rs`, which the end-to-end tests run against a real validator and a real store:
//!
#![doc = concat!("```no_run\n", include_str!("../examples/sale.rs"), "```")]
//!
//! # What else there is
//!
//! * [`Client::share_record`] opens a record to a doctor, free of charge; [`Client::create_link`] makes a health link for one
//!   without a wallet.
//! * [`Agent`] delivers all pending purchases and all new ones, with a [`KeySource`] that need not be the wallet: the secrets
//!   of a key file are enough ([`crypto::keys::KeyFile`]).
//! * [`Client::write_batch`] turns many documents into records, each once, however often it is interrupted.
//! * [`Ledger::watch`] reports new accounts on the ledger.
//! * A [`ClientError`] names the failure; [`ClientError::rule`] is the program's rule that was broken, if there is one. After
//!   [`ClientError::Unknown`], ask the ledger before you repeat anything.
//!
//! # Features
//!
//! * `agent` (default): [`Agent`], the delivery agent. It enables `watch`.
//! * `watch` (default): [`Ledger::watch`], over a websocket.
//!
//! # Types of other crates
//!
//! To pass an HTTP client of your own, or to look into an error, use the versions that this crate uses: [`store::reqwest`]
//! and [`rpc`] re-export them. The crates of addresses, instructions, signers, transactions and URLs are re-exported here,
//! under their own names.
#![forbid(unsafe_code)]
// Without these two features, the items that only they use are unused.
#![cfg_attr(not(feature = "agent"), allow(dead_code))]

pub mod batch;
pub mod store;

#[cfg(feature = "agent")]
mod agent;
mod client;
mod error;
mod fhir;
mod files;
mod flows;
mod gateway;
mod ledger;
mod notice;
pub mod progress;
mod saved;
mod settlement;
mod transaction;
mod wallet;
#[cfg(feature = "watch")]
mod watch;

#[cfg(feature = "agent")]
pub use agent::{Agent, AgentEvent, AgentOptions, DeliveredPart, Locked, Tally};
pub use batch::{
    BatchCost, BatchDocument, BatchEvent, BatchPlan, BatchTally, ContentKey, DocumentName, Journal,
};
pub use client::Client;
pub use error::{
    ClientError, link_error::LinkError, node_lie::NodeLie, refused_transaction::RefusedTransaction,
};
pub use fhir::{Opaque, Revealed, RevealedKind, RevealedResource, RevealedValue};
pub use files::{
    document_file::DocumentFile,
    document_name::document_name,
    error::FileError,
    staged_file::{Existing, StagedFile, irregular},
};
pub use flows::{
    admit::Applicant,
    apply::{Applied, Applying},
    deliver::{DeliveredBatch, DeliveryReport, PreparedDelivery},
    delivery_batch::Batch,
    documents::CreatorSignature,
    facts::{CheckedFacts, RecordFacts},
    join::{JoinOptions, Joined, Joining},
    leave::Left,
    link::{LinkKeys, NewLink, OpenedLink, OwnLink, OwnLinks},
    matching::Participant,
    order::NewOrder,
    purchase::{Bought, BuyOptions, OpenedRecord, ShownOffer},
    recipient::{Evidence, Recipient},
    record::{CheckedRecord, CreatedRecord, NewDocument},
    research_copy::{CopyOfRecord, PseudonymKeys, present_year},
    sale::{Belief, Sale},
    study::{Budget, NewStudy},
    user::{OwnKey, PublishedKey},
};
pub use gateway::{Gateway, GatewayError};
pub use ledger::{
    KeyedAccount, Ledger,
    filter::Filter,
    heads::RecordHead,
    priority::PriorityPrice,
    program::PROGRAM_VERSION,
    rent::AccountToCreate,
    through::{GatewayListError, GatewayPage, LeftOut, LeftOutReason},
};
pub use notice::Notice;
pub use progress::{Activity, Progress, Task};
pub use saved::{
    key_memory::KeyMemory,
    markers::{Marker, Markers},
    offers::{Offer, Offers},
    receipts::{DeliveredKeys, PurchaseReceipt},
    sealed_record::SealedRecord,
};
pub use settlement::{
    event::{SettleEnd, SettleEvent},
    options::{SettleOptions, Settler},
};
pub use transaction::{
    confirmed::ConfirmedTransaction,
    dry_run::{DryRun, DryRunAccount},
    options::{SendOptions, Units},
    prepared::{Confidential, Disclosing, Placeholder, Prepared, Sent},
    signed::Signed,
};
pub use wallet::{KeyRing, KeySource, Wallet};
#[cfg(feature = "watch")]
pub use watch::{Watchable, Watched, websocket_url};

pub use generion::{DeliverArgs, GenerionError, args::Capsules, constants, proof::Capsule, state};
pub use generion_crypto as crypto;
pub use generion_deidentify as deidentify;
pub use generion_interface::{
    Addresses, Deployment, GenesisHash, Instructions, Locator, accounts, attestation,
    card::{Card, CardError},
    decode, events, facts, locator,
    locator::StoreUrl,
    signed_line,
    transaction::MAX_TRANSACTION_BYTES,
};
pub use generion_rpc as rpc;
pub use generion_studies as studies;
pub use {
    solana_address, solana_commitment_config, solana_hash, solana_instruction, solana_signature,
    solana_signer, solana_transaction, solana_transaction_error, url,
};

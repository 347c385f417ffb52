mod conversions;
pub(crate) mod link_error;
pub(crate) mod node_lie;
pub(crate) mod refused_transaction;
mod words;

use std::{io, path::PathBuf, sync::Arc};

use generion::GenerionError;
use generion_crypto::{
    capsule::MalformedCapsule, delivery::DeliveryError, document::DocumentError,
    locator::SealedLocatorError, settle::UnusableSettleKey,
};
use generion_deidentify::DeidentifyError;
use generion_interface::{
    GenesisHash, accounts::AccountError, card::CardError, signed_line::LineError,
};
use generion_rpc::{amount::Sol, cluster::OtherGenesis, node::NodeError, witness::WitnessError};
use solana_address::Address;
use solana_signature::Signature;
use solana_signer::SignerError;

use self::{
    link_error::LinkError,
    node_lie::NodeLie,
    refused_transaction::RefusedTransaction,
    words::{in_words, too_late},
};
use crate::store::error::{FetchError, StoreError};

/// The error of a flow. Its text names the failure, with the address or file; its sources give the reasons, and
/// [`with_causes`](generion_rpc::causes::with_causes) puts both into one line. Advice on what to do belongs to the program that
/// shows the error. A new variant is a breaking change, so that the compiler shows it to each such program.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// A node can't be reached, or answers with an error of its own.
    #[error(transparent)]
    Node(#[from] NodeError),
    /// A node is of another cluster than the client was made for.
    #[error(transparent)]
    OtherGenesis(#[from] OtherGenesis),
    /// A node showed an account that can't be where it says.
    #[error("{0}")]
    Lie(NodeLie),
    /// The nodes contradict each other, or too few nodes answer where more than one is needed.
    #[error(transparent)]
    Witness(#[from] Box<WitnessError>),
    /// The ledger refused a transaction.
    #[error(transparent)]
    Refused(Box<RefusedTransaction>),
    /// A transaction was sent, and the nodes don't say whether it reached the ledger.
    #[error("transaction {0} was sent, but the nodes don't show its outcome")]
    Unknown(Signature),
    /// A transaction's block hash expired before the transaction reached the ledger. It never will.
    #[error("transaction {0} expired before it reached the ledger, and can't reach it any more")]
    Expired(Signature),
    /// The time to send a transaction at was over before it was sent.
    #[error(
        "the last moment to send the transaction was {not_after}, and the ledger's clock shows {now} (Unix time)"
    )]
    SentTooLate {
        /// The ledger's time.
        now: i64,
        /// The last moment to send at.
        not_after: i64,
    },
    /// A node that does not have the state yet which this client has seen already.
    #[error("{node} is behind: it has not reached slot {slot}, which was seen before")]
    Stale {
        /// The node.
        node: String,
        /// The slot.
        slot: u64,
    },
    /// The journal of a batch is another batch's.
    #[error("the journal {path} is of another batch: {reason}")]
    OtherBatch {
        /// The file.
        path: PathBuf,
        /// The account's address.
        reason: String,
    },
    /// The journal of a batch can't be read or written.
    #[error("the journal {path} can't be used")]
    Journal {
        /// The file.
        path: PathBuf,
        /// The error.
        source: io::Error,
    },
    /// A document of a batch was changed since the batch was planned.
    #[error("{path} changed since the folder was read")]
    ContentChanged {
        /// The file.
        path: PathBuf,
    },
    /// A document of a batch has no research copy.
    #[error("{path}")]
    NoResearchCopy {
        /// The file.
        path: PathBuf,
        /// Why.
        source: DeidentifyError,
    },
    /// There is no such account.
    #[error("there is no {kind} at {address}")]
    NotFound {
        /// The kind of account that was expected.
        kind: &'static str,
        /// The address.
        address: Address,
    },
    /// The program is not where it was looked for.
    #[error(
        "there is no Generion at {program_id} on the cluster with genesis hash {genesis}: {found}"
    )]
    NoProgram {
        /// The address.
        program_id: Address,
        /// The cluster.
        genesis: GenesisHash,
        /// The kind of account that is there.
        found: &'static str,
    },
    /// An account is not as it should be.
    #[error("the account at {address} can't be used")]
    Account {
        /// The account.
        address: Address,
        /// The reason why the account is refused.
        source: AccountError,
    },
    /// A wallet has not published an encryption key.
    #[error("wallet {0} has not published an encryption key")]
    NoKey(Address),
    /// A key that its wallet did not attest. It may be anybody's.
    #[error("{node} shows an encryption key of wallet {wallet} that the wallet did not attest")]
    Unattested {
        /// The node, or the nodes.
        node: String,
        /// The wallet.
        wallet: Address,
        /// The reason why the attestation is refused.
        source: LineError,
    },
    /// The key was replaced before, perhaps because somebody else has its secret.
    #[error(
        "{node} shows the encryption key with index {index} of wallet {wallet}, which had a key with index {seen} before"
    )]
    OlderKey {
        /// The node, or another source, that showed the key.
        node: String,
        /// The wallet.
        wallet: Address,
        /// Index of the key.
        index: u32,
        /// The highest index that was seen.
        seen: u32,
    },
    /// The text is no user card, or its signature is not the wallet's.
    #[error("this is no valid user card")]
    Card(#[from] CardError),
    /// The user card is of another deployment or wallet, or its attestation does not suffice.
    #[error("this user card can't be used: {0}")]
    UnusableCard(String),
    /// The file of key indexes that were seen can't be read or written.
    #[error("the file of key indexes {path} can't be used")]
    KeyMemory {
        /// The file.
        path: PathBuf,
        /// The error.
        source: io::Error,
    },
    /// A wallet's signer failed.
    #[error("the wallet does not sign")]
    NotSigned(#[from] SignerError),
    /// A wallet can't be used for this, or its keys can't be derived.
    #[error("{0}")]
    Signer(String),
    /// The key that follows from the wallet is not the one on the ledger.
    #[error(
        "wallet {wallet}: the encryption key with index {index} on the ledger is not this signer's"
    )]
    ForeignKey {
        /// The wallet.
        wallet: Address,
        /// Index of the key.
        index: u32,
    },
    /// A capsule can't be opened.
    #[error("the capsule of record {record} can't be opened")]
    Capsule {
        /// The record.
        record: Address,
        /// The reason.
        source: MalformedCapsule,
    },
    /// The group element in the capsule doesn't lead to the record's data public key.
    #[error("record {0}: its capsule does not hold the key that its document is encrypted to")]
    DataKeyMismatch(Address),
    /// The sealed locator can't be opened.
    #[error("the locator of record {record} can't be opened")]
    Locator {
        /// The record.
        record: Address,
        /// The reason.
        source: SealedLocatorError,
    },
    /// The root of facts on the ledger is not that of the document's facts.
    #[error("record {0}: the facts that it attests are not those of its document")]
    FactsMismatch(Address),
    /// The signature in the locator is not the creator's.
    #[error("record {record}: its creator {creator} did not sign it")]
    CreatorSignature {
        /// The record.
        record: Address,
        /// The record's creator, as its address shows.
        creator: Address,
        /// The reason why the signature is refused.
        source: LineError,
    },
    /// The document can't be fetched, or does not match the locator.
    #[error("the document of record {record} can't be fetched")]
    Fetch {
        /// The record.
        record: Address,
        /// The error.
        source: Box<FetchError>,
    },
    /// A store that a record's locator names does not answer for its document.
    #[error("the key that can erase the document of record {record} is unknown")]
    StoreOfRecord {
        /// The record.
        record: Address,
        /// The error.
        source: Box<StoreError>,
    },
    /// The document can't be opened.
    #[error("the document of record {record} can't be opened")]
    Document {
        /// The record.
        record: Address,
        /// The reason.
        source: DocumentError,
    },
    /// A document can't be encrypted.
    #[error("{path} can't be encrypted")]
    Encrypt {
        /// The document.
        path: PathBuf,
        /// The reason.
        source: DocumentError,
    },
    /// Somebody else could erase the document.
    #[error(
        "record {record}: at {store}, its document can be erased by {actual}, not by {expected}"
    )]
    EraseAuthority {
        /// The record.
        record: Address,
        /// The store.
        store: String,
        /// The key that should be able to erase the document.
        expected: Address,
        /// The key that can erase it, as the store reports.
        actual: Address,
    },
    /// The document store refused.
    #[error(transparent)]
    Store(Box<StoreError>),
    /// A health link can't be made or opened.
    #[error(transparent)]
    Link(#[from] LinkError),
    /// A batch can't be proven.
    #[error(transparent)]
    Delivery(#[from] DeliveryError),
    /// The purchase has no usable settle key.
    #[error(transparent)]
    UnusableSettleKey(#[from] UnusableSettleKey),
    /// The seller wrote records of the order, and the buyer did not accept that.
    #[error(
        "order {order}: record {record} was written by its seller {seller}, nobody else vouches for it"
    )]
    SelfIssued {
        /// The order.
        order: Address,
        /// One such record.
        record: Address,
        /// The seller.
        seller: Address,
    },
    /// The order is for another buyer.
    #[error("order {order} is for wallet {only_buyer} alone, not for {buyer}")]
    OnlyBuyer {
        /// The order.
        order: Address,
        /// The wallet that may buy.
        only_buyer: Address,
        /// The wallet that wanted to buy.
        buyer: Address,
    },
    /// The seller's file of offers does not have the order of a purchase.
    #[error("order {order} is not in the file of offers {path}")]
    NotOffered {
        /// The order.
        order: Address,
        /// The file.
        path: PathBuf,
    },
    /// The file of offers can't be read or written.
    #[error("the file of offers {path} can't be used")]
    Offers {
        /// The file.
        path: PathBuf,
        /// The error.
        source: io::Error,
    },
    /// A purchase is not one on the terms that its seller offered.
    #[error(
        "purchase {purchase} of order {order} was not made on the terms that were offered: {difference}"
    )]
    OtherTerms {
        /// The purchase.
        purchase: Address,
        /// The order.
        order: Address,
        /// The difference.
        difference: String,
    },
    /// The ledger holds a settle key that does not follow from the seller's view of the purchase.
    #[error(
        "purchase {0}: the ledger shows a settle key that this seller's keys don't lead to. Either a node lies about the purchase, or an earlier delivery relied on a lie; the purchase can't be settled"
    )]
    OtherSettleKey(Address),
    /// The purchase is not in the state that the next step takes.
    #[error("purchase {purchase}: {state}")]
    PurchaseState {
        /// The purchase.
        purchase: Address,
        /// The purchase's state.
        state: &'static str,
    },
    /// Too little time is left to show the secret of a delivery and be paid for sure.
    #[error(
        "purchase {purchase}: the refund opens in {}, too soon to settle: {} are needed",
        in_words(*seconds_left),
        in_words(*needed)
    )]
    SettleTooLate {
        /// The purchase.
        purchase: Address,
        /// Seconds until the refund opens, by the later of the nodes' clock and this machine's.
        seconds_left: i64,
        /// Seconds that are needed.
        needed: i64,
    },
    /// The wallet that pays for settling holds less than the settlement may cost.
    #[error(
        "wallet {payer} holds {}, and settling the deliveries may cost {}",
        Sol(*held),
        Sol(*needed)
    )]
    SettleReserve {
        /// The wallet.
        payer: Address,
        /// Lamports that it holds.
        held: u64,
        /// Lamports that it needs.
        needed: u64,
    },
    /// A marker of a settlement can't be read or written.
    #[error("the settlement marker {path} can't be used")]
    Marker {
        /// The file or folder.
        path: PathBuf,
        /// The error.
        source: io::Error,
    },
    /// The time to deliver is over, or too short for all batches.
    #[error("purchase {purchase}: {}", too_late(*seconds_left, *batches))]
    TooLate {
        /// The purchase.
        purchase: Address,
        /// Seconds until nothing is delivered any more by the ledger's clock; negative: it has passed.
        seconds_left: i64,
        /// Transactions that the delivery still takes.
        batches: usize,
    },
    /// The keys of the purchase are not delivered in full.
    #[error("purchase {purchase}: {delivered} of {total} records are delivered")]
    NotDelivered {
        /// The purchase.
        purchase: Address,
        /// Records that are.
        delivered: usize,
        /// Records of the order.
        total: usize,
    },
    /// A purchase that is delivered in full, and that its seller has not settled.
    #[error("purchase {0} is delivered and locked: nobody can open it until its seller settles it")]
    NotSettled(Address),
    /// The receipts that were saved before a purchase can't be read or written.
    #[error("the receipt {path} can't be used")]
    Receipt {
        /// The file.
        path: PathBuf,
        /// The error.
        source: io::Error,
    },
    /// A receipt can't be saved, so that nothing was paid.
    #[error("the receipt {path} can't be saved")]
    ReceiptNotSaved {
        /// The file.
        path: PathBuf,
        /// The error.
        source: io::Error,
    },
    /// A document was written to while it was read.
    #[error("{path} changed while it was read")]
    Changed {
        /// The file.
        path: PathBuf,
    },
    /// A local file can't be read or written.
    #[error("can't use {path}")]
    File {
        /// The file.
        path: PathBuf,
        /// The error.
        source: io::Error,
    },
    /// An error that several things failed by.
    #[error(transparent)]
    Shared(Arc<ClientError>),
    /// An argument that can't be right, found before anything was sent.
    #[error("{0}")]
    Argument(String),
}

impl ClientError {
    /// The rule of the program that was broken; `None` for other errors.
    pub fn rule(&self) -> Option<GenerionError> {
        match self {
            Self::Refused(refusal) => refusal.rule,
            Self::Shared(error) => error.rule(),
            _ => None,
        }
    }
}

use solana_address::Address;
use solana_signature::Signature;

/// Something that is missing from a history, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gap {
    /// The kind.
    pub kind: GapKind,
    /// The account or wallet whose history has the gap; `None` if the gap is in a single transaction.
    pub account: Option<Address>,
    /// The transaction, where it is known.
    pub signature: Option<Signature>,
    /// The first slot in which it can be; `None` stands for the ledger's first.
    pub from_slot: Option<u64>,
    /// The last such slot; `None` stands for the present.
    pub to_slot: Option<u64>,
    /// A description of what is missing.
    pub missing: String,
}

/// Kinds of gaps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum GapKind {
    /// The node lists a transaction and does not have it any more.
    TransactionMissing,
    /// A transaction, or a part of it, can't be read: this software doesn't know its form, or the node has lost its outcome.
    TransactionUnreadable,
    /// An event is lost, and a change is known from its instruction alone.
    EventMissing,
    /// An instruction is lost, and a change is known from its event alone.
    InstructionMissing,
    /// The first thing that is known of an account is not its creation.
    BeginningMissing,
    /// Something must have happened between two changes that are known.
    ChangeMissing,
    /// The account on the ledger does not follow from the known changes.
    PresentDiffers,
    /// There are older transactions than were asked for.
    NotRead,
    /// Two nodes give different answers.
    NodesDiffer,
    /// A second node is configured and does not answer, so that only one node shows the history.
    NodeSilent,
}

impl GapKind {
    /// The kind's name in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::TransactionMissing => "transaction_missing",
            Self::TransactionUnreadable => "transaction_unreadable",
            Self::EventMissing => "event_missing",
            Self::InstructionMissing => "instruction_missing",
            Self::BeginningMissing => "beginning_missing",
            Self::ChangeMissing => "change_missing",
            Self::PresentDiffers => "present_differs",
            Self::NotRead => "not_read",
            Self::NodesDiffer => "nodes_differ",
            Self::NodeSilent => "node_silent",
        }
    }
}

impl Gap {
    /// One of a single transaction.
    pub(crate) fn of_transaction(
        kind: GapKind,
        slot: u64,
        signature: Signature,
        missing: impl Into<String>,
    ) -> Self {
        Self {
            kind,
            account: None,
            signature: Some(signature),
            from_slot: Some(slot),
            to_slot: Some(slot),
            missing: missing.into(),
        }
    }
}

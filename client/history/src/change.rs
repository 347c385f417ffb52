/// The kinds of changes. Each has the name of its event, and each instruction logs one event. A new kind is
/// a breaking change, so that every program that shows changes learns of it when it is compiled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ChangeKind {
    /// A wallet published its first encryption key, or the next.
    EncryptionKeySet,
    /// A creator wrote a record.
    RecordCreated,
    /// An owner verified a record.
    RecordVerified,
    /// A record was deleted.
    RecordDeleted,
    /// An owner shared a record.
    RecordShared,
    /// An owner closed a share.
    ShareRevoked,
    /// A seller put records up for sale.
    OrderCreated,
    /// A seller stopped the sales of an order.
    SalesStopped,
    /// A seller closed an order.
    OrderClosed,
    /// A buyer paid into escrow.
    Purchased,
    /// A seller delivered keys that nobody can open yet. The last of them locks the purchase.
    Delivered,
    /// A locked purchase was settled: its buyer can open the keys, and its seller is paid.
    Settled,
    /// The price went back to the buyer.
    Refunded,
    /// A buyer closed a settled purchase.
    PurchaseClosed,
    /// A sponsor called for data.
    StudyCreated,
    /// A sponsor extended a study, or ended it.
    StudyUpdated,
    /// A sponsor withdrew lamports from a study's vault.
    BudgetWithdrawn,
    /// A participant disclosed facts and took a seat: the study's vault paid into escrow.
    StudyJoined,
    /// A participant applied for a seat.
    StudyApplied,
    /// An applicant got a seat: the study's vault paid into escrow.
    ParticipantAdmitted,
    /// An application was withdrawn.
    ApplicationWithdrawn,
    /// A sponsor closed a settled seat.
    SeatClosed,
    /// A sponsor closed a study.
    StudyClosed,
}

impl ChangeKind {
    /// The event's name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::EncryptionKeySet => "EncryptionKeySet",
            Self::RecordCreated => "RecordCreated",
            Self::RecordVerified => "RecordVerified",
            Self::RecordDeleted => "RecordDeleted",
            Self::RecordShared => "RecordShared",
            Self::ShareRevoked => "ShareRevoked",
            Self::OrderCreated => "OrderCreated",
            Self::SalesStopped => "SalesStopped",
            Self::OrderClosed => "OrderClosed",
            Self::Purchased => "Purchased",
            Self::Delivered => "Delivered",
            Self::Settled => "Settled",
            Self::Refunded => "Refunded",
            Self::PurchaseClosed => "PurchaseClosed",
            Self::StudyCreated => "StudyCreated",
            Self::StudyUpdated => "StudyUpdated",
            Self::BudgetWithdrawn => "BudgetWithdrawn",
            Self::StudyJoined => "StudyJoined",
            Self::StudyApplied => "StudyApplied",
            Self::ParticipantAdmitted => "ParticipantAdmitted",
            Self::ApplicationWithdrawn => "ApplicationWithdrawn",
            Self::SeatClosed => "SeatClosed",
            Self::StudyClosed => "StudyClosed",
        }
    }

    /// The instruction that logs it.
    pub const fn instruction(self) -> &'static str {
        match self {
            Self::EncryptionKeySet => "set_encryption_key",
            Self::RecordCreated => "create_record",
            Self::RecordVerified => "verify_record",
            Self::RecordDeleted => "delete_record",
            Self::RecordShared => "share_record",
            Self::ShareRevoked => "revoke_share",
            Self::OrderCreated => "create_order",
            Self::SalesStopped | Self::OrderClosed => "close_order",
            Self::Purchased => "purchase",
            Self::Delivered => "deliver",
            Self::Settled => "settle",
            Self::Refunded => "refund",
            Self::PurchaseClosed => "close_purchase",
            Self::StudyCreated => "create_study",
            Self::StudyUpdated => "update_study",
            Self::BudgetWithdrawn => "withdraw_budget",
            Self::StudyJoined => "join_study",
            Self::StudyApplied => "apply",
            Self::ParticipantAdmitted => "admit",
            Self::ApplicationWithdrawn => "withdraw_application",
            Self::SeatClosed => "close_seat",
            Self::StudyClosed => "close_study",
        }
    }
}

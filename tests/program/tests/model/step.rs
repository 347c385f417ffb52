//! The steps of a run. A step is plain data, has a meaning on any ledger, and contains all its randomness. So a
//! sequence can be cut anywhere and is still a sequence, which shrinking needs.

mod names;

pub use names::{At, Draft, Key, OrderId, PEOPLE, RecordId, Spoilt, Who};

/// A transaction of one instruction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The time on the ledger's clock.
    pub at: i64,
    /// The payer of the fee.
    pub fee_payer: Who,
    /// The person whose signature is left out, if any.
    pub unsigned: Option<Who>,
    /// The seed for everything that is drawn to make capsules and proofs.
    pub seed: u64,
    /// The instruction.
    pub call: Call,
}

/// An instruction with its accounts, and the statements of its proofs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Call {
    SetEncryptionKey {
        wallet: Who,
        payer: Who,
        user: At,
        key_index: u32,
        key: Key,
    },
    CreateRecord {
        creator: Who,
        payer: Who,
        user: At,
        record: At,
        draft: Draft,
        proof: CapsuleClaim,
    },
    VerifyRecord {
        owner: Who,
        record: At,
    },
    DeleteRecord {
        authority: Who,
        user: At,
        record: At,
        rent_payer: Who,
    },
    ShareRecord {
        owner: Who,
        payer: Who,
        record: At,
        recipient: At,
        share: At,
        key_index: u32,
        key: Key,
        spoilt: Option<Spoilt>,
        expires_at: i64,
    },
    RevokeShare {
        owner: Who,
        share: At,
        rent_payer: Who,
    },
    CreateOrder {
        seller: Who,
        payer: Who,
        user: At,
        order: At,
        id: u64,
        price: u64,
        window: u32,
        only_buyer: OnlyBuyer,
        label: String,
        records: Vec<At>,
    },
    CloseOrder {
        seller: Who,
        order: At,
        rent_payer: Who,
        records: Vec<At>,
    },
    Purchase {
        buyer: Who,
        order: At,
        purchase: At,
        key: Key,
        /// The terms that the buyer agrees to.
        terms: Terms,
    },
    Deliver {
        order: At,
        purchase: At,
        records: Vec<At>,
        settle_key: SettleKey,
        first: u8,
        proof: DeliveryClaim,
    },
    Refund {
        authority: Who,
        buyer: Who,
        order: At,
        purchase: At,
    },
    ClosePurchase {
        buyer: Who,
        purchase: At,
    },
    Settle {
        seller: Who,
        order: At,
        purchase: At,
        /// The sale that the secret is derived from.
        sale: Sale,
        spoilt: Option<SpoiltSecret>,
    },
    /// Lamports that a person sends to any address.
    Transfer {
        from: Who,
        to: At,
        lamports: u64,
    },
}

/// The statement of a capsule's proof.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CapsuleClaim {
    pub record: At,
    pub creator: Who,
    pub key: Key,
    /// The person whose capsule and data public key the proof is about.
    pub draft: Draft,
    /// Whether the proof is about another data public key than the record's.
    pub other_data_key: bool,
    /// A bit of the proof that is flipped.
    pub flipped: Option<u8>,
}

/// The buyers that an order is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OnlyBuyer {
    Anyone,
    Wallet(Who),
    /// An address of zeros, which is nobody's.
    Zeros,
}

/// The terms that a buyer agrees to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    pub order: OrderId,
    pub price: u64,
    pub window: u32,
    pub label: String,
    pub only_buyer: OnlyBuyer,
    pub records: Vec<RecordId>,
}

/// What a seller believes about a sale.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sale {
    /// The person whose `x` opens the records and makes the proof.
    pub secret: Key,
    pub purchase: At,
    pub deadline: i64,
    /// `B`
    pub buyer_key: Key,
    pub terms: Terms,
}

/// The value that a delivery has as `S`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SettleKey {
    /// The `S` of the sale that the capsules are made for.
    Derived,
    /// The generator.
    Other,
    /// The negated buyer's key, so that `B + S` is the identity.
    Opposite,
    /// Bytes that are no key, of several kinds.
    Malformed(u8),
}

/// A change to a settle secret after its derivation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SpoiltSecret {
    /// One is added.
    Next,
    /// The group order is added.
    NotCanonical,
    /// It is replaced by zero.
    Zero,
}

/// The statement of a delivery's capsules and proof.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliveryClaim {
    pub sale: Sale,
    pub records: Vec<At>,
    pub spoilt: Option<Spoilt>,
}

/// The instructions, and a transfer of lamports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    SetEncryptionKey,
    CreateRecord,
    VerifyRecord,
    DeleteRecord,
    ShareRecord,
    RevokeShare,
    CreateOrder,
    CloseOrder,
    Purchase,
    Deliver,
    Refund,
    ClosePurchase,
    Settle,
    Transfer,
}

impl Kind {
    /// The instructions of the program, in the order of their tags.
    pub const INSTRUCTIONS: [Self; 13] = [
        Self::SetEncryptionKey,
        Self::CreateRecord,
        Self::VerifyRecord,
        Self::DeleteRecord,
        Self::ShareRecord,
        Self::RevokeShare,
        Self::CreateOrder,
        Self::CloseOrder,
        Self::Purchase,
        Self::Deliver,
        Self::Refund,
        Self::ClosePurchase,
        Self::Settle,
    ];
}

impl Call {
    pub fn kind(&self) -> Kind {
        match self {
            Self::SetEncryptionKey { .. } => Kind::SetEncryptionKey,
            Self::CreateRecord { .. } => Kind::CreateRecord,
            Self::VerifyRecord { .. } => Kind::VerifyRecord,
            Self::DeleteRecord { .. } => Kind::DeleteRecord,
            Self::ShareRecord { .. } => Kind::ShareRecord,
            Self::RevokeShare { .. } => Kind::RevokeShare,
            Self::CreateOrder { .. } => Kind::CreateOrder,
            Self::CloseOrder { .. } => Kind::CloseOrder,
            Self::Purchase { .. } => Kind::Purchase,
            Self::Deliver { .. } => Kind::Deliver,
            Self::Refund { .. } => Kind::Refund,
            Self::ClosePurchase { .. } => Kind::ClosePurchase,
            Self::Settle { .. } => Kind::Settle,
            Self::Transfer { .. } => Kind::Transfer,
        }
    }

    /// The people who must sign, besides the payer of the fee.
    pub fn signers(&self) -> Vec<Who> {
        match *self {
            Self::SetEncryptionKey { wallet, payer, .. } => vec![wallet, payer],
            Self::CreateRecord { creator, payer, .. } => vec![creator, payer],
            Self::ShareRecord { owner, payer, .. } => vec![owner, payer],
            Self::CreateOrder { seller, payer, .. } => vec![seller, payer],
            Self::VerifyRecord { owner, .. } | Self::RevokeShare { owner, .. } => vec![owner],
            Self::DeleteRecord { authority, .. } | Self::Refund { authority, .. } => {
                vec![authority]
            }
            Self::CloseOrder { seller, .. } => vec![seller],
            Self::Purchase { buyer, .. } | Self::ClosePurchase { buyer, .. } => vec![buyer],
            Self::Transfer { from, .. } => vec![from],
            Self::Deliver { .. } | Self::Settle { .. } => vec![],
        }
    }

    /// Every address that the call names. No other address may change.
    pub fn addresses(&self) -> Vec<At> {
        use At::Wallet;
        match self {
            Self::SetEncryptionKey {
                wallet,
                payer,
                user,
                ..
            } => vec![Wallet(*wallet), Wallet(*payer), *user],
            Self::CreateRecord {
                creator,
                payer,
                user,
                record,
                ..
            } => vec![Wallet(*creator), Wallet(*payer), *user, *record],
            Self::VerifyRecord { owner, record } => vec![Wallet(*owner), *record],
            Self::DeleteRecord {
                authority,
                user,
                record,
                rent_payer,
            } => vec![Wallet(*authority), *user, *record, Wallet(*rent_payer)],
            Self::ShareRecord {
                owner,
                payer,
                record,
                recipient,
                share,
                ..
            } => vec![Wallet(*owner), Wallet(*payer), *record, *recipient, *share],
            Self::RevokeShare {
                owner,
                share,
                rent_payer,
            } => vec![Wallet(*owner), *share, Wallet(*rent_payer)],
            Self::CreateOrder {
                seller,
                payer,
                user,
                order,
                records,
                ..
            } => [
                &[Wallet(*seller), Wallet(*payer), *user, *order],
                &records[..],
            ]
            .concat(),
            Self::CloseOrder {
                seller,
                order,
                rent_payer,
                records,
            } => [
                &[Wallet(*seller), *order, Wallet(*rent_payer)],
                &records[..],
            ]
            .concat(),
            Self::Purchase {
                buyer,
                order,
                purchase,
                ..
            } => vec![Wallet(*buyer), *order, *purchase],
            Self::Deliver {
                order,
                purchase,
                records,
                ..
            } => [&[*order, *purchase], &records[..]].concat(),
            Self::Settle {
                seller,
                order,
                purchase,
                ..
            } => vec![Wallet(*seller), *order, *purchase],
            Self::Refund {
                authority,
                buyer,
                order,
                purchase,
            } => vec![Wallet(*authority), Wallet(*buyer), *order, *purchase],
            Self::ClosePurchase { buyer, purchase } => vec![Wallet(*buyer), *purchase],
            Self::Transfer { from, to, .. } => vec![Wallet(*from), *to],
        }
    }
}

//! What a run does: a step is plain data, means something on any ledger, and carries all its randomness. So a sequence
//! can be cut anywhere and is still a sequence, which is what shrinking needs.

use std::fmt;

/// Somebody of the cast, by number.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Who(pub u8);

/// A record, by its owner and id.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordId(pub Who, pub u64);

/// An order, by its seller and id.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OrderId(pub Who, pub u64);

/// An address, by what belongs there; whether anything is there is the ledger's matter.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum At {
    Wallet(Who),
    User(Who),
    Record(RecordId),
    Order(OrderId),
    Purchase(OrderId, Who),
    Share(RecordId, Who),
}

/// A key, by where it comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Key {
    /// A wallet's encryption key with this index.
    Encryption(Who, u32),
    /// A wallet's key for its purchases of an order.
    Purchase(Who, OrderId),
    /// Bytes that are no key, of several kinds.
    Malformed(u8),
}

/// A transaction of one instruction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What the ledger's clock shows then.
    pub at: i64,
    /// Pays the fee.
    pub fee_payer: Who,
    /// Whose signature is left out, if anybody's.
    pub unsigned: Option<Who>,
    /// Seeds whatever is drawn to make the capsules and proofs.
    pub seed: u64,
    /// The instruction.
    pub call: Call,
}

/// An instruction with its accounts, and what its proofs are made for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Call {
    SetEncryptionKey {
        wallet: Who,
        payer: Who,
        user: At,
        key: Key,
    },
    CreateRecord {
        creator: Who,
        payer: Who,
        user: At,
        record: At,
        id: u64,
        locator_len: usize,
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
        price: u64,
        window: u32,
        record_count: u8,
    },
    Deliver {
        seller: Who,
        order: At,
        purchase: At,
        records: Vec<At>,
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
    /// Lamports that somebody sends into any address.
    Transfer {
        from: Who,
        to: At,
        lamports: u64,
    },
}

/// What a capsule and its proof are made for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CapsuleClaim {
    pub record: At,
    pub creator: Who,
    pub key: Key,
    /// Whether the proof is for another data public key than the record's.
    pub other_data_key: bool,
    pub spoilt: Option<Spoilt>,
}

/// What a delivery's capsules and proof are made for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliveryClaim {
    pub purchase: At,
    /// Whose `x` opens the records and makes the proof.
    pub secret: Key,
    /// `B`
    pub buyer_key: Key,
    pub records: Vec<At>,
    pub spoilt: Option<Spoilt>,
}

/// What was done to capsules or a proof after they were made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spoilt {
    /// One bit of the proof.
    Proof(u8),
    /// Another group element in the capsule at this place.
    Element(u8),
    /// Errors in two capsules that cancel out.
    Cancelling,
    /// Two capsules in each other's place.
    Swapped,
    /// The identity as ephemeral half.
    Identity(u8),
    /// An ephemeral half that is no point.
    Ephemeral(u8),
    /// A masked half that is no point.
    Masked(u8),
}

/// The instructions, and the transfer.
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
    Transfer,
}

impl Kind {
    /// The program's instructions, in the order of their tags.
    pub const INSTRUCTIONS: [Self; 12] = [
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
            Self::Transfer { .. } => Kind::Transfer,
        }
    }

    /// Who has to sign, beside the payer of the fee.
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
            Self::Deliver { .. } => vec![],
        }
    }

    /// Every address that the call names: no other may change.
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
                seller,
                order,
                purchase,
                records,
                ..
            } => [&[Wallet(*seller), *order, *purchase], &records[..]].concat(),
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

impl fmt::Debug for Who {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(crate::cast::NAMES[usize::from(self.0)])
    }
}

impl fmt::Debug for RecordId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}'s record {}", self.0, self.1)
    }
}

impl fmt::Debug for OrderId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}'s order {}", self.0, self.1)
    }
}

impl fmt::Debug for At {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Wallet(who) => write!(f, "{who:?}"),
            Self::User(who) => write!(f, "<{who:?}'s user>"),
            Self::Record(id) => write!(f, "<{id:?}>"),
            Self::Order(id) => write!(f, "<{id:?}>"),
            Self::Purchase(id, buyer) => write!(f, "<{buyer:?}'s purchase of {id:?}>"),
            Self::Share(id, recipient) => write!(f, "<share of {id:?} with {recipient:?}>"),
        }
    }
}

//! Names of what a step is about: people, records, orders, addresses, keys.

use std::fmt;

/// The people. Roles are habits and not rights: sometimes everybody does everything.
pub const PEOPLE: [&str; 14] = [
    "ada",
    "ben",
    "cleo",
    "dan",
    "clinic",
    "lab",
    "doctor",
    "hospital",
    "sponsor",
    "institute",
    "insurer",
    "payer",
    "stranger",
    "pauper",
];

/// Somebody of the cast, by number.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Who(pub u8);

/// A record, by what its address is a hash over.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordId {
    pub owner: Who,
    pub creator: Who,
    /// The owner's key that the record is for.
    pub key: Key,
    pub draft: Draft,
}

/// What a creator makes up for a record: data public key, capsule, facts root and locator.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Draft {
    /// Seeds what is drawn.
    pub seed: u64,
    /// The key that the capsule is sealed for.
    pub key: Key,
    pub locator_len: u16,
    /// What was done to the capsule after it was sealed.
    pub spoilt: Option<Spoilt>,
}

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

/// What was done to capsules or a proof after they were made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
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

impl fmt::Debug for Who {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(PEOPLE[usize::from(self.0)])
    }
}

impl fmt::Debug for RecordId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            owner,
            creator,
            key,
            draft,
        } = self;
        write!(f, "{owner:?}'s record {draft:?} by {creator:?} for {key:?}")
    }
}

impl fmt::Debug for Draft {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            seed,
            key,
            locator_len,
            spoilt,
        } = self;
        write!(f, "{seed:x} ({locator_len}, {key:?}, {spoilt:?})")
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

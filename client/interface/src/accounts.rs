//! Decodes the program's accounts. What a node returns is hostile input: owner, discriminator, version and lengths are
//! checked before anything is read.

use anchor_lang::Discriminator;
use bytemuck::Pod;
use generion::{
    constants::ACCOUNT_VERSION,
    proof::Capsule,
    state::{Order, Purchase, Record, Share, User},
};
use solana_address::Address;

/// Why account data is not what it should be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AccountError {
    /// The account belongs to another program.
    #[error("the account belongs to program {owner}, not to Generion ({program_id})")]
    WrongOwner {
        /// Its owner.
        owner: Address,
        /// The program that should be.
        program_id: Address,
    },
    /// Another kind of account, or no account of the program at all.
    #[error("the account is not a {0}")]
    WrongKind(&'static str),
    /// A layout that this software doesn't know.
    #[error("the account has layout version {0}, this software knows version 1: update it")]
    UnknownVersion(u8),
    /// Data of an impossible length.
    #[error("the account's data is malformed: {0} bytes")]
    Malformed(usize),
}

/// An account of the program with its tail, if it has one.
pub trait LedgerAccount: Sized {
    /// What people call it.
    const NAME: &'static str;
    /// The first 8 bytes of its data.
    const DISCRIMINATOR: [u8; 8];

    /// Reads the data behind the discriminator; `None` where its length is impossible.
    fn decode_body(body: &[u8]) -> Option<Self>;

    /// Decodes an account that a node returned.
    ///
    /// # Errors
    /// [`AccountError`]: another owner, kind or version, or malformed data.
    fn decode(program_id: &Address, owner: &Address, data: &[u8]) -> Result<Self, AccountError> {
        if owner != program_id {
            return Err(AccountError::WrongOwner {
                owner: *owner,
                program_id: *program_id,
            });
        }
        let body = data
            .strip_prefix(&Self::DISCRIMINATOR)
            .ok_or(AccountError::WrongKind(Self::NAME))?;
        match body.first() {
            Some(&ACCOUNT_VERSION) => {}
            Some(version) => return Err(AccountError::UnknownVersion(*version)),
            None => return Err(AccountError::Malformed(data.len())),
        }
        Self::decode_body(body).ok_or(AccountError::Malformed(data.len()))
    }
}

/// A record with its sealed locator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordAccount {
    /// Everything of fixed size.
    pub state: Record,
    /// The sealed locator.
    pub locator: Vec<u8>,
}

/// An order with its record ids.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderAccount {
    /// Everything of fixed size.
    pub state: Order,
    /// Ids of the seller's records, strictly increasing.
    pub record_ids: Vec<u64>,
}

/// A purchase with its capsules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PurchaseAccount {
    /// Everything of fixed size.
    pub state: Purchase,
    /// One capsule for each record of the order; `None`: not delivered.
    pub capsules: Vec<Option<Capsule>>,
}

impl LedgerAccount for User {
    const NAME: &'static str = "user";
    const DISCRIMINATOR: [u8; 8] = discriminator::<User>();

    fn decode_body(body: &[u8]) -> Option<Self> {
        header_only(body)
    }
}

impl LedgerAccount for Share {
    const NAME: &'static str = "share";
    const DISCRIMINATOR: [u8; 8] = discriminator::<Share>();

    fn decode_body(body: &[u8]) -> Option<Self> {
        header_only(body)
    }
}

impl LedgerAccount for RecordAccount {
    const NAME: &'static str = "record";
    const DISCRIMINATOR: [u8; 8] = discriminator::<Record>();

    fn decode_body(body: &[u8]) -> Option<Self> {
        let (state, locator) = header_and_tail(body)?;
        Some(Self { state, locator })
    }
}

impl LedgerAccount for OrderAccount {
    const NAME: &'static str = "order";
    const DISCRIMINATOR: [u8; 8] = discriminator::<Order>();

    fn decode_body(body: &[u8]) -> Option<Self> {
        let (state, ids) = header_and_tail::<_, [u8; 8]>(body)?;
        Some(Self {
            state,
            record_ids: ids.into_iter().map(u64::from_le_bytes).collect(),
        })
    }
}

impl LedgerAccount for PurchaseAccount {
    const NAME: &'static str = "purchase";
    const DISCRIMINATOR: [u8; 8] = discriminator::<Purchase>();

    fn decode_body(body: &[u8]) -> Option<Self> {
        let (state, slots) = header_and_tail::<_, Capsule>(body)?;
        let capsules = slots
            .into_iter()
            .map(|slot| (slot.ephemeral != [0; 32]).then_some(slot))
            .collect();
        Some(Self { state, capsules })
    }
}

const fn discriminator<T: Discriminator>() -> [u8; 8] {
    match T::DISCRIMINATOR.first_chunk() {
        Some(discriminator) => *discriminator,
        None => panic!("Anchor's discriminators have 8 bytes"),
    }
}

fn header_only<H: Pod>(body: &[u8]) -> Option<H> {
    bytemuck::try_pod_read_unaligned(body).ok()
}

fn header_and_tail<H: Pod, T: Pod>(body: &[u8]) -> Option<(H, Vec<T>)> {
    let (header, tail) = body.split_at_checked(size_of::<H>())?;
    let (len, items) = tail.split_first_chunk()?;
    let expected = usize::try_from(u32::from_le_bytes(*len))
        .ok()?
        .checked_mul(size_of::<T>())?;
    let items = (items.len() == expected).then_some(items)?;
    let items = items
        .chunks_exact(size_of::<T>())
        .map(bytemuck::pod_read_unaligned)
        .collect();
    Some((header_only(header)?, items))
}

//! Decodes the program's accounts. What a node returns is hostile input: owner, discriminator, version and lengths are
//! checked before anything is read, and [`LedgerAccount::read`] recomputes the address from what was read.

use anchor_lang::Discriminator;
use bytemuck::Pod;
use generion::{
    constants::ACCOUNT_VERSION,
    proof::Capsule,
    state::{Order, Purchase, Record, Share, User},
};
use solana_address::Address;

use crate::Addresses;

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
    /// What was read belongs to another address.
    #[error("the {kind} that was returned for {asked} belongs to address {expected}")]
    WrongAddress {
        /// What people call the account.
        kind: &'static str,
        /// The address that was asked for.
        asked: Address,
        /// The address that follows from the account's contents.
        expected: Address,
    },
}

/// An account of the program with its tail, if it has one.
pub trait LedgerAccount: Sized {
    /// What people call it.
    const NAME: &'static str;
    /// The first 8 bytes of its data.
    const DISCRIMINATOR: [u8; 8];

    /// Reads the data behind the discriminator; `None` where its length is impossible.
    fn decode_body(body: &[u8]) -> Option<Self>;

    /// The address that follows from the contents: where the program has created this account, and no other place.
    fn address(&self, addresses: &Addresses) -> Address;

    /// Decodes an account that a node returned for `asked`, and makes sure that it belongs there. Of a record, this shows
    /// all that its creator decided; of the other kinds, whose it is.
    ///
    /// # Errors
    /// [`AccountError`]: as [`Self::decode`], or `WrongAddress`.
    fn read(
        addresses: &Addresses,
        asked: &Address,
        owner: &Address,
        data: &[u8],
    ) -> Result<Self, AccountError> {
        let account = Self::decode(&addresses.program_id, owner, data)?;
        let expected = account.address(addresses);
        if expected != *asked {
            return Err(AccountError::WrongAddress {
                kind: Self::NAME,
                asked: *asked,
                expected,
            });
        }
        Ok(account)
    }

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

/// An order with its records' addresses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderAccount {
    /// Everything of fixed size.
    pub state: Order,
    /// Addresses of the seller's records, strictly increasing by bytes.
    pub records: Vec<Address>,
}

impl OrderAccount {
    /// What a buyer of this order, which has this address, agrees to: 32 bytes of SHA-256 (docs/PROTOCOL.md, section 6).
    pub fn terms(&self, address: &Address) -> [u8; 32] {
        self.state.terms(address, &self.records).hash()
    }
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

    fn address(&self, addresses: &Addresses) -> Address {
        addresses.user(&self.wallet)
    }
}

impl LedgerAccount for Share {
    const NAME: &'static str = "share";
    const DISCRIMINATOR: [u8; 8] = discriminator::<Share>();

    fn decode_body(body: &[u8]) -> Option<Self> {
        header_only(body)
    }

    fn address(&self, addresses: &Addresses) -> Address {
        addresses.share(&self.record, &self.recipient)
    }
}

impl LedgerAccount for RecordAccount {
    const NAME: &'static str = "record";
    const DISCRIMINATOR: [u8; 8] = discriminator::<Record>();

    fn decode_body(body: &[u8]) -> Option<Self> {
        let (state, locator) = header_and_tail(body)?;
        Some(Self { state, locator })
    }

    fn address(&self, addresses: &Addresses) -> Address {
        addresses.record(&self.state.contents(&self.locator))
    }
}

impl LedgerAccount for OrderAccount {
    const NAME: &'static str = "order";
    const DISCRIMINATOR: [u8; 8] = discriminator::<Order>();

    fn decode_body(body: &[u8]) -> Option<Self> {
        let (state, records) = header_and_tail(body)?;
        Some(Self { state, records })
    }

    fn address(&self, addresses: &Addresses) -> Address {
        addresses.order(&self.state.seller, self.state.id)
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

    fn address(&self, addresses: &Addresses) -> Address {
        addresses.purchase(&self.state.order, &self.state.buyer)
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

//! Decodes the program's accounts. Data from a node are hostile input: owner, discriminator, version and lengths are checked
//! before anything else is read, and [`LedgerAccount::read`] recomputes the address from the decoded account.

use anchor_lang::Discriminator;
use bytemuck::Pod;
use generion::{
    constants::{ACCOUNT_VERSION, REFUND_GRACE},
    proof::Capsule,
    state::{Application, Criteria, Order, Purchase, Record, Share, Study, User},
};
use solana_address::Address;

use crate::addresses::Addresses;

/// Why data are not those of the expected account. A new variant is a breaking change: the known answers for other
/// implementations have a sample of each.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AccountError {
    /// The account belongs to another program.
    #[error("the account belongs to program {owner}, not to Generion ({program_id})")]
    WrongOwner {
        /// The owner of the account.
        owner: Address,
        /// The program that should own it.
        program_id: Address,
    },
    /// The data are those of another kind of account, or of none.
    #[error("the account is not a {0}")]
    WrongKind(&'static str),
    /// This software does not know the layout.
    #[error("the account has layout version {0}, this software knows version 1: update it")]
    UnknownVersion(u8),
    /// The data have an impossible length.
    #[error("the account's data is malformed: {0} bytes")]
    Malformed(usize),
    /// The decoded account belongs to another address.
    #[error("the {kind} that was returned for {asked} belongs to address {expected}")]
    WrongAddress {
        /// The name of the account's kind, for people.
        kind: &'static str,
        /// The requested address.
        asked: Address,
        /// The address that follows from the account's contents.
        expected: Address,
    },
}

/// An account of the program with its tail, if it has one.
pub trait LedgerAccount: Sized {
    /// Name of the account's kind, for people.
    const NAME: &'static str;
    /// The first 8 bytes of its data.
    const DISCRIMINATOR: [u8; 8];

    /// Reads the data after the discriminator, or returns `None` if their length is impossible.
    fn decode_body(body: &[u8]) -> Option<Self>;

    /// The address that follows from the account's contents: the only one at which the program creates this account.
    fn address(&self, addresses: &Addresses) -> Address;

    /// Decodes an account that a node returned for the address `asked`, and checks that it belongs there. This proves all
    /// contents of a record that its creator chose, and the owner of an account of another kind.
    ///
    /// # Errors
    /// The errors of [`Self::decode`], and `WrongAddress`.
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
    /// The fields of fixed size.
    pub state: Record,
    /// The sealed locator.
    pub locator: Vec<u8>,
}

/// An order with its records' addresses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderAccount {
    /// The fields of fixed size.
    pub state: Order,
    /// Addresses of the seller's records, in strictly increasing order of their bytes.
    pub records: Vec<Address>,
}

impl OrderAccount {
    /// SHA-256 of the terms that a buyer of this order, at this address, agrees to (docs/PROTOCOL.md, section 6).
    pub fn terms(&self, address: &Address) -> [u8; 32] {
        self.state.terms(address, &self.records).hash()
    }
}

/// A purchase with its capsules. It may be a study's seat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PurchaseAccount {
    /// The fields of fixed size.
    pub state: Purchase,
    /// One capsule for each record of the order, or `None` for a record that is not delivered yet.
    pub capsules: Vec<Option<Capsule>>,
}

impl PurchaseAccount {
    /// When refunds open to everybody, unless the purchase is settled by then: Unix time in seconds.
    pub fn refund_opens(&self) -> i64 {
        let due = self.state.deadline.max(self.state.settle_by);
        due.saturating_add(REFUND_GRACE)
    }
}

/// A study with what it asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StudyAccount {
    /// The fields of fixed size.
    pub state: Study,
    /// Requirements, accepted creators and the address of the description ([`Self::criteria`]).
    pub tail: Vec<u8>,
}

impl StudyAccount {
    /// What the study asks for.
    pub fn criteria(&self) -> Criteria<'_> {
        // The program writes no other tail, and `decode_body` accepts none.
        self.state.criteria(&self.tail).unwrap_or(Criteria::NOTHING)
    }
}

/// An application with its sealed letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApplicationAccount {
    /// The fields of fixed size.
    pub state: Application,
    /// The letter, sealed to the study's key.
    pub letter: Vec<u8>,
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
        let Purchase {
            order,
            seller,
            buyer,
            ..
        } = &self.state;
        match self.state.is_seat() {
            true => addresses.seat(buyer, seller),
            false => addresses.purchase(order, buyer),
        }
    }
}

impl LedgerAccount for StudyAccount {
    const NAME: &'static str = "study";
    const DISCRIMINATOR: [u8; 8] = discriminator::<Study>();

    fn decode_body(body: &[u8]) -> Option<Self> {
        let (state, tail) = header_and_tail::<Study, u8>(body)?;
        state.criteria(&tail).ok()?;
        Some(Self { state, tail })
    }

    fn address(&self, addresses: &Addresses) -> Address {
        addresses.study(&self.state.sponsor, self.state.id)
    }
}

impl LedgerAccount for ApplicationAccount {
    const NAME: &'static str = "application";
    const DISCRIMINATOR: [u8; 8] = discriminator::<Application>();

    fn decode_body(body: &[u8]) -> Option<Self> {
        let (state, letter) = header_and_tail(body)?;
        Some(Self { state, letter })
    }

    fn address(&self, addresses: &Addresses) -> Address {
        addresses.application(&self.state.study, &self.state.participant)
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

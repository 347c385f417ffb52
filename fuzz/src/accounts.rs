//! Account data: a client decodes exactly the fields of the layout, the program loads the same, and an account belongs to
//! one address.

use anchor_lang::AnchorAccount;
use arbitrary::{Result, Unstructured};
use bytemuck::Pod;
use generion::{
    constants::ACCOUNT_VERSION,
    proof::Capsule,
    state::{self, Purchase, Share, User},
};
use generion_interface::{
    Addresses,
    accounts::{
        AccountError, ApplicationAccount, LedgerAccount, OrderAccount, PurchaseAccount,
        RecordAccount, StudyAccount,
    },
};
use sha2::{Digest, Sha256};
use solana_address::Address;

use generion_native::{
    layout::Encode,
    memory::within,
    runtime::{Account, with_view},
    world::WORLD,
};

/// Accounts of every kind and state, and bytes to make an account of each kind from.
pub fn seeds() -> Vec<Vec<u8>> {
    let accounts = WORLD.data.iter();
    let mut seeds: Vec<_> = accounts.map(|data| [&[0], &data[..]].concat()).collect();
    seeds.extend((1..=7).map(|kind| [&[kind], &[0x5a; 700][..]].concat()));
    seeds
}

/// The first byte selects the meaning of the rest: data to decode, or bytes to make an account from.
pub fn run(input: &[u8]) {
    let Some((kind, bytes)) = input.split_first() else {
        return;
    };
    let source = &mut Unstructured::new(bytes);
    // This never fails: missing bytes count as zeros.
    let _ = match kind % 8 {
        0 => {
            decode_all(bytes);
            Ok(())
        }
        1 => user(source).map(|account| round_trip(&account, source)),
        2 => record(source).map(|account| round_trip(&account, source)),
        3 => order(source).map(|account| round_trip(&account, source)),
        4 => purchase(source).map(|account| round_trip(&account, source)),
        5 => share(source).map(|account| round_trip(&account, source)),
        6 => study(source).map(|account| round_trip(&account, source)),
        _ => application(source).map(|account| round_trip(&account, source)),
    };
}

/// At most one kind accepts the data, and then it accepts all bytes.
fn decode_all(data: &[u8]) {
    let taken = [
        decode::<User>(data).is_some(),
        decode::<RecordAccount>(data).is_some(),
        decode::<OrderAccount>(data).is_some(),
        decode::<PurchaseAccount>(data).is_some(),
        decode::<Share>(data).is_some(),
        decode::<StudyAccount>(data).is_some(),
        decode::<ApplicationAccount>(data).is_some(),
    ];
    assert!(
        taken.iter().filter(|taken| **taken).count() <= 1,
        "{taken:?}"
    );
}

fn decode<A: LedgerAccount + Same>(data: &[u8]) -> Option<A> {
    let decoded = within(2 * data.len() + 1024, A::NAME, || {
        A::decode(&generion::ID, &generion::ID, data)
    });
    let account = match decoded {
        Ok(account) => account,
        Err(AccountError::WrongKind(_)) => {
            assert!(!data.starts_with(&A::DISCRIMINATOR));
            return None;
        }
        Err(AccountError::UnknownVersion(version)) => {
            assert_ne!(version, ACCOUNT_VERSION);
            return None;
        }
        Err(AccountError::Malformed(length)) => {
            assert_eq!(length, data.len());
            return None;
        }
        Err(error) => panic!("{error}"),
    };
    let mut expected = data.to_vec();
    A::normalise(&mut expected);
    assert!(account.encode() == expected, "{}", A::NAME);

    let on_ledger = Account {
        address: Address::default(),
        owner: generion::ID,
        lamports: 1,
        data: data.to_vec(),
    };
    assert!(account.is_what_the_program_loads(&on_ledger), "{}", A::NAME);
    belongs_to_one_address(&account, data);
    Some(account)
}

/// The account is accepted at its own address, which section 4 derives, and at no other.
fn belongs_to_one_address<A: LedgerAccount + Same>(account: &A, data: &[u8]) {
    let addresses = Addresses::default();
    let own = account.second_address();
    let read = |asked| A::read(&addresses, &asked, &generion::ID, data);
    assert!(read(own).as_ref() == Ok(account), "{}", A::NAME);
    let mut other = own.to_bytes();
    other[data.len() % 32] ^= 1;
    let refused = read(Address::new_from_array(other));
    assert!(matches!(refused, Err(AccountError::WrongAddress { expected, .. }) if expected == own));
}

fn derived(seeds: &[&[u8]]) -> Address {
    Address::find_program_address(seeds, &generion::ID).0
}

/// An account that is written and read is the same. Data that are cut short, continued or of another owner are refused.
fn round_trip<A: LedgerAccount + Same>(account: &A, source: &mut Unstructured) {
    let mut data = account.encode();
    assert!(decode::<A>(&data).as_ref() == Some(account), "{}", A::NAME);
    let stranger = Address::new_from_array([1; 32]);
    let others = A::decode(&generion::ID, &stranger, &data);
    assert!(matches!(others, Err(AccountError::WrongOwner { .. })));

    let cut = source.choose_index(data.len()).unwrap_or_default();
    assert!(A::decode(&generion::ID, &generion::ID, &data[..cut]).is_err());
    data.extend_from_slice(&[0]);
    assert_eq!(
        A::decode(&generion::ID, &generion::ID, &data).err(),
        Some(AccountError::Malformed(data.len()))
    );
    data.pop();
    data[8] ^= source.arbitrary::<u8>().unwrap_or_default() | 1;
    assert_eq!(
        A::decode(&generion::ID, &generion::ID, &data).err(),
        Some(AccountError::UnknownVersion(data[8]))
    );
}

/// An account as the layout and the program see it.
trait Same: Encode + PartialEq {
    /// Clears the fields that a client does not show.
    fn normalise(_data: &mut [u8]) {}

    /// Whether the program loads the same account.
    fn is_what_the_program_loads(&self, account: &Account) -> bool;

    /// The address by section 4.
    fn second_address(&self) -> Address;
}

impl Same for User {
    fn second_address(&self) -> Address {
        derived(&[b"user", self.wallet.as_ref()])
    }

    fn is_what_the_program_loads(&self, account: &Account) -> bool {
        with_view(account, |view| {
            state::UserAccount::load(view).is_ok_and(|loaded| *loaded == *self)
        })
    }
}

impl Same for Share {
    fn second_address(&self) -> Address {
        derived(&[b"share", self.record.as_ref(), self.recipient.as_ref()])
    }

    fn is_what_the_program_loads(&self, account: &Account) -> bool {
        with_view(account, |view| {
            state::ShareAccount::load(view).is_ok_and(|loaded| *loaded == *self)
        })
    }
}

impl Same for RecordAccount {
    fn second_address(&self) -> Address {
        // Owner and creator are adjacent in the account, and so are key, data public key, capsule and root.
        let data = self.encode();
        let contents = Sha256::new()
            .chain_update(b"generion/record/v1")
            .chain_update(&data[32..96])
            .chain_update(&data[128..288])
            .chain_update(&data[292..])
            .finalize();
        derived(&[b"record", self.state.owner.as_ref(), &contents])
    }

    fn is_what_the_program_loads(&self, account: &Account) -> bool {
        with_view(account, |view| {
            state::RecordAccount::load(view)
                .is_ok_and(|loaded| *loaded == self.state && loaded.as_slice() == self.locator)
        })
    }
}

impl Same for OrderAccount {
    fn second_address(&self) -> Address {
        let id = self.state.id.to_le_bytes();
        derived(&[b"order", self.state.seller.as_ref(), &id])
    }

    fn is_what_the_program_loads(&self, account: &Account) -> bool {
        with_view(account, |view| {
            state::OrderAccount::load(view)
                .is_ok_and(|loaded| *loaded == self.state && loaded.as_slice() == self.records)
        })
    }
}

impl Same for PurchaseAccount {
    fn second_address(&self) -> Address {
        let Purchase {
            seat,
            order,
            seller,
            buyer,
            ..
        } = &self.state;
        match seat {
            0 => derived(&[b"purchase", order.as_ref(), buyer.as_ref()]),
            _ => derived(&[b"seat", buyer.as_ref(), seller.as_ref()]),
        }
    }

    /// An empty slot is one without an ephemeral key; its other bytes are ignored.
    fn normalise(data: &mut [u8]) {
        for slot in data[236..].chunks_exact_mut(64) {
            if slot[..32] == [0; 32] {
                slot.fill(0);
            }
        }
    }

    fn is_what_the_program_loads(&self, account: &Account) -> bool {
        with_view(account, |view| {
            state::PurchaseAccount::load(view).is_ok_and(|loaded| {
                let slots = loaded.iter().zip(&self.capsules);
                *loaded == self.state
                    && loaded.len() == self.capsules.len()
                    && slots.clone().all(|(slot, decoded)| match decoded {
                        Some(capsule) => slot == capsule,
                        None => slot.ephemeral == [0; 32],
                    })
            })
        })
    }
}

impl Same for StudyAccount {
    fn second_address(&self) -> Address {
        let id = self.state.id.to_le_bytes();
        derived(&[b"study", self.state.sponsor.as_ref(), &id])
    }

    fn is_what_the_program_loads(&self, account: &Account) -> bool {
        with_view(account, |view| {
            state::StudyAccount::load(view)
                .is_ok_and(|loaded| *loaded == self.state && loaded.as_slice() == self.tail)
        })
    }
}

impl Same for ApplicationAccount {
    fn second_address(&self) -> Address {
        let state::Application {
            study, participant, ..
        } = &self.state;
        derived(&[b"application", study.as_ref(), participant.as_ref()])
    }

    fn is_what_the_program_loads(&self, account: &Account) -> bool {
        with_view(account, |view| {
            state::ApplicationAccount::load(view)
                .is_ok_and(|loaded| *loaded == self.state && loaded.as_slice() == self.letter)
        })
    }
}

/// A header from any bytes, with the current version.
fn header<H: Pod>(source: &mut Unstructured) -> Result<H> {
    let mut header = H::zeroed();
    source.fill_buffer(bytemuck::bytes_of_mut(&mut header))?;
    Ok(header)
}

fn user(source: &mut Unstructured) -> Result<User> {
    Ok(User {
        version: ACCOUNT_VERSION,
        ..header(source)?
    })
}

fn share(source: &mut Unstructured) -> Result<Share> {
    Ok(Share {
        version: ACCOUNT_VERSION,
        ..header(source)?
    })
}

fn record(source: &mut Unstructured) -> Result<RecordAccount> {
    let state = state::Record {
        version: ACCOUNT_VERSION,
        ..header(source)?
    };
    let mut locator = vec![0; source.int_in_range(0..=600)?];
    source.fill_buffer(&mut locator)?;
    Ok(RecordAccount { state, locator })
}

fn order(source: &mut Unstructured) -> Result<OrderAccount> {
    let state = state::Order {
        version: ACCOUNT_VERSION,
        ..header(source)?
    };
    let count = source.int_in_range(0..=30)?;
    let records = (0..count)
        .map(|_| source.arbitrary().map(Address::new_from_array))
        .collect::<Result<_>>()?;
    Ok(OrderAccount { state, records })
}

fn purchase(source: &mut Unstructured) -> Result<PurchaseAccount> {
    let state = state::Purchase {
        version: ACCOUNT_VERSION,
        ..header(source)?
    };
    let count = source.int_in_range(0..=30)?;
    let capsules = (0..count)
        .map(|_| {
            let capsule = Capsule {
                ephemeral: source.arbitrary()?,
                masked: source.arbitrary()?,
            };
            Ok((capsule.ephemeral != [0; 32]).then_some(capsule))
        })
        .collect::<Result<_>>()?;
    Ok(PurchaseAccount { state, capsules })
}

fn study(source: &mut Unstructured) -> Result<StudyAccount> {
    let state = state::Study {
        version: ACCOUNT_VERSION,
        ..header(source)?
    };
    // Decoders refuse a tail that is shorter than the counts in the header say.
    let least = 33 * usize::from(state.requirement_count) + 32 * usize::from(state.creator_count);
    let mut tail = vec![0; least + source.int_in_range(0..=200)?];
    source.fill_buffer(&mut tail)?;
    Ok(StudyAccount { state, tail })
}

fn application(source: &mut Unstructured) -> Result<ApplicationAccount> {
    let state = state::Application {
        version: ACCOUNT_VERSION,
        ..header(source)?
    };
    let mut letter = vec![0; source.int_in_range(0..=800)?];
    source.fill_buffer(&mut letter)?;
    Ok(ApplicationAccount { state, letter })
}

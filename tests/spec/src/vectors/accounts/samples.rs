//! One account of each kind, and its bytes.

use bytemuck::Pod;
use generion::{
    proof::Capsule,
    state::{Application, Order, Purchase, PurchaseStatus, Record, Share, Study, User},
};
use generion_interface::{
    Addresses,
    accounts::{
        ApplicationAccount, LedgerAccount, OrderAccount, PurchaseAccount, RecordAccount,
        StudyAccount,
    },
};
use solana_address::Address;

use super::super::{
    support::{address, bytes_of_64, capsule_from, program, seed, wallet_address},
    terms::increasing,
};

/// The bytes of an account: discriminator, fixed part and, if there is one, the tail.
pub fn bytes<A: LedgerAccount>(state: &impl Pod, tail: Option<(usize, &[u8])>) -> Vec<u8> {
    let mut bytes = A::DISCRIMINATOR.to_vec();
    bytes.extend_from_slice(bytemuck::bytes_of(state));
    if let Some((len, items)) = tail {
        bytes.extend_from_slice(&(len as u32).to_le_bytes());
        bytes.extend_from_slice(items);
    }
    bytes
}

pub fn capsule(name: &str) -> Capsule {
    capsule_from(&[seed(name), seed(&format!("{name}, masked"))].concat())
}

pub fn user() -> User {
    User {
        version: 1,
        bump: 254,
        reserved: [0; 2],
        key_index: 3,
        next_order_id: u64::MAX,
        next_study_id: 1,
        record_count: 9,
        wallet: wallet_address("patient"),
        encryption_key: seed("encryption key"),
        attestation: bytes_of_64("attestation"),
    }
}

pub fn record() -> Record {
    Record {
        version: 1,
        bump: 255,
        verified: 1,
        reserved: 0,
        key_index: 3,
        created_at: 1_790_000_000,
        listings: 2,
        owner: wallet_address("patient"),
        creator: wallet_address("clinic"),
        rent_payer: wallet_address("sponsor"),
        owner_key: seed("encryption key"),
        data_public_key: seed("data public key"),
        capsule: capsule("record's capsule"),
        facts_root: seed("facts root"),
    }
}

pub fn order(label: &str, only_buyer: Option<Address>) -> Order {
    Order {
        version: 1,
        bump: 253,
        open: 1,
        reserved: 0,
        pending_purchases: 2,
        id: 5,
        created_at: 1_790_000_100,
        rent_payer: wallet_address("patient"),
        seller: wallet_address("patient"),
        price: 250_000_000,
        delivery_window: 86_400,
        label: Order::pad_label(label).expect("a short label"),
        only_buyer: only_buyer.unwrap_or_default(),
        settled_purchases: 7,
    }
}

/// A purchase of three records.
pub fn purchase(status: PurchaseStatus, delivered_count: u8) -> Purchase {
    Purchase {
        version: 1,
        bump: 252,
        status: status as u8,
        record_count: 3,
        delivered_count,
        seat: 0,
        reserved: [0; 2],
        price: 250_000_000,
        deadline: 1_790_086_500,
        settle_by: match status {
            PurchaseStatus::Pending => 0,
            PurchaseStatus::Locked | PurchaseStatus::Settled => 1_790_100_000,
        },
        order: address("order"),
        seller: wallet_address("patient"),
        buyer: wallet_address("buyer"),
        buyer_key: seed("buyer key"),
        settle_key: match (status, delivered_count) {
            (PurchaseStatus::Pending, 0) => [0; 32],
            (PurchaseStatus::Settled, _) => seed("settle secret"),
            _ => seed("settle key"),
        },
        terms: seed("terms"),
    }
}

/// The same as a study's seat: the buyer is the study's vault.
pub fn seat() -> Purchase {
    Purchase {
        seat: 1,
        buyer: addresses().vault(&address("study")),
        ..purchase(PurchaseStatus::Pending, 0)
    }
}

/// A study with two requirements, two creators and the address of its description.
pub fn study() -> StudyAccount {
    let mut hashes = ["one fact", "another fact"].map(seed);
    hashes.sort_unstable();
    let mut tail = Vec::new();
    for (group, hash) in (0..).zip(hashes) {
        tail.push(group);
        tail.extend(hash);
    }
    for creator in increasing(&["one", "two"]) {
        tail.extend(creator.as_ref());
    }
    tail.extend(b"https://research.example/study.json");
    let state = Study {
        version: 1,
        bump: 250,
        vault_bump: 249,
        admission: 0,
        record_count: 1,
        group_count: 2,
        requirement_count: 2,
        creator_count: 2,
        id: 5,
        reward: 250_000_000,
        created_at: 1_790_000_400,
        closes_at: 1_795_000_000,
        delivery_window: 86_400,
        seats: 7,
        sponsor: wallet_address("researcher"),
        admitter: wallet_address("admitter"),
        rent_payer: wallet_address("sponsor"),
        study_key: seed("study key"),
        description_hash: seed("description"),
    };
    StudyAccount { state, tail }
}

pub fn study_bytes() -> Vec<u8> {
    let StudyAccount { state, tail } = study();
    bytes::<StudyAccount>(&state, Some((tail.len(), &tail)))
}

pub fn application() -> Application {
    Application {
        version: 1,
        bump: 248,
        reserved: [0; 6],
        created_at: 1_790_000_500,
        study: address("study"),
        order: address("order"),
        participant: wallet_address("patient"),
        rent_payer: wallet_address("sponsor"),
    }
}

pub fn application_bytes(letter: &[u8]) -> Vec<u8> {
    bytes::<ApplicationAccount>(&application(), Some((letter.len(), letter)))
}

pub fn share() -> Share {
    Share {
        version: 1,
        bump: 251,
        reserved: [0; 2],
        key_index: 1,
        created_at: 1_790_000_200,
        expires_at: -1,
        record: address("record"),
        owner: wallet_address("patient"),
        recipient: wallet_address("doctor"),
        rent_payer: wallet_address("sponsor"),
        recipient_key: seed("recipient key"),
        capsule: capsule("share's capsule"),
    }
}

pub fn user_bytes() -> Vec<u8> {
    bytes::<User>(&user(), None)
}

pub fn record_bytes(locator: &[u8]) -> Vec<u8> {
    bytes::<RecordAccount>(&record(), Some((locator.len(), locator)))
}

pub fn order_bytes(label: &str, only_buyer: Option<Address>, records: &[Address]) -> Vec<u8> {
    let items: Vec<u8> = records
        .iter()
        .flat_map(|record| record.to_bytes())
        .collect();
    bytes::<OrderAccount>(&order(label, only_buyer), Some((records.len(), &items)))
}

pub fn purchase_bytes(state: &Purchase, capsules: &[Capsule]) -> Vec<u8> {
    bytes::<PurchaseAccount>(
        state,
        Some((capsules.len(), bytemuck::cast_slice(capsules))),
    )
}

pub fn share_bytes() -> Vec<u8> {
    bytes::<Share>(&share(), None)
}

pub fn addresses() -> Addresses {
    Addresses::new(program())
}

/// The address that follows from the contents of an account, at which a client must have requested it.
pub fn address_of<A: LedgerAccount>(data: &[u8]) -> Address {
    let address = decode::<A>(data).address(&addresses());
    assert!(A::read(&addresses(), &address, &program(), data).is_ok());
    address
}

pub fn decode<A: LedgerAccount>(data: &[u8]) -> A {
    A::decode(&program(), &program(), data).expect("an account of the program")
}

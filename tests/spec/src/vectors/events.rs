mod logs;

use base64::{Engine, prelude::BASE64_STANDARD};
use generion::events as on_chain;
use generion_interface::events::Event;
use serde_json::{Map, Value, json};
use solana_address::Address;

use super::{
    support::{address, base58, bytes_of_64, decimal, hex, program, seed, wallet_address},
    terms::increasing,
};

/// The value of a field in an event, and in JSON.
trait Field {
    fn json(&self) -> Value;
}

impl Field for Address {
    fn json(&self) -> Value {
        base58(self)
    }
}

impl Field for [u8; 32] {
    fn json(&self) -> Value {
        hex(self)
    }
}

impl Field for [u8; 64] {
    fn json(&self) -> Value {
        hex(self)
    }
}

impl Field for Option<Address> {
    fn json(&self) -> Value {
        self.as_ref().map(base58).into()
    }
}

impl Field for u8 {
    fn json(&self) -> Value {
        (*self).into()
    }
}

impl Field for u32 {
    fn json(&self) -> Value {
        (*self).into()
    }
}

impl Field for u64 {
    fn json(&self) -> Value {
        decimal(self)
    }
}

impl Field for i64 {
    fn json(&self) -> Value {
        decimal(self)
    }
}

impl Field for String {
    fn json(&self) -> Value {
        self.as_str().into()
    }
}

impl Field for Vec<u8> {
    fn json(&self) -> Value {
        hex(self)
    }
}

impl Field for Vec<Address> {
    fn json(&self) -> Value {
        self.iter().map(base58).collect()
    }
}

/// An event with its log line and its fields by name.
macro_rules! case {
    ($name:ident { $($field:ident: $value:expr),* $(,)? }) => {{
        let event = on_chain::$name { $($field: ($value).into()),* };
        let data = anchor_lang::Event::data(&event);
        assert_eq!(Event::decode(&data), Some(Event::$name(event)));
        let mut fields = Map::new();
        $(fields.insert(stringify!($field).to_owned(), ($value).json());)*
        json!({
            "event": stringify!($name),
            "data": hex(&data),
            "log": format!("Program data: {}", BASE64_STANDARD.encode(&data)),
            "fields": fields,
        })
    }};
}

pub(super) fn all() -> Value {
    let [patient, clinic, doctor, buyer, sponsor] =
        ["patient", "clinic", "doctor", "buyer", "sponsor"].map(wallet_address);
    let [researcher, admitter] = ["researcher", "admitter"].map(wallet_address);
    let [record, order, purchase, share] = ["record", "order", "purchase", "share"].map(address);
    let [study, vault, seat, application] = ["study", "vault", "seat", "application"].map(address);
    let cases = [
        case!(EncryptionKeySet {
            wallet: patient,
            key_index: 3u32,
            encryption_key: seed("encryption key"),
            attestation: bytes_of_64("attestation"),
        }),
        case!(RecordCreated {
            record: record,
            owner: patient,
            creator: clinic,
            rent_payer: sponsor,
            data_public_key: seed("data public key"),
            facts_root: seed("facts root"),
            created_at: 1_790_000_000i64,
            key_index: 3u32,
            verified: 0u8,
        }),
        case!(RecordVerified {
            record: record,
            owner: patient,
            creator: clinic,
        }),
        case!(RecordDeleted {
            record: record,
            owner: patient,
            creator: clinic,
            authority: clinic,
            rent_payer: sponsor,
            lamports: 3_393_440u64,
        }),
        case!(RecordShared {
            share: share,
            record: record,
            owner: patient,
            recipient: doctor,
            rent_payer: sponsor,
            created_at: 1_790_000_200i64,
            expires_at: -1i64,
            key_index: 1u32,
        }),
        case!(ShareRevoked {
            share: share,
            record: record,
            owner: patient,
            recipient: doctor,
            rent_payer: sponsor,
            lamports: 1_950_720u64
        }),
        case!(OrderCreated {
            order: order,
            seller: patient,
            rent_payer: sponsor,
            id: 5u64,
            price: 250_000_000u64,
            created_at: 1_790_000_100i64,
            delivery_window: 86_400u32,
            only_buyer: None::<Address>,
            label: "Größe und Gewicht".to_owned(),
            records: increasing(&["one", "two", "three"]),
        }),
        case!(OrderCreated {
            order: order,
            seller: patient,
            rent_payer: patient,
            id: u64::MAX,
            price: 890_880u64,
            created_at: 1_790_000_100i64,
            delivery_window: 600u32,
            only_buyer: Some(buyer),
            label: String::new(),
            records: increasing(&["one"]),
        }),
        case!(SalesStopped {
            order: order,
            seller: patient,
            pending_purchases: 2u32
        }),
        case!(OrderClosed {
            order: order,
            seller: patient,
            settled_purchases: 7u32,
            rent_payer: sponsor,
            lamports: 1_686_560u64
        }),
        case!(Purchased {
            purchase: purchase,
            order: order,
            seller: patient,
            buyer: buyer,
            buyer_key: seed("buyer key"),
            price: 250_000_000u64,
            deadline: 1_790_086_500i64,
            record_count: 3u8,
        }),
        case!(Delivered {
            purchase: purchase,
            order: order,
            seller: patient,
            buyer: buyer,
            settle_key: seed("settle key"),
            settle_by: 0i64,
            first: 0u8,
            count: 2u8,
        }),
        case!(Delivered {
            purchase: purchase,
            order: order,
            seller: patient,
            buyer: buyer,
            settle_key: seed("settle key"),
            settle_by: 1_790_100_000i64,
            first: 2u8,
            count: 1u8,
        }),
        case!(Settled {
            purchase: purchase,
            order: order,
            seller: patient,
            buyer: buyer,
            settle_secret: seed("settle secret"),
            lamports: 250_000_000u64,
        }),
        case!(Refunded {
            purchase: purchase,
            order: order,
            seller: patient,
            buyer: buyer,
            authority: patient,
            price: 250_000_000u64,
            lamports: u64::MAX,
        }),
        case!(PurchaseClosed {
            purchase: purchase,
            order: order,
            seller: patient,
            buyer: buyer,
            lamports: 2_458_720u64,
        }),
        case!(StudyCreated {
            study: study,
            sponsor: researcher,
            admitter: admitter,
            rent_payer: sponsor,
            study_key: seed("study key"),
            description_hash: seed("description"),
            id: 5u64,
            reward: 250_000_000u64,
            created_at: 1_790_000_400i64,
            closes_at: 1_795_000_000i64,
            delivery_window: 86_400u32,
            admission: 1u8,
            record_count: 2u8,
            requirement_count: 1u8,
            creator_count: 0u8,
            tail: [&[0][..], &seed("a fact"), b"https://research.example/"].concat(),
        }),
        case!(StudyUpdated {
            study: study,
            sponsor: researcher,
            closes_at: i64::MAX,
        }),
        case!(BudgetWithdrawn {
            study: study,
            sponsor: researcher,
            lamports: 12_345u64,
        }),
        case!(StudyJoined {
            purchase: seat,
            order: order,
            seller: patient,
            buyer: vault,
            buyer_key: seed("study key"),
            price: 250_000_000u64,
            deadline: 1_790_086_500i64,
            study: study,
            seats: 8u32,
            record_count: 3u8,
        }),
        case!(StudyApplied {
            application: application,
            study: study,
            order: order,
            participant: patient,
            rent_payer: sponsor,
            created_at: 1_790_000_500i64,
        }),
        case!(ParticipantAdmitted {
            purchase: seat,
            order: order,
            seller: patient,
            buyer: vault,
            buyer_key: seed("study key"),
            price: 250_000_000u64,
            deadline: 1_790_086_500i64,
            study: study,
            seats: 9u32,
            application: application,
            rent_payer: sponsor,
            lamports: 3_201_600u64,
            record_count: 1u8,
        }),
        case!(ApplicationWithdrawn {
            application: application,
            study: study,
            participant: patient,
            authority: sponsor,
            rent_payer: sponsor,
            lamports: 3_201_600u64,
        }),
        case!(SeatClosed {
            purchase: seat,
            order: order,
            seller: patient,
            buyer: vault,
            study: study,
            lamports: 2_978_880u64,
        }),
        case!(StudyClosed {
            study: study,
            sponsor: researcher,
            seats: 9u32,
            rent_payer: sponsor,
            lamports: 4_000_000u64,
        }),
    ];
    let logs = logs::all(&cases);
    json!({
        "about": "Events (docs/PROTOCOL.md, section 8): the bytes, the line of the log, and the fields by their names in \
                  idl/generion.json. Of each of `logs` a reader takes these events and no others.",
        "program_id": base58(&program()),
        "cases": cases,
        "logs": logs,
    })
}

//! The lengths of locators, from which the padded lengths follow.

use std::{fs, path::Path};

use generion::{CreateRecordArgs, constants::MAX_LOCATOR_LEN, proof::Capsule};
use serde_json::Value;
use solana_address::Address;
use solana_compute_budget_interface::ComputeBudgetInstruction;
use solana_message::Message;

use super::*;
use crate::Instructions;

/// Lengths of kinds, and how many resources have them: the 156 of `hl7.fhir.r4.examples` 4.0.1 (npm) that are an
/// AllergyIntolerance, Condition, DiagnosticReport, Immunization, MedicationRequest, MedicationStatement, Observation or
/// Procedure; `fhir:`, the type, and the first code behind a slash.
const KINDS: [(usize, usize); 15] = [
    (14, 2),
    (16, 5),
    (19, 1),
    (20, 2),
    (21, 2),
    (22, 45),
    (23, 37),
    (24, 42),
    (25, 1),
    (26, 7),
    (28, 1),
    (29, 3),
    (30, 1),
    (31, 2),
    (33, 5),
];
/// Lengths of store addresses, and how many of 79 have them: `https://generion.` and the domain of 72 hospitals and
/// laboratories of 20 countries, and seven others, from `http://127.0.0.1:8787` to a bucket's.
const STORES: [(usize, usize); 21] = [
    (21, 2),
    (23, 8),
    (24, 4),
    (25, 2),
    (26, 6),
    (27, 9),
    (28, 7),
    (29, 1),
    (30, 3),
    (31, 7),
    (32, 6),
    (33, 5),
    (34, 2),
    (36, 5),
    (37, 3),
    (38, 2),
    (39, 3),
    (40, 1),
    (43, 1),
    (44, 1),
    (56, 1),
];

/// An encoding's length before it is padded.
fn length(stores: usize, store_lengths: usize, kind: usize) -> usize {
    let texts = "application/fhir+json".len() + "fhir-r4/1".len().max("document/1".len());
    1 + 4 + 4 * stores + store_lengths + 32 + 8 + 3 * 4 + texts + kind + 32 + 64
}

/// The number of measured locators with so many stores that are no longer than `limit`, in thousandths. Each store's address is
/// combined with each kind.
fn share_within(limit: usize, stores: usize) -> usize {
    let mut addresses = vec![(0, 1)];
    for _ in 0..stores {
        addresses = addresses
            .iter()
            .flat_map(|(total, count)| STORES.map(|(length, n)| (total + length, count * n)))
            .collect();
    }
    let (mut within, mut all) = (0, 0);
    for (total, count) in addresses {
        for (kind, n) in KINDS {
            all += count * n;
            if length(stores, total, kind) <= limit {
                within += count * n;
            }
        }
    }
    within * 1000 / all
}

#[test]
fn the_formula_is_the_encodings() {
    let kind = "fhir:Observation/4548-4";
    let locator = Locator {
        stores: ["https://store.example", "https://b.example"]
            .map(store)
            .to_vec(),
        media_type: "application/fhir+json".into(),
        kind: kind.into(),
        ..locator(0)
    };
    let bytes = locator.encode().unwrap();
    let end = bytes.len() - length(2, 38, kind.len());
    assert!(end < 96, "only padding, and the absent fields, are zeros");
    let signed = Locator {
        signature: Some([1; 64]),
        ..locator
    };
    let bytes = signed.encode().unwrap();
    let used = bytes.iter().rposition(|byte| *byte != 0).unwrap() + 1;
    assert_eq!(used, length(2, 38, kind.len()));
}

/// The shorter length is the smallest multiple of 16 that fits 95 of 100 documents in one store, which is where they are
/// unless somebody asks for more; the longer fits all that have three. 32 bytes cost about 0.00016 SOL of rent: to fit two
/// stores into the shorter one, all would pay for 48 more.
#[test]
fn the_shorter_length_fits_nearly_all() {
    assert_eq!(KINDS.map(|(_, n)| n).iter().sum::<usize>(), 156);
    assert_eq!(STORES.map(|(_, n)| n).iter().sum::<usize>(), 79);
    let [short, long] = PADDED_LENGTHS;
    assert_eq!(
        [short - 16, short].map(|limit| share_within(limit, 1)),
        [479, 976]
    );
    assert_eq!(
        [short, short + 48].map(|limit| share_within(limit, 2)),
        [3, 992]
    );
    assert_eq!(
        [1, 2, 3].map(|stores| share_within(long, stores)),
        [1000; 3]
    );
}

/// The documents that are in this repository, in a store with an address of ordinary length.
#[test]
fn fixtures_fit_the_shorter_length() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/fhir");
    let mut count = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        let resource: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        let code = ["/code/coding/0/code", "/vaccineCode/coding/0/code"]
            .iter()
            .find_map(|pointer| resource.pointer(pointer)?.as_str());
        let kind = resource["resourceType"].as_str().unwrap();
        let kind = match code {
            Some(code) => format!("fhir:{kind}/{code}"),
            None => format!("fhir:{kind}"),
        };
        let locator = Locator {
            stores: vec![store("https://generion.klinikum.example:8443")],
            media_type: "application/fhir+json".into(),
            kind,
            ..locator(0)
        };
        let encoded = locator.encode().unwrap();
        match locator.kind.len() {
            ..=30 => assert_eq!(encoded.len(), PADDED_LENGTHS[0], "{}", locator.kind),
            _ => assert_eq!(locator.kind, "fhir:AllergyIntolerance/227493005"),
        }
        count += 1;
    }
    assert_eq!(count, 14);
}

/// Bytes of a transaction that creates a record, with a payer of its own and both compute-budget instructions.
fn transaction_bytes(sealed: usize) -> usize {
    let [owner, creator, payer] = [1, 2, 3].map(|byte| Address::new_from_array([byte; 32]));
    let args = CreateRecordArgs {
        data_public_key: [4; 32],
        capsule: Capsule {
            ephemeral: [5; 32],
            masked: [6; 32],
        },
        proof: bytemuck::Zeroable::zeroed(),
        facts_root: [7; 32],
        locator: vec![8; sealed],
    };
    let instructions = [
        ComputeBudgetInstruction::set_compute_unit_limit(u32::MAX),
        ComputeBudgetInstruction::set_compute_unit_price(u64::MAX),
        Instructions::default().create_record(&owner, &[9; 32], creator, payer, args),
    ];
    let message = Message::new(&instructions, Some(&payer));
    assert_eq!(message.header.num_required_signatures, 2);
    1 + 2 * 64 + message.serialize().len()
}

#[test]
fn every_locator_fits_a_transaction() {
    let sealed = PADDED_LENGTHS.map(|length| length + SEAL_OVERHEAD);
    assert_eq!(sealed.map(transaction_bytes), [904, 1_096]);
    assert!(transaction_bytes(MAX_LOCATOR_LEN) <= 1_232);
    // A longer locator could have these.
    assert_eq!(transaction_bytes(632), 1_232);
}

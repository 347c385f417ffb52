use generion::state::Record;
use generion_interface::{GenesisHash, accounts::LedgerAccount};

use generion_rpc::causes::with_causes;

use super::*;

fn deployment() -> Deployment {
    Deployment {
        genesis: GenesisHash([1; 32]),
        program_id: Address::new_from_array([2; 32]),
    }
}

fn listed(owner: Address, byte: u8) -> KeyedAccount<RecordAccount> {
    let account = RecordAccount {
        state: Record {
            version: 1,
            bump: 255,
            verified: 1,
            reserved: 0,
            key_index: 0,
            created_at: 0,
            listings: 1,
            owner,
            creator: Address::new_from_array([byte; 32]),
            rent_payer: owner,
            owner_key: [6; 32],
            data_public_key: [byte; 32],
            capsule: Capsule {
                ephemeral: [7; 32],
                masked: [8; 32],
            },
            facts_root: [9; 32],
        },
        locator: vec![byte; 304],
    };
    KeyedAccount {
        address: account.address(&Addresses::new(deployment().program_id)),
        account,
    }
}

fn receipt() -> PurchaseReceipt {
    let (seller, buyer) = (
        Address::new_from_array([3; 32]),
        Address::new_from_array([4; 32]),
    );
    let mut records = [listed(seller, 10), listed(seller, 11)];
    records.sort_by_key(|record| record.address);
    let offer = Offer {
        order: Address::new_from_array([5; 32]),
        seller,
        price: 1_000_000,
        delivery_window: 600,
        label: "two records".to_owned(),
        only_buyer: None,
        records: records.iter().map(|record| record.address).collect(),
    };
    PurchaseReceipt::new(&deployment(), &buyer, &offer, &records)
}

fn keys() -> DeliveredKeys {
    let capsule = Capsule {
        ephemeral: [12; 32],
        masked: [13; 32],
    };
    DeliveredKeys {
        buyer_key: [14; 32],
        settle_secret: [15; 32],
        capsules: vec![capsule; 2],
    }
}

fn refusal(path: &Path) -> String {
    match PurchaseReceipt::read(path) {
        Err(error @ ClientError::Receipt { .. }) => with_causes(&error),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_receipt_is_read_back_and_never_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().join("made/when/needed");
    let first = receipt();
    let with_keys = PurchaseReceipt {
        delivered: Some(keys()),
        ..receipt()
    };
    let load = || {
        PurchaseReceipt::load_all(&folder, &deployment(), &first.purchase)
            .into_iter()
            .collect::<Result<Vec<_>, _>>()
            .unwrap()
    };
    assert_eq!(load(), []);
    let paths: Vec<_> = [&first, &first, &with_keys]
        .iter()
        .map(|receipt| receipt.save(&folder).unwrap())
        .collect();
    let names: Vec<_> = paths.iter().map(|path| path.file_name().unwrap()).collect();
    let purchase = first.purchase;
    assert_eq!(
        names,
        [
            &format!("{purchase}.json")[..],
            &format!("{purchase}.2.json"),
            &format!("{purchase}.3.json")
        ]
    );
    assert_eq!(load(), [with_keys, first.clone(), first.clone()]);
    // A path that is taken meanwhile is left alone.
    let before = std::fs::read(&paths[0]).unwrap();
    let error = first.save_as(&paths[0]).unwrap_err();
    assert!(with_causes(&error).contains("meanwhile"), "{error:?}");
    assert_eq!(std::fs::read(&paths[0]).unwrap(), before);
}

#[test]
fn what_does_not_belong_together_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = receipt().save(folder.path()).unwrap();
    let text = std::fs::read_to_string(&path).unwrap();
    let other = Address::new_from_array([99; 32]);
    let record = &receipt().records[0];
    for (from, to) in [
        // Contents that lead to another address, and addresses that follow from nothing.
        (hex::encode(record.facts_root), hex::encode([90; 32])),
        (hex::encode(&record.locator), hex::encode([0; 304])),
        (record.creator.to_string(), other.to_string()),
        (record.address.to_string(), other.to_string()),
        (receipt().purchase.to_string(), other.to_string()),
        (receipt().buyer.to_string(), other.to_string()),
        ("\"price\": 1000000".to_owned(), "\"price\": 1".to_owned()),
    ] {
        assert!(text.contains(&from), "{from}");
        std::fs::write(&path, text.replacen(&from, &to, 1)).unwrap();
        assert!(
            refusal(&path).contains("does not belong together"),
            "{from}"
        );
    }
    std::fs::write(&path, &text[..text.len() / 2]).unwrap();
    assert!(refusal(&path).contains("damaged"));
    // Of another ledger.
    std::fs::write(&path, &text).unwrap();
    let elsewhere = Deployment {
        genesis: GenesisHash([9; 32]),
        ..deployment()
    };
    let loaded = PurchaseReceipt::load_all(folder.path(), &elsewhere, &receipt().purchase);
    assert!(matches!(loaded[..], [Err(ClientError::Receipt { .. })]));
}

/// Paid keys are found whatever the state of the other receipts.
#[test]
fn a_receipt_is_found_without_the_earlier_ones_and_beside_damaged_ones() {
    let folder = tempfile::tempdir().unwrap();
    let with_keys = PurchaseReceipt {
        delivered: Some(keys()),
        ..receipt()
    };
    let first = receipt().save(folder.path()).unwrap();
    with_keys.save(folder.path()).unwrap();
    let third = receipt().save(folder.path()).unwrap();
    std::fs::remove_file(first).unwrap();
    std::fs::write(third, "damaged").unwrap();
    let purchase = receipt().purchase;
    let loaded = PurchaseReceipt::load_all(folder.path(), &deployment(), &purchase);
    assert!(
        matches!(&loaded[..], [Err(ClientError::Receipt { .. }), Ok(second)] if *second == with_keys),
        "{loaded:?}"
    );
    let fourth = receipt().save(folder.path()).unwrap();
    assert!(fourth.ends_with(format!("{purchase}.4.json")), "{fourth:?}");
}

/// Fewer capsules than records would open less than was paid for.
#[test]
fn keys_are_as_many_as_records() {
    let folder = tempfile::tempdir().unwrap();
    let mut keys = keys();
    keys.capsules.pop();
    let receipt = PurchaseReceipt {
        delivered: Some(keys),
        ..receipt()
    };
    let path = receipt.save(folder.path()).unwrap();
    assert!(refusal(&path).contains("does not belong together"));
}

#[test]
fn other_versions_are_refused_by_their_number() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("receipt.json");
    for (text, reason) in [
        (
            r#"{"version":1,"order":"a","purchase":"b","buyer":"c","records":[]}"#,
            "version 1, whose records have no addresses",
        ),
        (
            r#"{"version":4}"#,
            "version 4, this software knows versions 2 and 3",
        ),
        ("{}", "damaged"),
    ] {
        std::fs::write(&path, text).unwrap();
        assert!(refusal(&path).contains(reason), "{}", refusal(&path));
    }
}

/// No name in the folder leads to a file being overwritten.
#[test]
fn the_highest_version_has_none_behind_it() {
    let folder = tempfile::tempdir().unwrap();
    let receipt = receipt();
    let name = format!("{}.{}.json", receipt.purchase, usize::MAX);
    std::fs::write(folder.path().join(&name), "kept").unwrap();
    let error = receipt.save(folder.path()).unwrap_err();
    assert!(matches!(error, ClientError::Receipt { .. }), "{error:?}");
    assert_eq!(std::fs::read(folder.path().join(name)).unwrap(), b"kept");
}

//! Receipts of seats, which name the study.

use std::path::Path;

use generion_client::{
    Capsule, ClientError, DeliveredKeys, KeyedAccount, PurchaseReceipt, rpc::causes::with_causes,
};
use solana_address::Address;
use solana_keypair::Keypair;
use solana_signer::Signer;

use crate::{
    town::{Town, addresses},
    world::deployment,
};

fn study() -> Address {
    Address::new_from_array([20; 32])
}

/// The receipts of the town's purchase, and of a seat with the same offer.
fn receipts(town: &Town) -> [PurchaseReceipt; 2] {
    let records = [KeyedAccount {
        address: town.offer.records[0],
        account: town.record.clone(),
    }];
    let buyer = Keypair::new().pubkey();
    [
        PurchaseReceipt::new(&deployment(), &buyer, &town.offer, &records),
        PurchaseReceipt::of_seat(&deployment(), &study(), &town.offer, &records),
    ]
}

fn refusal(path: &Path) -> String {
    match PurchaseReceipt::read(path) {
        Err(error @ ClientError::Receipt { .. }) => with_causes(&error),
        other => panic!("{other:?}"),
    }
}

/// A seat's address and buyer follow from study and seller.
#[test]
fn a_seats_receipt_names_its_study() {
    let town = Town::new();
    let (folder, [purchase, seat], addresses) = (&town.folder, receipts(&town), addresses());
    assert_eq!(seat.buyer, addresses.vault(&study()));
    assert_eq!(
        seat.purchase,
        addresses.seat(&seat.buyer, &seat.offer.seller)
    );
    let with_keys = PurchaseReceipt {
        delivered: Some(DeliveredKeys {
            buyer_key: [14; 32],
            settle_secret: [15; 32],
            capsules: vec![Capsule {
                ephemeral: [12; 32],
                masked: [13; 32],
            }],
        }),
        ..seat.clone()
    };
    for receipt in [&seat, &with_keys, &purchase] {
        let path = receipt.save(folder.path()).unwrap();
        assert_eq!(PurchaseReceipt::read(&path).unwrap(), *receipt);
    }
    let version = |receipt: &PurchaseReceipt| {
        let path = receipt.save(folder.path()).unwrap();
        let file: serde_json::Value =
            serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        (file["version"].clone(), file.get("study").cloned())
    };
    assert_eq!(version(&purchase), (2.into(), None));
    assert_eq!(version(&seat), (3.into(), Some(study().to_string().into())));

    let path = seat.save(folder.path()).unwrap();
    let text = std::fs::read_to_string(&path).unwrap();
    let other = Address::new_from_array([99; 32]).to_string();
    let wallet = purchase.buyer.to_string();
    for (from, to) in [
        (study().to_string(), other.clone()),
        (seat.buyer.to_string(), wallet),
        (seat.purchase.to_string(), purchase.purchase.to_string()),
        (seat.offer.seller.to_string(), other),
        // A seat's fields under a purchase's version, and a study that is no address.
        ("\"version\": 3".to_owned(), "\"version\": 2".to_owned()),
        (study().to_string(), "x".to_owned()),
    ] {
        assert!(text.contains(&from), "{from}");
        std::fs::write(&path, text.replacen(&from, &to, 1)).unwrap();
        assert!(
            refusal(&path).contains("does not belong together"),
            "{from}"
        );
    }
    let line = format!("  \"study\": \"{}\",\n", study());
    assert!(text.contains(&line), "{text}");
    std::fs::write(&path, text.replacen(&line, "", 1)).unwrap();
    assert!(refusal(&path).contains("does not belong together"));
}

//! What the ledger would refuse is not built: each refusal by its code.

use generion_test_support::{PRICE, Person, SOL};
use rand_core::OsRng;
use serde_json::{Value, json};
use solana_address::Address;
use solana_signature::Signature;

use super::{
    landing::{capsule_text, new_record},
    sales::{delivery, offer, purchase},
};
use crate::support::ledger::{World, first_key};

/// What a key costs the wallet that publishes it: its signature, and the rent of a User account.
const KEY_COST: u64 = 5_000 + 2_060_160;

/// A body with another value in one of its fields.
fn with(body: &Value, field: &str, value: Value) -> Value {
    let mut body = body.clone();
    body[field] = value;
    body
}

/// No address of anything.
fn nowhere() -> Address {
    Address::new_from_array([3; 32])
}

#[track_caller]
fn assert_codes(world: &World, path: &str, cases: &[(Value, &str)]) {
    for (body, code) in cases {
        assert_eq!(world.code(path, body), *code, "{path} {body}");
    }
}

/// Keys that nobody could use, wallets that can't pay, and terms of the fee that make no sense.
#[test]
fn keys_are_refused() {
    let world = World::new();
    let chain = &world.chain;
    let person = chain.person();
    let key = first_key(&person);
    let other = chain.person();
    let zeros = hex::encode([0; 32]);
    let wrong = Signature::from(other.attest(0, person.key().to_bytes())).to_string();
    let sponsored = json!({ "sponsored": true });
    let both = json!({ "sponsored": true, "payer": other.address().to_string() });
    assert_codes(
        &world,
        "/v1/users",
        &[
            (with(&key, "encryption_key", json!(zeros)), "InvalidPoint"),
            (with(&key, "attestation", json!(wrong)), "wrong_attestation"),
            (
                with(&key, "wallet", json!(other.address().to_string())),
                "wrong_attestation",
            ),
            (with(&key, "encryption_key", json!("00")), "invalid_body"),
            (with(&key, "wallet", json!(7)), "invalid_body"),
            (with(&key, "surprise", json!(7)), "invalid_body"),
            (
                with(&key, "fee", json!({ "unit_price": 5 })),
                "invalid_body",
            ),
            (
                with(&key, "fee", json!({ "unit_price": "1000000000000" })),
                "priority_fee",
            ),
            (with(&key, "fee", sponsored), "sponsoring_off"),
            (with(&key, "fee", both), "invalid_body"),
        ],
    );
    // A wallet keeps nothing, or the rent minimum of an empty account.
    let least = chain.rent(0);
    for lamports in [least, KEY_COST - 1, KEY_COST + 1, KEY_COST + least - 1] {
        let poor = Person::new(chain.wallet(lamports), chain.deployment);
        let refused = world.refused("/v1/users", &first_key(&poor));
        assert_eq!(
            (refused.status, refused.code.as_str()),
            (409, "insufficient_funds")
        );
        assert!(
            refused.detail.contains(&poor.address().to_string()),
            "{refused:?}"
        );
    }
    for lamports in [KEY_COST, KEY_COST + least] {
        let poor = Person::new(chain.wallet(lamports), chain.deployment);
        world.lands("/v1/users", &first_key(&poor), &[&poor.wallet]);
    }

    let path = format!("/v1/users/{}/key", person.address());
    let next = |index: u32| {
        json!({
            "key_index": index,
            "encryption_key": hex::encode(person.key().to_bytes()),
            "attestation": Signature::from(person.attest(index, person.key().to_bytes())).to_string(),
        })
    };
    assert_eq!(world.code(&path, &next(1)), "no_encryption_key");
    chain.publish_key(&person);
    assert_eq!(world.code("/v1/users", &key), "AccountAlreadyExists");
    assert_eq!(world.code(&path, &next(0)), "KeyIndexChanged");
    assert_eq!(world.code(&path, &next(2)), "KeyIndexChanged");
    assert_eq!(world.code("/v1/users/x/key", &next(1)), "invalid_path");
}

/// Records and shares that the program's rules exclude.
#[test]
fn records_and_shares_are_refused() {
    let world = World::new();
    let chain = &world.chain;
    let (clinic, patient, doctor) = (chain.person(), chain.user(), chain.person());
    let new = chain.new_record(&clinic, &patient);
    let body = new_record(&clinic, &patient, &new);
    let other = chain.new_record(&clinic, &patient);
    let proof = new_record(&clinic, &patient, &other)["proof"].clone();
    let payer = json!({ "payer": doctor.address().to_string() });
    let long = json!("AAAA".repeat(171));
    assert_codes(
        &world,
        "/v1/records",
        &[
            (
                with(&body, "owner", json!(doctor.address().to_string())),
                "no_encryption_key",
            ),
            (with(&body, "proof", proof), "CapsuleProofInvalid"),
            (with(&body, "locator", json!("")), "LocatorLength"),
            (with(&body, "locator", long), "LocatorLength"),
            (with(&body, "capsule", json!("AAAA")), "invalid_body"),
            (with(&body, "locator", json!("****")), "invalid_body"),
        ],
    );
    let create = chain.create_record(&clinic, &patient, &new);
    chain.lands(&[create], &[&clinic.wallet]);
    assert_eq!(world.code("/v1/records", &body), "AccountAlreadyExists");
    let record = new.address;
    let owner = json!({ "owner": patient.address().to_string() });
    let verify = format!("/v1/records/{record}/verify");
    let missing = format!("/v1/records/{}/verify", nowhere());
    let refused = world.refused(&missing, &owner);
    assert_eq!((refused.status, refused.code.as_str()), (404, "not_found"));
    assert!(
        refused.detail.contains(&nowhere().to_string()),
        "{refused:?}"
    );
    // Another account of the program, and a wallet.
    for other in [
        chain.instructions.addresses.user(&patient.address()),
        clinic.address(),
    ] {
        assert_eq!(
            world.code(&format!("/v1/records/{other}/verify"), &owner),
            "not_found"
        );
    }
    let by_doctor = json!({ "owner": doctor.address().to_string() });
    assert_eq!(world.code(&verify, &by_doctor), "WrongOwner");

    let shares = format!("/v1/records/{record}/shares");
    let (sealed, _) = generion_crypto::capsule::seal(&new.element, &doctor.key(), &mut OsRng);
    let share = json!({
        "owner": patient.address().to_string(),
        "recipient": doctor.address().to_string(),
        "key_index": 0,
        "capsule": capsule_text(&sealed),
    });
    assert_eq!(world.code(&shares, &share), "NotVerified");
    let delete = format!("/v1/records/{record}/delete");
    for wallet in [&clinic, &doctor] {
        let by = json!({ "authority": wallet.address().to_string() });
        assert_eq!(world.code(&delete, &by), "DeleteNotAllowed");
    }
    world.lands(&verify, &owner, &[&patient.wallet]);
    assert_eq!(world.code(&verify, &owner), "AlreadyVerified");
    assert_eq!(world.code(&shares, &share), "no_encryption_key");
    chain.publish_key(&doctor);
    let zeros = capsule_text(&generion::proof::Capsule {
        ephemeral: [0; 32],
        masked: [0; 32],
    });
    assert_codes(
        &world,
        &shares,
        &[
            (
                with(&share, "owner", json!(doctor.address().to_string())),
                "WrongOwner",
            ),
            (with(&share, "key_index", json!(1)), "KeyIndexChanged"),
            (with(&share, "expires_at", json!(1)), "ExpiryInPast"),
            (with(&share, "capsule", json!(zeros)), "InvalidPoint"),
        ],
    );
    let (built, _) = world.lands(
        &shares,
        &with(&share, "fee", payer),
        &[&patient.wallet, &doctor.wallet],
    );
    assert_eq!(world.code(&shares, &share), "AccountAlreadyExists");
    let revoke = format!("/v1/shares/{}/revoke", built["creates"].as_str().unwrap());
    assert_eq!(world.code(&revoke, &by_doctor), "WrongOwner");
    assert_eq!(
        world.code(&format!("/v1/shares/{}/revoke", nowhere()), &owner),
        "not_found"
    );
    chain.order(&patient, &[record]);
    let by_owner = json!({ "authority": patient.address().to_string() });
    assert_eq!(world.code(&delete, &by_owner), "RecordListed");
}

/// Orders, purchases and deliveries that the program's rules exclude.
#[test]
fn sales_are_refused() {
    let world = World::new();
    let chain = &world.chain;
    let (seller, buyer, other) = (chain.user(), chain.user(), chain.person());
    let records = chain.own_records(&seller, 2);
    let body = offer(&seller, &records);
    let unverified = chain.new_record(&other, &seller);
    let create = chain.create_record(&other, &seller, &unverified);
    chain.lands(&[create], &[&other.wallet]);
    let one = |address: &Address| json!([address.to_string()]);
    let foreign = chain.own_record(&buyer);
    assert_codes(
        &world,
        "/v1/orders",
        &[
            (with(&body, "records", json!([])), "OrderLength"),
            (
                with(&body, "records", json!(vec![nowhere().to_string(); 25])),
                "OrderLength",
            ),
            (
                with(&body, "records", json!(vec![records[0].to_string(); 2])),
                "RecordOrder",
            ),
            (with(&body, "records", one(&nowhere())), "not_found"),
            (with(&body, "records", one(&foreign)), "WrongOwner"),
            (
                with(&body, "records", one(&unverified.address)),
                "NotVerified",
            ),
            (with(&body, "label", json!("x".repeat(65))), "InvalidLabel"),
            (with(&body, "price", json!("1")), "PriceTooLow"),
            (with(&body, "delivery_window", json!(1)), "DeliveryWindow"),
            (
                with(&body, "only_buyer", json!(Address::default().to_string())),
                "BuyerNotAllowed",
            ),
            (
                with(&body, "seller", json!(other.address().to_string())),
                "no_encryption_key",
            ),
        ],
    );
    let only = with(&body, "only_buyer", json!(other.address().to_string()));
    let (built, _) = world.lands("/v1/orders", &only, &[&seller.wallet]);
    let private: Address = built["creates"].as_str().unwrap().parse().unwrap();
    let order = chain.order(&seller, &records);
    let buy = format!("/v1/orders/{order}/purchase");
    let bid = purchase(&world, &buyer, &order);
    let poor = Person::new(chain.wallet(SOL / 100), chain.deployment);
    assert!(chain.lamports(&poor.address()) < PRICE);
    assert_codes(
        &world,
        &buy,
        &[
            (
                with(&bid, "buyer", json!(seller.address().to_string())),
                "OwnOrder",
            ),
            (
                with(&bid, "terms", json!(hex::encode([1; 32]))),
                "TermsChanged",
            ),
            (
                with(&bid, "buyer_key", json!(hex::encode([0; 32]))),
                "InvalidPoint",
            ),
            (
                with(&bid, "buyer", json!(poor.address().to_string())),
                "insufficient_funds",
            ),
        ],
    );
    let bid_for_private = purchase(&world, &buyer, &private);
    assert_eq!(
        world.code(&format!("/v1/orders/{private}/purchase"), &bid_for_private),
        "BuyerNotAllowed"
    );
    let bought = chain.buy(&buyer, &order);
    assert_eq!(world.code(&buy, &bid), "AccountAlreadyExists");

    let close_order = format!("/v1/orders/{order}/close");
    let by_buyer = json!({ "seller": buyer.address().to_string() });
    assert_eq!(world.code(&close_order, &by_buyer), "WrongSeller");
    let by_seller = json!({ "seller": seller.address().to_string() });
    world.lands(&close_order, &by_seller, &[&seller.wallet]);
    assert_eq!(
        world.code(&buy, &purchase(&world, &other, &order)),
        "OrderNotOpen"
    );

    let path = |what: &str| format!("/v1/purchases/{bought}/{what}");
    let foreign = json!({ "buyer": seller.address().to_string() });
    assert_eq!(world.code(&path("close"), &foreign), "WrongBuyer");
    let refund = json!({ "authority": other.address().to_string() });
    assert_eq!(world.code(&path("refund"), &refund), "RefundTooEarly");
    let proven = delivery(&seller, &chain.prove(&seller, &chain.sale(&bought)));
    let capsules = proven["capsules"].as_array().unwrap();
    let swapped = json!([capsules[1], capsules[0]]);
    assert_codes(
        &world,
        &path("deliver"),
        &[
            (with(&proven, "capsules", json!([])), "BatchLength"),
            (with(&proven, "first", json!(1)), "BatchLength"),
            (with(&proven, "capsules", swapped), "DeliveryProofInvalid"),
            (
                with(&proven, "settle_key", json!(hex::encode([0; 32]))),
                "SettleKeyInvalid",
            ),
        ],
    );
    let secret = chain.lock(&seller, &seller, &bought);
    assert_eq!(world.code(&path("deliver"), &proven), "AlreadyDelivered");
    chain.lands(&[chain.settle(&bought, &secret)], &[&seller.wallet]);
    assert_eq!(world.code(&path("deliver"), &proven), "AlreadySettled");
    let refund = json!({ "authority": buyer.address().to_string() });
    assert_eq!(world.code(&path("refund"), &refund), "AlreadySettled");
}

/// A transaction that no packet holds is not built.
#[test]
fn what_is_too_long_is_refused() {
    let world = World::new();
    let chain = &world.chain;
    let (seller, payer) = (chain.user(), chain.person());
    let records = chain.own_records(&seller, 24);
    let body = with(
        &offer(&seller, &records),
        "fee",
        json!({ "payer": payer.address().to_string() }),
    );
    let body = with(&body, "only_buyer", json!(payer.address().to_string()));
    let body = with(&body, "label", json!("x".repeat(64)));
    let refused = world.refused("/v1/orders", &body);
    assert_eq!(
        (refused.status, refused.code.as_str()),
        (422, "transaction_too_long")
    );
}

/// Where no node answers, nothing is built or relayed, and the answer does not say which node it is.
#[test]
fn without_a_node_nothing_is_built() {
    let mut world = World::new();
    let person = world.chain.person();
    let body = first_key(&person);
    let transaction = world.chain.signed(
        &[world.chain.set_encryption_key(&person)],
        &[&person.wallet],
    );
    world.node.process.kill();
    let refused = world.refused("/v1/users", &body);
    assert_eq!(
        (refused.status, refused.code.as_str()),
        (503, "node_unavailable")
    );
    assert!(!refused.detail.contains("127.0.0.1"), "{refused:?}");
    assert_eq!(world.not_relayed(&transaction), "node_unavailable");
}

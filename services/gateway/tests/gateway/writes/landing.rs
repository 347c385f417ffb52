//! Users, records and shares: what the gateway builds lands once wallets have signed it, and does what was said before.

use base64::{Engine, prelude::BASE64_STANDARD};
use generion::{
    proof::Capsule,
    state::{Share, User},
};
use generion_crypto::capsule;
use generion_interface::accounts::RecordAccount;
use generion_test_support::{NewRecord, Person};
use rand_core::OsRng;
use serde_json::{Value, json};
use solana_signature::Signature;

use crate::support::ledger::{World, first_key, lamports};

/// Both points of a capsule in base64.
pub(super) fn capsule_text(capsule: &Capsule) -> String {
    BASE64_STANDARD.encode([capsule.ephemeral, capsule.masked].concat())
}

/// The body that writes a record.
pub(super) fn new_record(creator: &Person, owner: &Person, record: &NewRecord) -> Value {
    let args = &record.args;
    let proof = [&args.proof.challenge[..], &args.proof.response[..]].concat();
    json!({
        "owner": owner.address().to_string(),
        "creator": creator.address().to_string(),
        "data_public_key": hex::encode(args.data_public_key),
        "capsule": capsule_text(&args.capsule),
        "proof": BASE64_STANDARD.encode(proof),
        "facts_root": hex::encode(args.facts_root),
        "locator": BASE64_STANDARD.encode(&args.locator),
    })
}

/// The sentences of an answer.
pub(super) fn effects(built: &Value) -> String {
    let effects = built["effects"].as_array().unwrap().iter();
    effects
        .map(|effect| effect.as_str().unwrap())
        .collect::<Vec<_>>()
        .join(" ")
}

/// A wallet publishes its first key and replaces it by the next one.
#[test]
fn a_wallet_publishes_and_replaces_its_key() {
    let world = World::new();
    let mut patient = world.chain.person();
    let address = patient.address();
    let wallet = &patient.wallet;
    let (built, _) = world.lands("/v1/users", &first_key(&patient), &[wallet]);
    let said = effects(&built);
    let key = hex::encode(patient.key().to_bytes());
    assert!(
        said.contains(&format!(
            "Wallet {address} publishes its encryption key number 0: {key}."
        )),
        "{said}"
    );
    assert!(
        said.contains(&format!("Wallet {address} pays a fee of 0.000005 SOL.")),
        "{said}"
    );
    let user = world.chain.instructions.addresses.user(&address);
    assert_eq!(built["creates"], user.to_string());
    assert_eq!(built["sponsored"], false);
    assert_eq!(
        world.chain.read::<User>(&user).encryption_key,
        patient.key().to_bytes()
    );
    let expires_in = built["expires_at"].as_i64().unwrap() - unix_time();
    assert!((0..=120).contains(&expires_in), "{built}");

    // Another wallet pays for the next one, and for priority.
    patient.key_index = 1;
    let key = patient.published_key();
    let payer = world.chain.person();
    let body = json!({
        "key_index": 1,
        "encryption_key": hex::encode(key.encryption_key),
        "attestation": Signature::from(key.attestation).to_string(),
        "fee": { "payer": payer.address().to_string(), "unit_price": "1000" },
    });
    let before = world.chain.lamports(&address);
    let path = format!("/v1/users/{address}/key");
    let (built, _) = world.lands(&path, &body, &[&patient.wallet, &payer.wallet]);
    assert_eq!(built["fee_payer"], payer.address().to_string());
    assert!(lamports(&built["cost"]["priority_fee"]) > 0);
    assert_eq!(lamports(&built["cost"]["rent"]), 0);
    assert_eq!(world.chain.lamports(&address), before);
    assert_eq!(world.chain.user_of(&patient).key_index, 1);
    assert_eq!(
        world.chain.user_of(&patient).encryption_key,
        key.encryption_key
    );
}

fn unix_time() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    i64::try_from(since.unwrap().as_secs()).unwrap()
}

/// A clinic writes a record, the patient verifies and shares it, revokes the share, and deletes the record. The rent of what is
/// closed comes back to who paid it.
#[test]
fn a_record_is_written_verified_shared_and_deleted() {
    let world = World::new();
    let chain = &world.chain;
    let (clinic, patient, doctor) = (chain.person(), chain.user(), chain.user());
    let (owner, recipient) = (patient.address().to_string(), doctor.address().to_string());
    let record = chain.new_record(&clinic, &patient);
    let body = new_record(&clinic, &patient, &record);
    let (built, _) = world.lands("/v1/records", &body, &[&clinic.wallet]);
    let address = record.address;
    assert_eq!(built["creates"], address.to_string());
    assert!(!chain.read::<RecordAccount>(&address).state.is_verified());

    let path = format!("/v1/records/{address}/verify");
    let (built, _) = world.lands(&path, &json!({ "owner": owner }), &[&patient.wallet]);
    assert!(effects(&built).contains(&format!("verifies the record {address}")));
    assert!(chain.read::<RecordAccount>(&address).state.is_verified());

    let (sealed, _) = capsule::seal(&record.element, &doctor.key(), &mut OsRng);
    let body = json!({
        "owner": owner,
        "recipient": recipient,
        "key_index": 0,
        "capsule": capsule_text(&sealed),
        "expires_at": 4_000_000_000_i64,
    });
    let path = format!("/v1/records/{address}/shares");
    let (built, _) = world.lands(&path, &body, &[&patient.wallet]);
    let share = built["creates"].as_str().unwrap().parse().unwrap();
    let state: Share = chain.read(&share);
    assert_eq!(
        (state.recipient, state.expires_at),
        (doctor.address(), 4_000_000_000)
    );
    assert_eq!(state.capsule, sealed);

    let before = chain.lamports(&patient.address());
    let path = format!("/v1/shares/{share}/revoke");
    let (built, _) = world.lands(&path, &json!({ "owner": owner }), &[&patient.wallet]);
    let returned = lamports(&built["cost"]["returned"]);
    let after = before + returned - lamports(&built["cost"]["fee"]);
    assert_eq!(chain.lamports(&patient.address()), after);
    assert!(returned > 0 && chain.find::<Share>(&share).is_none());

    // The clinic paid the rent, and gets it back.
    let before = chain.lamports(&clinic.address());
    let path = format!("/v1/records/{address}/delete");
    let (built, _) = world.lands(&path, &json!({ "authority": owner }), &[&patient.wallet]);
    let returned = lamports(&built["cost"]["returned"]);
    assert_eq!(chain.lamports(&clinic.address()), before + returned);
    let said = effects(&built);
    assert!(
        said.contains(&format!("Wallet {} gets", clinic.address())),
        "{said}"
    );
    assert!(chain.find::<RecordAccount>(&address).is_none());
}

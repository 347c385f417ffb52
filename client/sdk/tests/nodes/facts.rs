//! The facts of records: those of what the document says, and a creator who attests others.

use generion_client::{
    CheckedFacts, Client, ClientError, DeliveredKeys, KeyedAccount, NewDocument, Offer,
    PurchaseReceipt, Wallet,
    accounts::{LedgerAccount, RecordAccount},
    crypto::{
        capsule,
        facts::{ContentFacts, FactsTree, MAX_CONTENT, Profile},
        locator,
        rand_core::OsRng,
        record::{DataPublicKey, RecordElement},
        settle::{Sale, SettleSecret},
    },
    deidentify,
    solana_address::Address,
};
use solana_keypair::Keypair;
use solana_signer::Signer;

use crate::{
    account_data::record_data,
    records::{Clinic, Store},
    town::{addresses, attested},
    world::{NOW, deployment},
};

const OBSERVATION: &str = r#"{"resourceType":"Observation","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"8867-4"}]},"valueQuantity":{"value":80.0,"system":"http://unitsofmeasure.org","code":"/min"}}"#;

/// Creates the record of a document with this text.
async fn create(clinic: &Clinic, client: &Client, store: &Store, text: &[u8]) -> Address {
    let document = NewDocument {
        sign: false,
        ..clinic.document(&[store])
    };
    std::fs::write(&document.path, text).unwrap();
    let created = client
        .create_record(&clinic.wallet, &clinic.wallet, &document, None)
        .await
        .unwrap();
    created.address
}

#[tokio::test]
async fn facts_follow_from_what_a_resource_says() {
    let (clinic, store) = (Clinic::new(), Store::start().await);
    let (client, keys) = (clinic.client(), clinic.town.keys());
    let owner = clinic.town.seller.pubkey();
    let mut longest = OBSERVATION.as_bytes().to_vec();
    longest.resize(MAX_CONTENT, b' ');
    let mut too_long = longest.clone();
    too_long.push(b' ');
    let negated = OBSERVATION.replace("final", "cancelled");
    for (number, (text, profile, count)) in [
        (OBSERVATION.as_bytes(), Profile::FhirR4_1, 7),
        (&longest, Profile::FhirR4_1, 7),
        (&too_long, Profile::Document1, 3),
        (negated.as_bytes(), Profile::Document1, 3),
        (b"%PDF-1.7", Profile::Document1, 3),
    ]
    .into_iter()
    .enumerate()
    {
        let address = create(&clinic, &client, &store, text).await;
        let to = clinic.target(&format!("checked {number}"));
        let checked = client
            .check_record(&keys, &address, &owner, &to)
            .await
            .unwrap();
        assert_eq!(checked.facts, CheckedFacts::Right(profile));
        assert_eq!(checked.locator.profile, profile.name());
        assert_eq!(std::fs::read(to).unwrap(), text);
        let facts = client.record_facts(&keys, &address).await.unwrap();
        assert_eq!(facts.checked, CheckedFacts::Right(profile));
        assert_eq!(facts.facts.len(), count);
        let has_value = facts
            .facts
            .iter()
            .any(|fact| fact.as_str() == "value=80 /min");
        assert_eq!(has_value, profile == Profile::FhirR4_1);
    }
}

/// A record as its creator wrote it, and what its creator knows.
struct Lie {
    record: KeyedAccount<RecordAccount>,
    element: RecordElement,
}

/// The record of an Observation, whose creator attests the facts of another one.
async fn lie(clinic: &Clinic, client: &Client, store: &Store) -> Lie {
    let address = create(clinic, client, store, OBSERVATION.as_bytes()).await;
    let mut account = client.ledger.record(&address).await.unwrap();
    let (secret, _) = attested(&clinic.town.seller, 0);
    let element = capsule::open(&account.state.capsule, &secret).unwrap();
    let keys = clinic.town.keys();
    let locator = client.open_locator(&keys, &address).await.unwrap();
    let other = OBSERVATION.replace("80.0", "180");
    let tree = |text: &str| {
        let content = ContentFacts::of(Some(text.as_bytes()));
        let profile: Profile = locator.profile.parse().unwrap();
        let facts = profile.facts(
            &locator.kind,
            &locator.media_type,
            &locator.sha256,
            &content,
        );
        let key = DataPublicKey(account.state.data_public_key);
        FactsTree::new(&element, &key, facts).unwrap().root()
    };
    assert_eq!(tree(OBSERVATION), account.state.facts_root);
    account.state.facts_root = tree(&other);
    let address = account.address(&addresses());
    let mut world = clinic.town.world.lock().unwrap();
    world.accounts.insert(address, record_data(&account));
    drop(world);
    Lie {
        record: KeyedAccount { address, account },
        element,
    }
}

#[tokio::test]
async fn an_owner_catches_a_creator_that_attests_other_facts() {
    let (clinic, store) = (Clinic::new(), Store::start().await);
    let (client, keys) = (clinic.client(), clinic.town.keys());
    let owner = clinic.town.seller.pubkey();
    let address = lie(&clinic, &client, &store).await.record.address;
    let to = clinic.target("never");
    for error in [
        client
            .check_record(&keys, &address, &owner, &to)
            .await
            .unwrap_err(),
        client.open_record(&keys, &address, &to).await.unwrap_err(),
        client.record_facts(&keys, &address).await.unwrap_err(),
    ] {
        assert!(
            matches!(error, ClientError::FactsMismatch(record) if record == address),
            "{error:?}"
        );
    }
    assert!(!to.exists());
}

#[tokio::test]
async fn a_buyer_catches_a_creator_that_attests_other_facts() {
    let (clinic, store) = (Clinic::new(), Store::start().await);
    let client = clinic.client();
    let Lie { record, element } = lie(&clinic, &client, &store).await;
    let (buyer, order) = (Keypair::new(), Address::new_unique());
    let wallet = Wallet { signer: &buyer };
    let secret = wallet.purchase_secret(&deployment(), &order).unwrap();
    let offer = Offer {
        order,
        seller: clinic.town.seller.pubkey(),
        price: 1_000_000,
        delivery_window: 600,
        label: String::new(),
        only_buyer: None,
        records: vec![record.address],
    };
    let (owner_secret, _) = attested(&clinic.town.seller, 0);
    let sale = Sale {
        deployment: deployment(),
        purchase: addresses().purchase(&order, &buyer.pubkey()),
        deadline: NOW,
        buyer_key: secret.public_key(),
        terms: offer.terms().unwrap(),
    };
    let settle = SettleSecret::derive(&owner_secret, &sale).unwrap();
    let key = settle.public_key().delivery_key(&secret.public_key());
    let (delivered, _) = capsule::seal(&element, &key.unwrap(), &mut OsRng);
    let (purchase, records) = (sale.purchase, [record]);
    let receipts = clinic.target("receipts");
    let receipt = PurchaseReceipt::new(&deployment(), &buyer.pubkey(), &offer, &records);
    let receipt = PurchaseReceipt {
        delivered: Some(DeliveredKeys {
            buyer_key: secret.public_key().to_bytes(),
            settle_secret: *settle.to_bytes(),
            capsules: vec![delivered],
        }),
        ..receipt
    };
    receipt.save(&receipts).unwrap();
    let to = clinic.target("bought");
    let error = client
        .open_purchase(&buyer, &purchase, &receipts, &to)
        .await
        .unwrap_err();
    let [record] = &records;
    assert!(
        matches!(error, ClientError::FactsMismatch(address) if address == record.address),
        "{error:?}"
    );
    assert_eq!(std::fs::read_dir(to).unwrap().count(), 0);
}

/// A document that is labelled as a research copy.
fn labelled(members: &str) -> String {
    let label = |code: &str, display: &str| {
        format!(
            r#"{{"system":"http://terminology.hl7.org/CodeSystem/v3-ObservationValue","code":"{code}","display":"{display}"}}"#
        )
    };
    let labels = [
        label("PSEUDED", "pseudonymized"),
        label("REDACTED", "redacted"),
        label("ABSTRED", "abstracted"),
    ];
    format!(
        r#"{{"resourceType":"Immunization",{members}"meta":{{"security":[{}]}},"status":"completed"}}"#,
        labels.join(",")
    )
}

/// The creator's client attests it of no other document, and the owner's client believes it of none.
#[tokio::test]
async fn a_research_copy_is_one_or_its_record_is_refused() {
    let (clinic, store) = (Clinic::new(), Store::start().await);
    let (client, keys) = (clinic.client(), clinic.town.keys());
    let owner = clinic.town.seller.pubkey();
    let deidentified = "deidentified=safe-harbor-document/1";
    let original =
        br#"{"resourceType":"Immunization","id":"MRN-1","status":"completed","patient":{"reference":"Patient/1"},"occurrenceDateTime":"2026-03-01","vaccineCode":{"coding":[{"system":"http://hl7.org/fhir/sid/cvx","code":"207"}]}}"#;
    let pseudonyms = deidentify::PseudonymKey::new([7; 32]);
    let rules = deidentify::Profile::safe_harbor();
    let copy = deidentify::deidentify(original, rules, &pseudonyms, 2026).unwrap();
    let address = create(&clinic, &client, &store, &copy.document).await;
    let shown = client.record_facts(&keys, &address).await.unwrap();
    assert_eq!(
        shown.checked,
        CheckedFacts::Right(Profile::SafeHarborDocument1)
    );
    assert!(shown.facts.iter().any(|fact| fact.as_str() == deidentified));

    // Labelled, and with a number of a patient.
    let text = labelled(r#""id":"MRN-1","#);
    let address = create(&clinic, &client, &store, text.as_bytes()).await;
    let shown = client.record_facts(&keys, &address).await.unwrap();
    assert_eq!(shown.checked, CheckedFacts::Right(Profile::FhirR4_1));

    // A creator that attests it all the same.
    let mut account = client.ledger.record(&address).await.unwrap();
    let (secret, _) = attested(&clinic.town.seller, 0);
    let element = capsule::open(&account.state.capsule, &secret).unwrap();
    let key = DataPublicKey(account.state.data_public_key);
    let mut locator = client.open_locator(&keys, &address).await.unwrap();
    let profile = Profile::SafeHarborDocument1;
    profile.name().clone_into(&mut locator.profile);
    let content = ContentFacts::of(Some(text.as_bytes()));
    let facts = profile.facts(
        &locator.kind,
        &locator.media_type,
        &locator.sha256,
        &content,
    );
    assert!(facts.iter().any(|fact| fact.as_str() == deidentified));
    account.state.facts_root = FactsTree::new(&element, &key, facts).unwrap().root();
    account.locator = locator::seal(&locator, &key, &mut OsRng).unwrap();
    let address = account.address(&addresses());
    let data = record_data(&account);
    {
        let mut world = clinic.town.world.lock().unwrap();
        world.accounts.insert(address, data);
    }
    let to = clinic.target("never");
    for error in [
        client
            .check_record(&keys, &address, &owner, &to)
            .await
            .unwrap_err(),
        client.record_facts(&keys, &address).await.unwrap_err(),
    ] {
        assert!(
            matches!(error, ClientError::FactsMismatch(record) if record == address),
            "{error:?}"
        );
    }
    assert!(!to.exists());
}

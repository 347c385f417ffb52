//! Replaced keys, whose secrets may have leaked. A node can show them for ever, with genuine attestations.

use std::time::Duration;

use generion::GenerionError;
use generion_client::{Card, ClientError, KeyMemory, rpc::witness::WitnessError};
use generion_crypto::keys::EncryptionSecret;
use generion_hostile_node_tests::{
    HONEST, Lie, MALLORY, Node, Person, Recorder, Reply, Snapshot, Town, assert_names, error_code,
    lies::{self, ClaimedStatus},
    until,
};
use generion_interface::{accounts::RecordAccount, attestation::KeyAttestation, decode::Decoded};
use solana_address::Address;

/// A patient who replaced a key whose secret leaked, and a node that still shows the old key.
struct Rotated {
    town: Town,
    clinic: Person,
    patient: Person,
    leaked: EncryptionSecret,
    before: Snapshot,
}

impl Rotated {
    fn new() -> Self {
        let town = Town::found();
        let validator = &town.validator;
        let clinic = validator.user();
        let mut patient = validator.user();
        let leaked = patient.secret();
        let before = Snapshot::take(validator, &[]);
        patient.key_index = 1;
        validator.publish_key(&patient);
        Self {
            clinic,
            patient,
            leaked,
            before,
            town,
        }
    }

    fn mallory(&self) -> Node {
        let mallory = self.town.node();
        mallory.tell(self.before.clone().replayed());
        mallory.tell(lies::passes_simulations());
        mallory.tell(lies::refuses_sends());
        mallory
    }

    fn opened(&self, nodes: &[&Node]) -> Vec<Address> {
        self.town.opened(nodes, &[&self.leaked.to_bytes()])
    }
}

/// A client that has seen a newer key refuses an older one with a genuine attestation, also in a later run, which reads
/// the newer key from the disk.
#[test]
fn a_key_that_was_seen_replaced_gets_no_record() {
    let scene = Rotated::new();
    let town = &scene.town;
    let memory = town.path("keys.json");
    let wallet = scene.patient.address();
    let honest = town.node();
    let mut earlier = town.client(&[(HONEST, &honest)]);
    earlier.set_key_memory(KeyMemory::file(&memory));
    assert_eq!(town.wait(earlier.recipient(&wallet)).unwrap().index, 1);

    let mallory = scene.mallory();
    let mut client = town.client(&[(MALLORY, &mallory)]);
    client.set_key_memory(KeyMemory::file(&memory));
    let document = town.document(&wallet, "72 beats a minute");
    let creator = Recorder::of(&scene.clinic.wallet);
    let error = town
        .wait(client.create_record(&creator, &creator, &document, None))
        .unwrap_err();
    assert!(
        matches!(
            error,
            ClientError::OlderKey {
                index: 0,
                seen: 1,
                ..
            }
        ),
        "{error}"
    );
    assert_names(&error, MALLORY);
    assert_eq!(mallory.captured(), []);
    assert!(creator.messages().is_empty() && creator.lines().is_empty());
}

/// A client that never saw the newer key learns of it from a second node, and names both nodes.
#[test]
fn a_second_node_shows_that_a_key_was_replaced() {
    let scene = Rotated::new();
    let town = &scene.town;
    let (mallory, honest) = (scene.mallory(), town.node());
    let client = town.client(&[(MALLORY, &mallory), (HONEST, &honest)]);
    let document = town.document(&scene.patient.address(), "72 beats a minute");
    let error = town
        .wait(client.create_record(&scene.clinic.wallet, &scene.clinic.wallet, &document, None))
        .unwrap_err();
    assert!(
        matches!(&error, ClientError::Witness(told) if matches!(**told, WitnessError::Contradiction(_))),
        "{error}"
    );
    assert_names(&error, MALLORY);
    assert_names(&error, HONEST);
    assert_eq!(scene.opened(&[&mallory, &honest]), []);
}

/// If the first node evades the comparison (hangs up, stays silent, refuses, names a slot that no node reaches), the
/// second node's answer about the key still counts.
#[test]
fn a_second_node_that_answers_is_heard_whatever_the_first_one_does() {
    let scene = Rotated::new();
    let town = &scene.town;
    let document = town.document(&scene.patient.address(), "72 beats a minute");
    let payer = &scene.clinic.wallet;
    const AGREEMENT: &[&str] = &["getMultipleAccounts"];
    let evasions: [Box<dyn Lie>; 4] = [
        Box::new(lies::answers(AGREEMENT, |_| Some(Reply::HangUp))),
        Box::new(lies::answers(AGREEMENT, |_| Some(Reply::Silence))),
        Box::new(lies::answers(AGREEMENT, |_| {
            let (code, message) = (-32005, "busy".to_owned());
            Some(Reply::Error { code, message })
        })),
        Box::new(lies::slots(|_| 1_000_000_000_000_000)),
    ];
    for evasion in evasions {
        let (mallory, honest) = (scene.mallory(), town.node());
        mallory.tell(evasion);
        let nodes = [(MALLORY, &mallory), (HONEST, &honest)];
        let client = town.client_with(&nodes, |options| {
            options.timeout = Duration::from_millis(500);
            options.patience = Duration::from_millis(500);
        });
        match town.wait(client.create_record(payer, payer, &document, None)) {
            Ok(created) => {
                let record: RecordAccount = town.validator.read(&created.address);
                let present = scene.patient.secret().public_key().to_bytes();
                assert_eq!(record.state.owner_key, present);
            }
            Err(error) => assert_names(&error, MALLORY),
        }
        assert_eq!(scene.opened(&[&mallory, &honest]), []);
    }
}

/// Remaining risk: one node alone can lead a client to an older key if the client has not seen the newer one. With a
/// card, the client does not need the node.
#[test]
fn one_node_alone_leads_to_an_older_key_and_a_card_does_not() {
    let scene = Rotated::new();
    let town = &scene.town;
    let document = town.document(&scene.patient.address(), "72 beats a minute");
    let payer = &scene.clinic.wallet;

    let mallory = scene.mallory();
    let client = town.client(&[(MALLORY, &mallory)]);
    town.wait(client.create_record(payer, payer, &document, None))
        .unwrap_err();
    assert_eq!(scene.opened(&[&mallory]).len(), 1);

    let mallory = scene.mallory();
    let client = town.client(&[(MALLORY, &mallory)]);
    let key = scene.patient.secret().public_key().to_bytes();
    let statement = KeyAttestation {
        deployment: town.validator.deployment,
        wallet: scene.patient.address(),
        index: 1,
        key,
    };
    let card = Card::new(statement, scene.patient.attest(1, key)).unwrap();
    town.wait(client.create_record(payer, payer, &document, Some(&card)))
        .unwrap_err();
    assert_eq!(scene.opened(&[&mallory]), []);
    // The record is made for the patient.
    let secret = scene.patient.secret().to_bytes();
    assert_eq!(town.opened(&[&mallory], &[&secret]).len(), 1);
}

/// A transaction for an older key that the node kept and denied does not open the record that the client then writes
/// for the present key.
#[test]
fn a_second_try_for_another_key_has_nothing_of_the_first() {
    let scene = Rotated::new();
    let town = &scene.town;
    let mallory = town.node();
    mallory.tell(scene.before.clone().replayed());
    mallory.tell(lies::passes_simulations());
    mallory.tell(lies::drops_sends());
    let client = town.client(&[(MALLORY, &mallory)]);
    let document = town.document(&scene.patient.address(), "72 beats a minute");
    let payer = &scene.clinic.wallet;
    let created = town
        .wait_beside(client.create_record(payer, payer, &document, None), async {
            until("a record was sent", || !mallory.sent().is_empty()).await;
            let first = mallory.captured().pop().and_then(|one| one.signature());
            let first = first.expect("it was signed").to_string();
            let refused = error_code(GenerionError::CapsuleProofInvalid);
            mallory.be_honest();
            mallory.tell(lies::claims_status_of(
                ClaimedStatus::Failure(refused),
                move |asked| asked == first,
            ));
        })
        .unwrap();

    let sent: Vec<_> = mallory
        .sent()
        .into_iter()
        .filter_map(|sent| match sent {
            Decoded::CreateRecord(create) => Some((create.record, create.args.data_public_key)),
            _ => None,
        })
        .collect();
    let (first, last) = (sent[0], *sent.last().unwrap());
    assert_eq!(last.0, created.address);
    assert_ne!(first, last);
    // Whoever has the older secret reads the one that never landed, which holds no document that anybody kept.
    assert_eq!(scene.opened(&[&mallory]), [first.0]);
    let record: RecordAccount = town.validator.read(&created.address);
    assert_eq!(
        record.state.owner_key,
        scene.patient.secret().public_key().to_bytes()
    );
}

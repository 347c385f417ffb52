//! Writing records: the key that a capsule is made for, and what is shown of a record before it is sent.

use generion::{GenerionError, state::User};
use generion_client::{ClientError, Evidence, rpc::witness::WitnessError};
use generion_crypto::keys::EncryptionSecret;
use generion_hostile_node_tests::{
    HONEST, MALLORY, Node, Person, Recorder, Town, assert_names, error_code, lies,
};
use generion_interface::decode::Decoded;
use rand_core::OsRng;
use solana_address::Address;
use solana_hash::Hash;

/// Ways to show a key that its wallet did not attest.
pub fn forgeries(person: &Person, stranger: &Person) -> Vec<(EncryptionSecret, Box<Forge>)> {
    let forged = || EncryptionSecret::random(&mut OsRng);
    let mut forgeries: Vec<(EncryptionSecret, Box<Forge>)> = Vec::new();
    // Without an attestation.
    let secret = forged();
    let key = secret.public_key().to_bytes();
    forgeries.push((
        secret,
        Box::new(move |user| {
            user.encryption_key = key;
            user.attestation = [0; 64];
        }),
    ));
    // With the attestation of the true key.
    let secret = forged();
    let key = secret.public_key().to_bytes();
    forgeries.push((secret, Box::new(move |user| user.encryption_key = key)));
    // With another wallet's.
    let secret = forged();
    let key = secret.public_key().to_bytes();
    let attestation = stranger.attest(0, key);
    forgeries.push((
        secret,
        Box::new(move |user| {
            user.encryption_key = key;
            user.attestation = attestation;
        }),
    ));
    // The true key, with an index that it was not attested for.
    forgeries.push((person.secret(), Box::new(|user| user.key_index += 1)));
    forgeries
}

/// A change that a node makes to a User account.
pub type Forge = dyn Fn(&mut User) + Send + Sync;

/// The client refuses a key without an attestation, or with the attestation of another key, wallet or index. It makes
/// no capsule, signs nothing, and names the node; beside an honest node, it names both.
#[test]
fn a_key_of_the_nodes_own_gets_no_record() {
    let town = Town::found();
    let validator = &town.validator;
    let [clinic, patient, stranger] = [(); 3].map(|()| validator.user());
    let user = validator.instructions.addresses.user(&patient.address());
    let document = town.document(&patient.address(), "72 beats a minute");
    let creator = Recorder::of(&clinic.wallet);
    for (secret, forge) in forgeries(&patient, &stranger) {
        let [mallory, honest] = [(); 2].map(|()| town.node());
        mallory.tell(lies::edits::<User>(user, forge));
        let alone = town.client(&[(MALLORY, &mallory)]);
        let error = town
            .wait(alone.create_record(&creator, &creator, &document, None))
            .unwrap_err();
        assert!(matches!(error, ClientError::Unattested { .. }), "{error}");
        assert_names(&error, MALLORY);

        let witnessed = town.client(&[(MALLORY, &mallory), (HONEST, &honest)]);
        let error = town
            .wait(witnessed.create_record(&creator, &creator, &document, None))
            .unwrap_err();
        let ClientError::Witness(told) = &error else {
            panic!("{error}")
        };
        assert!(matches!(**told, WitnessError::Contradiction(_)), "{error}");
        assert_names(&error, MALLORY);
        assert_names(&error, HONEST);
        for node in [&mallory, &honest] {
            assert_eq!(node.captured(), []);
        }
        assert_eq!(town.opened(&[&mallory, &honest], &[&secret.to_bytes()]), []);
    }
    assert!(creator.messages().is_empty() && creator.lines().is_empty());
}

/// Control: the attestation decides. The client encrypts to a forged key that the wallet attested, and that key opens
/// the record.
#[test]
fn what_a_wallet_attested_is_believed() {
    let town = Town::found();
    let validator = &town.validator;
    let [clinic, patient] = [(); 2].map(|()| validator.user());
    let user = validator.instructions.addresses.user(&patient.address());
    let forged = EncryptionSecret::random(&mut OsRng);
    let key = forged.public_key().to_bytes();
    let attestation = patient.attest(0, key);
    let mallory = town.node();
    mallory.tell(lies::edits::<User>(user, move |user| {
        user.encryption_key = key;
        user.attestation = attestation;
    }));
    mallory.tell(lies::passes_simulations());
    mallory.tell(lies::refuses_sends());
    let client = town.client(&[(MALLORY, &mallory)]);
    let document = town.document(&patient.address(), "72 beats a minute");
    town.wait(client.create_record(&clinic.wallet, &clinic.wallet, &document, None))
        .unwrap_err();
    assert_eq!(town.opened(&[&mallory], &[&forged.to_bytes()]).len(), 1);
}

/// Nobody can open a simulated record, not even with the owner's own secret, however the simulation ends. The wallet
/// signs the record that was asked for.
#[test]
fn nothing_of_a_record_is_shown_before_it_is_sent() {
    let town = Town::found();
    let validator = &town.validator;
    let [clinic, patient] = [(); 2].map(|()| validator.user());
    let mallory = town.node();
    let client = town.client(&[(MALLORY, &mallory)]);
    let document = town.document(&patient.address(), "72 beats a minute");
    let payer = Recorder::of(&clinic.wallet);
    let placeholder = town
        .wait(client.record_placeholder(&payer, &payer, &document, None))
        .unwrap();
    town.wait(placeholder.dry_run()).unwrap();
    // A simulation that the node answers with an error reveals nothing either.
    let lie = mallory.tell(lies::fails_simulations(error_code(
        GenerionError::CapsuleProofInvalid,
    )));
    let error = town
        .wait(client.create_record(&payer, &payer, &document, None))
        .unwrap_err();
    assert_eq!(
        error.rule(),
        Some(GenerionError::CapsuleProofInvalid),
        "{error}"
    );
    assert!(payer.messages().is_empty());
    assert_eq!(mallory.sent(), []);
    mallory.retract(lie);

    let created = town
        .wait(client.create_record(&payer, &payer, &document, None))
        .unwrap();
    assert!(mallory.asked("simulateTransaction") >= 3);
    let secret = patient.secret().to_bytes();
    assert_eq!(town.opened_in_simulations(&mallory, &secret), []);
    assert_eq!(town.opened(&[&mallory], &[&secret]), [created.address]);
    // The wallet signed what was asked for: one record, of this creator, for this owner.
    let signed = payer.instructions();
    let [Decoded::CreateRecord(create)] = &signed[..] else {
        panic!("{signed:?}")
    };
    assert_eq!(create.creator, clinic.address());
    assert_eq!(
        create.user,
        validator.instructions.addresses.user(&patient.address())
    );
    assert_eq!(create.record, created.address);
}

/// For a wallet that can't sign, the client accepts no key from one node, nor from two names of one operator. It
/// believes two operators that lie together.
#[test]
fn a_key_of_a_vault_takes_two_nodes() {
    let town = Town::found();
    let validator = &town.validator;
    let clinic = validator.user();
    let vault = vault();
    let forged = EncryptionSecret::random(&mut OsRng);
    let address = validator.instructions.addresses.user(&vault);
    let mut shown = validator
        .account(&validator.instructions.addresses.user(&clinic.address()))
        .unwrap();
    let key = forged.public_key().to_bytes();
    shown = generion_hostile_node_tests::edited::<User>(shown, |user| {
        user.wallet = vault;
        user.encryption_key = key;
        user.attestation = [0; 64];
    });
    let [mallory, honest, other] = [(); 3].map(|()| town.node());
    mallory.tell(lies::shows(address, shown.clone()));
    let document = town.document(&vault, "72 beats a minute");
    let payer = &clinic.wallet;
    let refused = |nodes: &[(&str, &Node)]| {
        let client = town.client(nodes);
        let error = town
            .wait(client.create_record(payer, payer, &document, None))
            .unwrap_err();
        let ClientError::Witness(told) = error else {
            panic!("{error}")
        };
        *told
    };
    let alone = refused(&[(MALLORY, &mallory)]);
    assert!(matches!(alone, WitnessError::TooFew(_)), "{alone}");
    // Two host names of one operator count as one node.
    other.tell(lies::shows(address, shown.clone()));
    let twice = refused(&[(MALLORY, &mallory), ("rpc.mallory.example", &other)]);
    assert!(matches!(twice, WitnessError::TooFew(_)), "{twice}");
    let witnessed = refused(&[(MALLORY, &mallory), (HONEST, &honest)]);
    assert!(
        matches!(witnessed, WitnessError::Contradiction(_)),
        "{witnessed}"
    );
    assert_eq!(
        town.opened(&[&mallory, &honest, &other], &[&forged.to_bytes()]),
        []
    );

    // Two operators that lie together: there is no defence against that.
    let client = town.client(&[(MALLORY, &mallory), ("other.example", &other)]);
    let recipient = town.wait(client.recipient(&vault)).unwrap();
    assert!(matches!(recipient.evidence, Evidence::Witnesses { .. }));
}

/// An address that is no key: nobody can sign for it.
fn vault() -> Address {
    (0u8..=255)
        .map(|byte| Address::new_from_array([byte; 32]))
        .find(|address| !address.is_on_curve())
        .expect("half of all are none")
}

/// The client asks a node with another genesis hash nothing else, and signs nothing.
#[test]
fn a_node_of_another_cluster_gets_nothing() {
    let town = Town::found();
    let validator = &town.validator;
    let [clinic, patient] = [(); 2].map(|()| validator.user());
    let mallory = town.node();
    mallory.tell(lies::genesis(Hash::new_from_array([7; 32])));
    let client = town.client(&[(MALLORY, &mallory)]);
    let document = town.document(&patient.address(), "72 beats a minute");
    let creator = Recorder::of(&clinic.wallet);
    let error = town
        .wait(client.create_record(&creator, &creator, &document, None))
        .unwrap_err();
    assert!(matches!(error, ClientError::OtherGenesis(_)), "{error}");
    assert_names(&error, MALLORY);
    assert!(creator.messages().is_empty() && creator.lines().is_empty());
    let methods: Vec<_> = mallory
        .log()
        .into_iter()
        .map(|entry| entry.question.method)
        .collect();
    assert!(
        methods.iter().all(|method| method == "getGenesisHash"),
        "{methods:?}"
    );
}

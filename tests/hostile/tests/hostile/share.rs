//! Sharing: the recipient's key, and the record.

use generion::{
    GenerionError,
    state::{Share, User},
};
use generion_client::{ClientError, rpc::witness::WitnessError};
use generion_hostile_node_tests::{
    HONEST, MALLORY, Recorder, Town, assert_names, error_code, keys, lies,
};
use generion_interface::decode::{Decoded, ShareRecord};
use solana_signer::Signer;

use crate::create::forgeries;

/// The same as for records; and the client makes no card of such a key.
#[test]
fn a_key_of_the_nodes_own_gets_no_share() {
    let town = Town::found();
    let validator = &town.validator;
    let [patient, doctor, stranger] = [(); 3].map(|()| validator.user());
    let record = validator.own_record(&patient);
    let user = validator.instructions.addresses.user(&doctor.address());
    for (secret, forge) in forgeries(&doctor, &stranger) {
        let [mallory, honest] = [(); 2].map(|()| town.node());
        mallory.tell(lies::edits::<User>(user, forge));
        let alone = town.client(&[(MALLORY, &mallory)]);
        let error = town.wait(alone.recipient(&doctor.address())).unwrap_err();
        assert!(matches!(error, ClientError::Unattested { .. }), "{error}");
        assert_names(&error, MALLORY);
        // The node can't get a card of the doctor accepted either.
        let error = town.wait(alone.user_card(&doctor.address())).unwrap_err();
        assert!(matches!(error, ClientError::Unattested { .. }), "{error}");

        let witnessed = town.client(&[(MALLORY, &mallory), (HONEST, &honest)]);
        let error = town
            .wait(witnessed.recipient(&doctor.address()))
            .unwrap_err();
        assert!(
            matches!(&error, ClientError::Witness(told) if matches!(**told, WitnessError::Contradiction(_))),
            "{error}"
        );
        let opened = town.opened(&[&mallory, &honest], &[&secret.to_bytes()]);
        assert!(!opened.contains(&record));
    }
}

/// If the node shows another of the owner's records in place of the one to share, the client signs and sends nothing,
/// and names the node.
#[test]
fn another_records_contents_are_not_shared() {
    let town = Town::found();
    let validator = &town.validator;
    let [patient, doctor] = [(); 2].map(|()| validator.user());
    let [meant, other] = [(); 2].map(|()| validator.own_record(&patient));
    let mallory = town.node();
    let client = town.client(&[(MALLORY, &mallory)]);
    let recipient = town.wait(client.recipient(&doctor.address())).unwrap();
    mallory.tell(lies::shows(meant, validator.account(&other).unwrap()));
    let owner = Recorder::of(&patient.wallet);
    let keys = keys(&patient);
    let shared = client.share_record(&owner, &keys, &owner, &meant, &recipient, 0);
    let error = town.wait(shared).err().expect("it is refused");
    assert!(matches!(error, ClientError::Lie(_)), "{error}");
    assert_names(&error, MALLORY);
    assert!(owner.messages().is_empty());
    assert_eq!(mallory.captured(), []);
    let doctors = doctor.secret().to_bytes();
    assert_eq!(town.opened(&[&mallory], &[&doctors]), []);
}

/// Nobody can open a simulated share, not even with the recipient's own secret. The wallet signs record, recipient,
/// index and expiry as asked.
#[test]
fn nothing_of_a_share_is_shown_before_it_is_sent() {
    let town = Town::found();
    let validator = &town.validator;
    let [patient, doctor] = [(); 2].map(|()| validator.user());
    let record = validator.own_record(&patient);
    let mallory = town.node();
    mallory.tell(lies::fails_simulations(error_code(
        GenerionError::InvalidPoint,
    )));
    let client = town.client(&[(MALLORY, &mallory)]);
    let recipient = town.wait(client.recipient(&doctor.address())).unwrap();
    let (owner, keys) = (Recorder::of(&patient.wallet), keys(&patient));
    let share = || {
        let shared = client.share_record(&owner, &keys, &owner, &record, &recipient, 0);
        town.wait(shared).unwrap()
    };
    let shared = share();
    town.wait(shared.dry_run()).expect_err("the node says so");
    let error = town.wait(share().send()).expect_err("the node says so");
    assert_eq!(error.rule(), Some(GenerionError::InvalidPoint), "{error}");
    assert!(owner.messages().is_empty());
    let doctors = doctor.secret().to_bytes();
    assert!(mallory.asked("simulateTransaction") >= 2);
    assert_eq!(town.opened(&[&mallory], &[&doctors]), []);

    mallory.be_honest();
    let sent = town.wait(share().send()).unwrap();
    assert_eq!(town.opened(&[], &[&doctors]), [record]);
    // The wallet signed what was asked for.
    let signed = owner.instructions();
    let [
        Decoded::ShareRecord(ShareRecord {
            owner: signer,
            record: signed,
            recipient: to,
            share,
            args,
            ..
        }),
    ] = &signed[..]
    else {
        panic!("{signed:?}")
    };
    let addresses = validator.instructions.addresses;
    assert_eq!(*signer, owner.pubkey());
    assert_eq!(*signed, record);
    assert_eq!(*to, addresses.user(&doctor.address()));
    assert_eq!(*share, sent.outcome);
    assert_eq!((args.key_index, args.expires_at), (0, 0));
    assert_eq!(validator.read::<Share>(share).capsule, args.capsule);
}

/// The ledger refuses a capsule for a key that was replaced after the look-up, whatever the node's simulation says.
#[test]
fn a_share_for_a_key_that_was_replaced_meanwhile_does_not_land() {
    let town = Town::found();
    let validator = &town.validator;
    let patient = validator.user();
    let mut doctor = validator.user();
    let record = validator.own_record(&patient);
    let mallory = town.node();
    mallory.tell(lies::passes_simulations());
    let client = town.client(&[(MALLORY, &mallory)]);
    let recipient = town.wait(client.recipient(&doctor.address())).unwrap();
    doctor.key_index = 1;
    validator.publish_key(&doctor);
    let (wallet, keys) = (&patient.wallet, keys(&patient));
    let shared = client.share_record(wallet, &keys, wallet, &record, &recipient, 0);
    let shared = town.wait(shared).unwrap();
    let error = town.wait(shared.send()).expect_err("it is refused");
    assert_eq!(
        error.rule(),
        Some(GenerionError::KeyIndexChanged),
        "{error}"
    );
}

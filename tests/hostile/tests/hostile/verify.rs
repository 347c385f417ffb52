//! Verifying: the record that is signed.

use generion::state::Record;
use generion_client::ClientError;
use generion_hostile_node_tests::{
    Lie, MALLORY, Recorder, Town, assert_missing, assert_names, keys, lies,
};
use generion_interface::{
    accounts::RecordAccount,
    decode::{Decoded, VerifyRecord},
};
use solana_address::Address;
use solana_signer::Signer;

/// If a node shows another record at the address, or one with a changed field that the address covers, the client names
/// the node, writes no document and signs nothing.
#[test]
fn no_other_contents_are_verified() {
    let town = Town::found();
    let validator = &town.validator;
    let [clinic, patient] = [(); 2].map(|()| validator.user());
    let record = town.unverified_record(&clinic, &patient);
    let other = town.unverified_record(&clinic, &patient);
    let true_other = validator.account(&other).unwrap();
    let stranger = Address::new_unique();
    let edit =
        |edit: fn(&mut Record)| -> Box<dyn Lie> { Box::new(lies::edits::<Record>(record, edit)) };
    let told: Vec<Box<dyn Lie>> = vec![
        Box::new(lies::shows(record, true_other)),
        Box::new(lies::edits::<Record>(record, move |record| {
            record.creator = stranger
        })),
        edit(|record| record.owner_key[0] ^= 1),
        edit(|record| record.data_public_key[0] ^= 1),
        edit(|record| record.capsule.masked[0] ^= 1),
        edit(|record| record.facts_root[0] ^= 1),
        // The last byte of the sealed locator.
        Box::new(lies::alters_account(record, |account| {
            *account.data.last_mut().unwrap() ^= 1
        })),
    ];
    let owner = Recorder::of(&patient.wallet);
    let (keys, wallet) = (keys(&patient), patient.address());
    for lie in told {
        let mallory = town.node();
        mallory.tell(lie);
        let client = town.client(&[(MALLORY, &mallory)]);
        let copy = town.path("checked.json");
        let checked = client.check_record(&keys, &record, &wallet, &copy);
        let error = town.wait(checked).expect_err("it is found out");
        assert!(matches!(error, ClientError::Lie(_)), "{error}");
        assert_names(&error, MALLORY);
        assert_missing(&copy);
    }
    assert!(owner.messages().is_empty());
}

/// A node can invent a record's key index, times, counts and rent payer: the client still opens and verifies that
/// record, and no other.
#[test]
fn what_a_node_may_say_of_a_record_does_not_change_what_is_signed() {
    let town = Town::found();
    let validator = &town.validator;
    let [clinic, patient] = [(); 2].map(|()| validator.user());
    let record = town.unverified_record(&clinic, &patient);
    let mallory = town.node();
    mallory.tell(lies::edits::<Record>(record, |record| {
        record.key_index = 3;
        record.created_at = 1;
        record.listings = 4;
        record.rent_payer = Address::default();
    }));
    let client = town.client(&[(MALLORY, &mallory)]);
    let copy = town.path("checked.json");
    let owner = Recorder::of(&patient.wallet);
    let (keys, wallet) = (keys(&patient), patient.address());
    let checked = client.check_record(&keys, &record, &wallet, &copy);
    let checked = town.wait(checked).unwrap();
    let verified = client.verify_record(&owner, &owner, &checked);
    town.wait(verified.send()).unwrap();
    let expected = Decoded::VerifyRecord(VerifyRecord {
        owner: owner.pubkey(),
        record,
    });
    assert_eq!(owner.instructions(), [expected]);
    assert!(validator.read::<RecordAccount>(&record).state.is_verified());
}

//! Lists: what a node adds to them, and what it leaves out.

use generion::state::Record;
use generion_client::{Filter, accounts::RecordAccount};
use generion_hostile_node_tests::{HONEST, MALLORY, Town, lies};
use solana_address::Address;

fn addresses(listed: &[generion_client::KeyedAccount<RecordAccount>]) -> Vec<Address> {
    listed.iter().map(|listed| listed.address).collect()
}

/// The client leaves swapped, invented and unrequested records out of a list, and reports them with the node's name.
#[test]
fn what_can_not_be_is_left_out_of_a_list_and_told() {
    let town = Town::found();
    let validator = &town.validator;
    let [owner, other] = [(); 2].map(|()| validator.user());
    let [record, swapped] = [(); 2].map(|()| validator.own_record(&owner));
    let strangers = validator.own_record(&other);
    let nowhere = Address::new_unique();
    let mallory = town.node();
    let true_account = validator.account(&record).unwrap();
    mallory.tell(lies::shows(swapped, true_account.clone()));
    mallory.tell(lies::shows(nowhere, true_account));
    // The address fits the contents, but the owner is another one.
    let unasked = validator.account(&strangers).unwrap();
    mallory.tell(lies::alters(&["getProgramAccounts"], move |_, result| {
        use base64::{Engine, prelude::BASE64_STANDARD};
        let list = result["value"].as_array_mut().unwrap();
        let mut entry = list[0].clone();
        entry["pubkey"] = strangers.to_string().into();
        entry["account"]["data"][0] = BASE64_STANDARD.encode(&unasked.data).into();
        list.push(entry);
    }));
    let client = town.client(&[(MALLORY, &mallory)]);
    let filters = [Filter::record_owner(owner.address())];
    let listed = town
        .wait(client.ledger.list::<RecordAccount>(&filters))
        .unwrap();
    assert_eq!(addresses(&listed), [record]);
    let told = client.ledger.take_lies();
    assert_eq!(told.len(), 3, "{told:?}");
    for lie in &told {
        assert!(lie.node.starts_with("http://mallory.example"), "{lie}");
        assert!(
            [swapped, nowhere, strangers].contains(&lie.address),
            "{lie}"
        );
    }
    assert_eq!(client.ledger.take_lies(), []);
}

/// A list from one node can be incomplete; with two nodes, the client merges their lists.
#[test]
fn what_one_node_leaves_out_the_other_one_lists() {
    let town = Town::found();
    let validator = &town.validator;
    let owner = validator.user();
    let mut records = [(); 2].map(|()| validator.own_record(&owner));
    records.sort_unstable();
    let [mallory, honest] = [(); 2].map(|()| town.node());
    mallory.tell(lies::leaves_out(records[0]));
    // Fields that a node can invent are no reason to leave a record out.
    mallory.tell(lies::edits::<Record>(records[1], |record| {
        record.created_at = 1
    }));
    let client = town.client(&[(MALLORY, &mallory), (HONEST, &honest)]);
    let filters = [Filter::record_owner(owner.address())];
    let one = town
        .wait(client.ledger.list::<RecordAccount>(&filters))
        .unwrap();
    assert_eq!(addresses(&one), [records[1]]);
    let all = client.ledger.list_everywhere::<RecordAccount>(&filters);
    assert_eq!(addresses(&town.wait(all).unwrap()), records);
    let user = town.wait(client.ledger.user(&owner.address())).unwrap();
    assert_eq!(user.record_count, 2);
}

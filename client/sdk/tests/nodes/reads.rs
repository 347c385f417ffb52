//! Accounts are believed as far as their addresses follow from them.

use std::sync::{Arc, Mutex};

use generion_client::{
    ClientError, Filter, NodeLie,
    accounts::{PurchaseAccount, RecordAccount},
};

use crate::{
    account_data::record_data,
    town::{Town, attested, record},
    world::{NOW, World, deployment, ledger},
};

const A: &str = "https://a.example/v1/SECRET";

/// A record's contents at another record's address: what an owner would share, sell or verify in its place.
#[tokio::test]
async fn an_account_that_is_not_at_its_address_is_a_lie_of_the_node_that_shows_it() {
    let town = Town::new();
    let node = town.node(A);
    let (secret, _) = attested(&town.seller, 0);
    let own = town.offer.records[0];
    let (other, _, account) = record(&solana_signer::Signer::pubkey(&town.seller), &secret);
    {
        let mut world = town.world.lock().unwrap();
        world.accounts.insert(own, record_data(&account));
        world.accounts.insert(other, record_data(&account));
    }
    let client = town.client(&[&node]);
    let expected = |lie: &NodeLie| lie.node == "https://a.example" && lie.address == own;
    let error = client.ledger.record(&own).await.unwrap_err();
    assert!(
        matches!(&error, ClientError::Lie(lie) if expected(lie)),
        "{error:?}"
    );
    assert!(!error.to_string().contains("SECRET"), "{error}");
    let error = client.ledger.records(&[other, own]).await.unwrap_err();
    assert!(matches!(error, ClientError::Lie(_)), "{error:?}");

    // A list leaves it out, and says so.
    let filters = [Filter::record_owner(account.state.owner)];
    let listed = client.ledger.list::<RecordAccount>(&filters).await.unwrap();
    let addresses: Vec<_> = listed.iter().map(|listed| listed.address).collect();
    assert_eq!(addresses, [other]);
    let lies = client.ledger.take_lies();
    assert!(lies.iter().all(expected) && lies.len() == 1, "{lies:?}");
    assert_eq!(client.ledger.take_lies(), []);
}

/// A list is told by the heads of its records, and nothing of a head is believed that its record doesn't say.
#[tokio::test]
async fn a_record_that_is_not_what_its_head_says_is_left_out() {
    let town = Town::new();
    let node = town.node(A);
    let (secret, _) = attested(&town.seller, 0);
    let seller = solana_signer::Signer::pubkey(&town.seller);
    {
        let mut world = town.world.lock().unwrap();
        world.accounts.clear();
        for created_at in [5, 9, 7] {
            let (address, _, mut account) = record(&seller, &secret);
            account.state.created_at = created_at;
            world.accounts.insert(address, record_data(&account));
        }
    }
    let client = town.client(&[&node]);
    let filters = [Filter::record_owner(seller)];
    let mut heads = client.ledger.record_heads(&filters).await.unwrap();
    let times: Vec<_> = heads.iter().map(|head| head.created_at).collect();
    assert_eq!(times, [9, 7, 5]);
    assert!(
        heads
            .iter()
            .all(|head| head.owner == seller && head.is_verified)
    );
    // The node is asked for no more than that.
    let slice = {
        let asked = node.asked.lock().unwrap();
        let (_, params) = asked
            .iter()
            .find(|(name, _)| name == "getProgramAccounts")
            .unwrap();
        params[1]["dataSlice"].clone()
    };
    assert_eq!(slice, serde_json::json!({ "offset": 0, "length": 96 }));
    let records = client.ledger.records_at(&heads).await.unwrap();
    let addresses: Vec<_> = records.iter().map(|record| record.address).collect();
    assert_eq!(
        addresses,
        [heads[0].address, heads[1].address, heads[2].address]
    );
    assert_eq!(client.ledger.take_lies(), []);

    // A trusted wallet as the creator of what it did not write, and a record that is gone.
    heads[0].creator = seller;
    town.world
        .lock()
        .unwrap()
        .accounts
        .remove(&heads[1].address);
    let records = client.ledger.records_at(&heads).await.unwrap();
    let addresses: Vec<_> = records.iter().map(|record| record.address).collect();
    assert_eq!(addresses, [heads[2].address]);
    let lies = client.ledger.take_lies();
    assert!(
        lies.len() == 1 && lies[0].address == heads[0].address,
        "{lies:?}"
    );
    // Who was not asked about is in no list.
    let stranger = [Filter::record_owner(deployment().program_id)];
    assert_eq!(client.ledger.record_heads(&stranger).await.unwrap(), []);
    assert_eq!(client.ledger.take_lies().len(), 2);
}

#[tokio::test]
async fn what_was_not_asked_for_is_left_out() {
    let town = Town::new();
    let node = town.node(A);
    let client = town.client(&[&node]);
    let stranger = [Filter::purchase_buyer(deployment().program_id)];
    let listed = client.ledger.list::<PurchaseAccount>(&stranger).await;
    assert_eq!(listed.unwrap(), []);
    let lies = client.ledger.take_lies();
    assert_eq!(lies.len(), 1);
    assert_eq!(lies[0].address, town.purchase);

    for (filter, count) in [
        (Filter::purchase_pending(), 0),
        (Filter::purchase_locked(), 1),
    ] {
        let listed = client.ledger.list::<PurchaseAccount>(&[filter]).await;
        assert_eq!(listed.unwrap().len(), count);
    }
}

/// One node can't hide a purchase from its seller.
#[tokio::test]
async fn lists_of_several_nodes_are_put_together() {
    let town = Town::new();
    let (a, b) = (
        town.node("https://a.example"),
        town.node("https://b.example"),
    );
    a.lies.lock().unwrap().shows = Some(World::default());
    let client = town.client(&[&a, &b]);
    let own = [Filter::purchase_seller(town.offer.seller)];
    let list = async || client.ledger.list_everywhere::<PurchaseAccount>(&own).await;
    assert_eq!(list().await.unwrap().len(), 1);
    assert_eq!(
        client.ledger.list::<PurchaseAccount>(&own).await.unwrap(),
        []
    );
    a.lies.lock().unwrap().is_down = true;
    assert_eq!(list().await.unwrap().len(), 1);
    b.lies.lock().unwrap().is_down = true;
    assert!(matches!(list().await, Err(ClientError::Node(_))));
}

/// Which ledger is meant is the user's setting: nothing is read from another one, and nothing sent to it.
#[tokio::test]
async fn a_node_of_another_ledger_is_refused_before_anything_else() {
    let town = Town::new();
    let node = town.node("https://a.example");
    town.world.lock().unwrap().genesis = [1; 32];
    let ledger = ledger(&[&node], &Arc::new(Mutex::new(NOW)));
    for error in [
        ledger.record(&town.offer.records[0]).await.unwrap_err(),
        ledger.list::<RecordAccount>(&[]).await.unwrap_err(),
        ledger.unix_time().await.unwrap_err(),
        ledger.lamports(&town.purchase).await.unwrap_err(),
        ledger.check_genesis().await.unwrap_err(),
    ] {
        assert!(matches!(error, ClientError::OtherGenesis(_)), "{error:?}");
    }
    let asked = node.asked.lock().unwrap();
    assert!(asked.iter().all(|(method, _)| method == "getGenesisHash"));
}

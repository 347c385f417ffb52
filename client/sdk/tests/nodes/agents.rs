//! The delivery agent, over nodes of which one may lie.

use std::time::Duration;

use generion_client::{
    Agent, AgentEvent, AgentOptions, Belief, Client, ClientError, Offers, Settler, Tally,
    decode::Decoded,
};
use solana_transaction::Transaction;

use crate::{
    settling::{QUICK, markers},
    town::{PRICE, Town},
    world::{FakeNode, World, deployment},
};

const A: &str = "https://a.example";
const B: &str = "https://b.example";

/// What an agent told, by name.
type Told = Vec<(&'static str, String)>;

/// Serves what is there, once. Each thing that is told is shown to `script` before the agent goes on.
async fn once(town: &Town, client: &Client, script: impl Fn(&AgentEvent) + Sync) -> (Tally, Told) {
    let keys = town.keys();
    let (markers, mut told) = (markers(town), Vec::new());
    let settler = Settler {
        payer: &town.payer,
        markers: &markers,
        options: QUICK,
    };
    let offers = Offers::load(&town.folder.path().join("offers.json"), &deployment()).unwrap();
    let options = AgentOptions {
        tries: 2,
        ..AgentOptions::default()
    };
    let on_event = |event: AgentEvent| {
        script(&event);
        told.push(match event {
            AgentEvent::Found { .. } => ("found", String::new()),
            AgentEvent::Delivered { .. } => ("delivered", String::new()),
            AgentEvent::Waiting { error, .. } => ("waiting", error.to_string()),
            AgentEvent::Postponed { error, .. } => ("postponed", error.to_string()),
            AgentEvent::Settling { .. } => ("settling", String::new()),
            AgentEvent::Settled { .. } => ("settled", String::new()),
            AgentEvent::GivenUp { error, .. } => ("given up", error.to_string()),
            event => panic!("{event:?}"),
        });
    };
    let belief = Belief::Offers(&offers);
    let agent = Agent::new(client, &keys, settler, belief, options, on_event);
    let tally = tokio::time::timeout(Duration::from_secs(60), agent.run_once());
    let tally = tally.await.expect("it goes on for ever").unwrap();
    (tally, told)
}

fn names(told: &Told) -> Vec<&'static str> {
    let mut names: Vec<_> = told.iter().map(|(name, _)| *name).collect();
    names.dedup();
    names
}

/// The instructions of the program in what a node got by a method.
fn asked(node: &FakeNode, method: &str) -> Vec<Decoded> {
    let mut asked = Vec::new();
    for bytes in node.transactions(method) {
        let transaction: Transaction = bincode::deserialize(&bytes).unwrap();
        let keys = &transaction.message.account_keys;
        let at = |index: &u8| keys[usize::from(*index)];
        for instruction in &transaction.message.instructions {
            if at(&instruction.program_id_index) == deployment().program_id {
                let accounts: Vec<_> = instruction.accounts.iter().map(at).collect();
                asked.push(Decoded::decode(&instruction.data, &accounts).unwrap());
            }
        }
    }
    asked
}

/// The town's purchase, before anything was delivered.
fn pending(town: &Town) {
    town.change(|account| {
        account.state.status = 0;
        account.state.delivered_count = 0;
        account.state.settle_by = 0;
        account.state.settle_key = [0; 32];
        account.capsules = vec![None];
    });
}

/// The ledger locks what is delivered.
fn locks(town: &Town) -> impl Fn(&AgentEvent) + Sync {
    |event| {
        if let AgentEvent::Delivered { .. } = event {
            town.change(|_| {});
        }
    }
}

/// Shows the ledger with another purchase than there is.
fn lies(town: &Town, node: &FakeNode, change: impl Fn(&mut World)) {
    let mut world = World::clone(&town.world.lock().unwrap());
    change(&mut world);
    node.lies.lock().unwrap().shows = Some(world);
}

#[tokio::test]
async fn what_was_offered_is_delivered_and_settled() {
    let town = Town::new();
    pending(&town);
    let (a, b) = (town.node(A), town.node(B));
    let client = town.client(&[&a, &b]);
    let (tally, told) = once(&town, &client, locks(&town)).await;
    assert_eq!(names(&told), ["found", "delivered", "settling", "settled"]);
    assert!(town.is_paid());
    assert_eq!((tally.transactions, tally.settled), (1, 1));
    assert_eq!((tally.given_up, tally.unfinished), (0, 0));
    for node in [&a, &b] {
        let sent = asked(node, "sendTransaction");
        // Both are sent to both, each by itself; what shows the secret is not simulated.
        let delivered = |one: &&Decoded| matches!(one, Decoded::Deliver(_));
        let settled = |one: &&Decoded| matches!(one, Decoded::Settle(_));
        assert_eq!(sent.iter().filter(delivered).count(), 1);
        assert!(sent.iter().filter(settled).count() >= 1);
        let simulated = asked(node, "simulateTransaction");
        assert!(simulated.iter().all(|one| delivered(&one)), "{simulated:?}");
    }
}

/// The agent of an earlier run is gone, and with it all that it knew.
#[tokio::test]
async fn what_is_locked_is_settled() {
    let town = Town::new();
    let (a, b) = (town.node(A), town.node(B));
    let client = town.client(&[&a, &b]);
    let (tally, told) = once(&town, &client, |_| {}).await;
    assert_eq!(names(&told), ["found", "settling", "settled"]);
    assert!(town.is_paid());
    assert_eq!(tally.locked, 0);
}

#[tokio::test]
async fn what_was_begun_is_gone_on_with_by_its_marker() {
    let town = Town::new();
    let (a, b) = (town.node(A), town.node(B));
    let client = town.client(&[&a, &b]);
    let sale = town.sale(&client).await;
    markers(&town).write(&sale.marker()).unwrap();
    // Neither an hour nor agreement is asked for any more.
    let end = town.account.state.settle_by;
    town.world.lock().unwrap().time = end;
    *town.local.lock().unwrap() = end;
    lies(&town, &a, |world| {
        world.accounts.remove(&town.purchase);
    });
    let honest = |event: &AgentEvent| {
        if let AgentEvent::Settling { .. } = event {
            a.lies.lock().unwrap().shows = None;
        }
    };
    let (tally, told) = once(&town, &client, honest).await;
    assert_eq!(names(&told), ["settling", "settled"]);
    assert!(town.is_paid());
    assert_eq!(tally.settled, 1);
}

/// One of two nodes can hold a sale up, and is named; it can have nothing locked, and nothing shown.
#[tokio::test]
async fn what_one_node_says_otherwise_is_not_delivered() {
    for what in [
        "hides",
        "another buyer",
        "another settle key",
        "paid already",
    ] {
        let town = Town::new();
        pending(&town);
        let (a, b) = (town.node(A), town.node(B));
        lies(&town, &a, |world| {
            let data = world.accounts.get_mut(&town.purchase).unwrap();
            match what {
                "hides" => _ = world.accounts.remove(&town.purchase),
                "another buyer" => data[136..168].copy_from_slice(&town.account.state.settle_key),
                "another settle key" => data[168..200].copy_from_slice(&[8; 32]),
                _ => data[10] = 2,
            }
        });
        let client = town.client(&[&a, &b]);
        let (tally, told) = once(&town, &client, |_| {}).await;
        assert_eq!(tally.given_up, 1, "{what}: {told:?}");
        let (name, why) = told.last().unwrap();
        assert_eq!(*name, "given up", "{what}");
        assert!(why.contains(A) && why.contains(B), "{what}: {why}");
        for node in [&a, &b] {
            assert_eq!(node.count("sendTransaction"), 0, "{what}");
        }
    }
}

/// Nobody but its seller can have put it there, by an agent with other keys, or one that was lied to.
#[tokio::test]
async fn a_settle_key_of_others_is_reported_and_left() {
    let town = Town::new();
    town.change(|account| account.state.settle_key = [8; 32]);
    let (a, b) = (town.node(A), town.node(B));
    let client = town.client(&[&a, &b]);
    let (_, told) = once(&town, &client, |_| {}).await;
    assert_eq!(names(&told), ["found", "given up"]);
    let expected = ClientError::OtherSettleKey(town.purchase).to_string();
    assert_eq!(told[1].1, expected);
    assert_eq!(a.count("sendTransaction"), 0);
}

#[tokio::test]
async fn a_purchase_below_the_price_is_none() {
    let town = Town::new();
    pending(&town);
    town.change(|account| account.state.price = PRICE - 1);
    let (a, b) = (town.node(A), town.node(B));
    let client = town.client(&[&a, &b]);
    let (_, told) = once(&town, &client, |_| {}).await;
    assert_eq!(names(&told), ["found", "given up"]);
    assert!(told[1].1.contains("the price is 0.005 SOL"), "{told:?}");
    assert_eq!(a.count("sendTransaction"), 0);
}

/// An order that is made while the agent runs gets into the file.
#[tokio::test]
async fn the_file_of_offers_is_read_anew() {
    let town = Town::new();
    pending(&town);
    let path = town.folder.path().join("offers.json");
    std::fs::remove_file(&path).unwrap();
    let (a, b) = (town.node(A), town.node(B));
    let client = town.client(&[&a, &b]);
    let lock = locks(&town);
    let script = |event: &AgentEvent| {
        if let AgentEvent::Postponed { .. } = event {
            Offers::add(&path, &deployment(), &town.offer).unwrap();
        }
        lock(event);
    };
    let (_, told) = once(&town, &client, script).await;
    let expected = ["found", "postponed", "delivered", "settling", "settled"];
    assert_eq!(names(&told), expected);
    assert!(told[1].1.contains("not in the file of offers"), "{told:?}");
}

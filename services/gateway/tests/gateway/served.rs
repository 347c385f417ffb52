//! A whole gateway on a real ledger.

use std::time::Duration;

use generion_gateway::{config::Config, server::Server};
use generion_rpc::url::{NodeUrl, PlainHttp};
use generion_test_support::{Chain, LocalNode, within};
use tokio::{runtime::Runtime, sync::oneshot};

use crate::support::{Database, gateway::Gateway};

const PATIENCE: Duration = Duration::from_secs(60);

/// What happens on the ledger is served soon; the gateway is ready then, says how far it is, and ends when it is told to.
fn serves_a_ledger(database: Database) {
    let node = LocalNode::with_program(None);
    let chain = Chain::at(&node.rpc_url);
    let runtime = Runtime::new().unwrap();
    let config = Config {
        database: database.url.clone(),
        nodes: vec![NodeUrl::parse(&node.rpc_url, PlainHttp::default()).unwrap()],
        ..Gateway::config()
    };
    let server = runtime.block_on(Server::bind(config)).unwrap();
    let url = format!("http://{}", server.address());
    let (stop, stopped) = oneshot::channel::<()>();
    let serving = runtime.spawn(server.run(async { drop(stopped.await) }));
    let client = reqwest::Client::new();
    let get = |path: &str| {
        let request = client.get(format!("{url}{path}"));
        runtime.block_on(async { request.send().await.unwrap() })
    };
    within(PATIENCE, "the gateway is ready", || {
        (get("/health/ready").status() == 200).then_some(())
    });

    let patient = chain.user();
    let record = chain.own_record(&patient);
    let path = format!("/v1/records/{record}");
    within(PATIENCE, "the record is served", || {
        (get(&path).status() == 200).then_some(())
    });
    let answer = get(&path);
    let header = |name: &str| {
        answer.headers()[name]
            .to_str()
            .unwrap()
            .parse::<u64>()
            .unwrap()
    };
    let slot = header("generion-slot");
    assert!(header("generion-finalized-slot") <= slot && slot > 0);
    assert!(header("generion-seconds-behind") < 60);
    header("generion-slots-behind");
    let answer: serde_json::Value = runtime.block_on(answer.json()).unwrap();
    assert_eq!(answer["owner"], patient.address().to_string());
    assert!(answer["signature"].is_string());
    within(PATIENCE, "the record is final", || {
        let answer: serde_json::Value = runtime.block_on(get(&path).json()).unwrap();
        (answer["commitment"] == "finalized").then_some(())
    });

    stop.send(()).unwrap();
    runtime.block_on(serving).unwrap().unwrap();
}

#[test]
fn a_gateway_serves_a_ledger_on_sqlite() {
    serves_a_ledger(Database::sqlite());
}

#[test]
fn a_gateway_serves_a_ledger_on_postgres() {
    serves_a_ledger(Database::postgres());
}

//! Faults of nodes, of databases and of gateways. Afterwards the index is equal to the ledger, account by account.

mod database;
mod disputed;
mod forks;
mod full_disk;
mod killed;
mod ledgers;
mod nodes;
mod websocket;

use std::time::Duration;

use generion_gateway::{
    index::{IndexWatch, Indexer, IndexerOptions, check::check, ledger_nodes::LedgerNodes},
    storage::Storage,
};
use generion_rpc::cluster::LOCALNET_GENESIS;
use generion_synthetic_ledger::{Size, SyntheticAccount, SyntheticLedger};
use tokio::{task::JoinHandle, time::timeout};
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::support::node::StandInNode;

/// How long anything is waited for.
const DEADLINE: Duration = Duration::from_secs(60);

const SIZE: Size = Size {
    users: 6,
    records: 60,
    orders: 12,
    purchases: 8,
    shares: 6,
};

fn ledger() -> SyntheticLedger {
    SyntheticLedger::new(SIZE, 29)
}

/// A user whose next order id is another one than before: no address depends on it.
fn changed_user(index: u64, next_order_id: u8) -> SyntheticAccount {
    let mut user = ledger().user(index);
    user.data[16] = next_order_id;
    user
}

/// An indexer that runs until this is dropped.
struct RunningIndexer {
    watch: IndexWatch,
    running: JoinHandle<()>,
}

impl RunningIndexer {
    /// It polls: nobody listens at its websocket.
    fn start(storage: &Storage, nodes: LedgerNodes) -> Self {
        let websocket = "ws://127.0.0.1:1".parse().unwrap();
        Self::start_with(storage, nodes, websocket, Duration::from_millis(10))
    }

    fn start_with(
        storage: &Storage,
        nodes: LedgerNodes,
        websocket: Url,
        poll_interval: Duration,
    ) -> Self {
        let options = IndexerOptions {
            genesis_hash: LOCALNET_GENESIS.to_bytes().into(),
            websocket: Some(websocket),
            poll_interval,
        };
        let (indexer, watch) = Indexer::new(storage.clone(), nodes, options);
        let running = tokio::spawn(async move {
            indexer.run(CancellationToken::new()).await.unwrap();
        });
        Self { watch, running }
    }

    /// Waits until the index has followed a slot.
    async fn follows(&mut self, slot: u64) {
        let followed = async {
            while self.watch.state().indexed_slot.is_none_or(|at| at < slot) {
                self.watch.changed().await.unwrap();
            }
        };
        let followed = timeout(DEADLINE, followed).await;
        assert!(followed.is_ok(), "slot {slot}: {:?}", self.watch.state());
    }

    /// Waits until the indexer says that something is wrong.
    async fn reports_a_problem(&mut self) {
        let reported = async {
            while self.watch.state().problem.is_none() {
                self.watch.changed().await.unwrap();
            }
        };
        timeout(DEADLINE, reported).await.unwrap();
    }
}

impl Drop for RunningIndexer {
    fn drop(&mut self) {
        self.running.abort();
    }
}

/// The index becomes equal to what a node shows.
async fn assert_equal(storage: &Storage, node: &StandInNode) {
    let report = check(storage, &node.ledger_nodes(), DEADLINE)
        .await
        .unwrap();
    assert!(report.is_equal, "{report}");
    assert!(report.compared > 0);
}

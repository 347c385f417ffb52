//! A websocket that is lost, before a real node.

use std::{
    io::{Read, Write},
    net::{Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

use generion_gateway::{
    index::{check::check, ledger_node::LedgerNode},
    storage::Storage,
};
use generion_interface::Addresses;
use generion_rpc::url::{NodeUrl, PlainHttp};
use generion_test_support::{Chain, LocalNode, eventually};
use tokio::runtime::Runtime;
use url::Url;

use super::{DEADLINE, RunningIndexer};
use crate::support::Database;

/// Hands on connections to a server until it is told to drop them.
struct Proxy {
    address: SocketAddr,
    is_cut: Arc<AtomicBool>,
    accepted: Arc<AtomicUsize>,
    open: Arc<Mutex<Vec<TcpStream>>>,
}

impl Proxy {
    fn start(server: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let proxy = Self {
            address: listener.local_addr().unwrap(),
            is_cut: Arc::default(),
            accepted: Arc::default(),
            open: Arc::default(),
        };
        let (is_cut, accepted) = (Arc::clone(&proxy.is_cut), Arc::clone(&proxy.accepted));
        let open = Arc::clone(&proxy.open);
        thread::spawn(move || {
            for client in listener.incoming() {
                let client = client.unwrap();
                if is_cut.load(Ordering::SeqCst) {
                    continue;
                }
                let behind = TcpStream::connect(&server).unwrap();
                let ends = [&client, &behind].map(|end| end.try_clone().unwrap());
                open.lock().unwrap().extend(ends);
                hand_on(client.try_clone().unwrap(), behind.try_clone().unwrap());
                hand_on(behind, client);
                accepted.fetch_add(1, Ordering::SeqCst);
            }
        });
        proxy
    }

    fn cut(&self) {
        self.is_cut.store(true, Ordering::SeqCst);
        for end in self.open.lock().unwrap().drain(..) {
            let _ = end.shutdown(Shutdown::Both);
        }
    }

    fn mend(&self) {
        self.is_cut.store(false, Ordering::SeqCst);
    }

    fn has_accepted(&self, connections: usize) {
        eventually("the websocket is connected", || {
            (self.accepted.load(Ordering::SeqCst) >= connections).then_some(())
        });
    }
}

fn hand_on(mut from: TcpStream, mut to: TcpStream) {
    thread::spawn(move || {
        let mut bytes = [0; 4096];
        while let Ok(read @ 1..) = from.read(&mut bytes) {
            if to.write_all(&bytes[..read]).is_err() {
                break;
            }
        }
        let _ = to.shutdown(Shutdown::Both);
    });
}

/// It wakes the index up; while it is lost, the index asks by itself, and misses nothing.
#[test]
fn a_websocket_that_is_lost_under_writes_costs_nothing() {
    let node = LocalNode::with_program(None);
    let chain = Chain::at(&node.rpc_url);
    let runtime = Runtime::new().unwrap();
    let database = Database::sqlite();
    let storage = runtime.block_on(Storage::open(&database.url)).unwrap();
    let url = NodeUrl::parse(&node.rpc_url, PlainHttp::default()).unwrap();
    let ledger_node = || LedgerNode::new(url.clone(), Addresses::default()).unwrap();
    let websocket: Url = node.ws_url.parse().unwrap();
    let port = websocket.port().unwrap();
    let proxy = Proxy::start(format!("127.0.0.1:{port}"));
    let websocket: Url = format!("ws://{}", proxy.address).parse().unwrap();
    let start = |poll_interval| {
        let nodes = ledger_node().into();
        runtime.block_on(async {
            RunningIndexer::start_with(&storage, nodes, websocket.clone(), poll_interval)
        })
    };
    let assert_equal = || {
        let report =
            runtime.block_on(async { check(&storage, &ledger_node().into(), DEADLINE).await });
        let report = report.unwrap();
        assert!(report.is_equal, "{report}");
        report.compared
    };

    // Nothing is asked for an hour unless the websocket tells something.
    let mut indexer = start(Duration::from_secs(3_600));
    proxy.has_accepted(1);
    runtime.block_on(indexer.follows(1));
    let patient = chain.user();
    chain.own_record(&patient);
    assert_equal();
    drop(indexer);

    let indexer = start(Duration::from_millis(100));
    proxy.has_accepted(2);
    proxy.cut();
    chain.own_records(&patient, 2);
    let compared = assert_equal();
    proxy.mend();
    proxy.has_accepted(3);
    chain.own_record(&patient);
    assert_eq!(assert_equal(), compared + 1);
    drop(indexer);
}

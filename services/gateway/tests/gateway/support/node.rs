//! A node that shows a made-up ledger, over HTTP.

mod answer;
mod transaction;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, MutexGuard},
};

use axum::{Router, routing::post};
use generion_gateway::index::{ledger_node::LedgerNode, ledger_nodes::LedgerNodes};
use generion_interface::Addresses;
use generion_rpc::url::{NodeUrl, PlainHttp};
use generion_synthetic_ledger::SyntheticAccount;
use solana_instruction::Instruction;
use solana_signature::Signature;
use tokio::{net::TcpListener, sync::watch};

pub use self::transaction::ShownTransaction;
use self::{answer::answer, transaction::naming};

/// What a node shows, to be changed while it runs.
#[derive(Clone, Default)]
pub struct Shown {
    /// The confirmed slot.
    pub slot: u64,
    /// The finalized slot.
    pub finalized: u64,
    /// The first slot whose transactions are not deleted.
    pub first_available: u64,
    pub accounts: BTreeMap<[u8; 32], SyntheticAccount>,
    /// The oldest first.
    pub transactions: Vec<ShownTransaction>,
    /// Transactions that are listed, and not shown.
    pub hidden: BTreeSet<Signature>,
    /// Accounts that are left out of lists of all accounts.
    pub unlisted: BTreeSet<[u8; 32]>,
    /// Accounts that are denied wherever they are asked for.
    pub denied: BTreeSet<[u8; 32]>,
    /// Bytes behind which answers with all accounts are cut.
    pub cut_behind: Option<usize>,
    /// Whether it answers nothing at present.
    pub is_away: bool,
}

impl Shown {
    /// A transaction lands that names accounts, and has made these of them. What it asked for can't be told.
    pub fn lands(&mut self, changed: Vec<SyntheticAccount>) -> Signature {
        let addresses: Vec<_> = changed.iter().map(|account| account.address).collect();
        let signature = self.lands_as(naming(&addresses));
        for account in changed {
            self.accounts.insert(account.address.to_bytes(), account);
        }
        signature
    }

    /// A transaction lands that closes an account.
    pub fn closes(&mut self, account: &SyntheticAccount) -> Signature {
        self.accounts.remove(&account.address.to_bytes());
        self.lands_as(naming(&[account.address]))
    }

    /// A transaction with this instruction lands in a slot of its own.
    pub fn lands_as(&mut self, instruction: Instruction) -> Signature {
        self.slot += 1;
        let transaction = ShownTransaction::new(self.slot, instruction);
        let signature = transaction.signature;
        self.transactions.push(transaction);
        signature
    }
}

/// A running node.
#[derive(Clone)]
pub struct StandInNode {
    shown: Arc<Mutex<Shown>>,
    /// Questions that it was asked.
    questions: Arc<watch::Sender<u64>>,
    pub url: String,
}

impl StandInNode {
    pub async fn start(slot: u64, accounts: impl IntoIterator<Item = SyntheticAccount>) -> Self {
        let by_address = |account: SyntheticAccount| (account.address.to_bytes(), account);
        let shown = Shown {
            slot,
            finalized: slot,
            accounts: accounts.into_iter().map(by_address).collect(),
            ..Shown::default()
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let node = Self {
            shown: Arc::new(Mutex::new(shown)),
            questions: Arc::new(watch::channel(0).0),
            url: format!("http://{}", listener.local_addr().unwrap()),
        };
        let router = Router::new()
            .route("/", post(answer))
            .with_state(node.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        node
    }

    /// Another node that shows the same at first.
    pub async fn like(&self) -> Self {
        let other = Self::start(0, []).await;
        *other.shown() = self.shown().clone();
        other
    }

    /// What it shows.
    pub fn shown(&self) -> MutexGuard<'_, Shown> {
        self.shown.lock().unwrap()
    }

    /// Waits until it was asked this many questions more.
    pub async fn asked(&self, more: u64) {
        let mut questions = self.questions.subscribe();
        let goal = *questions.borrow() + more;
        questions.wait_for(|asked| *asked >= goal).await.unwrap();
    }

    /// As the index asks it.
    pub fn ledger_node(&self) -> LedgerNode {
        let url = NodeUrl::parse(&self.url, PlainHttp::default()).unwrap();
        LedgerNode::new(url, Addresses::default()).unwrap()
    }

    /// As the index asks it, alone.
    pub fn ledger_nodes(&self) -> LedgerNodes {
        self.ledger_node().into()
    }
}

//! Databases to test on.

pub mod found;
pub mod front;
pub mod gateway;
pub mod ledger;
pub mod node;
pub mod receiver;
pub mod sse;

use std::collections::BTreeMap;

use generion_gateway::storage::{
    IndexedAccount, List, ListFilter, OrderFilter, PurchaseFilter, RecordFilter, ShareFilter, Sort,
    Storage, StorageUrl, Writer, Written,
};
use generion_interface::Addresses;
use generion_synthetic_ledger::SyntheticAccount;
use generion_test_support::Postgres;
use solana_address::Address;
use tempfile::TempDir;

/// A database that is removed when it is dropped.
pub struct Database {
    pub url: StorageUrl,
    _kept: Kept,
}

enum Kept {
    Folder { _folder: TempDir },
    Server { _server: Postgres },
}

impl Database {
    pub fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self {
            url: StorageUrl::Sqlite(folder.path().join("index.sqlite")),
            _kept: Kept::Folder { _folder: folder },
        }
    }

    pub fn postgres() -> Self {
        let server = Postgres::start();
        Self {
            url: server.url().parse().unwrap(),
            _kept: Kept::Server { _server: server },
        }
    }

    /// Where it is, as an operator writes it.
    pub fn text(&self) -> String {
        match &self.url {
            StorageUrl::Sqlite(file) => format!("sqlite:{}", file.display()),
            StorageUrl::Postgres(url) => url.clone(),
        }
    }

    /// The index in it, and its writer.
    pub async fn open(&self) -> (Storage, Writer) {
        let storage = Storage::open(&self.url).await.unwrap();
        let program = Addresses::default().program_id;
        let writer = storage.writer(&GENESIS, &program).await.unwrap();
        (storage, writer)
    }
}

/// The data of all accounts that an index has.
pub async fn indexed_data(storage: &Storage) -> BTreeMap<[u8; 32], Vec<u8>> {
    let filters = [
        ListFilter::Users,
        ListFilter::Records(RecordFilter::default()),
        ListFilter::Orders(OrderFilter::default()),
        ListFilter::Purchases(PurchaseFilter::default()),
        ListFilter::Shares(ShareFilter::default()),
    ];
    let mut all = BTreeMap::new();
    for filter in filters {
        let list = List {
            filter,
            sort: Sort::Address,
            descending: false,
        };
        let page = storage.page(&list, None, 10_000).await.unwrap();
        let data = page.rows.into_iter();
        all.extend(data.map(|row| (row.address.to_bytes(), row.data)));
    }
    all
}

/// A ledger's genesis hash.
pub const GENESIS: Address = Address::new_from_array([9; 32]);

/// Runs the same test on both databases.
macro_rules! on_both_databases {
    ($($(#[$attr:meta])* async fn $name:ident($database:ident: Database) $body:block)*) => {
        $(
            mod $name {
                use super::*;
                use $crate::support::Database;

                $(#[$attr])*
                async fn run($database: Database) $body

                #[tokio::test]
                async fn on_sqlite() {
                    run(Database::sqlite()).await;
                }

                #[tokio::test]
                async fn on_postgres() {
                    run(Database::postgres()).await;
                }
            }
        )*
    };
}
pub(crate) use on_both_databases;

/// A made-up account as it was read in a state.
pub fn indexed(account: SyntheticAccount, slot: u64) -> IndexedAccount {
    let addresses = Addresses::default();
    IndexedAccount::read(
        &addresses,
        account.address,
        &addresses.program_id,
        account.lamports,
        slot,
        account.data,
    )
    .unwrap()
}

/// The same, as it is written.
pub fn present(account: SyntheticAccount, slot: u64) -> Written {
    Written::Present {
        account: indexed(account, slot),
        signature: None,
        disputed: false,
    }
}

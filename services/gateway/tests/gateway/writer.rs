//! The writer: newer states win, in whatever order they come.

use generion_gateway::storage::{AccountKind, StorageError, Written};
use generion_interface::Addresses;
use generion_synthetic_ledger::{Size, SyntheticLedger};
use solana_address::Address;
use solana_signature::Signature;

use crate::support::{GENESIS, indexed, on_both_databases, present};

fn ledger() -> SyntheticLedger {
    SyntheticLedger::new(Size::of_records(20), 3)
}

on_both_databases! {
    async fn all_of_an_account_is_read_back(database: Database) {
        let (storage, mut writer) = database.open().await;
        let record = ledger().record(4);
        let signature = Signature::from([5; 64]);
        let written = Written::Present {
            account: indexed(record.clone(), 11),
            signature: Some(signature),
            disputed: true,
        };
        assert_eq!(writer.write(vec![written]).await.unwrap(), 1);
        let stored = storage.account(AccountKind::Record, &record.address).await.unwrap().unwrap();
        assert_eq!(stored.data, record.data);
        assert_eq!((stored.lamports, stored.slot), (record.lamports, 11));
        assert_eq!((stored.signature, stored.disputed), (Some(signature), true));
        assert_eq!(storage.account(AccountKind::Order, &record.address).await.unwrap(), None);
    }

    async fn an_older_state_changes_nothing(database: Database) {
        let (storage, mut writer) = database.open().await;
        let user = ledger().user(0);
        let older = {
            let mut older = user.clone();
            older.lamports -= 1;
            older
        };
        assert_eq!(writer.write(vec![present(user.clone(), 8)]).await.unwrap(), 1);
        assert_eq!(writer.write(vec![present(older.clone(), 7)]).await.unwrap(), 0);
        // In one go, in the wrong order.
        assert_eq!(writer.write(vec![present(user.clone(), 9), present(older, 8)]).await.unwrap(), 1);
        let stored = storage.account(AccountKind::User, &user.address).await.unwrap().unwrap();
        assert_eq!((stored.lamports, stored.slot), (user.lamports, 9));
    }

    async fn a_closed_account_comes_back_by_a_newer_state_alone(database: Database) {
        let (storage, mut writer) = database.open().await;
        let order = ledger().order(1);
        let closed = Written::Closed { address: order.address, slot: 20 };
        writer.write(vec![present(order.clone(), 10)]).await.unwrap();
        assert_eq!(writer.write(vec![closed]).await.unwrap(), 1);
        assert_eq!(storage.account(AccountKind::Order, &order.address).await.unwrap(), None);
        assert_eq!(writer.write(vec![present(order.clone(), 19)]).await.unwrap(), 0);
        assert_eq!(storage.account(AccountKind::Order, &order.address).await.unwrap(), None);
        assert_eq!(writer.write(vec![present(order.clone(), 21)]).await.unwrap(), 1);
        assert!(storage.account(AccountKind::Order, &order.address).await.unwrap().is_some());
    }

    async fn an_index_is_of_one_program_on_one_ledger(database: Database) {
        let (storage, writer) = database.open().await;
        drop(writer);
        let program = Addresses::default().program_id;
        let other = Address::new_from_array([8; 32]);
        for (genesis, program) in [(GENESIS, other), (other, program)] {
            // PostgreSQL takes a moment to see that the connection that had the lock is gone.
            let refused = loop {
                match storage.writer(&genesis, &program).await {
                    Err(StorageError::OtherWriter { .. }) => tokio::task::yield_now().await,
                    other => break other,
                }
            };
            assert!(matches!(refused, Err(StorageError::OtherLedger { genesis_hash: GENESIS, .. })));
        }
    }
}

#[tokio::test]
async fn a_second_gateway_on_postgres_gets_no_writer_while_the_first_has_it() {
    use crate::support::Database;

    let database = Database::postgres();
    let (storage, writer) = database.open().await;
    let program = Addresses::default().program_id;
    let refused = storage.writer(&GENESIS, &program).await;
    assert!(matches!(refused, Err(StorageError::OtherWriter { .. })));
    drop(writer);
    loop {
        match storage.writer(&GENESIS, &program).await {
            Ok(_) => break,
            Err(StorageError::OtherWriter { .. }) => tokio::task::yield_now().await,
            Err(error) => panic!("{error}"),
        }
    }
}

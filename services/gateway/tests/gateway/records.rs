//! Records over HTTP.

use generion_synthetic_ledger::{Size, SyntheticLedger};

use crate::support::{gateway::Gateway, on_both_databases, present};

on_both_databases! {
    /// A record is shown as it is in the index, and one that is not there is refused.
    async fn a_record_is_read_by_its_address(database: Database) {
        let (storage, mut writer) = database.open().await;
        let size = Size { users: 2, records: 3, orders: 0, purchases: 0, shares: 0 };
        let ledger = SyntheticLedger::new(size, 7);
        let record = ledger.record(1);
        writer.write(vec![present(record.clone(), 5)]).await.unwrap();
        let gateway = Gateway::start(&storage).await;
        let answer = gateway.json(&format!("/v1/records/{}", record.address)).await;
        assert_eq!(answer["address"], record.address.to_string());
        let other = ledger.record(2).address;
        assert_eq!(gateway.refusal(&format!("/v1/records/{other}")).await, (404, "not_found".into()));
        assert_eq!(gateway.refusal("/v1/records/x").await, (400, "invalid_path".into()));
        assert_eq!(gateway.refusal("/v1/nothing").await, (404, "unknown_path".into()));
    }
}

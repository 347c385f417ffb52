//! Walks through all rows of a kind, in the order of their addresses, for what compares them with the ledger.

use std::collections::HashMap;

use solana_address::Address;

use super::{
    account::{AccountKind, StoredAccount, Value, integer},
    database::{Storage, StorageError},
};

/// Addresses that one statement asks for.
const ADDRESSES_PER_STATEMENT: usize = 256;

impl Storage {
    /// Addresses of a kind, in order: at most `limit`, behind `after`.
    ///
    /// # Errors
    /// [`StorageError::Database`].
    pub async fn addresses(
        &self,
        kind: AccountKind,
        after: Option<&Address>,
        limit: usize,
    ) -> Result<Vec<Address>, StorageError> {
        self.addresses_where(kind, "address > $1", Vec::new(), after, limit)
            .await
    }

    /// Addresses of a kind, in order, whose state is known from before a slot only: at most `limit`, behind `after`.
    ///
    /// # Errors
    /// [`StorageError::Database`].
    pub async fn older_than(
        &self,
        kind: AccountKind,
        slot: u64,
        after: Option<&Address>,
        limit: usize,
    ) -> Result<Vec<Address>, StorageError> {
        let older = "address > $1 AND slot < $3";
        self.addresses_where(kind, older, vec![integer(slot)], after, limit)
            .await
    }

    /// Addresses of a kind, in order, that nodes disagree on: at most `limit`, behind `after`.
    ///
    /// # Errors
    /// [`StorageError::Database`].
    pub async fn disputed(
        &self,
        kind: AccountKind,
        after: Option<&Address>,
        limit: usize,
    ) -> Result<Vec<Address>, StorageError> {
        let disputed = "address > $1 AND disputed";
        self.addresses_where(kind, disputed, Vec::new(), after, limit)
            .await
    }

    async fn addresses_where(
        &self,
        kind: AccountKind,
        condition: &str,
        further: Vec<Value>,
        after: Option<&Address>,
        limit: usize,
    ) -> Result<Vec<Address>, StorageError> {
        let table = kind.table();
        let sql = format!(
            "SELECT address, slot FROM {table} WHERE {condition} ORDER BY address LIMIT $2"
        );
        let mut values = vec![
            after.map_or_else(|| Value::Bytes(Vec::new()), Value::from),
            integer(u64::try_from(limit).unwrap_or(u64::MAX)),
        ];
        values.extend(further);
        let rows: Vec<(Vec<u8>, i64)> = self.rows(sql, &values).await?;
        rows.iter()
            .map(|(address, _)| {
                Address::try_from(address.as_slice())
                    .map_err(|_| self.broken("an address has not 32 bytes"))
            })
            .collect()
    }

    /// Balance and data of those of some accounts of a kind that the index has.
    ///
    /// # Errors
    /// [`StorageError::Database`].
    pub async fn contents(
        &self,
        kind: AccountKind,
        addresses: &[Address],
    ) -> Result<HashMap<Address, (u64, Vec<u8>)>, StorageError> {
        let mut contents = HashMap::new();
        for some in addresses.chunks(ADDRESSES_PER_STATEMENT) {
            let places: Vec<_> = (1..=some.len()).map(|at| format!("${at}")).collect();
            let sql = format!(
                "SELECT {} FROM {} WHERE address IN ({})",
                StoredAccount::COLUMNS,
                kind.table(),
                places.join(", ")
            );
            let values: Vec<_> = some.iter().map(Value::from).collect();
            let rows: Vec<StoredAccount> = self.rows(sql, &values).await?;
            contents.extend((rows.into_iter()).map(|row| (row.address, (row.lamports, row.data))));
        }
        Ok(contents)
    }
}

//! Several accounts at once.

use std::collections::HashMap;

use solana_address::Address;

use super::{
    account::{AccountKind, StoredAccount, Value},
    database::{Storage, StorageError},
    statement::parameters,
};

impl Storage {
    /// Those of some accounts that are there, by their addresses.
    ///
    /// # Errors
    /// [`StorageError::Database`].
    pub async fn accounts(
        &self,
        kind: AccountKind,
        addresses: &[Address],
    ) -> Result<HashMap<Address, StoredAccount>, StorageError> {
        let sql = format!(
            "SELECT {} FROM {} WHERE address IN {}",
            StoredAccount::COLUMNS,
            kind.table(),
            parameters(addresses.len(), 1)
        );
        let values: Vec<_> = addresses.iter().map(Value::from).collect();
        let rows: Vec<StoredAccount> = self.rows(sql, &values).await?;
        Ok(rows.into_iter().map(|row| (row.address, row)).collect())
    }
}

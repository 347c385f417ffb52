//! Walks through all rows of a kind, in the order of their addresses, to compare them with the ledger.

use std::collections::HashMap;

use solana_address::Address;

use super::{
    account::{AccountKind, StoredAccount, Value, integer},
    database::{Storage, StorageError},
    statement::parameters,
    transaction::unsigned,
};

/// Addresses that one statement asks for.
const ADDRESSES_PER_STATEMENT: usize = 256;

/// A row as it is in its table, with the columns that lists filter and sort by. Bytes, numbers and flags stand in the order
/// of the table's columns of that type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WalkedRow {
    /// The table's kind.
    pub kind: AccountKind,
    /// The account's address.
    pub address: Address,
    /// The account's balance.
    pub lamports: u64,
    /// Whether nodes disagree on it.
    pub disputed: bool,
    /// The whole data.
    pub data: Vec<u8>,
    /// Columns of bytes.
    pub bytes: Vec<Option<Vec<u8>>>,
    /// Columns of numbers.
    pub integers: Vec<Option<i64>>,
    /// Columns of flags.
    pub flags: Vec<bool>,
    /// The records that an order lists, in the order of their bytes.
    pub records: Vec<[u8; 32]>,
}

/// The columns of a kind by their types.
struct TypedColumns {
    bytes: &'static [&'static str],
    integers: &'static [&'static str],
    flags: &'static [&'static str],
}

impl TypedColumns {
    const fn of(kind: AccountKind) -> Self {
        let (bytes, integers, flags): (&[&str], &[&str], &[&str]) = match kind {
            AccountKind::User => (&["wallet"], &[], &[]),
            AccountKind::Record => (
                &["owner", "creator"],
                &["created_at"],
                &["verified", "self_issued"],
            ),
            AccountKind::Order => (
                &["seller", "label", "only_buyer"],
                &["number", "price", "record_count", "created_at"],
                &["open"],
            ),
            AccountKind::Purchase => (
                &["order_address", "seller", "buyer"],
                &["status", "price", "deadline"],
                &[],
            ),
            AccountKind::Share => (
                &["record", "owner", "recipient"],
                &["created_at", "expires_at"],
                &[],
            ),
        };
        Self {
            bytes,
            integers,
            flags,
        }
    }

    /// The same columns under names that all kinds share.
    fn selected(&self) -> String {
        let at = |columns: &[&'static str], index: usize, none: &'static str| {
            columns.get(index).map_or(none, |column| *column)
        };
        let bytes = (0..3).map(|index| {
            format!(
                "{} AS bytes_{index}",
                at(self.bytes, index, "CAST(NULL AS BYTEA)")
            )
        });
        let integers = (0..4).map(|index| {
            format!(
                "{} AS integer_{index}",
                at(self.integers, index, "CAST(NULL AS BIGINT)")
            )
        });
        let flags =
            (0..2).map(|index| format!("{} AS flag_{index}", at(self.flags, index, "FALSE")));
        let all: Vec<_> = bytes.chain(integers).chain(flags).collect();
        format!("address, lamports, disputed, data, {}", all.join(", "))
    }
}

/// A row under the names that all kinds share.
#[derive(sqlx::FromRow)]
struct SharedRow {
    address: Vec<u8>,
    lamports: i64,
    disputed: bool,
    data: Vec<u8>,
    bytes_0: Option<Vec<u8>>,
    bytes_1: Option<Vec<u8>>,
    bytes_2: Option<Vec<u8>>,
    integer_0: Option<i64>,
    integer_1: Option<i64>,
    integer_2: Option<i64>,
    integer_3: Option<i64>,
    flag_0: bool,
    flag_1: bool,
}

impl Storage {
    /// Rows of a kind in the order of their addresses: at most `limit`, behind `after`.
    ///
    /// # Errors
    /// [`StorageError::Database`].
    pub async fn walk(
        &self,
        kind: AccountKind,
        after: Option<&Address>,
        limit: usize,
    ) -> Result<Vec<WalkedRow>, StorageError> {
        let selected = TypedColumns::of(kind).selected();
        let table = kind.table();
        let sql =
            format!("SELECT {selected} FROM {table} WHERE address > $1 ORDER BY address LIMIT $2");
        let values = [
            after.map_or_else(|| Value::Bytes(Vec::new()), Value::from),
            integer(u64::try_from(limit).unwrap_or(u64::MAX)),
        ];
        let rows = self.rows(sql, &values).await?;
        self.walked(kind, rows).await
    }

    /// Those rows of a kind that are at some addresses.
    ///
    /// # Errors
    /// [`StorageError::Database`].
    pub async fn walk_at(
        &self,
        kind: AccountKind,
        addresses: &[Address],
    ) -> Result<Vec<WalkedRow>, StorageError> {
        let selected = TypedColumns::of(kind).selected();
        let table = kind.table();
        let mut walked = Vec::new();
        for some in addresses.chunks(ADDRESSES_PER_STATEMENT) {
            let places = parameters(some.len(), 1);
            let sql = format!("SELECT {selected} FROM {table} WHERE address IN {places}");
            let values: Vec<_> = some.iter().map(Value::from).collect();
            let rows = self.rows(sql, &values).await?;
            walked.extend(self.walked(kind, rows).await?);
        }
        Ok(walked)
    }

    async fn walked(
        &self,
        kind: AccountKind,
        rows: Vec<SharedRow>,
    ) -> Result<Vec<WalkedRow>, StorageError> {
        let columns = TypedColumns::of(kind);
        let mut records = match kind {
            AccountKind::Order => self.records_of_orders(&rows).await?,
            _ => HashMap::new(),
        };
        let row = |row: SharedRow| {
            let mut listed = records.remove(&row.address).unwrap_or_default();
            listed.sort_unstable();
            let mut bytes = vec![row.bytes_0, row.bytes_1, row.bytes_2];
            let mut integers = vec![row.integer_0, row.integer_1, row.integer_2, row.integer_3];
            let mut flags = vec![row.flag_0, row.flag_1];
            bytes.truncate(columns.bytes.len());
            integers.truncate(columns.integers.len());
            flags.truncate(columns.flags.len());
            Ok(WalkedRow {
                kind,
                address: self.address(&row.address)?,
                lamports: unsigned(row.lamports),
                disputed: row.disputed,
                data: row.data,
                bytes,
                integers,
                flags,
                records: listed,
            })
        };
        rows.into_iter().map(row).collect()
    }

    async fn records_of_orders(
        &self,
        orders: &[SharedRow],
    ) -> Result<HashMap<Vec<u8>, Vec<[u8; 32]>>, StorageError> {
        let mut records: HashMap<Vec<u8>, Vec<[u8; 32]>> = HashMap::new();
        for some in orders.chunks(ADDRESSES_PER_STATEMENT) {
            let sql = format!(
                "SELECT order_address, record_address FROM order_records WHERE order_address IN {}",
                parameters(some.len(), 1)
            );
            let values: Vec<_> =
                (some.iter().map(|order| Value::Bytes(order.address.clone()))).collect();
            let rows: Vec<(Vec<u8>, Vec<u8>)> = self.rows(sql, &values).await?;
            for (order, record) in rows {
                let record = self.address(&record)?.to_bytes();
                records.entry(order).or_default().push(record);
            }
        }
        Ok(records)
    }

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

    /// The addresses of a kind, in order, whose last known state is from before a slot: at most `limit`, after `after`.
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
            .map(|(address, _)| self.address(address))
            .collect()
    }

    pub(super) fn address(&self, bytes: &[u8]) -> Result<Address, StorageError> {
        Address::try_from(bytes).map_err(|_| self.broken("an address has not 32 bytes"))
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
            let sql = format!(
                "SELECT {} FROM {} WHERE address IN {}",
                StoredAccount::COLUMNS,
                kind.table(),
                parameters(some.len(), 1)
            );
            let values: Vec<_> = some.iter().map(Value::from).collect();
            let rows: Vec<StoredAccount> = self.rows(sql, &values).await?;
            contents.extend((rows.into_iter()).map(|row| (row.address, (row.lamports, row.data))));
        }
        Ok(contents)
    }
}

//! The one writer of an index.

use std::collections::{HashMap, HashSet};

use solana_address::Address;
use solana_signature::Signature;
use sqlx::{AssertSqlSafe, Connection, PgConnection, Row, SqliteConnection};

use super::{
    account::{AccountKind, IndexedAccount, Value},
    database::{Storage, StorageError, StorageUrl, bind, postgres_options, sqlite_options},
};

/// The lock that a gateway holds in PostgreSQL for as long as it writes: the bytes of `generion`.
const WRITER_LOCK: i64 = i64::from_be_bytes(*b"generion");
/// Rows that one statement inserts. With 17 values a row it stays below what either database binds at once.
const ROWS_PER_STATEMENT: usize = 64;
/// Addresses that one statement asks for.
const ADDRESSES_PER_STATEMENT: usize = 256;

/// What becomes of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Written {
    /// It is there.
    Present {
        /// As it was read.
        account: IndexedAccount,
        /// The transaction that changed it last, where it is known.
        signature: Option<Signature>,
        /// Whether the state that it was read in is final.
        finalized: bool,
        /// Whether nodes disagree on it.
        disputed: bool,
    },
    /// It is not there, or no account of the program any more.
    Closed {
        /// Its address.
        address: Address,
        /// The slot of the state in which it was missing.
        slot: u64,
    },
}

impl Written {
    /// The account's address.
    pub const fn address(&self) -> &Address {
        match self {
            Self::Present { account, .. } => &account.address,
            Self::Closed { address, .. } => address,
        }
    }

    /// The slot of the state that it was read in.
    pub const fn slot(&self) -> u64 {
        match self {
            Self::Present { account, .. } => account.slot,
            Self::Closed { slot, .. } => *slot,
        }
    }
}

/// A connection that writes.
enum Writing {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

/// Runs the same expression in a transaction of either database.
macro_rules! in_transaction {
    ($connection:expr, $name:ident => $body:expr) => {
        match $connection {
            Writing::Sqlite(connection) => {
                // The lock is taken at once: to ask for it later, having read, fails where another one had it in between.
                let mut $name = connection.begin_with("BEGIN IMMEDIATE").await?;
                let result = $body;
                $name.commit().await?;
                result
            }
            Writing::Postgres(connection) => {
                let mut $name = connection.begin().await?;
                let result = $body;
                $name.commit().await?;
                result
            }
        }
    };
}

/// Writes to an index. There is one: a second gateway on the same PostgreSQL database gets none while the first has it,
/// and an SQLite file is one gateway's.
pub struct Writer {
    url: StorageUrl,
    connection: Writing,
}

impl Storage {
    /// The writer of this index, for a program on a ledger.
    ///
    /// # Errors
    /// [`StorageError::OtherWriter`] where another gateway has it, [`StorageError::OtherLedger`] where the index is of
    /// another program or ledger.
    pub async fn writer(
        &self,
        genesis_hash: &Address,
        program_id: &Address,
    ) -> Result<Writer, StorageError> {
        let failed = |source| self.failed(source);
        let connection = match &self.url {
            StorageUrl::Sqlite(file) => {
                let options = sqlite_options(file);
                let connection = SqliteConnection::connect_with(&options).await;
                Writing::Sqlite(connection.map_err(failed)?)
            }
            StorageUrl::Postgres(url) => {
                let options = postgres_options(url).map_err(failed)?;
                let connected = PgConnection::connect_with(&options).await;
                let mut connection = connected.map_err(failed)?;
                // Held by the connection: where that ends, so does the lock, and nothing is written over any other one.
                let is_ours: bool = sqlx::query_scalar("SELECT pg_try_advisory_lock($1)")
                    .bind(WRITER_LOCK)
                    .fetch_one(&mut connection)
                    .await
                    .map_err(failed)?;
                if !is_ours {
                    return Err(StorageError::OtherWriter {
                        database: self.url.to_string(),
                    });
                }
                Writing::Postgres(connection)
            }
        };
        let mut writer = Writer {
            url: self.url.clone(),
            connection,
        };
        let (known_genesis, known_program) = writer
            .ledger(genesis_hash, program_id)
            .await
            .map_err(failed)?;
        if (known_genesis, known_program) != (*genesis_hash, *program_id) {
            return Err(StorageError::OtherLedger {
                database: self.url.to_string(),
                program_id: known_program,
                genesis_hash: known_genesis,
            });
        }
        Ok(writer)
    }
}

impl Writer {
    /// What the index is of, which is noted the first time.
    async fn ledger(
        &mut self,
        genesis_hash: &Address,
        program_id: &Address,
    ) -> sqlx::Result<(Address, Address)> {
        let (genesis, program): (Vec<u8>, Vec<u8>) = in_transaction!(&mut self.connection, transaction => {
            sqlx::query(
                "INSERT INTO ledger (id, genesis_hash, program_id) VALUES (1, $1, $2) ON CONFLICT DO NOTHING",
            )
            .bind(genesis_hash.as_ref())
            .bind(program_id.as_ref())
            .execute(&mut *transaction)
            .await?;
            sqlx::query_as("SELECT genesis_hash, program_id FROM ledger WHERE id = 1")
                .fetch_one(&mut *transaction)
                .await?
        });
        let read = |bytes: &[u8]| {
            Address::try_from(bytes).map_err(|error| sqlx::Error::Decode(Box::new(error)))
        };
        Ok((read(&genesis)?, read(&program)?))
    }

    /// Writes what became of accounts, all of it or nothing. Older states than those that are known change nothing.
    /// Returns how many were written.
    ///
    /// # Errors
    /// [`StorageError::Database`].
    pub async fn write(&mut self, accounts: Vec<Written>) -> Result<usize, StorageError> {
        let written = self.write_all(accounts).await;
        written.map_err(|source| StorageError::Database {
            database: self.url.to_string(),
            source,
        })
    }

    async fn write_all(&mut self, accounts: Vec<Written>) -> sqlx::Result<usize> {
        let accounts = newest_of_each(accounts);
        Ok(in_transaction!(&mut self.connection, transaction => {
            let mut known: HashMap<Vec<u8>, i64> = HashMap::new();
            for some in accounts.chunks(ADDRESSES_PER_STATEMENT) {
                let sql = known_slots(some.len());
                let values: Vec<_> = some.iter().map(|one| Value::from(one.address())).collect();
                let rows = bind!(sqlx::query(AssertSqlSafe(sql)), &values)
                    .fetch_all(&mut *transaction)
                    .await?;
                for row in rows {
                    let slot: i64 = row.try_get("slot")?;
                    let known = known.entry(row.try_get("address")?).or_insert(slot);
                    *known = slot.max(*known);
                }
            }
            let accounts: Vec<_> = accounts
                .into_iter()
                .filter(|one| {
                    let known = known.get(one.address().as_ref());
                    known.is_none_or(|known| *known <= to_column(one.slot()))
                })
                .collect();
            for statement in statements(&accounts, &known) {
                bind!(sqlx::query(AssertSqlSafe(statement.sql)), &statement.values)
                    .execute(&mut *transaction)
                    .await?;
            }
            accounts.len()
        }))
    }
}

/// The last state of each account.
fn newest_of_each(accounts: Vec<Written>) -> Vec<Written> {
    let mut newest: HashMap<Address, Written> = HashMap::new();
    for account in accounts {
        match newest.get(account.address()) {
            Some(known) if known.slot() > account.slot() => {}
            _ => {
                newest.insert(*account.address(), account);
            }
        }
    }
    newest.into_values().collect()
}

/// A statement with what it binds.
struct Statement {
    sql: String,
    values: Vec<Value>,
}

/// Selects in which states addresses were seen, whatever was there.
fn known_slots(addresses: usize) -> String {
    let list = parameters(addresses, 1);
    let tables = AccountKind::ALL.map(AccountKind::table);
    let tables = tables.into_iter().chain(["closed_accounts"]);
    tables
        .map(|table| format!("SELECT address, slot FROM {table} WHERE address IN {list}"))
        .collect::<Vec<_>>()
        .join(" UNION ALL ")
}

/// What brings the tables to these states.
fn statements(accounts: &[Written], known: &HashMap<Vec<u8>, i64>) -> Vec<Statement> {
    let mut statements = Vec::new();
    let (mut present, mut closed, mut replaced) = (HashMap::new(), Vec::new(), HashSet::new());
    for account in accounts {
        if known.contains_key(account.address().as_ref()) {
            replaced.insert(*account.address());
        }
        match account {
            Written::Present { account: read, .. } => {
                let of_kind: &mut Vec<_> = present.entry(read.kind).or_default();
                of_kind.push(account);
            }
            Written::Closed { address, slot } => closed.push((address, *slot)),
        }
    }
    let replaced: Vec<_> = replaced.iter().map(Value::from).collect();
    for some in replaced.chunks(ADDRESSES_PER_STATEMENT) {
        let list = parameters(some.len(), 1);
        let tables = AccountKind::ALL.map(AccountKind::table);
        let of_address = tables.into_iter().chain(["closed_accounts"]);
        let of_address = of_address.map(|table| (table, "address"));
        for (table, column) in of_address.chain([("order_records", "order_address")]) {
            statements.push(Statement {
                sql: format!("DELETE FROM {table} WHERE {column} IN {list}"),
                values: some.to_vec(),
            });
        }
    }
    for kind in AccountKind::ALL {
        let rows: Vec<_> = present.remove(&kind).unwrap_or_default();
        let rows: Vec<_> = rows.into_iter().map(row).collect();
        let mut columns = kind.columns().to_vec();
        columns.extend(COMMON_COLUMNS);
        statements.extend(inserts(kind.table(), &columns, &rows));
    }
    let records: Vec<_> = accounts.iter().flat_map(order_records).collect();
    let columns = ["order_address", "record_address"];
    statements.extend(inserts("order_records", &columns, &records));
    let closed: Vec<_> = closed
        .into_iter()
        .map(|(address, slot)| vec![Value::from(address), Value::Integer(to_column(slot))])
        .collect();
    statements.extend(inserts("closed_accounts", &["address", "slot"], &closed));
    statements
}

/// The columns that all kinds have, in the order of [`row`].
const COMMON_COLUMNS: [&str; 7] = [
    "address",
    "lamports",
    "slot",
    "signature",
    "finalized",
    "disputed",
    "data",
];

fn row(written: &Written) -> Vec<Value> {
    let Written::Present {
        account,
        signature,
        finalized,
        disputed,
    } = written
    else {
        return Vec::new();
    };
    let mut values = account.columns.clone();
    values.extend([
        Value::from(&account.address),
        Value::Integer(to_column(account.lamports)),
        Value::Integer(to_column(account.slot)),
        match signature {
            Some(signature) => Value::Bytes(signature.as_ref().to_vec()),
            None => Value::NoBytes,
        },
        Value::Flag(*finalized),
        Value::Flag(*disputed),
        Value::Bytes(account.data.clone()),
    ]);
    values
}

fn order_records(written: &Written) -> Vec<Vec<Value>> {
    let Written::Present { account, .. } = written else {
        return Vec::new();
    };
    let row = |record| vec![Value::from(&account.address), Value::from(record)];
    account.records.iter().map(row).collect()
}

/// Inserts rows, some at a time.
fn inserts(table: &str, columns: &[&str], rows: &[Vec<Value>]) -> Vec<Statement> {
    let insert = |rows: &[Vec<Value>]| {
        let tuples: Vec<_> = (0..rows.len())
            .map(|index| parameters(columns.len(), index * columns.len() + 1))
            .collect();
        Statement {
            sql: format!(
                "INSERT INTO {table} ({}) VALUES {}",
                columns.join(", "),
                tuples.join(", ")
            ),
            values: rows.concat(),
        }
    };
    rows.chunks(ROWS_PER_STATEMENT).map(insert).collect()
}

/// `($1, $2, ...)`, from a number on.
fn parameters(count: usize, from: usize) -> String {
    let names: Vec<_> = (from..from + count).map(|at| format!("${at}")).collect();
    format!("({})", names.join(", "))
}

fn to_column(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

//! The one writer of an index.

use std::collections::{BTreeSet, HashMap, HashSet};

use solana_address::Address;
use solana_signature::Signature;
use sqlx::{AssertSqlSafe, Connection, PgConnection, Row, SqliteConnection};

use super::{
    account::{AccountKind, IndexedAccount, Value},
    database::{Storage, StorageError, StorageUrl, bind, postgres_options, sqlite_options},
    history::{Direction, FoundTransaction, Progress, TransactionState, signature_value},
};

/// The lock that a gateway holds in PostgreSQL for as long as it writes: the bytes of `generion`.
const WRITER_LOCK: i64 = i64::from_be_bytes(*b"generion");
/// Rows that one statement inserts. With 14 values a row it stays below what either database binds at once.
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

/// What is written in one go.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Update {
    /// What became of accounts.
    pub accounts: Vec<Written>,
    /// Transactions that were found.
    pub transactions: Vec<FoundTransaction>,
    /// Where these stand among those that are known.
    pub direction: Direction,
    /// What became of transactions that are known.
    pub states: Vec<(Signature, TransactionState)>,
    /// How far the index is with it.
    pub progress: Option<Progress>,
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
        let update = Update {
            accounts,
            ..Update::default()
        };
        self.update(update).await
    }

    /// Writes what was found, all of it or nothing. Older states of accounts than those that are known change nothing.
    /// Returns how many accounts were written.
    ///
    /// # Errors
    /// [`StorageError::Database`].
    pub async fn update(&mut self, update: Update) -> Result<usize, StorageError> {
        let written = self.write_all(update).await;
        written.map_err(|source| StorageError::Database {
            database: self.url.to_string(),
            source,
        })
    }

    async fn write_all(&mut self, update: Update) -> sqlx::Result<usize> {
        let accounts = newest_of_each(update.accounts);
        let (found, direction) = (update.transactions, update.direction);
        let (states, progress) = (update.states, update.progress);
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
            let mut all = statements(&accounts, &known);
            all.extend(found.iter().flat_map(removal_of_transaction));
            if !found.is_empty() {
                let numbers: (Option<i64>, Option<i64>) =
                    sqlx::query_as("SELECT MIN(ordinal), MAX(ordinal) FROM transactions")
                        .fetch_one(&mut *transaction)
                        .await?;
                all.extend(insertions_of_transactions(&found, direction, numbers));
            }
            all.extend(states.iter().map(change_of_state));
            all.extend(progress.iter().map(note_of_progress));
            for statement in all {
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
const COMMON_COLUMNS: [&str; 6] = [
    "address",
    "lamports",
    "slot",
    "signature",
    "disputed",
    "data",
];

fn row(written: &Written) -> Vec<Value> {
    let Written::Present {
        account,
        signature,
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

/// Makes way for a transaction that is known, and has landed once more in another slot.
fn removal_of_transaction(found: &FoundTransaction) -> Vec<Statement> {
    let values = vec![signature_value(&found.signature)];
    let of_its_number = "ordinal IN (SELECT ordinal FROM transactions WHERE signature = $1)";
    let statement = |sql| Statement {
        sql,
        values: values.clone(),
    };
    vec![
        statement(format!(
            "DELETE FROM change_addresses WHERE {of_its_number}"
        )),
        statement(format!("DELETE FROM changes WHERE {of_its_number}")),
        statement("DELETE FROM transactions WHERE signature = $1".to_owned()),
    ]
}

fn insertions_of_transactions(
    found: &[FoundTransaction],
    direction: Direction,
    (first, last): (Option<i64>, Option<i64>),
) -> Vec<Statement> {
    let (mut transactions, mut changes, mut addresses) = (Vec::new(), Vec::new(), Vec::new());
    let (mut ordinal, step) = match direction {
        Direction::Forward => (last.unwrap_or(0), 1),
        Direction::Backward => (first.unwrap_or(1), -1),
    };
    for one in found {
        ordinal += step;
        let slot = Value::Integer(to_column(one.slot));
        transactions.push(vec![
            signature_value(&one.signature),
            slot.clone(),
            Value::Integer(ordinal),
            one.block_time.map_or(Value::NoInteger, Value::Integer),
            Value::Flag(one.failed),
            Value::Integer(one.state.number()),
            one.unread.clone().map_or(Value::NoText, Value::Text),
        ]);
        for (position, change) in (0..).zip(&one.changes) {
            let place = [Value::Integer(ordinal), Value::Integer(position)];
            let mut row = place.to_vec();
            row.push(Value::Text(change.kind.to_owned()));
            row.push(Value::Text(change.body.clone()));
            changes.push(row);
            let concerned: BTreeSet<_> = change.addresses.iter().collect();
            addresses.extend(concerned.into_iter().map(|address| {
                let mut row = vec![Value::from(address), slot.clone()];
                row.extend(place.clone());
                row
            }));
        }
    }
    let mut statements = inserts(
        "transactions",
        &[
            "signature",
            "slot",
            "ordinal",
            "block_time",
            "failed",
            "state",
            "unread",
        ],
        &transactions,
    );
    statements.extend(inserts(
        "changes",
        &["ordinal", "position", "kind", "body"],
        &changes,
    ));
    let columns = ["address", "slot", "ordinal", "position"];
    statements.extend(inserts("change_addresses", &columns, &addresses));
    statements
}

fn change_of_state((signature, state): &(Signature, TransactionState)) -> Statement {
    Statement {
        sql: "UPDATE transactions SET state = $1 WHERE signature = $2".to_owned(),
        values: vec![Value::Integer(state.number()), signature_value(signature)],
    }
}

fn note_of_progress(progress: &Progress) -> Statement {
    Statement {
        sql: "INSERT INTO progress (id, snapshot_slot, followed_slot, finalized_slot, oldest, history_is_full) \
              VALUES (1, $1, $2, $3, $4, $5) ON CONFLICT (id) DO UPDATE SET \
              snapshot_slot = excluded.snapshot_slot, followed_slot = excluded.followed_slot, \
              finalized_slot = excluded.finalized_slot, oldest = excluded.oldest, \
              history_is_full = excluded.history_is_full"
            .to_owned(),
        values: vec![
            Value::Integer(to_column(progress.snapshot_slot)),
            Value::Integer(to_column(progress.followed_slot)),
            Value::Integer(to_column(progress.finalized_slot)),
            progress.oldest.as_ref().map_or(Value::NoBytes, signature_value),
            Value::Flag(progress.history_is_full),
        ],
    }
}

/// `($1, $2, ...)`, from a number on.
fn parameters(count: usize, from: usize) -> String {
    let names: Vec<_> = (from..from + count).map(|at| format!("${at}")).collect();
    format!("({})", names.join(", "))
}

fn to_column(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

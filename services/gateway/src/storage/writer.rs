//! The one writer of an index.

use std::{
    collections::{HashMap, HashSet},
    fs::File,
    sync::Arc,
    time::{SystemTime, UNIX_EPOCH},
};

use solana_address::Address;
use sqlx::{AssertSqlSafe, Row};
use tokio::sync::watch;

use super::{
    account::Value,
    database::{Storage, StorageError, StorageUrl, bind},
    feed::{self, NewEvent},
    retention::FeedRetention,
    statement::{
        ADDRESSES_PER_STATEMENT, changes_of_state, insertions_of_transactions, known_slots,
        note_of_progress, removal_of_transaction, statements, to_column,
    },
    transaction::{Direction, signature_value},
    update::{Update, Written, newest_of_each},
    writing::{Writing, in_transaction, lock_beside},
};

/// The lock that a gateway holds in PostgreSQL for as long as it writes: the bytes of `generion`.
const WRITER_LOCK: i64 = i64::from_be_bytes(*b"generion");

/// Writes to an index. There is one: a second gateway on the same PostgreSQL database gets none while the first has it,
/// and an SQLite file is one gateway's.
pub struct Writer {
    url: StorageUrl,
    pub(super) connection: Writing,
    /// Whether indexes and counts are put off, and all accounts are new.
    pub(super) is_loading: bool,
    retention: FeedRetention,
    on_new_events: Arc<watch::Sender<()>>,
    /// Locked for as long as it is open, beside an SQLite file.
    _lock: Option<File>,
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
        let lock = match &self.url {
            StorageUrl::Sqlite(file) => Some(lock_beside(self, file, ".writer")?),
            StorageUrl::Postgres(_) => None,
        };
        let connection = Writing::connect(self, Some(WRITER_LOCK)).await?;
        let mut writer = Writer {
            url: self.url.clone(),
            connection,
            is_loading: false,
            retention: self.retention,
            on_new_events: Arc::clone(&self.on_new_events),
            _lock: lock,
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
    /// Sets how much of the feed is kept.
    pub fn keep_of_feed(&mut self, retention: FeedRetention) {
        self.retention = retention;
    }

    /// The ledger and program of the index, which are noted the first time.
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

    /// Writes the new states of accounts, all of them or none. States that are older than the known ones change nothing.
    /// Returns the number of accounts that were written.
    ///
    /// # Errors
    /// [`StorageError::Database`].
    pub async fn write(&mut self, accounts: Vec<Written>) -> Result<usize, StorageError> {
        if self.is_loading {
            let written = self.append(accounts).await;
            return written.map_err(|source| self.failed(source));
        }
        let update = Update {
            accounts,
            ..Update::default()
        };
        self.update(update).await
    }

    /// Writes an update, all of it or nothing. States of accounts that are older than the known ones change nothing. Returns
    /// the number of accounts that were written.
    ///
    /// # Errors
    /// [`StorageError::Database`].
    pub async fn update(&mut self, update: Update) -> Result<usize, StorageError> {
        let written = self.write_all(update).await;
        written.map_err(|source| self.failed(source))
    }

    pub(super) fn failed(&self, source: sqlx::Error) -> StorageError {
        StorageError::of(&self.url, source)
    }

    async fn write_all(&mut self, update: Update) -> sqlx::Result<usize> {
        let accounts = newest_of_each(update.accounts);
        let (found, direction) = (update.transactions, update.direction);
        let (states, progress) = (update.states, update.progress);
        let is_postgres = matches!(self.connection, Writing::Postgres(_));
        let mut events: Vec<NewEvent> = Vec::new();
        let written = in_transaction!(&mut self.connection, transaction => {
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
            // The feed reports new transactions, and those that have vanished.
            if direction == Direction::Forward && !found.is_empty() {
                let (sql, values) = feed::told(&found);
                let rows = bind!(sqlx::query(AssertSqlSafe(sql)), &values)
                    .fetch_all(&mut *transaction)
                    .await?;
                let told = rows.iter().map(|row| row.try_get("signature"));
                let told: HashSet<Vec<u8>> = told.collect::<sqlx::Result<_>>()?;
                let new = found.iter().filter(|one| !told.contains(one.signature.as_ref()));
                events.extend(new.flat_map(feed::events_of));
            }
            for (signature, state) in &states {
                if state.is_doubtful() {
                    let values = [signature_value(signature)];
                    let gone: Vec<(i64, String, String)> =
                        bind!(sqlx::query_as(feed::CHANGES_OF), &values)
                            .fetch_all(&mut *transaction)
                            .await?;
                    let gone = gone.into_iter();
                    events.extend(gone.filter_map(|change| feed::vanishing(*signature, change)));
                }
            }
            all.extend(found.iter().flat_map(removal_of_transaction));
            if !found.is_empty() {
                let numbers: (Option<i64>, Option<i64>) =
                    sqlx::query_as("SELECT MIN(ordinal), MAX(ordinal) FROM transactions")
                        .fetch_one(&mut *transaction)
                        .await?;
                all.extend(insertions_of_transactions(&found, direction, numbers));
            }
            all.extend(states.iter().flat_map(changes_of_state));
            all.extend(progress.iter().map(note_of_progress));
            if !events.is_empty() {
                let last: i64 = sqlx::query_scalar("SELECT last_sequence FROM feed_state WHERE id = 1")
                    .fetch_one(&mut *transaction)
                    .await?;
                all.extend(feed::insertion(&events, last, unix_milliseconds(), &self.retention));
                all.extend(is_postgres.then(feed::notification));
            }
            for statement in all {
                bind!(sqlx::query(AssertSqlSafe(statement.sql)), &statement.values)
                    .execute(&mut *transaction)
                    .await?;
            }
            accounts.len()
        });
        if !events.is_empty() {
            self.on_new_events.send_replace(());
        }
        Ok(written)
    }
}

fn unix_milliseconds() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| {
        i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
    })
}

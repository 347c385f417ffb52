//! Connections to the database.

use std::{
    fmt,
    io::ErrorKind,
    path::{Path, PathBuf},
    str::FromStr,
    sync::Arc,
    time::Duration,
};

use solana_address::Address;
use sqlx::{
    AssertSqlSafe, FromRow, PgPool, SqlitePool,
    migrate::{MigrateError, Migrator},
    postgres::{PgConnectOptions, PgPoolOptions, PgRow},
    sqlite::{
        SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteRow, SqliteSynchronous,
    },
};
use tokio::sync::watch;

use super::{
    account::{AccountKind, StoredAccount, Value},
    retention::FeedRetention,
};

/// The statements have the same text for both databases; each database has types of its own.
static SQLITE_MIGRATIONS: Migrator = sqlx::migrate!("migrations/sqlite");
static POSTGRES_MIGRATIONS: Migrator = sqlx::migrate!("migrations/postgres");

/// The longest time that a statement waits for another one's lock.
const BUSY_TIMEOUT: Duration = Duration::from_secs(30);
/// Statements that a connection keeps prepared: lists with their filters are some hundred.
const PREPARED_STATEMENTS: usize = 512;
/// Connections that read from SQLite at the same time; each has a thread.
const SQLITE_READERS: u32 = 4;
/// Connections that read from PostgreSQL at the same time.
const POSTGRES_READERS: u32 = 16;

/// The database of the index.
#[derive(Clone, PartialEq, Eq)]
pub enum StorageUrl {
    /// A SQLite file, which one gateway uses.
    Sqlite(PathBuf),
    /// A PostgreSQL database, which several gateways may share. It may have a password in it, and is not shown.
    Postgres(String),
}

/// Why text names no database.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("name the database as sqlite:FILE or as postgres://USER@HOST/DATABASE")]
pub struct InvalidStorageUrl;

impl FromStr for StorageUrl {
    type Err = InvalidStorageUrl;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.split_once(':') {
            Some(("sqlite", file)) if !file.is_empty() => {
                let file = file.strip_prefix("//").unwrap_or(file);
                Ok(Self::Sqlite(PathBuf::from(file)))
            }
            Some(("postgres" | "postgresql", rest)) if rest.starts_with("//") => {
                Ok(Self::Postgres(text.to_owned()))
            }
            _ => Err(InvalidStorageUrl),
        }
    }
}

impl fmt::Debug for StorageUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for StorageUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(file) => write!(f, "sqlite:{}", file.display()),
            Self::Postgres(url) => {
                let behind = url.rsplit_once('@').map_or("…", |(_, host)| host);
                let host = behind.split_once('?').map_or(behind, |(host, _)| host);
                write!(f, "postgres://{host}")
            }
        }
    }
}

/// The errors of the database.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StorageError {
    /// The database can't be opened, or fails.
    #[error("the database {database} failed")]
    Database {
        /// Which one, without its password.
        database: String,
        /// The database's error.
        source: sqlx::Error,
    },
    /// It has no room for more.
    #[error(
        "the disk of the database {database} is full: make room, and the gateway goes on by itself. Nothing is lost"
    )]
    Full {
        /// Which one, without its password.
        database: String,
        /// What it said.
        source: sqlx::Error,
    },
    /// It can't be brought to this software's schema.
    #[error("the database {database} can't be brought to this version's schema")]
    Migration {
        /// Which one, without its password.
        database: String,
        /// Which step, and why.
        source: MigrateError,
    },
    /// The database is the index of another ledger, or of another program.
    #[error(
        "the database {database} is an index of program {program_id} on the ledger with genesis hash {genesis_hash}: \
         name another database, or remove this one"
    )]
    OtherLedger {
        /// Which one, without its password.
        database: String,
        /// The ledger and program of the index.
        program_id: Address,
        /// The expected ledger and program.
        genesis_hash: Address,
    },
    /// Another gateway writes to it.
    #[error("another gateway writes to the database {database}")]
    OtherWriter {
        /// Which one, without its password.
        database: String,
    },
}

/// Connections that read.
#[derive(Clone, Debug)]
pub(super) enum Pool {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

/// The index, for reading.
#[derive(Clone, Debug)]
pub struct Storage {
    pub(super) url: StorageUrl,
    pub(super) pool: Pool,
    /// Told when the writer of this process has written events.
    pub(super) on_new_events: Arc<watch::Sender<()>>,
    /// The part of the feed that its writers keep.
    pub(super) retention: FeedRetention,
}

/// Runs the same expression on the pool of either database.
macro_rules! on_pool {
    ($pool:expr, $name:ident => $body:expr) => {
        match $pool {
            $crate::storage::database::Pool::Sqlite($name) => $body,
            $crate::storage::database::Pool::Postgres($name) => $body,
        }
    };
}
pub(super) use on_pool;

/// Binds values to a query, in order.
macro_rules! bind {
    ($query:expr, $values:expr) => {{
        let mut query = $query;
        for value in $values {
            query = match value {
                $crate::storage::account::Value::Integer(integer) => query.bind(*integer),
                $crate::storage::account::Value::Flag(flag) => query.bind(*flag),
                $crate::storage::account::Value::Bytes(bytes) => query.bind(bytes.as_slice()),
                $crate::storage::account::Value::Text(text) => query.bind(text.as_str()),
                $crate::storage::account::Value::NoText => query.bind(None::<&str>),
                $crate::storage::account::Value::NoBytes => query.bind(None::<&[u8]>),
                $crate::storage::account::Value::NoInteger => query.bind(None::<i64>),
            };
        }
        query
    }};
}
pub(super) use bind;

impl Storage {
    /// Opens the database, makes it where there is none, and brings it to this software's schema.
    ///
    /// # Errors
    /// [`StorageError`] where that fails.
    pub async fn open(url: &StorageUrl) -> Result<Self, StorageError> {
        let failed = |source| StorageError::of(url, source);
        let not_migrated = |source| StorageError::Migration {
            database: url.to_string(),
            source,
        };
        let pool = match url {
            StorageUrl::Sqlite(file) => {
                // The first connection makes the file and its journal, so that those that only read find both.
                let writing = SqlitePoolOptions::new()
                    .max_connections(1)
                    .connect_with(sqlite_options(file))
                    .await
                    .map_err(failed)?;
                SQLITE_MIGRATIONS
                    .run(&writing)
                    .await
                    .map_err(not_migrated)?;
                writing.close().await;
                let options = sqlite_options(file).pragma("query_only", "true");
                let pool = SqlitePoolOptions::new()
                    .max_connections(SQLITE_READERS)
                    .connect_with(options);
                Pool::Sqlite(pool.await.map_err(failed)?)
            }
            StorageUrl::Postgres(url) => {
                let options = postgres_options(url).map_err(failed)?;
                let pool = PgPoolOptions::new()
                    .max_connections(POSTGRES_READERS)
                    .connect_with(options)
                    .await
                    .map_err(failed)?;
                // Takes a lock of its own, so that two gateways can start at the same time.
                POSTGRES_MIGRATIONS.run(&pool).await.map_err(not_migrated)?;
                Pool::Postgres(pool)
            }
        };
        Ok(Self {
            url: url.clone(),
            pool,
            on_new_events: Arc::new(watch::Sender::new(())),
            retention: FeedRetention::default(),
        })
    }

    /// An account, if it is there.
    ///
    /// # Errors
    /// [`StorageError::Database`].
    pub async fn account(
        &self,
        kind: AccountKind,
        address: &Address,
    ) -> Result<Option<StoredAccount>, StorageError> {
        let sql = format!(
            "SELECT {} FROM {} WHERE address = $1",
            StoredAccount::COLUMNS,
            kind.table()
        );
        Ok(self.rows(sql, &[Value::from(address)]).await?.pop())
    }

    /// Rows that a statement of this module selects.
    pub(super) async fn rows<R>(
        &self,
        sql: String,
        values: &[Value],
    ) -> Result<Vec<R>, StorageError>
    where
        R: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin,
    {
        let sql = AssertSqlSafe(sql);
        on_pool!(&self.pool, pool => {
            bind!(sqlx::query_as(sql), values).fetch_all(pool).await
        })
        .map_err(|source| self.failed(source))
    }

    pub(super) fn failed(&self, source: sqlx::Error) -> StorageError {
        StorageError::of(&self.url, source)
    }
}

impl StorageError {
    pub(super) fn of(url: &StorageUrl, source: sqlx::Error) -> Self {
        let database = url.to_string();
        match is_full(&source) {
            true => Self::Full { database, source },
            false => Self::Database { database, source },
        }
    }
}

/// Whether a database has no room for more: SQLite's result code `SQLITE_FULL`, PostgreSQL's `disk_full`.
fn is_full(error: &sqlx::Error) -> bool {
    if let sqlx::Error::Io(error) = error {
        return error.kind() == ErrorKind::StorageFull;
    }
    let code = error.as_database_error().and_then(|error| error.code());
    code.is_some_and(|code| ["13", "53100"].contains(&&*code))
}

pub(super) fn sqlite_options(file: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        // If a power cut takes back a part of an index, it is read from the ledger again.
        .synchronous(SqliteSynchronous::Normal)
        .busy_timeout(BUSY_TIMEOUT)
        .statement_cache_capacity(PREPARED_STATEMENTS)
        .pragma("temp_store", "memory")
        .pragma("cache_size", "-32768")
}

pub(super) fn postgres_options(url: &str) -> sqlx::Result<PgConnectOptions> {
    let options: PgConnectOptions = url.parse()?;
    Ok(options
        .application_name("generion-gateway")
        .statement_cache_capacity(PREPARED_STATEMENTS))
}

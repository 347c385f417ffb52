//! The connection that writes, to either database.

use std::{
    fs::{File, TryLockError},
    path::Path,
};

use sqlx::{Connection, PgConnection, SqliteConnection};

use super::database::{Storage, StorageError, StorageUrl, postgres_options, sqlite_options};

/// A connection that writes.
pub(super) enum Writing {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

/// Runs the same expression in a transaction of either database.
macro_rules! in_transaction {
    ($connection:expr, $name:ident => $body:expr) => {
        match $connection {
            $crate::storage::writing::Writing::Sqlite(connection) => {
                // The lock is taken at once: to ask for it later, having read, fails where another one had it in between.
                let mut $name = sqlx::Connection::begin_with(connection, "BEGIN IMMEDIATE").await?;
                let result = $body;
                $name.commit().await?;
                result
            }
            $crate::storage::writing::Writing::Postgres(connection) => {
                let mut $name = sqlx::Connection::begin(connection).await?;
                let result = $body;
                $name.commit().await?;
                result
            }
        }
    };
}
pub(super) use in_transaction;

impl Writing {
    /// Connects. On PostgreSQL it takes a lock, if one is named, that one connection has at a time, and keeps it for as long as
    /// it lives, so that nothing is written over another holder's rows; an SQLite file is one gateway's.
    ///
    /// # Errors
    /// [`StorageError::OtherWriter`] where another gateway has the lock, [`StorageError::Database`].
    pub(super) async fn connect(
        storage: &Storage,
        lock: Option<i64>,
    ) -> Result<Self, StorageError> {
        let failed = |source| storage.failed(source);
        match &storage.url {
            StorageUrl::Sqlite(file) => {
                let options = sqlite_options(file);
                let connection = SqliteConnection::connect_with(&options).await;
                Ok(Self::Sqlite(connection.map_err(failed)?))
            }
            StorageUrl::Postgres(url) => {
                let options = postgres_options(url).map_err(failed)?;
                let connected = PgConnection::connect_with(&options).await;
                let mut connection = connected.map_err(failed)?;
                let Some(lock) = lock else {
                    return Ok(Self::Postgres(connection));
                };
                let is_ours: bool = sqlx::query_scalar("SELECT pg_try_advisory_lock($1)")
                    .bind(lock)
                    .fetch_one(&mut connection)
                    .await
                    .map_err(failed)?;
                match is_ours {
                    true => Ok(Self::Postgres(connection)),
                    false => Err(StorageError::OtherWriter {
                        database: storage.url.to_string(),
                    }),
                }
            }
        }
    }
}

/// The lock of the one that does a kind of work on an SQLite file. The operating system takes it back from a process that ends.
pub(super) fn lock_beside(
    storage: &Storage,
    file: &Path,
    ending: &str,
) -> Result<File, StorageError> {
    let mut name = file.as_os_str().to_owned();
    name.push(ending);
    let lock = File::create(&name);
    let lock = lock.map_err(|error| storage.failed(sqlx::Error::Io(error)))?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(TryLockError::WouldBlock) => Err(StorageError::OtherWriter {
            database: storage.url.to_string(),
        }),
        Err(TryLockError::Error(error)) => Err(storage.failed(sqlx::Error::Io(error))),
    }
}

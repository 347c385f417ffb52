//! The state of each subscription of the webhooks: its cursor, its attempts, and the reason why it has ended.

use std::fs::File;

use sqlx::AssertSqlSafe;

use super::{
    account::Value,
    database::{Storage, StorageError, StorageUrl, bind},
    writing::{Writing, in_transaction, lock_beside},
};

/// The lock that a gateway holds in PostgreSQL for as long as it delivers: the bytes of `webhooks`.
const WEBHOOKS_LOCK: i64 = i64::from_be_bytes(*b"webhooks");
/// Attempts that are kept of each subscription.
const ATTEMPTS_KEPT: i64 = 100;

/// Why nothing more is delivered to a subscription.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WebhookEnd {
    /// The receiver has answered 410.
    Gone,
    /// All attempts at an event have failed.
    Exhausted,
}

impl WebhookEnd {
    /// The name in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Gone => "gone",
            Self::Exhausted => "exhausted",
        }
    }

    fn named(name: &str) -> Option<Self> {
        [Self::Gone, Self::Exhausted]
            .into_iter()
            .find(|end| end.name() == name)
    }
}

/// The outcome of an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum WebhookOutcome {
    /// The receiver has taken it: it has answered with a status from 200 to 299.
    Delivered,
    /// The receiver has answered with another status.
    Status,
    /// The receiver has not answered in time.
    TooSlow,
    /// The receiver can't be reached.
    Unreachable,
    /// The receiver's name leads to an address that is not public.
    PrivateAddress,
}

impl WebhookOutcome {
    const ALL: [Self; 5] = [
        Self::Delivered,
        Self::Status,
        Self::TooSlow,
        Self::Unreachable,
        Self::PrivateAddress,
    ];

    /// The name in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Delivered => "delivered",
            Self::Status => "status",
            Self::TooSlow => "too_slow",
            Self::Unreachable => "unreachable",
            Self::PrivateAddress => "private_address",
        }
    }

    fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.name() == name)
    }
}

/// The state of a subscription.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebhookState {
    /// The subscription.
    pub name: String,
    /// Behind the last event that was delivered, or that the filter leaves out.
    pub cursor: String,
    /// Attempts at the next event that have failed.
    pub failures: u32,
    /// When the next event is tried, in milliseconds since the Unix epoch; 0: at once.
    pub due_at: i64,
    /// The reason why nothing more is delivered; `None`: delivery continues.
    pub end: Option<WebhookEnd>,
    /// When it ended, in milliseconds since the Unix epoch.
    pub ended_at: Option<i64>,
    /// The number of times that the operator continued it.
    pub resumes: i64,
}

/// An attempt to deliver an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebhookAttempt {
    /// When it was made, in milliseconds since the Unix epoch.
    pub attempted_at: i64,
    /// The `webhook-id`.
    pub message_id: String,
    /// The outcome.
    pub outcome: WebhookOutcome,
    /// The status that the receiver answered with, if it answered.
    pub status: Option<u16>,
}

type StateRow = (String, String, i64, i64, Option<String>, Option<i64>, i64);
const STATE_COLUMNS: &str = "name, cursor, failures, due_at, ended, ended_at, resumes";

fn state(row: StateRow) -> sqlx::Result<WebhookState> {
    let (name, cursor, failures, due_at, end, ended_at, resumes) = row;
    let end = end.map(|end| {
        WebhookEnd::named(&end).ok_or_else(|| unknown("a webhook has ended for an unknown reason"))
    });
    Ok(WebhookState {
        name,
        cursor,
        failures: u32::try_from(failures).unwrap_or_default(),
        due_at,
        end: end.transpose()?,
        ended_at,
        resumes,
    })
}

fn unknown(what: &str) -> sqlx::Error {
    sqlx::Error::Decode(what.into())
}

/// Writes how far the webhooks are. There is one: a second gateway on the same PostgreSQL database gets none while the first
/// has it, so that one process delivers.
pub struct WebhookWriter {
    storage: Storage,
    connection: Writing,
    /// Locked for as long as it is open, beside an SQLite file.
    _lock: Option<File>,
}

impl Storage {
    /// The one that delivers.
    ///
    /// # Errors
    /// [`StorageError::OtherWriter`] where another gateway delivers, [`StorageError::Database`].
    pub async fn webhook_writer(&self) -> Result<WebhookWriter, StorageError> {
        let lock = match &self.url {
            StorageUrl::Sqlite(file) => Some(lock_beside(self, file, ".webhooks")?),
            StorageUrl::Postgres(_) => None,
        };
        Ok(WebhookWriter {
            storage: self.clone(),
            connection: Writing::connect(self, Some(WEBHOOKS_LOCK)).await?,
            _lock: lock,
        })
    }

    /// All subscriptions that were ever delivered to, by name.
    ///
    /// # Errors
    /// [`StorageError::Database`].
    pub async fn webhooks(&self) -> Result<Vec<WebhookState>, StorageError> {
        let sql = format!("SELECT {STATE_COLUMNS} FROM webhooks ORDER BY name");
        let rows: Vec<StateRow> = self.rows(sql, &[]).await?;
        let states = rows.into_iter().map(state).collect::<sqlx::Result<_>>();
        states.map_err(|source| self.failed(source))
    }

    /// The last attempts of a subscription, the latest first.
    ///
    /// # Errors
    /// [`StorageError::Database`].
    pub async fn webhook_attempts(
        &self,
        name: &str,
        limit: u32,
    ) -> Result<Vec<WebhookAttempt>, StorageError> {
        let sql = "SELECT attempted_at, message_id, outcome, status FROM webhook_attempts \
                   WHERE name = $1 ORDER BY number DESC LIMIT $2";
        let values = [
            Value::Text(name.to_owned()),
            Value::Integer(i64::from(limit)),
        ];
        let rows: Vec<(i64, String, String, Option<i64>)> =
            self.rows(sql.to_owned(), &values).await?;
        let attempt = |(attempted_at, message_id, outcome, status): (_, _, String, Option<i64>)| {
            Ok(WebhookAttempt {
                attempted_at,
                message_id,
                outcome: WebhookOutcome::named(&outcome)
                    .ok_or_else(|| self.broken("an attempt has an unknown outcome"))?,
                status: status.and_then(|status| u16::try_from(status).ok()),
            })
        };
        rows.into_iter().map(attempt).collect()
    }

    /// Continues a subscription at its present event, at once: one that has ended, or that waits for its next attempt. Returns
    /// whether there is such a subscription. A gateway may run meanwhile.
    ///
    /// # Errors
    /// [`StorageError::Database`].
    pub async fn resume_webhook(&self, name: &str) -> Result<bool, StorageError> {
        let mut connection = Writing::connect(self, None).await?;
        let resumed = resume(&mut connection, name).await;
        resumed.map_err(|source| self.failed(source))
    }

    /// Removes the state of a subscription, and its attempts. Returns whether there were any. A gateway that still has the
    /// subscription begins it anew.
    ///
    /// # Errors
    /// [`StorageError::Database`].
    pub async fn forget_webhook(&self, name: &str) -> Result<bool, StorageError> {
        let mut connection = Writing::connect(self, None).await?;
        let forgotten = forget(&mut connection, name).await;
        forgotten.map_err(|source| self.failed(source))
    }
}

async fn forget(connection: &mut Writing, name: &str) -> sqlx::Result<bool> {
    let rows = in_transaction!(connection, transaction => {
        sqlx::query("DELETE FROM webhook_attempts WHERE name = $1")
            .bind(name)
            .execute(&mut *transaction)
            .await?;
        let sql = "DELETE FROM webhooks WHERE name = $1";
        sqlx::query(sql).bind(name).execute(&mut *transaction).await?.rows_affected()
    });
    Ok(rows > 0)
}

async fn resume(connection: &mut Writing, name: &str) -> sqlx::Result<bool> {
    let sql = "UPDATE webhooks SET failures = 0, due_at = 0, ended = NULL, ended_at = NULL, resumes = resumes + 1 \
               WHERE name = $1";
    let rows = in_transaction!(connection, transaction => {
        sqlx::query(sql).bind(name).execute(&mut *transaction).await?.rows_affected()
    });
    Ok(rows > 0)
}

async fn read(connection: &mut Writing, name: &str) -> sqlx::Result<Option<WebhookState>> {
    let sql = format!("SELECT {STATE_COLUMNS} FROM webhooks WHERE name = $1");
    let row: Option<StateRow> = match connection {
        Writing::Sqlite(connection) => {
            let query = sqlx::query_as(AssertSqlSafe(sql)).bind(name);
            query.fetch_optional(connection).await?
        }
        Writing::Postgres(connection) => {
            let query = sqlx::query_as(AssertSqlSafe(sql)).bind(name);
            query.fetch_optional(connection).await?
        }
    };
    row.map(state).transpose()
}

async fn begin(connection: &mut Writing, name: &str, cursor: &str) -> sqlx::Result<WebhookState> {
    in_transaction!(connection, transaction => {
        sqlx::query("INSERT INTO webhooks (name, cursor) VALUES ($1, $2)")
            .bind(name)
            .bind(cursor)
            .execute(&mut *transaction)
            .await?;
    });
    Ok(WebhookState {
        name: name.to_owned(),
        cursor: cursor.to_owned(),
        failures: 0,
        due_at: 0,
        end: None,
        ended_at: None,
        resumes: 0,
    })
}

impl WebhookWriter {
    /// The state of a subscription; `None`: it is new. It fails if another gateway may deliver by now.
    ///
    /// # Errors
    /// [`StorageError::Database`].
    pub async fn state(&mut self, name: &str) -> Result<Option<WebhookState>, StorageError> {
        let read = read(&mut self.connection, name).await;
        read.map_err(|source| self.storage.failed(source))
    }

    /// Begins a new subscription behind a cursor.
    ///
    /// # Errors
    /// [`StorageError::Database`].
    pub async fn begin(&mut self, name: &str, cursor: &str) -> Result<WebhookState, StorageError> {
        let begun = begin(&mut self.connection, name, cursor).await;
        begun.map_err(|source| self.storage.failed(source))
    }

    /// Writes the state of a subscription, with the attempt that led to it. If the operator continued the subscription since
    /// the state was read, only the cursor and the attempt are written. Returns whether all was written.
    ///
    /// # Errors
    /// [`StorageError::Database`].
    pub async fn write(
        &mut self,
        state: &WebhookState,
        attempt: Option<&WebhookAttempt>,
    ) -> Result<bool, StorageError> {
        let written = self.write_all(state, attempt).await;
        written.map_err(|source| self.storage.failed(source))
    }

    async fn write_all(
        &mut self,
        state: &WebhookState,
        attempt: Option<&WebhookAttempt>,
    ) -> sqlx::Result<bool> {
        let name = Value::Text(state.name.clone());
        let update = [
            name.clone(),
            Value::Text(state.cursor.clone()),
            Value::Integer(state.failures.into()),
            Value::Integer(state.due_at),
            state
                .end
                .map_or(Value::NoText, |end| Value::Text(end.name().to_owned())),
            state.ended_at.map_or(Value::NoInteger, Value::Integer),
            Value::Integer(state.resumes),
        ];
        Ok(in_transaction!(&mut self.connection, transaction => {
            let sql = "UPDATE webhooks SET cursor = $2, failures = $3, due_at = $4, ended = $5, ended_at = $6 \
                       WHERE name = $1 AND resumes = $7";
            let updated = bind!(sqlx::query(sql), &update).execute(&mut *transaction).await?.rows_affected();
            let mut is_known = updated > 0;
            if !is_known {
                let sql = "UPDATE webhooks SET cursor = $2 WHERE name = $1";
                let moved = bind!(sqlx::query(sql), &update[..2]).execute(&mut *transaction).await?;
                is_known = moved.rows_affected() > 0;
            }
            if let Some(attempt) = attempt.filter(|_| is_known) {
                let last: Option<i64> =
                    sqlx::query_scalar("SELECT MAX(number) FROM webhook_attempts WHERE name = $1")
                        .bind(state.name.as_str())
                        .fetch_one(&mut *transaction)
                        .await?;
                let number = last.unwrap_or_default() + 1;
                let values = [
                    name.clone(),
                    Value::Integer(number),
                    Value::Integer(attempt.attempted_at),
                    Value::Text(attempt.message_id.clone()),
                    Value::Text(attempt.outcome.name().to_owned()),
                    attempt.status.map_or(Value::NoInteger, |status| Value::Integer(status.into())),
                ];
                let sql = "INSERT INTO webhook_attempts (name, number, attempted_at, message_id, outcome, status) \
                           VALUES ($1, $2, $3, $4, $5, $6)";
                bind!(sqlx::query(sql), &values).execute(&mut *transaction).await?;
                let values = [name, Value::Integer(number - ATTEMPTS_KEPT)];
                let sql = "DELETE FROM webhook_attempts WHERE name = $1 AND number <= $2";
                bind!(sqlx::query(sql), &values).execute(&mut *transaction).await?;
            }
            updated > 0
        }))
    }
}

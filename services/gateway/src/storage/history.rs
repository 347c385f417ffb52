//! Transactions of the program, the changes of each, and the progress of the index.

use std::collections::HashMap;

use solana_address::Address;
use solana_signature::Signature;

use super::{
    account::{Value, integer},
    database::{Storage, StorageError, on_pool},
    transaction::{Progress, TransactionState, signature_value, unsigned},
};

/// Transactions in a state that are read at a time.
const IN_STATE_AT_A_TIME: i64 = 1_000;

/// The columns of [`Progress`].
#[derive(sqlx::FromRow)]
struct ProgressRow {
    snapshot_slot: i64,
    followed_slot: i64,
    finalized_slot: i64,
    oldest: Option<Vec<u8>>,
    history_is_full: bool,
    node_slot: i64,
    followed_at: i64,
    complete_from_slot: i64,
    snapshot_is_due: bool,
}

/// A place in a history.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct HistoryPosition {
    /// The transaction's slot.
    pub slot: u64,
    /// The number among the transactions of the index.
    pub ordinal: i64,
    /// The change's place in the transaction.
    pub position: u32,
}

impl HistoryPosition {
    /// Behind every change.
    pub(super) const LATEST: Self = Self {
        slot: u64::MAX,
        ordinal: i64::MAX,
        position: u32::MAX,
    };
}

/// A change of a history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredChange {
    /// The place of the change.
    pub at: HistoryPosition,
    /// The transaction.
    pub signature: Signature,
    /// The finality of the transaction.
    pub state: TransactionState,
    /// The change in JSON.
    pub body: String,
}

impl Storage {
    /// The progress of the index; `None`: there was no snapshot yet.
    ///
    /// # Errors
    /// [`StorageError::Database`].
    pub async fn progress(&self) -> Result<Option<Progress>, StorageError> {
        const SQL: &str = "SELECT snapshot_slot, followed_slot, finalized_slot, oldest, history_is_full, node_slot, \
                           followed_at, complete_from_slot, snapshot_is_due FROM progress WHERE id = 1";
        let row: Option<ProgressRow> = on_pool!(&self.pool, pool => {
            sqlx::query_as(SQL).fetch_optional(pool).await
        })
        .map_err(|source| self.failed(source))?;
        let Some(row) = row else {
            return Ok(None);
        };
        let oldest = row.oldest.as_deref().map(Signature::try_from).transpose();
        Ok(Some(Progress {
            snapshot_slot: unsigned(row.snapshot_slot),
            followed_slot: unsigned(row.followed_slot),
            finalized_slot: unsigned(row.finalized_slot),
            oldest: oldest.map_err(|_| self.broken("the oldest signature has not 64 bytes"))?,
            history_is_full: row.history_is_full,
            node_slot: unsigned(row.node_slot),
            followed_at: row.followed_at,
            complete_from_slot: unsigned(row.complete_from_slot),
            snapshot_is_due: row.snapshot_is_due,
        }))
    }

    /// Those of some signatures that the index has, with the state of each.
    ///
    /// # Errors
    /// [`StorageError::Database`].
    pub async fn known(
        &self,
        signatures: &[Signature],
    ) -> Result<HashMap<Signature, TransactionState>, StorageError> {
        let mut known = HashMap::new();
        for some in signatures.chunks(256) {
            let places: Vec<_> = (1..=some.len()).map(|at| format!("${at}")).collect();
            let sql = format!(
                "SELECT signature, state FROM transactions WHERE signature IN ({})",
                places.join(", ")
            );
            let values: Vec<_> = some.iter().map(signature_value).collect();
            let rows: Vec<(Vec<u8>, i64)> = self.rows(sql, &values).await?;
            for (signature, state) in rows {
                known.insert(self.signature(&signature)?, self.state(state)?);
            }
        }
        Ok(known)
    }

    /// The oldest transactions in a state, up to a slot: at most `limit`.
    ///
    /// # Errors
    /// [`StorageError::Database`].
    pub async fn in_state(
        &self,
        state: TransactionState,
        up_to: u64,
        limit: u32,
    ) -> Result<Vec<Signature>, StorageError> {
        let sql = "SELECT signature, slot FROM transactions WHERE state = $1 AND slot <= $2 \
                   ORDER BY slot, ordinal LIMIT $3";
        let values = [
            Value::Integer(state.number()),
            integer(up_to),
            Value::Integer(limit.into()),
        ];
        let rows: Vec<(Vec<u8>, i64)> = self.rows(sql.to_owned(), &values).await?;
        rows.iter()
            .map(|(signature, _)| self.signature(signature))
            .collect()
    }

    /// All transactions in a state, up to a slot, the oldest first.
    ///
    /// # Errors
    /// [`StorageError::Database`].
    pub async fn all_in_state(
        &self,
        state: TransactionState,
        up_to: u64,
    ) -> Result<Vec<Signature>, StorageError> {
        let sql = "SELECT signature, slot, ordinal FROM transactions WHERE state = $1 AND slot <= $2 \
                   AND (slot, ordinal) > ($3, $4) ORDER BY slot, ordinal LIMIT $5";
        let (mut all, mut last) = (Vec::new(), (-1, 0));
        loop {
            let values = [
                Value::Integer(state.number()),
                integer(up_to),
                Value::Integer(last.0),
                Value::Integer(last.1),
                Value::Integer(IN_STATE_AT_A_TIME),
            ];
            let rows: Vec<(Vec<u8>, i64, i64)> = self.rows(sql.to_owned(), &values).await?;
            let Some((_, slot, ordinal)) = rows.last() else {
                return Ok(all);
            };
            last = (*slot, *ordinal);
            for (signature, ..) in &rows {
                all.push(self.signature(signature)?);
            }
        }
    }

    /// All accounts that a transaction names which is not final yet.
    ///
    /// # Errors
    /// [`StorageError::Database`].
    pub async fn touched(&self, signature: &Signature) -> Result<Vec<Address>, StorageError> {
        let sql = "SELECT address, signature FROM touched_accounts WHERE signature = $1";
        let rows: Vec<(Vec<u8>, Vec<u8>)> = self
            .rows(sql.to_owned(), &[signature_value(signature)])
            .await?;
        rows.iter()
            .map(|(address, _)| self.address(address))
            .collect()
    }

    /// The changes of an address, the latest first: at most `limit`, before a place.
    ///
    /// # Errors
    /// [`StorageError::Database`].
    pub async fn history(
        &self,
        address: &Address,
        before: Option<&HistoryPosition>,
        limit: u32,
    ) -> Result<Vec<StoredChange>, StorageError> {
        let before = before.unwrap_or(&HistoryPosition::LATEST);
        let sql = "SELECT a.slot, a.ordinal, a.position, t.signature, t.state, c.body \
                   FROM change_addresses a \
                   JOIN changes c ON c.ordinal = a.ordinal AND c.position = a.position \
                   JOIN transactions t ON t.ordinal = a.ordinal \
                   WHERE a.address = $1 AND (a.slot, a.ordinal, a.position) < ($2, $3, $4) AND t.state <> 3 \
                   ORDER BY a.slot DESC, a.ordinal DESC, a.position DESC LIMIT $5";
        let values = [
            Value::from(address),
            integer(before.slot),
            Value::Integer(before.ordinal),
            Value::Integer(before.position.into()),
            Value::Integer(limit.into()),
        ];
        self.stored_changes(sql.to_owned(), &values).await
    }

    /// Changes that a statement selects: slot, ordinal, position, signature, state and body of each.
    pub(super) async fn stored_changes(
        &self,
        sql: String,
        values: &[Value],
    ) -> Result<Vec<StoredChange>, StorageError> {
        type Row = (i64, i64, i64, Vec<u8>, i64, String);
        let rows: Vec<Row> = self.rows(sql, values).await?;
        rows.into_iter()
            .map(|(slot, ordinal, position, signature, state, body)| {
                Ok(StoredChange {
                    at: HistoryPosition {
                        slot: unsigned(slot),
                        ordinal,
                        position: u32::try_from(position).unwrap_or_default(),
                    },
                    signature: self.signature(&signature)?,
                    state: self.state(state)?,
                    body,
                })
            })
            .collect()
    }

    pub(super) fn signature(&self, bytes: &[u8]) -> Result<Signature, StorageError> {
        Signature::try_from(bytes).map_err(|_| self.broken("a signature has not 64 bytes"))
    }

    fn state(&self, number: i64) -> Result<TransactionState, StorageError> {
        TransactionState::of_number(number).ok_or_else(|| {
            self.broken("a transaction has a state that this software does not know")
        })
    }

    pub(super) fn broken(&self, reason: &str) -> StorageError {
        self.failed(sqlx::Error::Decode(reason.into()))
    }
}

//! Changes by their kind.

use solana_address::Address;

use super::{
    account::{Value, integer},
    database::{Storage, StorageError},
    history::{HistoryPosition, StoredChange},
};

impl HistoryPosition {
    /// The place in bytes, for cursors.
    pub fn to_bytes(self) -> Vec<u8> {
        let mut bytes = self.slot.to_be_bytes().to_vec();
        bytes.extend(self.ordinal.to_be_bytes());
        bytes.extend(self.position.to_be_bytes());
        bytes
    }

    /// The place that [`Self::to_bytes`] wrote.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (slot, rest) = bytes.split_first_chunk()?;
        let (ordinal, position) = rest.split_first_chunk()?;
        Some(Self {
            slot: u64::from_be_bytes(*slot),
            ordinal: i64::from_be_bytes(*ordinal),
            position: u32::from_be_bytes(position.try_into().ok()?),
        })
    }
}

impl Storage {
    /// Changes of a kind that took place, the latest first: at most `limit`, before a place, of all or of those that concern
    /// an address. `kind` is the event's name.
    ///
    /// # Errors
    /// [`StorageError::Database`].
    pub async fn changes_of_kind(
        &self,
        kind: &'static str,
        address: Option<&Address>,
        before: Option<&HistoryPosition>,
        limit: u32,
    ) -> Result<Vec<StoredChange>, StorageError> {
        let (sql, values) = statement_of_kind(kind, address, before, limit);
        self.stored_changes(sql, &values).await
    }
}

/// The statement that selects changes of a kind, and its values.
pub(super) fn statement_of_kind(
    kind: &'static str,
    address: Option<&Address>,
    before: Option<&HistoryPosition>,
    limit: u32,
) -> (String, Vec<Value>) {
    let before = before.unwrap_or(&HistoryPosition::LATEST);
    let mut values = vec![
        Value::Text(kind.to_owned()),
        Value::Integer(before.ordinal),
        Value::Integer(before.position.into()),
        Value::Integer(limit.into()),
    ];
    let selected = "SELECT t.slot, c.ordinal, c.position, t.signature, t.state, c.body";
    let sql = match address {
        None => format!(
            "{selected} FROM changes c JOIN transactions t ON t.ordinal = c.ordinal \
                 WHERE c.kind = $1 AND t.state < 2 AND NOT t.failed AND (c.ordinal, c.position) < ($2, $3) \
                 ORDER BY c.ordinal DESC, c.position DESC LIMIT $4"
        ),
        Some(address) => {
            values.extend([Value::from(address), integer(before.slot)]);
            // In this order the database seeks by address and kind, and meets no other changes.
            format!(
                "{selected} FROM change_addresses a CROSS JOIN changes c CROSS JOIN transactions t \
                     WHERE a.address = $5 AND a.kind = $1 AND (a.slot, a.ordinal, a.position) < ($6, $2, $3) \
                     AND c.ordinal = a.ordinal AND c.position = a.position AND t.ordinal = a.ordinal AND t.state < 2 \
                     ORDER BY a.slot DESC, a.ordinal DESC, a.position DESC LIMIT $4"
            )
        }
    };
    (sql, values)
}

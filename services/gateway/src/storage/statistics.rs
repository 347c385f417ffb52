//! Counts and sums, which the database keeps up to date with every row.

use super::{
    account::Value,
    database::{Storage, StorageError},
    transaction::unsigned,
};

/// The accounts to count, and the key to group them by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StatisticsTopic {
    /// Records by the month of their creation, as `2026-11`. Marked: those that their owners verified.
    RecordsByMonth,
    /// Records by the wallet that created them. Marked: those that their owners verified.
    RecordsByCreator,
    /// Orders by the month of their creation, as `2026-11`. Marked: those that take purchases.
    OrdersByMonth,
    /// Orders by label. Marked: those that take purchases.
    OrdersByLabel,
    /// Orders by the number of decimal digits of their price in lamports. Marked: those that take purchases.
    OrdersByPrice,
    /// Purchases by the number of decimal digits of their price in lamports. Marked: those that are settled.
    PurchasesByPrice,
}

impl StatisticsTopic {
    /// The topic's number in the database.
    const fn number(self) -> i64 {
        match self {
            Self::RecordsByMonth => 0,
            Self::RecordsByCreator => 1,
            Self::OrdersByMonth => 2,
            Self::OrdersByLabel => 3,
            Self::OrdersByPrice => 4,
            Self::PurchasesByPrice => 5,
        }
    }

    /// Whether its rows are sorted by key, from the last one, and not by count.
    const fn is_sorted_by_key(self) -> bool {
        matches!(self, Self::RecordsByMonth | Self::OrdersByMonth)
    }
}

/// A row of statistics.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatisticsRow {
    /// The month, the wallet, the label or the number of digits, as the topic says.
    pub key: Vec<u8>,
    /// The number of accounts.
    pub count: u64,
    /// The number of accounts with the mark of the topic.
    pub marked: u64,
    /// The sum of their prices, in lamports; of records 0.
    pub lamports: u128,
}

impl Storage {
    /// The latest months, or the most frequent keys, of a topic: at most `limit`.
    ///
    /// # Errors
    /// [`StorageError::Database`].
    pub async fn statistics(
        &self,
        topic: StatisticsTopic,
        limit: u32,
    ) -> Result<Vec<StatisticsRow>, StorageError> {
        let order = match topic.is_sorted_by_key() {
            true => "key DESC",
            false => "count DESC, key DESC",
        };
        let sql = format!(
            "SELECT key, count, marked, lamports_high, lamports_low FROM statistics \
             WHERE topic = $1 AND count > 0 ORDER BY {order} LIMIT $2"
        );
        let values = [Value::Integer(topic.number()), Value::Integer(limit.into())];
        let rows: Vec<(Vec<u8>, i64, i64, i64, i64)> = self.rows(sql, &values).await?;
        Ok(rows
            .into_iter()
            .map(|(key, count, marked, high, low)| StatisticsRow {
                key,
                count: unsigned(count),
                marked: unsigned(marked),
                lamports: (u128::from(unsigned(high)) << 32) + u128::from(unsigned(low)),
            })
            .collect())
    }
}

//! The database's plan for reading a list.

use solana_address::Address;

use super::{
    account::Value,
    changes::statement_of_kind,
    database::{Storage, StorageError, StorageUrl},
    history::HistoryPosition,
    list::{List, Position},
};

impl Storage {
    /// The database's plan for reading a page, in its own words, a step a line: for tests, and for operators who examine a slow
    /// list.
    ///
    /// # Errors
    /// [`StorageError::Database`].
    pub async fn plan(
        &self,
        list: &List,
        after: Option<&Position>,
        limit: u32,
    ) -> Result<Vec<String>, StorageError> {
        let (sql, values) = list.statement(after, limit);
        self.explained(&sql, &values).await
    }

    /// The same for a page of [`Self::changes_of_kind`].
    ///
    /// # Errors
    /// [`StorageError::Database`].
    pub async fn plan_of_changes(
        &self,
        kind: &'static str,
        address: Option<&Address>,
        before: Option<&HistoryPosition>,
        limit: u32,
    ) -> Result<Vec<String>, StorageError> {
        let (sql, values) = statement_of_kind(kind, address, before, limit);
        self.explained(&sql, &values).await
    }

    async fn explained(&self, sql: &str, values: &[Value]) -> Result<Vec<String>, StorageError> {
        if matches!(self.url, StorageUrl::Sqlite(_)) {
            let sql = format!("EXPLAIN QUERY PLAN {sql}");
            let steps: Vec<(i64, i64, i64, String)> = self.rows(sql, values).await?;
            return Ok(steps.into_iter().map(|(_, _, _, step)| step).collect());
        }
        let steps: Vec<(String,)> = self.rows(format!("EXPLAIN {sql}"), values).await?;
        Ok(steps.into_iter().map(|(step,)| step).collect())
    }
}

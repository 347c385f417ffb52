//! Writes the first snapshot of an index without the indexes and counts that later reads need.
//!
//! To keep indexes and counts up to date row by row takes several times as long as to make them at once, after the last row.
//! Their definitions are kept in the table `deferred_schema` meanwhile, so a load that is cut off is noticed, and starts over.

use sqlx::AssertSqlSafe;

use super::{
    account::{AccountKind, Value},
    database::{StorageError, bind},
    statement::{Statement, appends},
    update::{Written, newest_of_each},
    writer::Writer,
    writing::{Writing, in_transaction},
};

/// The tables that a load fills.
const TABLES: [&str; 7] = [
    "users",
    "records",
    "orders",
    "order_records",
    "purchases",
    "shares",
    "closed_accounts",
];

/// A definition that is put off on SQLite: its name, the statements that remove and restore it, and whether it is a count.
const SQLITE_SCHEMA: &str = "SELECT name, 'DROP ' || type || ' ' || name, sql, type = 'trigger' FROM sqlite_master \
    WHERE tbl_name IN ('users', 'records', 'orders', 'order_records', 'purchases', 'shares') \
    AND type IN ('index', 'trigger') AND sql IS NOT NULL AND sql NOT LIKE 'CREATE UNIQUE %'";

/// The same on PostgreSQL.
const POSTGRES_SCHEMA: &str = "SELECT indexname::TEXT, 'DROP INDEX ' || quote_ident(indexname), indexdef, FALSE \
    FROM pg_indexes WHERE schemaname = current_schema() \
    AND tablename IN ('users', 'records', 'orders', 'order_records', 'purchases', 'shares') \
    AND indexdef NOT LIKE 'CREATE UNIQUE %' \
    UNION ALL SELECT t.tgname::TEXT, 'DROP TRIGGER ' || quote_ident(t.tgname) || ' ON ' || quote_ident(c.relname), \
    pg_get_triggerdef(t.oid), TRUE FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid \
    JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = current_schema() AND NOT t.tgisinternal \
    AND c.relname IN ('records', 'orders', 'purchases')";

/// Counts all accounts. Sums of prices are kept in two parts, of 32 bits and above.
const COUNT_ALL: &str = "INSERT INTO statistics (topic, key, count, marked, lamports_high, lamports_low) \
    SELECT topic, key, COUNT(*), CAST(SUM(marked) AS BIGINT), CAST(SUM(price >> 32) AS BIGINT), \
    CAST(SUM(price & 4294967295) AS BIGINT) FROM counted_accounts GROUP BY topic, key";

/// The pages that SQLite keeps in memory during a load, in KiB: the keys of a million records, which come in no order.
const CACHE_OF_A_LOAD: &str = "PRAGMA cache_size = -262144";
/// The same afterwards.
const CACHE: &str = "PRAGMA cache_size = -32768";
/// The memory in which PostgreSQL sorts the rows of an index.
const SORTING_OF_A_LOAD: &str = "SET maintenance_work_mem = '256MB'";
/// The same afterwards.
const SORTING: &str = "RESET maintenance_work_mem";

impl Writer {
    /// Puts off indexes and counts, where the index has no accounts yet or a load of it was cut off; then all accounts that
    /// are written until [`Writer::finish_load`] have to be new. Elsewhere it changes nothing.
    ///
    /// # Errors
    /// [`StorageError::Database`].
    pub async fn begin_load(&mut self) -> Result<(), StorageError> {
        let begun = self.put_off().await;
        self.is_loading = begun.map_err(|source| self.failed(source))?;
        Ok(())
    }

    /// Removes the rows that a load has written of a kind.
    ///
    /// # Errors
    /// [`StorageError::Database`].
    pub async fn clear_loaded(&mut self, kind: AccountKind) -> Result<(), StorageError> {
        if !self.is_loading {
            return Ok(());
        }
        let tables: &[_] = match kind {
            AccountKind::Order => &["orders", "order_records"],
            _ => &[kind.table()],
        };
        let removals = tables.iter().map(|table| format!("DELETE FROM {table}"));
        let removals: Vec<_> = removals.map(without_values).collect();
        let cleared = self.run(removals).await;
        cleared.map_err(|source| self.failed(source))
    }

    /// Makes the indexes and counts that a load has put off.
    ///
    /// # Errors
    /// [`StorageError::Database`].
    pub async fn finish_load(&mut self) -> Result<(), StorageError> {
        if !self.is_loading {
            return Ok(());
        }
        let made = self.make_up_for().await;
        made.map_err(|source| self.failed(source))?;
        self.is_loading = false;
        Ok(())
    }

    /// Writes accounts of a load.
    pub(super) async fn append(&mut self, accounts: Vec<Written>) -> sqlx::Result<usize> {
        let mut accounts = newest_of_each(accounts);
        // Neighbours in the table of keys are written together.
        accounts.sort_unstable_by_key(|one| *one.address());
        let count = accounts.len();
        let is_numbered = matches!(self.connection, Writing::Postgres(_));
        self.run(appends(accounts, is_numbered)).await?;
        Ok(count)
    }

    /// Returns whether a load begins.
    async fn put_off(&mut self) -> sqlx::Result<bool> {
        let is_cut_off = self.holds_rows("deferred_schema").await?;
        if !is_cut_off {
            for table in TABLES {
                if self.holds_rows(table).await? {
                    return Ok(false);
                }
            }
        }
        let (schema, settings) = match self.connection {
            Writing::Sqlite(_) => (SQLITE_SCHEMA, CACHE_OF_A_LOAD),
            Writing::Postgres(_) => (POSTGRES_SCHEMA, SORTING_OF_A_LOAD),
        };
        self.set(settings).await?;
        let found: Vec<(String, String, String, bool)> = in_transaction!(&mut self.connection, transaction => {
            sqlx::query_as(schema).fetch_all(&mut *transaction).await?
        });
        let mut statements = Vec::new();
        for (name, removal, creation, counts) in found {
            statements.push(without_values(removal));
            statements.push(Statement {
                sql: "INSERT INTO deferred_schema (name, creation, counts) VALUES ($1, $2, $3)"
                    .to_owned(),
                values: vec![
                    Value::Text(name),
                    Value::Text(creation),
                    Value::Flag(counts),
                ],
            });
        }
        let emptied = TABLES.into_iter().chain(["statistics"]);
        statements.extend(emptied.map(|table| without_values(format!("DELETE FROM {table}"))));
        self.run(statements).await?;
        Ok(true)
    }

    async fn make_up_for(&mut self) -> sqlx::Result<()> {
        let deferred: Vec<(String, String, bool)> = in_transaction!(&mut self.connection, transaction => {
            sqlx::query_as("SELECT name, creation, counts FROM deferred_schema ORDER BY name")
                .fetch_all(&mut *transaction)
                .await?
        });
        let mut counting = vec![without_values(COUNT_ALL.to_owned())];
        for (name, creation, counts) in deferred {
            let made = [
                without_values(creation),
                Statement {
                    sql: "DELETE FROM deferred_schema WHERE name = $1".to_owned(),
                    values: vec![Value::Text(name)],
                },
            ];
            match counts {
                true => counting.extend(made),
                // Each on its own: other writers wait for one index at a time.
                false => self.run(made.into()).await?,
            }
        }
        self.run(counting).await?;
        let settings = match self.connection {
            Writing::Sqlite(_) => CACHE,
            Writing::Postgres(_) => SORTING,
        };
        self.set(settings).await
    }

    async fn holds_rows(&mut self, table: &str) -> sqlx::Result<bool> {
        let sql = AssertSqlSafe(format!("SELECT EXISTS (SELECT 1 FROM {table})"));
        Ok(in_transaction!(&mut self.connection, transaction => {
            sqlx::query_scalar(sql).fetch_one(&mut *transaction).await?
        }))
    }

    /// Runs statements, all of them or none.
    async fn run(&mut self, statements: Vec<Statement>) -> sqlx::Result<()> {
        in_transaction!(&mut self.connection, transaction => {
            for statement in statements {
                bind!(sqlx::query(AssertSqlSafe(statement.sql)), &statement.values)
                    .execute(&mut *transaction)
                    .await?;
            }
        });
        Ok(())
    }

    /// Changes a setting of the connection, which no transaction takes back.
    async fn set(&mut self, sql: &'static str) -> sqlx::Result<()> {
        match &mut self.connection {
            Writing::Sqlite(connection) => sqlx::query(sql).execute(connection).await.map(|_| ()),
            Writing::Postgres(connection) => sqlx::query(sql).execute(connection).await.map(|_| ()),
        }
    }
}

fn without_values(sql: String) -> Statement {
    Statement {
        sql,
        values: Vec::new(),
    }
}

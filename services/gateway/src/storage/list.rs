//! Lists of accounts, a page at a time: from a position on, never by a number of rows to skip.

use solana_address::Address;
use sqlx::{ColumnIndex, Decode, FromRow, Row, Type};

use super::{
    account::{AccountKind, StoredAccount, Value, integer},
    database::{Storage, StorageError},
};

/// The sort keys of lists; rows with the same key are sorted by address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Sort {
    /// Users: by nothing but the address.
    Address,
    /// Records, orders and shares: when they were created. Purchases: when they are to be delivered.
    Time,
    /// Orders and purchases: the price.
    Price,
    /// Orders: how many records they list.
    Records,
}

/// A place in a list: the row with this value and this address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Position {
    /// Seconds since the Unix epoch, lamports or a number of records, by the list's [`Sort`]; 0 where that is the address.
    pub value: i64,
    /// The row's address.
    pub address: Address,
}

/// Which records are listed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct RecordFilter {
    /// Only records of this owner.
    pub owner: Option<Address>,
    /// Written by this wallet.
    pub creator: Option<Address>,
    /// Verified by their owner, or not.
    pub verified: Option<bool>,
    /// Written by their owner, or not.
    pub self_issued: Option<bool>,
    /// Created then or later, in seconds since the Unix epoch.
    pub created_from: Option<i64>,
    /// Created before then.
    pub created_before: Option<i64>,
}

/// Which orders are listed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct OrderFilter {
    /// Only orders of this seller.
    pub seller: Option<Address>,
    /// With this label.
    pub label: Option<String>,
    /// Taking purchases, or not.
    pub open: Option<bool>,
    /// Only orders for this buyer alone.
    pub only_buyer: Option<Address>,
    /// Only orders for anybody (`false`), or for one buyer alone.
    pub has_only_buyer: Option<bool>,
    /// At this price or above, in lamports.
    pub price_from: Option<u64>,
    /// At this price or below, in lamports.
    pub price_up_to: Option<u64>,
    /// Only orders of this many records or more.
    pub records_from: Option<u8>,
    /// With this record.
    pub record: Option<Address>,
    /// Created then or later, in seconds since the Unix epoch.
    pub created_from: Option<i64>,
    /// Created before then.
    pub created_before: Option<i64>,
}

/// Which purchases are listed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct PurchaseFilter {
    /// Only purchases of this order.
    pub order: Option<Address>,
    /// Only purchases from this seller.
    pub seller: Option<Address>,
    /// Only purchases by this buyer.
    pub buyer: Option<Address>,
    /// In this state: the account's `status`.
    pub status: Option<u8>,
    /// At this price or above, in lamports.
    pub price_from: Option<u64>,
    /// At this price or below, in lamports.
    pub price_up_to: Option<u64>,
    /// To be delivered then or later, in seconds since the Unix epoch.
    pub deadline_from: Option<i64>,
    /// To be delivered before then.
    pub deadline_before: Option<i64>,
}

/// Which shares are listed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct ShareFilter {
    /// Only shares of this record.
    pub record: Option<Address>,
    /// Made by this owner.
    pub owner: Option<Address>,
    /// Only shares for this recipient.
    pub recipient: Option<Address>,
    /// Not expired at this time, in seconds since the Unix epoch.
    pub unexpired_at: Option<i64>,
}

/// The filter of a list.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ListFilter {
    /// All users.
    Users,
    /// Records.
    Records(RecordFilter),
    /// Orders.
    Orders(OrderFilter),
    /// Purchases.
    Purchases(PurchaseFilter),
    /// Shares.
    Shares(ShareFilter),
}

/// A list: its filter and its order.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct List {
    /// The filter.
    pub filter: ListFilter,
    /// The sort key.
    pub sort: Sort,
    /// The greatest first.
    pub descending: bool,
}

/// A page of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// The rows, in the list's order.
    pub rows: Vec<StoredAccount>,
    /// The place where the next page begins; `None`: this is the last one.
    pub next: Option<Position>,
}

/// Conditions on rows with the values that they take, `?` standing for each.
#[derive(Default)]
struct Conditions {
    texts: Vec<&'static str>,
    values: Vec<Value>,
}

impl Conditions {
    fn add(&mut self, text: &'static str, value: Option<Value>) {
        if let Some(value) = value {
            self.texts.push(text);
            self.values.push(value);
        }
    }

    fn address(&mut self, text: &'static str, address: Option<&Address>) {
        self.add(text, address.map(Value::from));
    }

    fn integer(&mut self, text: &'static str, integer: Option<i64>) {
        self.add(text, integer.map(Value::Integer));
    }

    fn flag(&mut self, text: &'static str, flag: Option<bool>) {
        self.add(text, flag.map(Value::Flag));
    }
}

impl ListFilter {
    /// The kind of account that is listed.
    pub const fn kind(&self) -> AccountKind {
        match self {
            Self::Users => AccountKind::User,
            Self::Records(_) => AccountKind::Record,
            Self::Orders(_) => AccountKind::Order,
            Self::Purchases(_) => AccountKind::Purchase,
            Self::Shares(_) => AccountKind::Share,
        }
    }

    fn conditions(&self) -> Conditions {
        let mut conditions = Conditions::default();
        match self {
            Self::Users => {}
            Self::Records(filter) => {
                conditions.address("owner = ?", filter.owner.as_ref());
                conditions.address("creator = ?", filter.creator.as_ref());
                // Of one wallet's records, its own index finds less to look through than the one of a flag, which a database
                // without statistics might choose.
                conditions.flag(
                    match filter.owner {
                        None => "verified = ?",
                        Some(_) => "(verified = ?) IS TRUE",
                    },
                    filter.verified,
                );
                conditions.flag(
                    match filter.owner.or(filter.creator) {
                        None => "self_issued = ?",
                        Some(_) => "(self_issued = ?) IS TRUE",
                    },
                    filter.self_issued,
                );
                conditions.integer("created_at >= ?", filter.created_from);
                conditions.integer("created_at < ?", filter.created_before);
            }
            Self::Orders(filter) => {
                conditions.address("seller = ?", filter.seller.as_ref());
                let label = filter.label.as_ref();
                let label = label.map(|label| Value::Bytes(label.as_bytes().to_vec()));
                conditions.add("label = ?", label);
                conditions.flag("open = ?", filter.open);
                conditions.address("only_buyer = ?", filter.only_buyer.as_ref());
                conditions.add("price >= ?", filter.price_from.map(integer));
                conditions.add("price <= ?", filter.price_up_to.map(integer));
                conditions.integer("record_count >= ?", filter.records_from.map(i64::from));
                conditions.address(
                    "address IN (SELECT order_address FROM order_records WHERE record_address = ?)",
                    filter.record.as_ref(),
                );
                conditions.integer("created_at >= ?", filter.created_from);
                conditions.integer("created_at < ?", filter.created_before);
                // The last one, as it takes no value.
                conditions
                    .texts
                    .extend(filter.has_only_buyer.map(|has| match has {
                        true => "only_buyer IS NOT NULL",
                        false => "only_buyer IS NULL",
                    }));
            }
            Self::Purchases(filter) => {
                conditions.address("order_address = ?", filter.order.as_ref());
                conditions.address("seller = ?", filter.seller.as_ref());
                conditions.address("buyer = ?", filter.buyer.as_ref());
                conditions.integer("status = ?", filter.status.map(i64::from));
                conditions.add("price >= ?", filter.price_from.map(integer));
                conditions.add("price <= ?", filter.price_up_to.map(integer));
                conditions.integer("deadline >= ?", filter.deadline_from);
                conditions.integer("deadline < ?", filter.deadline_before);
            }
            Self::Shares(filter) => {
                conditions.address("record = ?", filter.record.as_ref());
                conditions.address("owner = ?", filter.owner.as_ref());
                conditions.address("recipient = ?", filter.recipient.as_ref());
                conditions.integer(
                    "(expires_at IS NULL OR expires_at > ?)",
                    filter.unexpired_at,
                );
            }
        }
        conditions
    }
}

impl List {
    /// The column that it is sorted by; `None`: by the address alone.
    const fn column(&self) -> Option<&'static str> {
        match (self.filter.kind(), self.sort) {
            (AccountKind::Order | AccountKind::Purchase, Sort::Price) => Some("price"),
            (AccountKind::Order, Sort::Records) => Some("record_count"),
            (AccountKind::Purchase, Sort::Time) => Some("deadline"),
            (AccountKind::Record | AccountKind::Order | AccountKind::Share, Sort::Time) => {
                Some("created_at")
            }
            _ => None,
        }
    }

    /// Whether accounts of this kind have this sort key.
    pub const fn is_sortable(&self) -> bool {
        matches!(self.sort, Sort::Address) || self.column().is_some()
    }

    /// Whether the cursor says more than the filter's own bound on the column that is sorted by. If it does, the bound goes:
    /// a database with both may begin at the bound, and read everything between it and the cursor.
    fn keeps_cursor(&self, conditions: &mut Conditions, position: &Position) -> bool {
        let Some(column) = self.column() else {
            return true;
        };
        let bound_of = |(text, value): (&&str, &Value)| {
            let bound = match value {
                Value::Integer(bound) => *bound,
                _ => return None,
            };
            let comparison = text.strip_prefix(column)?;
            match (self.descending, comparison) {
                (false, " >= ?") => Some(position.value >= bound),
                (true, " <= ?") => Some(position.value <= bound),
                (true, " < ?") => Some(position.value < bound),
                _ => None,
            }
        };
        let bounds = conditions.texts.iter().zip(&conditions.values);
        let found = bounds.map(bound_of).enumerate();
        let mut found = found.filter_map(|(index, is_behind)| Some((index, is_behind?)));
        match found.next() {
            None => true,
            Some((index, true)) => {
                conditions.texts.remove(index);
                conditions.values.remove(index);
                true
            }
            Some((_, false)) => false,
        }
    }

    /// The statement that selects `limit` rows from `after` on, and its values.
    pub(super) fn statement(&self, after: Option<&Position>, limit: u32) -> (String, Vec<Value>) {
        let mut conditions = self.filter.conditions();
        let after = after.filter(|position| self.keeps_cursor(&mut conditions, position));
        let Conditions { texts, mut values } = conditions;
        let mut texts: Vec<String> = texts.into_iter().map(str::to_owned).collect();
        // A value that nodes disagree on is no fact.
        texts.push("NOT disputed".to_owned());
        let (compared, order) = match self.descending {
            true => ("<", " DESC"),
            false => (">", ""),
        };
        if let Some(position) = after {
            texts.push(match self.column() {
                Some(column) => {
                    values.push(Value::Integer(position.value));
                    format!("({column}, address) {compared} (?, ?)")
                }
                None => format!("address {compared} ?"),
            });
            values.push(Value::from(&position.address));
        }
        let mut sql = format!(
            "SELECT {}, {} AS sort_value FROM {}",
            StoredAccount::COLUMNS,
            self.column().unwrap_or("CAST(0 AS BIGINT)"),
            self.filter.kind().table()
        );
        for (index, text) in texts.iter().enumerate() {
            sql.push_str(if index == 0 { " WHERE " } else { " AND " });
            sql.push_str(text);
        }
        sql.push_str(" ORDER BY ");
        if let Some(column) = self.column() {
            sql.push_str(&format!("{column}{order}, "));
        }
        sql.push_str(&format!("address{order} LIMIT ?"));
        values.push(Value::Integer(limit.into()));
        (numbered(&sql), values)
    }
}

/// A row with its sort key.
struct SortedRow {
    account: StoredAccount,
    value: i64,
}

impl<'r, R: Row> FromRow<'r, R> for SortedRow
where
    StoredAccount: FromRow<'r, R>,
    &'static str: ColumnIndex<R>,
    i64: Decode<'r, R::Database> + Type<R::Database>,
{
    fn from_row(row: &'r R) -> sqlx::Result<Self> {
        Ok(Self {
            account: StoredAccount::from_row(row)?,
            value: row.try_get("sort_value")?,
        })
    }
}

/// `$1`, `$2` and so on in the place of each `?`: both databases take that.
fn numbered(sql: &str) -> String {
    let mut parts = sql.split('?');
    let mut numbered = parts.next().unwrap_or_default().to_owned();
    for (index, part) in parts.enumerate() {
        numbered.push_str(&format!("${}{part}", index + 1));
    }
    numbered
}

impl Storage {
    /// A page of at most `limit` rows, from `after` on.
    ///
    /// # Errors
    /// [`StorageError::Database`].
    pub async fn page(
        &self,
        list: &List,
        after: Option<&Position>,
        limit: u32,
    ) -> Result<Page, StorageError> {
        // One further row shows whether there is a next page.
        let (sql, values) = list.statement(after, limit.saturating_add(1));
        let mut rows: Vec<SortedRow> = self.rows(sql, &values).await?;
        let wanted = usize::try_from(limit).unwrap_or(usize::MAX);
        let is_more = rows.len() > wanted;
        rows.truncate(wanted);
        let last = rows.last().map(|row| Position {
            value: row.value,
            address: row.account.address,
        });
        Ok(Page {
            rows: rows.into_iter().map(|row| row.account).collect(),
            next: last.filter(|_| is_more),
        })
    }
}

#[cfg(test)]
mod tests;

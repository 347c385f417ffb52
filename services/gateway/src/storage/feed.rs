//! The feed: the events for those who follow the ledger, in the order in which they were found, each change once.

use serde_json::Value as Json;
use solana_signature::Signature;

use super::{
    account::{Value, integer},
    database::{Storage, StorageError},
    retention::FeedRetention,
    statement::{Statement, inserts, parameters, to_column},
    transaction::{FoundChange, FoundTransaction, TransactionState, signature_value, unsigned},
};

/// The channel on which PostgreSQL notifies the gateways that share it of new events.
pub(super) const POSTGRES_CHANNEL: &str = "generion_feed";

/// The types of events.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum EventType {
    /// A wallet has published its encryption key.
    UserKeySet,
    /// A record was created.
    RecordCreated,
    /// A record was verified.
    RecordVerified,
    /// A record was deleted.
    RecordDeleted,
    /// A record was shared.
    ShareCreated,
    /// A share was revoked.
    ShareRevoked,
    /// An order was created.
    OrderCreated,
    /// An order takes no more buyers.
    OrderSalesStopped,
    /// An order was closed.
    OrderClosed,
    /// An order was bought.
    PurchaseCreated,
    /// Some records of a purchase were delivered.
    PurchaseDelivered,
    /// The last records of a purchase were delivered, and it is locked.
    PurchaseLocked,
    /// A purchase was settled: the seller has the money, and the buyer the keys.
    PurchaseSettled,
    /// The buyer has the money back.
    PurchaseRefunded,
    /// A purchase was closed.
    PurchaseClosed,
    /// A change that was reported is gone: a fork took its transaction back.
    Vanished,
}

impl EventType {
    /// Each of them.
    pub const ALL: [Self; 16] = [
        Self::UserKeySet,
        Self::RecordCreated,
        Self::RecordVerified,
        Self::RecordDeleted,
        Self::ShareCreated,
        Self::ShareRevoked,
        Self::OrderCreated,
        Self::OrderSalesStopped,
        Self::OrderClosed,
        Self::PurchaseCreated,
        Self::PurchaseDelivered,
        Self::PurchaseLocked,
        Self::PurchaseSettled,
        Self::PurchaseRefunded,
        Self::PurchaseClosed,
        Self::Vanished,
    ];

    /// The name in the API.
    pub const fn name(self) -> &'static str {
        match self {
            Self::UserKeySet => "user.key_set",
            Self::RecordCreated => "record.created",
            Self::RecordVerified => "record.verified",
            Self::RecordDeleted => "record.deleted",
            Self::ShareCreated => "share.created",
            Self::ShareRevoked => "share.revoked",
            Self::OrderCreated => "order.created",
            Self::OrderSalesStopped => "order.sales_stopped",
            Self::OrderClosed => "order.closed",
            Self::PurchaseCreated => "purchase.created",
            Self::PurchaseDelivered => "purchase.delivered",
            Self::PurchaseLocked => "purchase.locked",
            Self::PurchaseSettled => "purchase.settled",
            Self::PurchaseRefunded => "purchase.refunded",
            Self::PurchaseClosed => "purchase.closed",
            Self::Vanished => "vanished",
        }
    }

    /// The type with a name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.name() == name)
    }

    /// The role in which a change of this type names its subject: a record, an order and so on. `None` for a vanished change,
    /// whose subject depends on its former type.
    pub const fn subject(self) -> Option<&'static str> {
        Some(match self {
            Self::UserKeySet => "user",
            Self::RecordCreated | Self::RecordVerified | Self::RecordDeleted => "record",
            Self::ShareCreated | Self::ShareRevoked => "share",
            Self::OrderCreated | Self::OrderSalesStopped | Self::OrderClosed => "order",
            Self::PurchaseCreated
            | Self::PurchaseDelivered
            | Self::PurchaseLocked
            | Self::PurchaseSettled
            | Self::PurchaseRefunded
            | Self::PurchaseClosed => "purchase",
            Self::Vanished => return None,
        })
    }

    /// The type of a change that a history knows by the name of the program's event.
    fn of_change(event: &str, body: &str) -> Option<Self> {
        Some(match event {
            "EncryptionKeySet" => Self::UserKeySet,
            "RecordCreated" => Self::RecordCreated,
            "RecordVerified" => Self::RecordVerified,
            "RecordDeleted" => Self::RecordDeleted,
            "RecordShared" => Self::ShareCreated,
            "ShareRevoked" => Self::ShareRevoked,
            "OrderCreated" => Self::OrderCreated,
            "SalesStopped" => Self::OrderSalesStopped,
            "OrderClosed" => Self::OrderClosed,
            "Purchased" | "StudyJoined" | "ParticipantAdmitted" => Self::PurchaseCreated,
            "Delivered" if locks(body) => Self::PurchaseLocked,
            "Delivered" => Self::PurchaseDelivered,
            "Settled" => Self::PurchaseSettled,
            "Refunded" => Self::PurchaseRefunded,
            "PurchaseClosed" | "SeatClosed" => Self::PurchaseClosed,
            _ => return None,
        })
    }
}

/// Whether a delivery was the last one of its purchase.
fn locks(body: &str) -> bool {
    let body: Option<Json> = serde_json::from_str(body).ok();
    body.is_some_and(|body| body["details"]["settle_by_at"].is_i64())
}

/// An event of the feed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeedRow {
    /// The event's place: one more than that of the event before.
    pub sequence: u64,
    /// The event's type.
    pub event: EventType,
    /// For a vanished change, its former type.
    pub vanished: Option<EventType>,
    /// The transaction's slot.
    pub slot: u64,
    /// The transaction.
    pub signature: Signature,
    /// When it was written, in milliseconds since the Unix epoch.
    pub written_at: i64,
    /// The change in JSON.
    pub body: String,
}

/// Which feed it is, and how far it reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FeedState {
    /// Drawn when the feed was made.
    pub feed_id: [u8; 8],
    /// The place of the oldest event that is kept; `None`: there is none.
    pub first: Option<u64>,
    /// The place of the last event; 0: there was none yet.
    pub last: u64,
}

/// An event that is to be written.
pub(super) struct NewEvent {
    pub(super) event: EventType,
    pub(super) vanished: Option<EventType>,
    pub(super) slot: u64,
    pub(super) signature: Signature,
    pub(super) body: String,
}

/// The events of a found transaction. A failed transaction has none, nor does one that nodes disagree on.
pub(super) fn events_of(found: &FoundTransaction) -> Vec<NewEvent> {
    if found.failed || found.state == TransactionState::Disputed {
        return Vec::new();
    }
    let event = |change: &FoundChange| {
        Some(NewEvent {
            event: EventType::of_change(change.kind, &change.body)?,
            vanished: None,
            slot: found.slot,
            signature: found.signature,
            body: change.body.clone(),
        })
    };
    found.changes.iter().filter_map(event).collect()
}

/// Selects the changes of a transaction that the feed has reported and that are still there: slot, name and body of each.
pub(super) const CHANGES_OF: &str = "SELECT t.slot, c.kind, c.body FROM transactions t \
    JOIN changes c ON c.ordinal = t.ordinal \
    WHERE t.signature = $1 AND NOT t.failed AND t.state < 2 ORDER BY c.position";

/// The event that a change is gone.
pub(super) fn vanishing(
    signature: Signature,
    (slot, kind, body): (i64, String, String),
) -> Option<NewEvent> {
    Some(NewEvent {
        event: EventType::Vanished,
        vanished: Some(EventType::of_change(&kind, &body)?),
        slot: unsigned(slot),
        signature,
        body,
    })
}

/// The statements that write new events after the last one, and remove those that are not kept any longer.
pub(super) fn insertion(
    events: &[NewEvent],
    last: i64,
    now: i64,
    retention: &FeedRetention,
) -> Vec<Statement> {
    let row = |(sequence, event): (i64, &NewEvent)| {
        vec![
            Value::Integer(sequence),
            Value::Text(event.event.name().to_owned()),
            (event.vanished).map_or(Value::NoText, |was| Value::Text(was.name().to_owned())),
            integer(event.slot),
            signature_value(&event.signature),
            Value::Integer(now),
            Value::Text(event.body.clone()),
        ]
    };
    let rows: Vec<_> = (last + 1..).zip(events).map(row).collect();
    let last = last + i64::try_from(rows.len()).unwrap_or(i64::MAX);
    let mut statements = inserts(
        "feed",
        &[
            "sequence",
            "type",
            "vanished",
            "slot",
            "signature",
            "written_at",
            "body",
        ],
        &rows,
    );
    statements.push(Statement {
        sql: "UPDATE feed_state SET last_sequence = $1 WHERE id = 1".to_owned(),
        values: vec![Value::Integer(last)],
    });
    let age = i64::try_from(retention.age.as_millis()).unwrap_or(i64::MAX);
    statements.push(Statement {
        // The last event stays, so that its cursor can be checked.
        sql: "DELETE FROM feed WHERE sequence <= $1 OR (written_at < $2 AND sequence < $3)"
            .to_owned(),
        values: vec![
            Value::Integer(last.saturating_sub(to_column(retention.events.max(1)))),
            Value::Integer(now.saturating_sub(age)),
            Value::Integer(last),
        ],
    });
    statements
}

/// Selects those of some transactions that the feed has reported, and that are still there.
pub(super) fn told(found: &[FoundTransaction]) -> (String, Vec<Value>) {
    let sql = format!(
        "SELECT signature FROM transactions WHERE state < 2 AND signature IN {}",
        parameters(found.len(), 1)
    );
    let signatures = found.iter().map(|one| signature_value(&one.signature));
    (sql, signatures.collect())
}

/// Notifies the other gateways of new events, once they are written.
pub(super) fn notification() -> Statement {
    Statement {
        sql: "SELECT pg_notify($1, '')".to_owned(),
        values: vec![Value::Text(POSTGRES_CHANNEL.to_owned())],
    }
}

impl Storage {
    /// Sets how much of the feed the writers keep that are made from now on.
    pub fn keep_of_feed(&mut self, retention: FeedRetention) {
        self.retention = retention;
    }

    /// Which feed it is, and how far it reaches.
    ///
    /// # Errors
    /// [`StorageError::Database`].
    pub async fn feed_state(&self) -> Result<FeedState, StorageError> {
        let sql = "SELECT feed_id, last_sequence, (SELECT MIN(sequence) FROM feed) \
                   FROM feed_state WHERE id = 1";
        let mut rows: Vec<(Vec<u8>, i64, Option<i64>)> = self.rows(sql.to_owned(), &[]).await?;
        let (feed_id, last, first) = rows
            .pop()
            .ok_or_else(|| self.failed(sqlx::Error::RowNotFound))?;
        let feed_id = feed_id.as_slice().try_into();
        Ok(FeedState {
            feed_id: feed_id.map_err(|_| self.broken("the feed's id has not 8 bytes"))?,
            first: first.map(unsigned),
            last: unsigned(last),
        })
    }

    /// The events from a place on, in order: at most `limit`.
    ///
    /// # Errors
    /// [`StorageError::Database`].
    pub async fn feed_from(&self, sequence: u64, limit: u32) -> Result<Vec<FeedRow>, StorageError> {
        let sql = "SELECT sequence, type, vanished, slot, signature, written_at, body FROM feed \
                   WHERE sequence >= $1 ORDER BY sequence LIMIT $2";
        let values = [integer(sequence), Value::Integer(limit.into())];
        type Row = (i64, String, Option<String>, i64, Vec<u8>, i64, String);
        let rows: Vec<Row> = self.rows(sql.to_owned(), &values).await?;
        let event = |name: &str| {
            EventType::named(name)
                .ok_or_else(|| self.broken("an event has a type that this software does not know"))
        };
        rows.into_iter()
            .map(
                |(sequence, name, vanished, slot, signature, written_at, body)| {
                    Ok(FeedRow {
                        sequence: unsigned(sequence),
                        event: event(&name)?,
                        vanished: vanished.as_deref().map(event).transpose()?,
                        slot: unsigned(slot),
                        signature: self.signature(&signature)?,
                        written_at,
                        body,
                    })
                },
            )
            .collect()
    }
}

//! A stream of the ledger's events.

use std::{convert::Infallible, time::Duration};

use axum::{
    extract::State,
    http::{HeaderMap, HeaderName, HeaderValue},
    response::{
        IntoResponse, Response,
        sse::{Event as Sent, Sse},
    },
};
use futures::{Stream, stream};
use generion_http_server::client_address::ClientAddress;
use generion_rpc::causes::with_causes;
use serde::{Deserialize, Serialize};
use tokio::time::timeout;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    events::{Cursor, EndReason, EventFilter, Gap, Item, SubscribeError, Subscription},
    http::{
        extract::ApiQuery,
        problem::{Problem, ProblemBody, ProblemCode},
        state::AppState,
    },
    json::{AddressText, SignatureText, U64Text},
};

/// The cursor of a client that was cut off.
const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");
/// The time that a client waits before it connects again.
const RECONNECT_AFTER: Duration = Duration::from_secs(3);

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(events))
}

/// Which events, and from where.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct EventsQuery {
    /// Types of events, with commas between them, such as `order.created,purchase.locked`. Default: all. An event
    /// `vanished` comes wherever the event came that it takes back.
    #[serde(rename = "type")]
    types: Option<String>,
    /// Events that concern this address: as an account, as a record in a list, or as a signer.
    address: Option<AddressText>,
    /// Events of records and shares with this owner.
    owner: Option<AddressText>,
    /// Events of records with this creator.
    creator: Option<AddressText>,
    /// Events of shares with this recipient.
    recipient: Option<AddressText>,
    /// Events of orders and purchases with this seller.
    seller: Option<AddressText>,
    /// Events of purchases with this buyer.
    buyer: Option<AddressText>,
    /// Events of this record, and of orders and deliveries that list it.
    record: Option<AddressText>,
    /// Events of this order, and of its purchases.
    order: Option<AddressText>,
    /// Events of this purchase.
    purchase: Option<AddressText>,
    /// New orders with exactly this label.
    label: Option<String>,
    /// The `id` of the last event that you have. The header `Last-Event-ID` goes before it.
    cursor: Option<String>,
}

impl EventsQuery {
    fn filter(&self) -> Result<EventFilter, Problem> {
        let types = self.types.as_deref().unwrap_or_default().split(',');
        let types = types.map(str::trim).filter(|name| !name.is_empty());
        let roles = [
            self.owner,
            self.creator,
            self.recipient,
            self.seller,
            self.buyer,
            self.record,
            self.order,
            self.purchase,
        ];
        EventFilter::of(types, self.address, roles, self.label.clone())
            .map_err(|error| Problem::new(ProblemCode::InvalidQuery, error.to_string()))
    }
}

/// The JSON of an event. All of them have these members; `gap` and `end` have others.
#[derive(Serialize, ToSchema)]
struct Event {
    /// The type of the event, such as `order.created`; `vanished`: a fork took a change back that was reported before.
    #[serde(rename = "type")]
    event: String,
    /// When it happened.
    timestamp: String,
    /// The cursor behind this event, as in `id:`.
    id: String,
    /// The subject: a record, share, order, purchase or user.
    address: Option<AddressText>,
    /// The transaction's slot.
    slot: U64Text,
    /// The transaction.
    signature: SignatureText,
    /// The type of the event that vanished, such as `order.created`; left out of other events.
    vanished: Option<String>,
    /// The change, as in a history. `null`: it is too long.
    change: Option<serde_json::Value>,
}

/// Follows the ledger's events.
///
/// The answer is a stream of server-sent events, which does not end. `event:` is the type and `id:` a cursor. To continue a
/// stream, connect again with `Last-Event-ID`: no event is lost and none comes twice, on any gateway that shares the database.
/// An event `gap` means that events may be missing, because the cursor is too old or of another index: read the lists that you
/// follow once more. An event `end` gives the reason why the gateway ends the stream (`too_slow`, `shutting_down`).
#[utoipa::path(
    get,
    path = "/events",
    tag = "events",
    params(
        EventsQuery,
        ("last-event-id" = Option<String>, Header, description = "The `id` of the last event that you have."),
    ),
    responses(
        (status = 200, description = "The events.", body = Event, content_type = "text/event-stream"),
        (status = 429, description = "Too many requests, or clients at this address.", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
async fn events(
    State(state): State<AppState>,
    client: ClientAddress,
    headers: HeaderMap,
    ApiQuery(query): ApiQuery<EventsQuery>,
) -> Result<Response, Problem> {
    let filter = query.filter()?;
    let cursor = match headers.get(LAST_EVENT_ID) {
        Some(value) => Some(value.to_str().unwrap_or("")),
        None => query.cursor.as_deref(),
    };
    let cursor: Option<Cursor> = cursor
        .map(str::parse)
        .transpose()
        .map_err(|_| invalid_cursor())?;
    let subscription = state.events.subscribe(Some(client), cursor, filter).await?;
    let stream = sent(subscription, state.config.events.heartbeat);
    let mut response = Sse::new(stream).into_response();
    // Proxies that collect an answer before they pass it on are asked not to.
    let no_buffering = HeaderValue::from_static("no");
    let headers = response.headers_mut();
    headers.insert("x-accel-buffering", no_buffering);
    Ok(response)
}

fn invalid_cursor() -> Problem {
    Problem::new(
        ProblemCode::InvalidCursor,
        "`Last-Event-ID` or `cursor` is no cursor of the events: take the `id` of an event, or leave it out to follow from \
         now on",
    )
}

impl From<SubscribeError> for Problem {
    fn from(error: SubscribeError) -> Self {
        match error {
            SubscribeError::Full => Self::new(ProblemCode::Busy, error.to_string()).retry_after(10),
            SubscribeError::PeerFull => {
                Self::new(ProblemCode::TooManyClients, error.to_string()).retry_after(10)
            }
            SubscribeError::Storage(error) => error.into(),
        }
    }
}

/// The next item to send.
enum Next {
    /// The cursor alone, before anything else.
    Place,
    Item,
    Nothing,
}

fn sent(
    subscription: Subscription,
    heartbeat: Duration,
) -> impl Stream<Item = Result<Sent, Infallible>> {
    stream::unfold(
        (subscription, Next::Place),
        move |(mut from, next)| async move {
            let sent = match next {
                Next::Place => place(&from).retry(RECONNECT_AFTER),
                Next::Item => match timeout(heartbeat, from.next()).await {
                    Ok(Ok(Item::Event(event))) => Sent::default()
                        .event(event.event.name())
                        .id(event.cursor.to_string())
                        .data(&event.json),
                    Ok(Ok(Item::Gap(gap))) => gap_event(&gap),
                    Ok(Ok(Item::End(reason))) => {
                        return Some((Ok(end_event(reason)), (from, Next::Nothing)));
                    }
                    Ok(Err(error)) => {
                        tracing::error!(
                            error = with_causes(&error),
                            "a client's events can't be read"
                        );
                        return None;
                    }
                    Err(_) => place(&from).comment("waiting"),
                },
                Next::Nothing => return None,
            };
            Some((Ok(sent), (from, Next::Item)))
        },
    )
}

/// Moves the client's cursor, and is no event to it.
fn place(subscription: &Subscription) -> Sent {
    Sent::default().id(subscription.position().to_string())
}

fn gap_event(gap: &Gap) -> Sent {
    Sent::default()
        .event("gap")
        .id(gap.resumed.to_string())
        .data(serde_json::to_string(gap).expect("texts are JSON"))
}

fn end_event(reason: EndReason) -> Sent {
    Sent::default()
        .event("end")
        .data(format!(r#"{{"reason":"{}"}}"#, reason.name()))
}

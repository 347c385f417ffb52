//! The history of an address, and all changes of one kind.

use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use solana_address::Address;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    http::{
        extract::{ApiPath, ApiQuery},
        list::Paging,
        problem::{Problem, ProblemCode},
        state::AppState,
        views::change::ChangeView,
    },
    json::{AddressText, U64Text},
    storage::{HistoryPosition, StoredChange},
};

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(history))
        .routes(routes!(deliveries))
        .routes(routes!(settlements))
        .routes(routes!(refunds))
}

/// A page of changes, the latest first.
#[derive(Clone, Debug, Serialize, ToSchema)]
struct ChangesPage {
    /// The changes.
    items: Vec<ChangeView>,
    /// The cursor of the next page; `null`: this is the last one.
    next: Option<String>,
    /// The slot from which on all changes are known, if the first snapshot is in.
    complete_from_slot: Option<U64Text>,
}

/// Which page of changes is asked for.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct HistoryQuery {
    /// Rows of the page: 50 unless it is said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// The place where the list continues: `next` of the page before.
    cursor: Option<String>,
}

/// Which changes of a kind are asked for.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ChangesQuery {
    /// Those that concern this address alone: a seller, a buyer, an order or a purchase.
    address: Option<AddressText>,
    /// Rows of the page: 50 unless it is said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// The place where the list continues: `next` of the page before.
    cursor: Option<String>,
}

/// The changes of an address, the latest first. Failed attempts and changes that a fork took back are included, each marked as
/// such.
#[utoipa::path(
    get,
    path = "/history/{address}",
    tag = "history",
    params(("address" = AddressText, Path, description = "Any address: a wallet, or an account of the program."), HistoryQuery),
    responses((status = 200, description = "A page of changes.", body = ChangesPage))
)]
async fn history(
    State(state): State<AppState>,
    ApiPath(AddressText(address)): ApiPath<AddressText>,
    ApiQuery(query): ApiQuery<HistoryQuery>,
) -> Result<Json<ChangesPage>, Problem> {
    let (limit, before, name) = place(
        &state,
        format!("history of {address}"),
        query.limit,
        query.cursor,
    )?;
    let rows = state
        .storage
        .history(&address, before.as_ref(), limit + 1)
        .await?;
    page(&state, &name, rows, limit)
}

/// Deliveries, the latest first.
#[utoipa::path(
    get,
    path = "/deliveries",
    tag = "history",
    params(ChangesQuery),
    responses((status = 200, description = "A page of changes.", body = ChangesPage))
)]
async fn deliveries(
    State(state): State<AppState>,
    ApiQuery(query): ApiQuery<ChangesQuery>,
) -> Result<Json<ChangesPage>, Problem> {
    changes(&state, "Delivered", query).await
}

/// Settlements, by which sellers are paid and buyers get their keys, the latest first.
#[utoipa::path(
    get,
    path = "/settlements",
    tag = "history",
    params(ChangesQuery),
    responses((status = 200, description = "A page of changes.", body = ChangesPage))
)]
async fn settlements(
    State(state): State<AppState>,
    ApiQuery(query): ApiQuery<ChangesQuery>,
) -> Result<Json<ChangesPage>, Problem> {
    changes(&state, "Settled", query).await
}

/// Refunds, the latest first.
#[utoipa::path(
    get,
    path = "/refunds",
    tag = "history",
    params(ChangesQuery),
    responses((status = 200, description = "A page of changes.", body = ChangesPage))
)]
async fn refunds(
    State(state): State<AppState>,
    ApiQuery(query): ApiQuery<ChangesQuery>,
) -> Result<Json<ChangesPage>, Problem> {
    changes(&state, "Refunded", query).await
}

/// The changes of a kind.
async fn changes(
    state: &AppState,
    kind: &'static str,
    query: ChangesQuery,
) -> Result<Json<ChangesPage>, Problem> {
    let address: Option<Address> = query.address.map(|address| address.0);
    let (limit, before, name) = place(
        state,
        format!("{kind} of {address:?}"),
        query.limit,
        query.cursor,
    )?;
    let rows = state
        .storage
        .changes_of_kind(kind, address.as_ref(), before.as_ref(), limit + 1)
        .await?;
    page(state, &name, rows, limit)
}

/// The number of rows, the place before which they begin, and the list's name in cursors.
fn place(
    state: &AppState,
    name: String,
    limit: Option<u32>,
    cursor: Option<String>,
) -> Result<(u32, Option<HistoryPosition>, String), Problem> {
    let limit = Paging {
        limit,
        ..Paging::default()
    }
    .limit()?;
    let Some(cursor) = cursor else {
        return Ok((limit, None, name));
    };
    let place = state.cursor_key.open(&name, &cursor)?;
    let read = HistoryPosition::from_bytes(&place).ok_or_else(|| {
        Problem::new(
            ProblemCode::InvalidCursor,
            "this cursor names no place of this list: begin without a cursor",
        )
    })?;
    Ok((limit, Some(read), name))
}

/// A page from one row more than it has.
fn page(
    state: &AppState,
    name: &str,
    mut rows: Vec<StoredChange>,
    limit: u32,
) -> Result<Json<ChangesPage>, Problem> {
    let wanted = usize::try_from(limit).unwrap_or(usize::MAX);
    let is_more = rows.len() > wanted;
    rows.truncate(wanted);
    let last = rows.last().filter(|_| is_more);
    Ok(Json(ChangesPage {
        items: rows
            .iter()
            .map(ChangeView::read)
            .collect::<Result<_, _>>()?,
        next: last.map(|last| state.cursor_key.seal(name, &last.at.to_bytes())),
        complete_from_slot: state.index.state().complete_from_slot.map(U64Text),
    }))
}

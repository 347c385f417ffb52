//! Lists, a page at a time, and several accounts at once.

use axum::Json;
use serde::{Deserialize, Serialize};
use solana_address::Address;
use utoipa::ToSchema;

use super::{
    problem::{Problem, ProblemCode},
    state::AppState,
    views::AccountView,
};
use crate::{
    json::AddressText,
    storage::{List, ListFilter, Position, Sort},
};

/// The rows of a page where the client does not say how many.
pub const DEFAULT_LIMIT: u32 = 50;
/// The most rows of a page.
pub const MAX_LIMIT: u32 = 200;
/// The most accounts that are asked for at once.
pub const MAX_SEVERAL: usize = 100;

/// A page of a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Page<T> {
    /// The rows, in the list's order.
    pub items: Vec<T>,
    /// The cursor of the next page; `null`: this is the last one.
    pub next: Option<String>,
}

/// Accounts that were asked for by their addresses.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Several<T> {
    /// Those that are there, in the order in which they were asked for.
    pub items: Vec<T>,
    /// Those that are not there.
    pub missing: Vec<AddressText>,
    /// Those that the gateway's nodes disagree on.
    pub disputed: Vec<AddressText>,
}

/// Which way a list goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// The least or oldest first.
    Ascending,
    /// The greatest or latest first.
    Descending,
}

/// The page that the client asks for.
#[derive(Clone, Debug, Default)]
pub struct Paging {
    /// The number of rows.
    pub limit: Option<u32>,
    /// Which way.
    pub order: Option<Order>,
    /// The place where the page begins.
    pub cursor: Option<String>,
}

impl Paging {
    /// The number of rows of the page.
    ///
    /// # Errors
    /// `InvalidQuery`.
    pub fn limit(&self) -> Result<u32, Problem> {
        match self.limit {
            None => Ok(DEFAULT_LIMIT),
            Some(limit) if (1..=MAX_LIMIT).contains(&limit) => Ok(limit),
            Some(limit) => Err(Problem::new(
                ProblemCode::InvalidQuery,
                format!("limit: {limit} is not within 1 and {MAX_LIMIT}"),
            )),
        }
    }
}

/// A page of accounts.
///
/// # Errors
/// `InvalidQuery`, `InvalidCursor`, or a failure of the database.
pub async fn page<V: AccountView>(
    state: &AppState,
    filter: ListFilter,
    sort: Sort,
    paging: &Paging,
) -> Result<Json<Page<V>>, Problem> {
    let limit = paging.limit()?;
    let list = list(filter, sort, paging)?;
    let (after, name) = position(state, &list, paging)?;
    let page = state.storage.page(&list, after.as_ref(), limit).await?;
    let finalized_slot = state.index.state().finalized_slot;
    let items = page.rows.iter().map(|row| V::read(row, finalized_slot));
    Ok(Json(Page {
        items: items.collect::<Result<_, _>>()?,
        next: page.next.map(|next| cursor(state, &name, &next)),
    }))
}

/// The addresses of a page of accounts.
///
/// # Errors
/// Those of [`page`].
pub async fn addresses(
    state: &AppState,
    filter: ListFilter,
    sort: Sort,
    paging: &Paging,
) -> Result<Json<Page<AddressText>>, Problem> {
    let limit = paging.limit()?;
    let list = list(filter, sort, paging)?;
    let (after, name) = position(state, &list, paging)?;
    let page = state.storage.page(&list, after.as_ref(), limit).await?;
    Ok(Json(Page {
        items: page
            .rows
            .iter()
            .map(|row| AddressText(row.address))
            .collect(),
        next: page.next.map(|next| cursor(state, &name, &next)),
    }))
}

/// An account by its address.
///
/// # Errors
/// `NotFound`, `Disputed`, or a failure of the database.
pub async fn one<V: AccountView>(state: &AppState, address: &Address) -> Result<Json<V>, Problem> {
    let finalized_slot = state.index.state().finalized_slot;
    let stored = state.storage.account(V::KIND, address).await?;
    let stored = stored.ok_or_else(|| {
        Problem::new(
            ProblemCode::NotFound,
            format!(
                "no {} is at {address}, or not yet: the headers say how far the gateway is",
                V::KIND.name()
            ),
        )
    })?;
    V::read(&stored, finalized_slot).map(Json)
}

/// Accounts by their addresses, which commas separate.
///
/// # Errors
/// `InvalidQuery`, or a failure of the database.
pub async fn several<V: AccountView>(
    state: &AppState,
    addresses: &str,
) -> Result<Json<Several<V>>, Problem> {
    let refused = |detail: String| Problem::new(ProblemCode::InvalidQuery, detail);
    let mut asked = Vec::new();
    for text in addresses.split(',') {
        let address = text.trim().parse::<Address>();
        asked.push(address.map_err(|_| {
            refused("addresses: expected addresses in base58, separated by commas".to_owned())
        })?);
        if asked.len() > MAX_SEVERAL {
            return Err(refused(format!(
                "addresses: at most {MAX_SEVERAL} addresses at once"
            )));
        }
    }
    let finalized_slot = state.index.state().finalized_slot;
    let found = state.storage.accounts(V::KIND, &asked).await?;
    let mut several = Several {
        items: Vec::new(),
        missing: Vec::new(),
        disputed: Vec::new(),
    };
    for address in asked {
        match found.get(&address) {
            None => several.missing.push(AddressText(address)),
            Some(stored) if stored.disputed => several.disputed.push(AddressText(address)),
            Some(stored) => several.items.push(V::read(stored, finalized_slot)?),
        }
    }
    Ok(Json(several))
}

fn list(filter: ListFilter, sort: Sort, paging: &Paging) -> Result<List, Problem> {
    let descending = match paging.order {
        Some(order) => order == Order::Descending,
        None => sort == Sort::Time,
    };
    let list = List {
        filter,
        sort,
        descending,
    };
    match list.bound_beside_sort() {
        None => Ok(list),
        Some(bound) => Err(Problem::new(
            ProblemCode::UnsortedBound,
            format!(
                "{bound}: sort the list by the same thing, or ask for the list of one wallet, order or record"
            ),
        )),
    }
}

/// The place where the page begins, and the list's name in cursors.
fn position(
    state: &AppState,
    list: &List,
    paging: &Paging,
) -> Result<(Option<Position>, String), Problem> {
    let name = format!("{list:?}");
    let Some(cursor) = &paging.cursor else {
        return Ok((None, name));
    };
    let place = state.cursor_key.open(&name, cursor)?;
    let read = place
        .split_first_chunk::<8>()
        .and_then(|(value, address)| {
            Some(Position {
                value: i64::from_be_bytes(*value),
                address: Address::try_from(address).ok()?,
            })
        })
        .ok_or_else(|| {
            Problem::new(
                ProblemCode::InvalidCursor,
                "this cursor names no place of this list: begin without a cursor",
            )
        })?;
    Ok((Some(read), name))
}

fn cursor(state: &AppState, name: &str, position: &Position) -> String {
    let mut place = position.value.to_be_bytes().to_vec();
    place.extend(position.address.as_ref());
    state.cursor_key.seal(name, &place)
}

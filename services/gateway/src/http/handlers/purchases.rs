//! Purchases.

use axum::{Json, extract::State};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    http::{
        extract::{ApiPath, ApiQuery},
        list::{self, Order, Page, Paging},
        problem::{Problem, ProblemBody},
        state::AppState,
        views::purchase::{PurchaseState, PurchaseView},
    },
    json::{AddressText, U64Text},
    storage::{ListFilter, PurchaseFilter, Sort},
};

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(purchases))
        .routes(routes!(purchase))
}

/// The sort keys of purchases.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum PurchasesSort {
    /// The deadline for the delivery; the latest first unless `order` says otherwise.
    Deadline,
    /// The price; the lowest first unless `order` says otherwise.
    Price,
}

/// Which purchases are listed.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct PurchasesQuery {
    /// Only purchases of the order at this address.
    of_order: Option<AddressText>,
    /// Only purchases from this seller.
    seller: Option<AddressText>,
    /// Only purchases by this buyer.
    buyer: Option<AddressText>,
    /// In this state.
    #[param(inline)]
    state: Option<PurchaseState>,
    /// At this price or above, in lamports.
    price_from: Option<U64Text>,
    /// At this price or below, in lamports.
    price_up_to: Option<U64Text>,
    /// To be delivered then or later, in seconds since the Unix epoch.
    deadline_from: Option<i64>,
    /// To be delivered before then.
    deadline_before: Option<i64>,
    /// The sort key. Default: `price` if the only bound is on that, and `deadline` otherwise.
    #[param(inline)]
    sort: Option<PurchasesSort>,
    /// Which way.
    #[param(inline)]
    order: Option<Order>,
    /// Rows of the page: 50 unless it is said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// The place where the list continues: `next` of the page before.
    cursor: Option<String>,
}

/// Purchases, by their deadline or by price.
#[utoipa::path(
    get,
    path = "/purchases",
    tag = "purchases",
    params(PurchasesQuery),
    responses((status = 200, description = "A page of purchases.", body = Page<PurchaseView>))
)]
async fn purchases(
    State(state): State<AppState>,
    ApiQuery(query): ApiQuery<PurchasesQuery>,
) -> Result<Json<Page<PurchaseView>>, Problem> {
    let filter = PurchaseFilter {
        order: query.of_order.map(|address| address.0),
        seller: query.seller.map(|address| address.0),
        buyer: query.buyer.map(|address| address.0),
        status: query.state.map(PurchaseState::status),
        price_from: query.price_from.map(|price| price.0),
        price_up_to: query.price_up_to.map(|price| price.0),
        deadline_from: query.deadline_from,
        deadline_before: query.deadline_before,
    };
    let bounds = (
        filter.price_from.or(filter.price_up_to).is_some(),
        filter.deadline_from.or(filter.deadline_before).is_some(),
    );
    let sort = match (query.sort, bounds) {
        (Some(PurchasesSort::Price), _) | (None, (true, false)) => Sort::Price,
        (Some(PurchasesSort::Deadline) | None, _) => Sort::Time,
    };
    let paging = Paging {
        limit: query.limit,
        order: query.order,
        cursor: query.cursor,
    };
    list::page(&state, ListFilter::Purchases(filter), sort, &paging).await
}

/// A purchase by its address.
#[utoipa::path(
    get,
    path = "/purchases/{address}",
    tag = "purchases",
    params(("address" = AddressText, Path, description = "The purchase's address.")),
    responses(
        (status = 200, description = "The purchase.", body = PurchaseView),
        (status = 404, description = "No such purchase is there.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "The nodes disagree on it.", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
async fn purchase(
    State(state): State<AppState>,
    ApiPath(AddressText(address)): ApiPath<AddressText>,
) -> Result<Json<PurchaseView>, Problem> {
    list::one(&state, &address).await
}

//! Orders.

use axum::{Json, extract::State};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::records::SeveralQuery;
use crate::{
    http::{
        extract::{ApiPath, ApiQuery},
        list::{self, Order, Page, Paging, Several},
        problem::{Problem, ProblemBody},
        state::AppState,
        views::order::OrderView,
    },
    json::{AddressText, U64Text},
    storage::{ListFilter, OrderFilter, Sort},
};

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(orders))
        .routes(routes!(order_addresses))
        .routes(routes!(several_orders))
        .routes(routes!(order))
}

/// The sort keys of orders.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum OrdersSort {
    /// The time of creation; the latest first unless `order` says otherwise.
    Time,
    /// The price; the lowest first unless `order` says otherwise.
    Price,
    /// The number of records that the order lists; the fewest first unless `order` says otherwise.
    Records,
}

/// Which orders are listed.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct OrdersQuery {
    /// Only orders of this seller.
    seller: Option<AddressText>,
    /// With exactly this label.
    label: Option<String>,
    /// Taking purchases, or not.
    open: Option<bool>,
    /// Only orders for this buyer alone.
    only_buyer: Option<AddressText>,
    /// Only orders for one buyer alone (`true`), or for anybody (`false`).
    has_only_buyer: Option<bool>,
    /// At this price or above, in lamports.
    price_from: Option<U64Text>,
    /// At this price or below, in lamports.
    price_up_to: Option<U64Text>,
    /// Only orders of this many records or more.
    records_from: Option<u8>,
    /// With this record.
    record: Option<AddressText>,
    /// Created then or later, in seconds since the Unix epoch.
    created_from: Option<i64>,
    /// Created before then.
    created_before: Option<i64>,
    /// The sort key. Default: `price` or `records` if the only bound is on that, and `time` otherwise.
    #[param(inline)]
    sort: Option<OrdersSort>,
    /// Which way.
    #[param(inline)]
    order: Option<Order>,
    /// Rows of the page: 50 unless it is said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// The place where the list continues: `next` of the page before.
    cursor: Option<String>,
}

impl OrdersQuery {
    fn parts(self) -> (ListFilter, Sort, Paging) {
        let filter = OrderFilter {
            seller: self.seller.map(|address| address.0),
            label: self.label,
            open: self.open,
            only_buyer: self.only_buyer.map(|address| address.0),
            has_only_buyer: self.has_only_buyer,
            price_from: self.price_from.map(|price| price.0),
            price_up_to: self.price_up_to.map(|price| price.0),
            records_from: self.records_from,
            record: self.record.map(|address| address.0),
            created_from: self.created_from,
            created_before: self.created_before,
        };
        let bounds = (
            filter.price_from.or(filter.price_up_to).is_some(),
            filter.records_from.is_some(),
            filter.created_from.or(filter.created_before).is_some(),
        );
        let sort = match (self.sort, bounds) {
            (Some(OrdersSort::Price), _) | (None, (true, false, false)) => Sort::Price,
            (Some(OrdersSort::Records), _) | (None, (false, true, false)) => Sort::Records,
            (Some(OrdersSort::Time) | None, _) => Sort::Time,
        };
        let paging = Paging {
            limit: self.limit,
            order: self.order,
            cursor: self.cursor,
        };
        (ListFilter::Orders(filter), sort, paging)
    }
}

/// Orders, by the time of their creation, by price or by the number of their records.
#[utoipa::path(
    get,
    path = "/orders",
    tag = "orders",
    params(OrdersQuery),
    responses((status = 200, description = "A page of orders.", body = Page<OrderView>))
)]
async fn orders(
    State(state): State<AppState>,
    ApiQuery(query): ApiQuery<OrdersQuery>,
) -> Result<Json<Page<OrderView>>, Problem> {
    let (filter, sort, paging) = query.parts();
    list::page(&state, filter, sort, &paging).await
}

/// The addresses of orders, by the time of their creation, by price or by the number of their records.
#[utoipa::path(
    get,
    path = "/orders/addresses",
    tag = "orders",
    params(OrdersQuery),
    responses((status = 200, description = "A page of addresses.", body = Page<AddressText>))
)]
async fn order_addresses(
    State(state): State<AppState>,
    ApiQuery(query): ApiQuery<OrdersQuery>,
) -> Result<Json<Page<AddressText>>, Problem> {
    let (filter, sort, paging) = query.parts();
    list::addresses(&state, filter, sort, &paging).await
}

/// Several orders by their addresses.
#[utoipa::path(
    get,
    path = "/orders/several",
    tag = "orders",
    params(SeveralQuery),
    responses((status = 200, description = "The orders that are there.", body = Several<OrderView>))
)]
async fn several_orders(
    State(state): State<AppState>,
    ApiQuery(query): ApiQuery<SeveralQuery>,
) -> Result<Json<Several<OrderView>>, Problem> {
    list::several(&state, &query.addresses).await
}

/// An order by its address.
#[utoipa::path(
    get,
    path = "/orders/{address}",
    tag = "orders",
    params(("address" = AddressText, Path, description = "The order's address.")),
    responses(
        (status = 200, description = "The order.", body = OrderView),
        (status = 404, description = "No such order is there.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "The nodes disagree on it.", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
async fn order(
    State(state): State<AppState>,
    ApiPath(AddressText(address)): ApiPath<AddressText>,
) -> Result<Json<OrderView>, Problem> {
    list::one(&state, &address).await
}

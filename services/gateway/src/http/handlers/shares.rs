//! Shares.

use axum::{Json, extract::State};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    http::{
        extract::{ApiPath, ApiQuery},
        list::{self, Order, Page, Paging},
        problem::{Problem, ProblemBody},
        state::AppState,
        views::share::ShareView,
    },
    json::AddressText,
    storage::{ListFilter, ShareFilter, Sort},
};

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(shares))
        .routes(routes!(share))
}

/// Which shares are listed.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct SharesQuery {
    /// Only shares of this record.
    record: Option<AddressText>,
    /// Made by this owner.
    owner: Option<AddressText>,
    /// Only shares for this recipient.
    recipient: Option<AddressText>,
    /// Not expired at this time, in seconds since the Unix epoch.
    unexpired_at: Option<i64>,
    /// The order by time of creation: `descending` (latest first) by default.
    #[param(inline)]
    order: Option<Order>,
    /// Rows of the page: 50 unless it is said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// The place where the list continues: `next` of the page before.
    cursor: Option<String>,
}

/// Shares, by the time of their creation.
#[utoipa::path(
    get,
    path = "/shares",
    tag = "shares",
    params(SharesQuery),
    responses((status = 200, description = "A page of shares.", body = Page<ShareView>))
)]
async fn shares(
    State(state): State<AppState>,
    ApiQuery(query): ApiQuery<SharesQuery>,
) -> Result<Json<Page<ShareView>>, Problem> {
    let filter = ListFilter::Shares(ShareFilter {
        record: query.record.map(|address| address.0),
        owner: query.owner.map(|address| address.0),
        recipient: query.recipient.map(|address| address.0),
        unexpired_at: query.unexpired_at,
    });
    let paging = Paging {
        limit: query.limit,
        order: query.order,
        cursor: query.cursor,
    };
    list::page(&state, filter, Sort::Time, &paging).await
}

/// A share by its address.
#[utoipa::path(
    get,
    path = "/shares/{address}",
    tag = "shares",
    params(("address" = AddressText, Path, description = "The share's address.")),
    responses(
        (status = 200, description = "The share.", body = ShareView),
        (status = 404, description = "No such share is there.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "The nodes disagree on it.", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
async fn share(
    State(state): State<AppState>,
    ApiPath(AddressText(address)): ApiPath<AddressText>,
) -> Result<Json<ShareView>, Problem> {
    list::one(&state, &address).await
}

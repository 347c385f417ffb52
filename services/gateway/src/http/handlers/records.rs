//! Records.

use axum::{Json, extract::State};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    http::{
        extract::{ApiPath, ApiQuery},
        list::{self, Order, Page, Paging, Several},
        problem::{Problem, ProblemBody},
        state::AppState,
        views::record::RecordView,
    },
    json::AddressText,
    storage::{ListFilter, RecordFilter, Sort},
};

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(records))
        .routes(routes!(record_addresses))
        .routes(routes!(several_records))
        .routes(routes!(record))
}

/// Which records are listed.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct RecordsQuery {
    /// Only records of this owner.
    owner: Option<AddressText>,
    /// Written by this wallet.
    creator: Option<AddressText>,
    /// Verified by their owner, or not.
    verified: Option<bool>,
    /// Written by their owner, or not.
    self_issued: Option<bool>,
    /// Created then or later, in seconds since the Unix epoch.
    created_from: Option<i64>,
    /// Created before then.
    created_before: Option<i64>,
    /// The order by time of creation: `descending` (latest first) by default.
    #[param(inline)]
    order: Option<Order>,
    /// Rows of the page: 50 unless it is said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// The place where the list continues: `next` of the page before.
    cursor: Option<String>,
}

impl RecordsQuery {
    fn parts(self) -> (ListFilter, Paging) {
        let filter = RecordFilter {
            owner: self.owner.map(|address| address.0),
            creator: self.creator.map(|address| address.0),
            verified: self.verified,
            self_issued: self.self_issued,
            created_from: self.created_from,
            created_before: self.created_before,
        };
        let paging = Paging {
            limit: self.limit,
            order: self.order,
            cursor: self.cursor,
        };
        (ListFilter::Records(filter), paging)
    }
}

/// Records, by the time of their creation.
#[utoipa::path(
    get,
    path = "/records",
    tag = "records",
    params(RecordsQuery),
    responses((status = 200, description = "A page of records.", body = Page<RecordView>))
)]
async fn records(
    State(state): State<AppState>,
    ApiQuery(query): ApiQuery<RecordsQuery>,
) -> Result<Json<Page<RecordView>>, Problem> {
    let (filter, paging) = query.parts();
    list::page(&state, filter, Sort::Time, &paging).await
}

/// The addresses of records, by the time of their creation.
#[utoipa::path(
    get,
    path = "/records/addresses",
    tag = "records",
    params(RecordsQuery),
    responses((status = 200, description = "A page of addresses.", body = Page<AddressText>))
)]
async fn record_addresses(
    State(state): State<AppState>,
    ApiQuery(query): ApiQuery<RecordsQuery>,
) -> Result<Json<Page<AddressText>>, Problem> {
    let (filter, paging) = query.parts();
    list::addresses(&state, filter, Sort::Time, &paging).await
}

/// Which accounts are asked for.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct SeveralQuery {
    /// At most 100 addresses in base58, separated by commas.
    pub(super) addresses: String,
}

/// Several records by their addresses.
#[utoipa::path(
    get,
    path = "/records/several",
    tag = "records",
    params(SeveralQuery),
    responses((status = 200, description = "The records that are there.", body = Several<RecordView>))
)]
async fn several_records(
    State(state): State<AppState>,
    ApiQuery(query): ApiQuery<SeveralQuery>,
) -> Result<Json<Several<RecordView>>, Problem> {
    list::several(&state, &query.addresses).await
}

/// A record by its address.
#[utoipa::path(
    get,
    path = "/records/{address}",
    tag = "records",
    params(("address" = AddressText, Path, description = "The record's address.")),
    responses(
        (status = 200, description = "The record.", body = RecordView),
        (status = 404, description = "No such record is there.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "The nodes disagree on it.", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
async fn record(
    State(state): State<AppState>,
    ApiPath(AddressText(address)): ApiPath<AddressText>,
) -> Result<Json<RecordView>, Problem> {
    list::one(&state, &address).await
}

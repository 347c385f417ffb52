//! Users, their keys and their records.

use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    http::{
        extract::{ApiPath, ApiQuery},
        list::{self, Order, Page, Paging},
        problem::{Problem, ProblemBody},
        state::AppState,
        views::{record::RecordView, user::UserView},
    },
    json::{AddressText, Commitment, SignatureText, U64Text},
    storage::{ListFilter, RecordFilter, Sort},
};

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(users))
        .routes(routes!(user))
        .routes(routes!(user_key))
        .routes(routes!(user_records))
        .routes(routes!(user_record_addresses))
}

/// Which page is asked for.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct PageQuery {
    /// Which way.
    #[param(inline)]
    order: Option<Order>,
    /// Rows of the page: 50 unless it is said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// The place where the list continues: `next` of the page before.
    cursor: Option<String>,
}

impl From<PageQuery> for Paging {
    fn from(query: PageQuery) -> Self {
        Self {
            limit: query.limit,
            order: query.order,
            cursor: query.cursor,
        }
    }
}

/// Users, by the address of their account.
#[utoipa::path(
    get,
    path = "/users",
    tag = "users",
    params(PageQuery),
    responses((status = 200, description = "A page of users.", body = Page<UserView>))
)]
async fn users(
    State(state): State<AppState>,
    ApiQuery(query): ApiQuery<PageQuery>,
) -> Result<Json<Page<UserView>>, Problem> {
    list::page(&state, ListFilter::Users, Sort::Address, &query.into()).await
}

/// A user by the wallet's address.
#[utoipa::path(
    get,
    path = "/users/{wallet}",
    tag = "users",
    params(("wallet" = AddressText, Path, description = "The wallet's address.")),
    responses(
        (status = 200, description = "The user.", body = UserView),
        (status = 404, description = "The wallet has published no key.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "The nodes disagree on it.", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
async fn user(
    State(state): State<AppState>,
    ApiPath(AddressText(wallet)): ApiPath<AddressText>,
) -> Result<Json<UserView>, Problem> {
    list::one(&state, &state.addresses.user(&wallet)).await
}

/// A wallet's encryption key with the wallet's signature over it.
#[derive(Serialize, ToSchema)]
struct UserKey {
    /// The wallet.
    wallet: AddressText,
    /// The account's address, which follows from the wallet.
    address: AddressText,
    /// The key to which anybody may encrypt, in hex. Check the attestation first.
    encryption_key: String,
    /// Index of the key.
    key_index: u32,
    /// The wallet's signature over the line that names the key and its index.
    attestation: SignatureText,
    /// The slot of the state that the account was read in.
    slot: U64Text,
    /// The finality of this state.
    commitment: Commitment,
}

/// A user's encryption key.
#[utoipa::path(
    get,
    path = "/users/{wallet}/key",
    tag = "users",
    params(("wallet" = AddressText, Path, description = "The wallet's address.")),
    responses(
        (status = 200, description = "The key.", body = UserKey),
        (status = 404, description = "The wallet has published no key.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "The nodes disagree on it.", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
async fn user_key(
    State(state): State<AppState>,
    ApiPath(AddressText(wallet)): ApiPath<AddressText>,
) -> Result<Json<UserKey>, Problem> {
    let Json(user): Json<UserView> = list::one(&state, &state.addresses.user(&wallet)).await?;
    Ok(Json(UserKey {
        wallet: user.wallet,
        address: user.address,
        encryption_key: user.encryption_key,
        key_index: user.key_index,
        attestation: user.attestation,
        slot: user.on_ledger.slot,
        commitment: user.on_ledger.commitment,
    }))
}

fn records_of(wallet: AddressText) -> ListFilter {
    ListFilter::Records(RecordFilter {
        owner: Some(wallet.0),
        ..RecordFilter::default()
    })
}

/// The records of a user, by the time of their creation.
#[utoipa::path(
    get,
    path = "/users/{wallet}/records",
    tag = "users",
    params(("wallet" = AddressText, Path, description = "The wallet's address."), PageQuery),
    responses((status = 200, description = "A page of records.", body = Page<RecordView>))
)]
async fn user_records(
    State(state): State<AppState>,
    ApiPath(wallet): ApiPath<AddressText>,
    ApiQuery(query): ApiQuery<PageQuery>,
) -> Result<Json<Page<RecordView>>, Problem> {
    list::page(&state, records_of(wallet), Sort::Time, &query.into()).await
}

/// The addresses of a user's records, by the time of their creation.
#[utoipa::path(
    get,
    path = "/users/{wallet}/records/addresses",
    tag = "users",
    params(("wallet" = AddressText, Path, description = "The wallet's address."), PageQuery),
    responses((status = 200, description = "A page of addresses.", body = Page<AddressText>))
)]
async fn user_record_addresses(
    State(state): State<AppState>,
    ApiPath(wallet): ApiPath<AddressText>,
    ApiQuery(query): ApiQuery<PageQuery>,
) -> Result<Json<Page<AddressText>>, Problem> {
    list::addresses(&state, records_of(wallet), Sort::Time, &query.into()).await
}

//! Records.

use axum::{Json, extract::State};
use generion_interface::accounts::{LedgerAccount, RecordAccount};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    http::{
        extract::ApiPath,
        json::{AddressText, U64Text},
        problem::{Problem, ProblemBody, ProblemCode},
        state::AppState,
    },
    storage::AccountKind,
};

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(record))
}

/// A record.
#[derive(Serialize, ToSchema)]
struct Record {
    address: AddressText,
    owner: AddressText,
    creator: AddressText,
    /// Number of orders that list it.
    listings: U64Text,
}

/// A record by its address.
#[utoipa::path(
    get,
    path = "/records/{address}",
    tag = "records",
    params(("address" = AddressText, Path, description = "The record's address")),
    responses(
        (status = 200, body = Record),
        (status = 404, description = "No such record is there.", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
async fn record(
    State(state): State<AppState>,
    ApiPath(AddressText(address)): ApiPath<AddressText>,
) -> Result<Json<Record>, Problem> {
    let stored = state.storage.account(AccountKind::Record, &address).await?;
    let stored = stored
        .ok_or_else(|| Problem::new(ProblemCode::NotFound, format!("no record is at {address}")))?;
    let program = &state.addresses.program_id;
    let account = RecordAccount::decode(program, program, &stored.data)
        .map_err(|error| Problem::internal(&error))?;
    Ok(Json(Record {
        address: AddressText(stored.address),
        owner: AddressText(account.state.owner),
        creator: AddressText(account.state.creator),
        listings: U64Text(account.state.listings),
    }))
}

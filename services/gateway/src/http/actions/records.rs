//! The Action that verifies a record.

use axum::{Json, extract::State};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    refusals::ActionRefusals,
    site::Site,
    specification::{Action, ActionError, ActionKind, ActionPostRequest, ActionPostResponse},
    transaction::{Answer, TakenAction},
};
use crate::{
    build::Operation,
    http::{extract::ApiPath, list, problem::Problem, state::AppState, views::record::RecordView},
    json::AddressText,
};

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(show_verification, verify))
}

/// The Action by which its owner verifies a record.
#[utoipa::path(
    get,
    path = "/records/{address}/verify",
    tag = "actions",
    operation_id = "verification_action",
    params(("address" = AddressText, Path, description = "The record's address.")),
    responses(
        (status = 200, description = "The Action.", body = Action),
        ActionRefusals,
    )
)]
async fn show_verification(
    State(state): State<AppState>,
    site: Site,
    ApiPath(AddressText(record)): ApiPath<AddressText>,
) -> Result<Json<Action>, Problem> {
    let Json(view) = list::one::<RecordView>(&state, &record).await?;
    let is_verified = view.verified;
    Ok(Json(Action {
        kind: ActionKind::Action,
        icon: site.icon(),
        title: "Generion: verify a health record".to_owned(),
        description: format!(
            "Record {record}, which wallet {} wrote for its owner, wallet {}. Read the record in a client of Generion first: \
             whoever verifies it says that it is right. Its creator can't delete it any more, and it can be sold and shared.",
            view.creator.0, view.owner.0
        ),
        label: "Verify record".to_owned(),
        disabled: is_verified.then_some(true),
        links: None,
        error: is_verified.then(|| ActionError {
            message: "The record is verified already.".to_owned(),
        }),
    }))
}

/// The transaction by which its owner verifies a record.
#[utoipa::path(
    post,
    path = "/records/{address}/verify",
    tag = "actions",
    operation_id = "take_verification_action",
    params(("address" = AddressText, Path, description = "The record's address.")),
    request_body = ActionPostRequest,
    responses(
        (status = 200, description = "The transaction.", body = ActionPostResponse),
        ActionRefusals,
    )
)]
async fn verify(taken: TakenAction) -> Answer {
    let (owner, record) = taken.wallet_and_address();
    let operation = Operation::VerifyRecord { owner, record };
    let done = format!("Record {record} is verified.");
    taken.build(operation, "Record verified", done).await
}

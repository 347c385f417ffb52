//! The transaction of a POST.

use axum::Json;
use base64::{Engine, prelude::BASE64_STANDARD};

use super::{
    site::Site,
    specification::{Action, ActionKind, ActionPostResponse, NextActionLink, NextLinks},
};
use crate::{
    build::{Operation, Terms},
    http::{problem::Problem, state::AppState},
};

/// The answer to the POST of an Action.
pub(super) type Answer = Result<Json<ActionPostResponse>, Problem>;

/// Builds a transaction that the wallet pays for, since a client of Actions signs for no other one. `title` and `description`
/// are shown once it is confirmed.
pub(super) async fn build(
    state: &AppState,
    site: &Site,
    operation: Operation,
    title: &str,
    description: String,
) -> Answer {
    let unsigned = state.ledger().build(&operation, Terms::default()).await?;
    let completed = Action {
        kind: ActionKind::Completed,
        icon: site.icon(),
        title: title.to_owned(),
        description,
        label: title.to_owned(),
        disabled: None,
        links: None,
        error: None,
    };
    Ok(Json(ActionPostResponse::Transaction {
        transaction: BASE64_STANDARD.encode(&unsigned.transaction),
        message: unsigned.effects.join(" "),
        links: NextLinks {
            next: NextActionLink::Inline {
                action: Box::new(completed),
            },
        },
    }))
}

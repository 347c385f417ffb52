//! The transaction of a POST.

use axum::Json;
use base64::{Engine, prelude::BASE64_STANDARD};

use super::{
    site::Site,
    specification::{Action, ActionKind, ActionPostResponse, NextActionLink, NextLinks},
};
use crate::{
    build::{BuildError, Builder, Terms, Unsigned},
    http::{problem::Problem, state::AppState},
};

/// What the POST of an Action answers.
pub(super) type Answer = Result<Json<ActionPostResponse>, Problem>;

/// What is shown once a transaction has landed.
pub(super) struct Done {
    pub(super) title: &'static str,
    pub(super) description: String,
}

/// Builds a transaction that the wallet pays for, since a client of Actions signs for no other one.
pub(super) async fn build(
    state: &AppState,
    site: &Site,
    done: Done,
    build: impl AsyncFnOnce(&Builder<'_>) -> Result<Unsigned, BuildError>,
) -> Answer {
    let builder = Builder::new(&state.nodes, &state.addresses, Terms::default()).await?;
    let unsigned = build(&builder).await?;
    let completed = Action {
        kind: ActionKind::Completed,
        icon: site.icon(),
        title: done.title.to_owned(),
        description: done.description,
        label: done.title.to_owned(),
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

//! The POST of an Action, and its transaction.

use axum::{
    Json,
    extract::{FromRequest, FromRequestParts, Request},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use solana_address::Address;

use super::{
    site::Site,
    specification::{
        Action, ActionKind, ActionPostRequest, ActionPostResponse, NextActionLink, NextLinks,
    },
};
use crate::{
    build::{Operation, Terms},
    http::{extract::ApiPath, problem::Problem, public_json::PublicJson, state::AppState},
    json::AddressText,
};

/// The answer to the POST of an Action.
pub(super) type Answer = Result<Json<ActionPostResponse>, Problem>;

/// The POST of an Action of an address.
pub(super) struct TakenAction {
    pub(super) state: AppState,
    /// What the Action is about.
    pub(super) address: Address,
    pub(super) body: ActionPostRequest,
    site: Site,
}

impl FromRequest<AppState> for TakenAction {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, Problem> {
        let (mut parts, body) = request.into_parts();
        let Ok(site) = Site::from_request_parts(&mut parts, state).await;
        let ApiPath(AddressText(address)) = ApiPath::from_request_parts(&mut parts, state).await?;
        let request = Request::from_parts(parts, body);
        let PublicJson(body) = PublicJson::from_request(request, state).await?;
        Ok(Self {
            state: state.clone(),
            address,
            body,
            site,
        })
    }
}

impl TakenAction {
    /// The wallet that takes it, and what it is about.
    pub(super) const fn wallet_and_address(&self) -> (Address, Address) {
        (self.body.account.0, self.address)
    }

    /// Builds a transaction that the wallet pays for, since a client of Actions signs for no other one. `title` and
    /// `description` are shown once it has landed.
    pub(super) async fn build(
        &self,
        operation: Operation,
        title: &str,
        description: String,
    ) -> Answer {
        let ledger = self.state.ledger();
        let unsigned = ledger.build(&operation, Terms::default()).await?;
        let completed = Action {
            kind: ActionKind::Completed,
            icon: self.site.icon(),
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
}

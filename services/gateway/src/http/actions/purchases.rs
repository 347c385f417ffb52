//! The Actions that end a purchase.

use axum::{Json, extract::State};
use generion_rpc::amount::Sol;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    refusals::ActionRefusals,
    site::Site,
    specification::{Action, ActionError, ActionKind, ActionPostRequest, ActionPostResponse},
    transaction::{Answer, TakenAction},
};
use crate::{
    build::Operation,
    http::{
        extract::ApiPath,
        list,
        problem::Problem,
        state::AppState,
        views::purchase::{PurchaseState, PurchaseView},
    },
    json::AddressText,
};

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(show_refund, refund))
        .routes(routes!(show_closing, close))
}

/// The Action by which the price of a purchase goes back to the buyer.
#[utoipa::path(
    get,
    path = "/purchases/{address}/refund",
    tag = "actions",
    operation_id = "refund_action",
    params(("address" = AddressText, Path, description = "The purchase's address.")),
    responses(
        (status = 200, description = "The Action.", body = Action),
        ActionRefusals,
    )
)]
async fn show_refund(
    State(state): State<AppState>,
    site: Site,
    ApiPath(AddressText(purchase)): ApiPath<AddressText>,
) -> Result<Json<Action>, Problem> {
    let Json(view) = list::one::<PurchaseView>(&state, &purchase).await?;
    let at = view.refundable_at;
    let when = match view.state {
        PurchaseState::Pending => {
            format!("The seller can refund it now, anybody from Unix time {at} on.")
        }
        PurchaseState::Locked | PurchaseState::Settled => {
            format!("Anybody can refund it from Unix time {at} on, unless it is settled by then.")
        }
    };
    let is_settled = view.state == PurchaseState::Settled;
    Ok(Json(Action {
        kind: ActionKind::Action,
        icon: site.icon(),
        title: "Generion: refund a purchase".to_owned(),
        description: format!(
            "Purchase {purchase} of order {}: {} go back to the buyer, wallet {}, and nothing is sold. {when}",
            view.order.0,
            Sol(view.price_lamports.0),
            view.buyer.0
        ),
        label: "Refund purchase".to_owned(),
        disabled: is_settled.then_some(true),
        links: None,
        error: is_settled.then(|| ActionError {
            message: "The purchase is settled: the seller has the price, and the buyer the keys."
                .to_owned(),
        }),
    }))
}

/// The transaction by which the price of a purchase goes back to the buyer.
#[utoipa::path(
    post,
    path = "/purchases/{address}/refund",
    tag = "actions",
    operation_id = "take_refund_action",
    params(("address" = AddressText, Path, description = "The purchase's address.")),
    request_body = ActionPostRequest,
    responses(
        (status = 200, description = "The transaction.", body = ActionPostResponse),
        ActionRefusals,
    )
)]
async fn refund(taken: TakenAction) -> Answer {
    let (authority, purchase) = taken.wallet_and_address();
    let operation = Operation::Refund {
        authority,
        purchase,
    };
    let done = format!("The price of purchase {purchase} is back with its buyer.");
    taken.build(operation, "Purchase refunded", done).await
}

/// The Action by which its buyer closes a settled purchase.
#[utoipa::path(
    get,
    path = "/purchases/{address}/close",
    tag = "actions",
    operation_id = "purchase_closing_action",
    params(("address" = AddressText, Path, description = "The purchase's address.")),
    responses(
        (status = 200, description = "The Action.", body = Action),
        ActionRefusals,
    )
)]
async fn show_closing(
    State(state): State<AppState>,
    site: Site,
    ApiPath(AddressText(purchase)): ApiPath<AddressText>,
) -> Result<Json<Action>, Problem> {
    let Json(view) = list::one::<PurchaseView>(&state, &purchase).await?;
    let is_settled = view.state == PurchaseState::Settled;
    Ok(Json(Action {
        kind: ActionKind::Action,
        icon: site.icon(),
        title: "Generion: close a purchase".to_owned(),
        description: format!(
            "Purchase {purchase} of order {}. Its buyer, wallet {}, gets the rent back. Save the keys to the records in your \
             receipt first: a client of Generion does that. Once the purchase is closed, they are nowhere else.",
            view.order.0, view.buyer.0
        ),
        label: "Close purchase".to_owned(),
        disabled: (!is_settled).then_some(true),
        links: None,
        error: (!is_settled).then(|| ActionError {
            message: "The purchase is not settled: it can be refunded, and not closed.".to_owned(),
        }),
    }))
}

/// The transaction by which its buyer closes a settled purchase.
#[utoipa::path(
    post,
    path = "/purchases/{address}/close",
    tag = "actions",
    operation_id = "take_purchase_closing_action",
    params(("address" = AddressText, Path, description = "The purchase's address.")),
    request_body = ActionPostRequest,
    responses(
        (status = 200, description = "The transaction.", body = ActionPostResponse),
        ActionRefusals,
    )
)]
async fn close(taken: TakenAction) -> Answer {
    let (buyer, purchase) = taken.wallet_and_address();
    let operation = Operation::ClosePurchase { buyer, purchase };
    let done = format!("Purchase {purchase} is closed.");
    taken.build(operation, "Purchase closed", done).await
}

//! The Actions of an order: buy it, open it in the app, close it.
//!
//! A buyer needs a key for the purchase and a receipt that is saved before anything is paid: a bare wallet makes neither. So
//! the Action of an order leads to the app, and takes the key from a client that has saved its receipt.

use axum::{Json, extract::State};
use generion::PurchaseArgs;
use generion_rpc::{amount::Sol, duration, text::quoted};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    refusals::ActionRefusals,
    site::Site,
    specification::{
        Action, ActionError, ActionInput, ActionKind, ActionLinks, ActionParameter,
        ActionParameterKind, ActionPostRequest, ActionPostResponse, LinkedAction, LinkedActionKind,
    },
    transaction::{Answer, TakenAction},
};
use crate::{
    build::Operation,
    http::{
        extract::{ApiPath, ApiQuery},
        list,
        problem::{Problem, ProblemCode},
        state::AppState,
        views::order::OrderView,
    },
    json::AddressText,
};

/// The parameter with the buyer's key.
const BUYER_KEY: &str = "buyer_key";
/// The parameter with the hash of the terms.
const TERMS: &str = "terms";

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(show_order, buy))
        .routes(routes!(open_page))
        .routes(routes!(show_closing, close))
}

/// The Action of an order.
#[utoipa::path(
    get,
    path = "/orders/{address}",
    tag = "actions",
    operation_id = "order_action",
    params(("address" = AddressText, Path, description = "The order's address.")),
    responses(
        (status = 200, description = "The Action.", body = Action),
        ActionRefusals,
    )
)]
async fn show_order(
    State(state): State<AppState>,
    site: Site,
    ApiPath(AddressText(order)): ApiPath<AddressText>,
) -> Result<Json<Action>, Problem> {
    let Json(view) = list::one::<OrderView>(&state, &order).await?;
    let has_page = state.config.actions.order_page.is_some();
    let links = view.open.then(|| ActionLinks {
        actions: links(&view, has_page),
    });
    Ok(Json(Action {
        kind: ActionKind::Action,
        icon: site.icon(),
        title: "Generion: health records for sale".to_owned(),
        description: description(&view),
        label: "Buy records".to_owned(),
        disabled: (!view.open).then_some(true),
        links,
        error: (!view.open).then(|| ActionError {
            message: "The order takes no purchases any more.".to_owned(),
        }),
    }))
}

fn description(view: &OrderView) -> String {
    let count = view.record_addresses.len();
    let label = match view.label.is_empty() {
        true => String::new(),
        false => format!(" The seller calls it {}.", quoted(&view.label)),
    };
    let buyers = match &view.only_buyer {
        Some(buyer) => format!(" Only wallet {} may buy it.", buyer.0),
        None => String::new(),
    };
    format!(
        "Order {} of wallet {}: {count} health record{} for {}.{label}{buyers} The price goes into escrow, and comes back unless \
         the seller delivers within {}. Buy it with a client of Generion, which makes your key and saves your receipt first: \
         without them nobody can read what you buy.",
        view.address.0,
        view.seller.0,
        if count == 1 { "" } else { "s" },
        Sol(view.price_lamports.0),
        duration::in_words(view.delivery_window_seconds.into()),
    )
}

fn links(view: &OrderView, has_page: bool) -> Vec<LinkedAction> {
    let path = format!("/v1/actions/orders/{}", view.address.0);
    let page = LinkedAction {
        kind: LinkedActionKind::ExternalLink,
        href: format!("{path}/page"),
        label: "Open in the app".to_owned(),
        parameters: Vec::new(),
    };
    // The terms are those that the Action shows: a buyer agrees to these and to no others.
    let purchase = LinkedAction {
        kind: LinkedActionKind::Transaction,
        href: format!("{path}?{TERMS}={}&{BUYER_KEY}={{{BUYER_KEY}}}", view.terms),
        label: "Buy with saved receipt".to_owned(),
        parameters: vec![ActionParameter {
            kind: ActionParameterKind::Text,
            name: BUYER_KEY,
            label: "Key of your saved receipt",
            required: true,
            pattern: "^[0-9a-f]{64}$",
            pattern_description: "The key for this purchase, 64 hexadecimal digits, of a client that has saved your receipt",
        }],
    };
    let pages = has_page.then_some(page);
    pages.into_iter().chain([purchase]).collect()
}

/// The terms that a buyer agrees to, and the buyer's key.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct PurchaseQuery {
    /// The buyer's key for this purchase, in hex, of which the receipt is saved. It can be in `data` of the body instead.
    buyer_key: Option<String>,
    /// SHA-256 of the terms that the buyer agrees to, in hex. It can be in `data` of the body instead.
    terms: Option<String>,
}

/// The transaction that buys an order.
#[utoipa::path(
    post,
    path = "/orders/{address}",
    tag = "actions",
    operation_id = "take_order_action",
    params(("address" = AddressText, Path, description = "The order's address."), PurchaseQuery),
    request_body = ActionPostRequest,
    responses(
        (status = 200, description = "The transaction.", body = ActionPostResponse),
        ActionRefusals,
    )
)]
async fn buy(ApiQuery(query): ApiQuery<PurchaseQuery>, taken: TakenAction) -> Answer {
    let (buyer, order) = taken.wallet_and_address();
    let args = PurchaseArgs {
        buyer_key: parameter(query.buyer_key, &taken.body, BUYER_KEY)?,
        terms: parameter(query.terms, &taken.body, TERMS)?,
    };
    let operation = Operation::Purchase { buyer, order, args };
    let done = format!(
        "The price of order {order} is in escrow. Keep your receipt: with it a client of Generion opens the records once \
         the seller has delivered."
    );
    taken.build(operation, "Records bought", done).await
}

/// A parameter of 32 bytes in hex, of the address or of the body.
fn parameter(
    in_query: Option<String>,
    body: &ActionPostRequest,
    name: &str,
) -> Result<[u8; 32], Problem> {
    let in_body = || match body.data.get(name) {
        Some(ActionInput::One(value)) => Some(value.clone()),
        Some(ActionInput::Several(values)) if values.len() == 1 => values.first().cloned(),
        Some(ActionInput::Several(_)) | None => None,
    };
    let refuse = |detail: String| Problem::new(ProblemCode::InvalidQuery, detail);
    let text = in_query.or_else(in_body).ok_or_else(|| {
        refuse(format!(
            "{name} is missing: a purchase takes a key and a saved receipt, which a wallet alone does not make. Buy this order \
             with a client of Generion"
        ))
    })?;
    let mut bytes = [0; 32];
    hex::decode_to_slice(text, &mut bytes)
        .map_err(|_| refuse(format!("{name}: expected 32 bytes in hex")))?;
    Ok(bytes)
}

/// The page of the app that shows an order.
#[utoipa::path(
    post,
    path = "/orders/{address}/page",
    tag = "actions",
    operation_id = "take_order_page_action",
    params(("address" = AddressText, Path, description = "The order's address.")),
    request_body = ActionPostRequest,
    responses(
        (status = 200, description = "The page's address.", body = ActionPostResponse),
        ActionRefusals,
    )
)]
async fn open_page(TakenAction { state, address, .. }: TakenAction) -> Answer {
    let page = state.config.actions.order_page.as_ref().ok_or_else(|| {
        let detail =
            "this gateway knows no app that shows orders: buy this order with a client of Generion";
        Problem::new(ProblemCode::NotFound, detail)
    })?;
    // It has to be there.
    let Json(view) = list::one::<OrderView>(&state, &address).await?;
    Ok(Json(ActionPostResponse::ExternalLink {
        external_link: page.of(&view.address.0),
        message: "The app makes your key, saves your receipt, and then lets you buy.".to_owned(),
    }))
}

/// The Action by which its seller closes an order.
#[utoipa::path(
    get,
    path = "/orders/{address}/close",
    tag = "actions",
    operation_id = "order_closing_action",
    params(("address" = AddressText, Path, description = "The order's address.")),
    responses(
        (status = 200, description = "The Action.", body = Action),
        ActionRefusals,
    )
)]
async fn show_closing(
    State(state): State<AppState>,
    site: Site,
    ApiPath(AddressText(order)): ApiPath<AddressText>,
) -> Result<Json<Action>, Problem> {
    let Json(view) = list::one::<OrderView>(&state, &order).await?;
    let (seller, pending) = (view.seller.0, view.pending_purchases);
    let (effect, label) = match pending {
        0 => (
            "Its records are no longer listed, and the rent comes back.".to_owned(),
            "Close order",
        ),
        _ => (
            format!(
                "It takes no purchases any more. {pending} of them are pending: close it again when they are settled or refunded."
            ),
            "Stop sales",
        ),
    };
    let is_waiting = pending > 0 && !view.open;
    Ok(Json(Action {
        kind: ActionKind::Action,
        icon: site.icon(),
        title: "Generion: close an order".to_owned(),
        description: format!(
            "Order {order} of wallet {seller}, which alone can close it. {effect}"
        ),
        label: label.to_owned(),
        disabled: is_waiting.then_some(true),
        links: None,
        error: is_waiting.then(|| ActionError {
            message: "Purchases of the order are neither settled nor refunded.".to_owned(),
        }),
    }))
}

/// The transaction by which its seller closes an order.
#[utoipa::path(
    post,
    path = "/orders/{address}/close",
    tag = "actions",
    operation_id = "take_order_closing_action",
    params(("address" = AddressText, Path, description = "The order's address.")),
    request_body = ActionPostRequest,
    responses(
        (status = 200, description = "The transaction.", body = ActionPostResponse),
        ActionRefusals,
    )
)]
async fn close(taken: TakenAction) -> Answer {
    let (seller, order) = taken.wallet_and_address();
    let operation = Operation::CloseOrder { seller, order };
    let done = format!("Order {order} takes no purchases any more.");
    taken.build(operation, "Order closed", done).await
}

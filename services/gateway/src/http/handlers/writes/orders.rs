//! Orders.

use axum::extract::State;
use generion::PurchaseArgs;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::unsigned::{Answer, Fee, UnsignedTransaction, build};
use crate::{
    build::{Operation, orders::Offer},
    http::{
        bytes::HexKey, extract::ApiPath, openapi::WriteProblems, public_json::PublicJson,
        state::AppState,
    },
    json::{AddressText, U64Text},
};

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(create_order))
        .routes(routes!(close_order))
        .routes(routes!(create_purchase))
}

/// Records for sale.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewOrder {
    /// The owner of the records.
    seller: AddressText,
    /// The records' addresses, in any order.
    records: Vec<AddressText>,
    /// The price, in lamports.
    price: U64Text,
    /// Seconds that the seller has to deliver.
    delivery_window: u32,
    /// The only wallet that may buy.
    only_buyer: Option<AddressText>,
    /// The public description.
    label: String,
    /// The payer, and the priority fee.
    fee: Option<Fee>,
}

/// A seller offers records for sale.
#[utoipa::path(
    post,
    path = "/orders",
    tag = "orders",
    request_body = NewOrder,
    responses((status = 200, description = "The unsigned transaction.", body = UnsignedTransaction), WriteProblems)
)]
async fn create_order(
    State(state): State<AppState>,
    PublicJson(body): PublicJson<NewOrder>,
) -> Answer {
    let offer = Offer {
        records: body.records.into_iter().map(|record| record.0).collect(),
        price: body.price.0,
        delivery_window: body.delivery_window,
        only_buyer: body.only_buyer.map(|buyer| buyer.0),
        label: body.label,
    };
    let seller = body.seller.0;
    let operation = Operation::CreateOrder { seller, offer };
    build(&state, body.fee, operation).await
}

/// The wallet that closes an order.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Closing {
    /// The order's seller.
    seller: AddressText,
    /// The payer, and the priority fee.
    fee: Option<Fee>,
}

/// The seller closes an order.
#[utoipa::path(
    post,
    path = "/orders/{address}/close",
    tag = "orders",
    params(("address" = AddressText, Path, description = "The order's address.")),
    request_body = Closing,
    responses((status = 200, description = "The unsigned transaction.", body = UnsignedTransaction), WriteProblems)
)]
async fn close_order(
    State(state): State<AppState>,
    ApiPath(AddressText(order)): ApiPath<AddressText>,
    PublicJson(body): PublicJson<Closing>,
) -> Answer {
    let seller = body.seller.0;
    let operation = Operation::CloseOrder { seller, order };
    build(&state, body.fee, operation).await
}

/// A purchase of an order. Save the buyer's key before you sign: without it, nothing can be opened.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewPurchase {
    /// The wallet that buys.
    buyer: AddressText,
    /// The key that the documents' keys are delivered to, made for this purchase, in hex.
    buyer_key: HexKey,
    /// The hash of the order's terms, in hex, so that nothing else is bought.
    terms: HexKey,
    /// The payer, and the priority fee.
    fee: Option<Fee>,
}

/// A buyer pays the price into escrow.
#[utoipa::path(
    post,
    path = "/orders/{address}/purchase",
    tag = "orders",
    params(("address" = AddressText, Path, description = "The order's address.")),
    request_body = NewPurchase,
    responses((status = 200, description = "The unsigned transaction.", body = UnsignedTransaction), WriteProblems)
)]
async fn create_purchase(
    State(state): State<AppState>,
    ApiPath(AddressText(order)): ApiPath<AddressText>,
    PublicJson(body): PublicJson<NewPurchase>,
) -> Answer {
    let args = PurchaseArgs {
        buyer_key: body.buyer_key.0,
        terms: body.terms.0,
    };
    let buyer = body.buyer.0;
    let operation = Operation::Purchase { buyer, order, args };
    build(&state, body.fee, operation).await
}

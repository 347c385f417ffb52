//! Purchases.

use axum::extract::State;
use generion::{DeliverArgs, args::Capsules};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    arguments::{capsule, delivery_proof},
    unsigned::{Answer, Fee, UnsignedTransaction, build},
};
use crate::{
    build::Operation,
    http::{
        bytes::{CapsuleBytes, DeliveryProofBytes, HexKey},
        extract::ApiPath,
        openapi::WriteProblems,
        public_json::PublicJson,
        state::AppState,
    },
    json::AddressText,
};

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(deliver))
        .routes(routes!(refund))
        .routes(routes!(close_purchase))
}

/// A batch of re-encrypted keys, with its proof.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewDelivery {
    /// The wallet that pays the fee and signs. It need not be the seller's.
    payer: AddressText,
    /// The public key of the number that settles the sale, in hex.
    settle_key: HexKey,
    /// The position in the order of the first record of the batch, from 0.
    first: u8,
    /// The proof: 80 bytes in base64.
    proof: DeliveryProofBytes,
    /// 64 bytes in base64 for each record of the batch.
    capsules: Vec<CapsuleBytes>,
    /// The payer, and the priority fee.
    fee: Option<Fee>,
}

/// The seller delivers a batch of keys, or all of them, without which nothing is paid.
#[utoipa::path(
    post,
    path = "/purchases/{address}/deliver",
    tag = "purchases",
    params(("address" = AddressText, Path, description = "The purchase's address.")),
    request_body = NewDelivery,
    responses((status = 200, description = "The unsigned transaction.", body = UnsignedTransaction), WriteProblems)
)]
async fn deliver(
    State(state): State<AppState>,
    ApiPath(AddressText(purchase)): ApiPath<AddressText>,
    PublicJson(body): PublicJson<NewDelivery>,
) -> Answer {
    let capsules = body.capsules.iter();
    let args = DeliverArgs {
        settle_key: body.settle_key.0,
        first: body.first,
        proof: delivery_proof(&body.proof.0),
        capsules: Capsules(capsules.map(|bytes| capsule(&bytes.0)).collect()),
    };
    let payer = body.payer.0;
    let operation = Operation::Deliver {
        payer,
        purchase,
        args,
    };
    build(&state, body.fee, operation).await
}

/// The wallet that refunds a purchase.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RefundOf {
    /// The seller at any time while the purchase is pending. Anybody, the buyer included, from 300 seconds after the deadline
    /// while it is pending, and from 300 seconds after the later of its deadline and the end of the time to settle while it is
    /// locked.
    authority: AddressText,
    /// The payer, and the priority fee.
    fee: Option<Fee>,
}

/// The price goes back to the buyer, whatever wallet refunds.
#[utoipa::path(
    post,
    path = "/purchases/{address}/refund",
    tag = "purchases",
    params(("address" = AddressText, Path, description = "The purchase's address.")),
    request_body = RefundOf,
    responses((status = 200, description = "The unsigned transaction.", body = UnsignedTransaction), WriteProblems)
)]
async fn refund(
    State(state): State<AppState>,
    ApiPath(AddressText(purchase)): ApiPath<AddressText>,
    PublicJson(body): PublicJson<RefundOf>,
) -> Answer {
    let authority = body.authority.0;
    let operation = Operation::Refund {
        authority,
        purchase,
    };
    build(&state, body.fee, operation).await
}

/// The wallet that closes a purchase.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PurchaseClosing {
    /// The buyer.
    buyer: AddressText,
    /// The payer, and the priority fee.
    fee: Option<Fee>,
}

/// The buyer closes a settled purchase. Save its keys first: they are on the ledger only until then.
#[utoipa::path(
    post,
    path = "/purchases/{address}/close",
    tag = "purchases",
    params(("address" = AddressText, Path, description = "The purchase's address.")),
    request_body = PurchaseClosing,
    responses((status = 200, description = "The unsigned transaction.", body = UnsignedTransaction), WriteProblems)
)]
async fn close_purchase(
    State(state): State<AppState>,
    ApiPath(AddressText(purchase)): ApiPath<AddressText>,
    PublicJson(body): PublicJson<PurchaseClosing>,
) -> Answer {
    let buyer = body.buyer.0;
    let operation = Operation::ClosePurchase { buyer, purchase };
    build(&state, body.fee, operation).await
}

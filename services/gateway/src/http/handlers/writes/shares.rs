//! Shares.

use axum::extract::State;
use generion::ShareRecordArgs;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    arguments::capsule,
    unsigned::{Answer, Fee, UnsignedTransaction, build},
};
use crate::{
    build::Operation,
    http::{
        bytes::CapsuleBytes, extract::ApiPath, openapi::WriteProblems, public_json::PublicJson,
        state::AppState,
    },
    json::AddressText,
};

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(share_record))
        .routes(routes!(revoke_share))
}

/// A share of a record.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewShare {
    /// The record's owner.
    owner: AddressText,
    /// The wallet that it is shared with.
    recipient: AddressText,
    /// The index of the recipient's key.
    key_index: u32,
    /// The key of the document, sealed to the recipient's key: 64 bytes in base64.
    capsule: CapsuleBytes,
    /// When the recipient is asked to stop using it, in seconds since the Unix epoch.
    expires_at: Option<i64>,
    /// The payer, and the priority fee.
    fee: Option<Fee>,
}

/// The owner shares a record with another user.
#[utoipa::path(
    post,
    path = "/records/{address}/shares",
    tag = "shares",
    params(("address" = AddressText, Path, description = "The record's address.")),
    request_body = NewShare,
    responses((status = 200, description = "The unsigned transaction.", body = UnsignedTransaction), WriteProblems)
)]
async fn share_record(
    State(state): State<AppState>,
    ApiPath(AddressText(record)): ApiPath<AddressText>,
    PublicJson(body): PublicJson<NewShare>,
) -> Answer {
    let args = ShareRecordArgs {
        key_index: body.key_index,
        capsule: capsule(&body.capsule.0),
        expires_at: body.expires_at.unwrap_or(0),
    };
    let (owner, recipient) = (body.owner.0, body.recipient.0);
    let operation = Operation::ShareRecord {
        owner,
        record,
        recipient,
        args,
    };
    build(&state, body.fee, operation).await
}

/// The wallet that revokes a share.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Revocation {
    /// The wallet that shared the record.
    owner: AddressText,
    /// The payer, and the priority fee.
    fee: Option<Fee>,
}

/// The owner of a shared record revokes a share.
#[utoipa::path(
    post,
    path = "/shares/{address}/revoke",
    tag = "shares",
    params(("address" = AddressText, Path, description = "The share's address.")),
    request_body = Revocation,
    responses((status = 200, description = "The unsigned transaction.", body = UnsignedTransaction), WriteProblems)
)]
async fn revoke_share(
    State(state): State<AppState>,
    ApiPath(AddressText(share)): ApiPath<AddressText>,
    PublicJson(body): PublicJson<Revocation>,
) -> Answer {
    let owner = body.owner.0;
    let operation = Operation::RevokeShare { owner, share };
    build(&state, body.fee, operation).await
}

//! Users and their keys.

use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::unsigned::{Answer, Fee, UnsignedTransaction, build};
use crate::{
    build::{Operation, keys::AttestedKey},
    http::{
        bytes::HexKey, extract::ApiPath, openapi::WriteProblems, public_json::PublicJson,
        state::AppState,
    },
    json::{AddressText, SignatureText},
};

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(create_user))
        .routes(routes!(rotate_key))
}

/// A wallet and its first key.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewUser {
    /// The wallet.
    wallet: AddressText,
    /// The key, in hex.
    encryption_key: HexKey,
    /// The wallet's signature over the line that names the key and its index, 0.
    attestation: SignatureText,
    /// The payer, and the priority fee.
    fee: Option<Fee>,
}

/// A wallet publishes its first encryption key.
#[utoipa::path(
    post,
    path = "/users",
    tag = "users",
    request_body = NewUser,
    responses((status = 200, description = "The unsigned transaction.", body = UnsignedTransaction), WriteProblems)
)]
async fn create_user(
    State(state): State<AppState>,
    PublicJson(body): PublicJson<NewUser>,
) -> Answer {
    let key = AttestedKey {
        index: 0,
        key: body.encryption_key.0,
        attestation: body.attestation.0.into(),
    };
    let wallet = body.wallet.0;
    let operation = Operation::CreateUser { wallet, key };
    build(&state, body.fee, operation).await
}

/// A wallet's next key.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewKey {
    /// The key's index: one more than that of the present key.
    key_index: u32,
    /// The key, in hex.
    encryption_key: HexKey,
    /// The wallet's signature over the line that names the key and its index.
    attestation: SignatureText,
    /// The payer, and the priority fee.
    fee: Option<Fee>,
}

/// A wallet replaces its encryption key by the next one.
#[utoipa::path(
    post,
    path = "/users/{wallet}/key",
    tag = "users",
    params(("wallet" = AddressText, Path, description = "The wallet's address.")),
    request_body = NewKey,
    responses((status = 200, description = "The unsigned transaction.", body = UnsignedTransaction), WriteProblems)
)]
async fn rotate_key(
    State(state): State<AppState>,
    ApiPath(AddressText(wallet)): ApiPath<AddressText>,
    PublicJson(body): PublicJson<NewKey>,
) -> Answer {
    let key = AttestedKey {
        index: body.key_index,
        key: body.encryption_key.0,
        attestation: body.attestation.0.into(),
    };
    let operation = Operation::RotateKey { wallet, key };
    build(&state, body.fee, operation).await
}

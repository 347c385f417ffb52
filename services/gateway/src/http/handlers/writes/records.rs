//! Records.

use axum::extract::State;
use generion::CreateRecordArgs;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    arguments::{capsule, capsule_proof},
    unsigned::{Answer, Fee, UnsignedTransaction, build},
};
use crate::{
    build::Operation,
    http::{
        bytes::{Base64Bytes, CapsuleBytes, CapsuleProofBytes, HexKey},
        extract::ApiPath,
        openapi::WriteProblems,
        public_json::PublicJson,
        state::AppState,
    },
    json::AddressText,
};

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(create_record))
        .routes(routes!(verify_record))
        .routes(routes!(delete_record))
}

/// A record, whose document is encrypted and stored elsewhere.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewRecord {
    /// The wallet that the record is about.
    owner: AddressText,
    /// The wallet that writes and signs it.
    creator: AddressText,
    /// The public key that the document is encrypted to, in hex.
    data_public_key: HexKey,
    /// The key of the document, sealed to the owner's encryption key: 64 bytes in base64.
    capsule: CapsuleBytes,
    /// The proof that the capsule holds that key: 48 bytes in base64.
    proof: CapsuleProofBytes,
    /// The root of the tree of facts, in hex.
    facts_root: HexKey,
    /// The sealed addresses of the encrypted document: up to 512 bytes in base64.
    locator: Base64Bytes,
    /// The payer, and the priority fee.
    fee: Option<Fee>,
}

/// A creator writes a record for its owner.
#[utoipa::path(
    post,
    path = "/records",
    tag = "records",
    request_body = NewRecord,
    responses((status = 200, description = "The unsigned transaction.", body = UnsignedTransaction), WriteProblems)
)]
async fn create_record(
    State(state): State<AppState>,
    PublicJson(body): PublicJson<NewRecord>,
) -> Answer {
    let args = CreateRecordArgs {
        data_public_key: body.data_public_key.0,
        capsule: capsule(&body.capsule.0),
        proof: capsule_proof(&body.proof.0),
        facts_root: body.facts_root.0,
        locator: body.locator.0,
    };
    let (owner, creator) = (body.owner.0, body.creator.0);
    let operation = Operation::CreateRecord {
        owner,
        creator,
        args,
    };
    build(&state, body.fee, operation).await
}

/// The wallet that verifies a record.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Verification {
    /// The record's owner.
    owner: AddressText,
    /// The payer, and the priority fee.
    fee: Option<Fee>,
}

/// The owner verifies a record.
#[utoipa::path(
    post,
    path = "/records/{address}/verify",
    tag = "records",
    params(("address" = AddressText, Path, description = "The record's address.")),
    request_body = Verification,
    responses((status = 200, description = "The unsigned transaction.", body = UnsignedTransaction), WriteProblems)
)]
async fn verify_record(
    State(state): State<AppState>,
    ApiPath(AddressText(record)): ApiPath<AddressText>,
    PublicJson(body): PublicJson<Verification>,
) -> Answer {
    let owner = body.owner.0;
    let operation = Operation::VerifyRecord { owner, record };
    build(&state, body.fee, operation).await
}

/// The wallet that deletes a record.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Deletion {
    /// The record's owner or creator.
    authority: AddressText,
    /// The payer, and the priority fee.
    fee: Option<Fee>,
}

/// The owner or the creator deletes a record.
#[utoipa::path(
    post,
    path = "/records/{address}/delete",
    tag = "records",
    params(("address" = AddressText, Path, description = "The record's address.")),
    request_body = Deletion,
    responses((status = 200, description = "The unsigned transaction.", body = UnsignedTransaction), WriteProblems)
)]
async fn delete_record(
    State(state): State<AppState>,
    ApiPath(AddressText(record)): ApiPath<AddressText>,
    PublicJson(body): PublicJson<Deletion>,
) -> Answer {
    let authority = body.authority.0;
    let operation = Operation::DeleteRecord { authority, record };
    build(&state, body.fee, operation).await
}

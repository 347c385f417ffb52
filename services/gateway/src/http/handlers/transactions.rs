//! Sends signed transactions to the nodes, and shows their outcome.

use std::time::Duration;

use axum::{Json, extract::State, http::StatusCode, response::IntoResponse};
use generion_http_server::client_address::ClientAddress;
use generion_interface::transaction::ReadTransaction;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    http::{
        bytes::Base64Bytes,
        extract::ApiPath,
        openapi::WriteProblems,
        problem::{Problem, ProblemBody, ProblemCode},
        public_json::PublicJson,
        state::AppState,
    },
    json::{SignatureText, U64Text},
    relay::{
        check::{self, NotRelayed},
        send::{ReservedPlace, TransactionOutcome},
    },
};

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(send_transaction))
        .routes(routes!(transaction))
}

/// A signed transaction.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SignedTransaction {
    /// The transaction as it is sent to nodes, in base64. The signature of the operator's wallet may be missing.
    transaction: Base64Bytes,
}

/// The outcome of a transaction.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum TransactionStatus {
    /// The transaction is on its way. Ask again.
    Pending,
    /// The transaction succeeded.
    Confirmed,
    /// The transaction failed on the ledger: it cost its fee, and had no other effect.
    Failed,
    /// The transaction is not on the ledger and never will be. Build it again.
    Expired,
}

/// A transaction, by the first of its signatures.
#[derive(Serialize, ToSchema)]
struct RelayedTransaction {
    /// The signature.
    signature: SignatureText,
    /// The outcome.
    status: TransactionStatus,
    /// The slot of the transaction.
    slot: Option<U64Text>,
    /// The fee of the transaction, in lamports.
    fee: Option<U64Text>,
    /// The compute units that it used.
    compute_units: Option<U64Text>,
    /// The rule of the program that it broke, by its name in the IDL.
    code: Option<String>,
    /// Why it failed.
    detail: Option<String>,
}

/// Sends a signed transaction to all nodes, and follows it until it is confirmed or the request's time is over. If the same
/// transaction is sent again, the ledger takes it once, and the answer is the same.
#[utoipa::path(
    post,
    path = "/transactions",
    tag = "transactions",
    request_body = SignedTransaction,
    responses(
        (status = 200, description = "The outcome.", body = RelayedTransaction),
        (status = 202, description = "The transaction is on its way.", body = RelayedTransaction),
        WriteProblems,
    )
)]
async fn send_transaction(
    State(state): State<AppState>,
    client: ClientAddress,
    PublicJson(body): PublicJson<SignedTransaction>,
) -> Result<impl IntoResponse, Problem> {
    let (mut read, _) = check::read(&body.transaction.0, &state.relay_policy)?;
    let mut reserved = None;
    if let Some((sponsored, place)) = sponsored(&state, &read, client).await? {
        read = check::read(&sponsored, &state.relay_policy)?.0;
        reserved = Some(place);
    }
    check::check_signatures(&read)?;
    let sending = (state.relay).send(&read, client, reserved, patience(&state));
    let outcome = sending.await?;
    let status = match outcome {
        TransactionOutcome::Pending => StatusCode::ACCEPTED,
        _ => StatusCode::OK,
    };
    Ok((
        status,
        Json(shown(SignatureText(read.signature()), outcome)),
    ))
}

/// The outcome of a transaction, as the nodes show it.
#[utoipa::path(
    get,
    path = "/transactions/{signature}",
    tag = "transactions",
    params(("signature" = SignatureText, Path, description = "The first signature of the transaction.")),
    responses(
        (status = 200, description = "The outcome, or that it is on its way.", body = RelayedTransaction),
        (status = 404, description = "No node knows it.", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
async fn transaction(
    State(state): State<AppState>,
    ApiPath(signature): ApiPath<SignatureText>,
) -> Result<Json<RelayedTransaction>, Problem> {
    match state.relay.outcome(&signature.0).await? {
        Some(outcome) => Ok(Json(shown(signature, outcome))),
        None => {
            let detail = "no node knows this transaction: it has not reached the ledger, or did so long ago. Send it again if you \
                          have it: the ledger takes it once";
            Err(Problem::new(ProblemCode::NotFound, detail))
        }
    }
}

/// The transaction with the operator's signature, where nothing but that is missing, and a place on the way to the ledger.
async fn sponsored(
    state: &AppState,
    read: &ReadTransaction,
    client: ClientAddress,
) -> Result<Option<(Vec<u8>, ReservedPlace)>, Problem> {
    let payer = read.fee_payer();
    let Some(signer) = state
        .signer
        .as_ref()
        .filter(|_| read.missing_signers() == [payer])
    else {
        return Ok(None);
    };
    if let Some(wrong) = read
        .wrong_signers()
        .into_iter()
        .find(|wrong| *wrong != payer)
    {
        return Err(NotRelayed::SignatureWrong(wrong).into());
    }
    if signer.keys().await?.fee_payer != Some(payer) {
        return Ok(None);
    }
    // The signer writes the expense down and knows no ledger: nobody may spend the day's budget by transactions that can't
    // land, or that are not sent.
    let place = state.relay.reserve(client)?;
    let block_hash = read.transaction().message.recent_blockhash();
    if !state.relay.is_valid(block_hash).await? {
        let detail =
            "the block hash of the transaction is not valid any more: build the transaction again";
        return Err(Problem::new(ProblemCode::BlockHashExpired, detail));
    }
    Ok(Some((signer.sponsor(read.to_bytes()).await?, place)))
}

/// The time that an answer waits for the outcome; the rest of the request's time is for the steps before.
fn patience(state: &AppState) -> Duration {
    state.config.limits.timeout * 2 / 3
}

fn shown(signature: SignatureText, outcome: TransactionOutcome) -> RelayedTransaction {
    let mut shown = RelayedTransaction {
        signature,
        status: TransactionStatus::Pending,
        slot: None,
        fee: None,
        compute_units: None,
        code: None,
        detail: None,
    };
    match outcome {
        TransactionOutcome::Pending => {}
        TransactionOutcome::Confirmed {
            slot,
            fee,
            compute_units,
        } => {
            shown.status = TransactionStatus::Confirmed;
            shown.slot = Some(U64Text(slot));
            shown.fee = Some(U64Text(fee));
            shown.compute_units = Some(U64Text(compute_units));
        }
        TransactionOutcome::Failed {
            slot,
            fee,
            rule,
            error,
        } => {
            shown.status = TransactionStatus::Failed;
            shown.slot = Some(U64Text(slot));
            shown.fee = Some(U64Text(fee));
            shown.code = rule.map(|rule| ProblemCode::Program(rule).name().into_owned());
            shown.detail =
                Some(rule.map_or_else(|| error.to_string(), |rule| rule.text().to_owned()));
        }
        TransactionOutcome::Expired => shown.status = TransactionStatus::Expired,
    }
    shown
}

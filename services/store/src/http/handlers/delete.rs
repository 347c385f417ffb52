use std::sync::Arc;

use axum::{
    body::{Body, HttpBody},
    extract::State,
    http::{HeaderMap, StatusCode},
};
use generion_http_server::client_address::ClientAddress;
use generion_interface::store::{FileId, Operation};

use super::document::{find_published, gone};
use crate::http::{authentication::Target, error::ApiError, state::AppState};

/// `DELETE` of a document or of the file of a link: removes it for good, if its erase authority signed the request.
pub async fn delete(
    State(state): State<Arc<AppState>>,
    target: Target,
    client: ClientAddress,
    headers: HeaderMap,
    body: Body,
) -> Result<StatusCode, ApiError> {
    if !body.is_end_stream() {
        return Err(ApiError::UnexpectedBody);
    }
    let authenticator = &state.authenticator;
    let Target { host, file } = target;
    let signed = authenticator.verify(&state.metrics, Operation::Erase(file), &host, &headers)?;
    let permit = state.deletions.try_acquire(client).ok_or(ApiError::Busy)?;
    let published = find_published(&state, file).await?;
    let erase_authority = published.erase_authority;
    if signed.signer != erase_authority || signed.request.erase_authority != erase_authority {
        return Err(match file {
            FileId::Document(_) => ApiError::NotEraseAuthority { erase_authority },
            FileId::Link(_) => ApiError::NotLinkAuthority,
        });
    }
    // Not earlier: anybody can sign a request, and only the nonces of the erase authority should take storage.
    authenticator.consume(&signed).await?;
    // A separate task, so that a client that hangs up does not interrupt the deletion.
    let erased = tokio::spawn(async move {
        let _permit = permit;
        let erase = state.documents.erase(file, &published);
        state.quotas.release(published.uploader, file, erase).await
    })
    .await??;
    if !erased {
        return Err(gone(file));
    }
    Ok(StatusCode::NO_CONTENT)
}

use std::sync::Arc;

use axum::{
    body::{Body, HttpBody},
    extract::State,
    http::{HeaderMap, StatusCode},
};
use generion_interface::store::Operation;

use super::published;
use crate::{auth::Target, refusal::Refusal, store::Store};

/// `DELETE /v1/documents/{sha256}`: removes the document for good, when its erase authority signed that.
pub async fn delete(
    State(store): State<Arc<Store>>,
    target: Target,
    headers: HeaderMap,
    body: Body,
) -> Result<StatusCode, Refusal> {
    if !body.is_end_stream() {
        return Err(Refusal::UnexpectedBody);
    }
    let signed = store
        .gate
        .admit(&store.metrics, Operation::Erase, &target, &headers)
        .await?;
    let published = published(&store, target.document).await?;
    let erase_authority = published.erase_authority;
    if signed.signer != erase_authority || signed.request.erase_authority != erase_authority {
        return Err(Refusal::NotEraseAuthority { erase_authority });
    }
    // In a task of its own, which a client that hangs up does not end half-way.
    tokio::spawn(async move {
        let erase = store.documents.erase(target.document, &published);
        store.accounts.release(published.uploader, erase).await
    })
    .await??;
    Ok(StatusCode::NO_CONTENT)
}

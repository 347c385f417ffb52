use std::sync::Arc;

use axum::{
    body::{Body, HttpBody},
    extract::State,
    http::{HeaderMap, StatusCode},
};
use generion_interface::store::Operation;

use super::published;
use crate::{auth::Target, client::ClientAddress, refusal::Refusal, store::Store};

/// `DELETE /v1/documents/{sha256}`: removes the document for good, when its erase authority signed that.
pub async fn delete(
    State(store): State<Arc<Store>>,
    target: Target,
    client: ClientAddress,
    headers: HeaderMap,
    body: Body,
) -> Result<StatusCode, Refusal> {
    if !body.is_end_stream() {
        return Err(Refusal::UnexpectedBody);
    }
    let gate = &store.gate;
    let signed = gate.verify(&store.metrics, Operation::Erase, &target, &headers)?;
    let place = store.deletions.take(client).ok_or(Refusal::Busy)?;
    let published = published(&store, target.document).await?;
    let erase_authority = published.erase_authority;
    if signed.signer != erase_authority || signed.request.erase_authority != erase_authority {
        return Err(Refusal::NotEraseAuthority { erase_authority });
    }
    // Not before: anybody can sign, and only of the erase authority's requests something is kept.
    gate.use_up(&signed).await?;
    // In a task of its own, which a client that hangs up does not end half-way.
    let erased = tokio::spawn(async move {
        let _place = place;
        let erase = store.documents.erase(target.document, &published);
        let accounts = &store.accounts;
        accounts
            .release(published.uploader, target.document, erase)
            .await
    })
    .await??;
    if !erased {
        return Err(Refusal::Erased);
    }
    Ok(StatusCode::NO_CONTENT)
}

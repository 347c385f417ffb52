use std::{sync::Arc, time::Duration};

use axum::{
    body::{Body, BodyDataStream, HttpBody},
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use futures::TryStreamExt;
use generion_interface::store::{Operation, SignedRequest};
use tokio::time::timeout;

use super::{authority, published};
use crate::{
    auth::Target,
    refusal::{self, Refusal},
    storage::{Outcome, Published, Record, Upload},
    store::Store,
};

/// How long the rest of a body is taken and thrown away after the answer. A connection that is closed on unread bytes
/// is reset, and the client may never see the answer.
const LINGER: Duration = Duration::from_secs(30);

/// `PUT /v1/documents/{sha256}`: publishes the body, unless the document is there.
pub async fn put(
    State(store): State<Arc<Store>>,
    target: Result<Target, Refusal>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    let declared = body.size_hint().lower();
    let mut body = body.into_data_stream();
    // In a task of its own, which a client that hangs up does not end half-way.
    let task = tokio::spawn(async move {
        let answer = answer(&store, target, &headers, declared, &mut body).await;
        // Who waits for a "100 Continue" must not get it now.
        if !headers.contains_key(header::EXPECT) {
            tokio::spawn(timeout(LINGER, async move {
                while let Ok(Some(_)) = body.try_next().await {}
            }));
        }
        answer
    });
    let (status, published) = task.await??;
    Ok((status, [authority(&published)]).into_response())
}

async fn answer(
    store: &Store,
    target: Result<Target, Refusal>,
    headers: &HeaderMap,
    declared: u64,
    body: &mut BodyDataStream,
) -> Result<(StatusCode, Published), Refusal> {
    let target = target?;
    let document = target.document;
    let max = store.limits.max_document_bytes;
    if declared > max {
        return Err(Refusal::TooLarge { max });
    }
    let signed = store
        .gate
        .admit(Operation::Upload, &target, headers)
        .await?;
    match store.documents.record(document).await? {
        None => {}
        Some(Record::Published(published)) => return Ok((StatusCode::OK, published)),
        Some(Record::Erased) => return Err(Refusal::Erased),
    }
    let Ok(_permit) = store.uploads.try_acquire() else {
        return Err(Refusal::Busy);
    };
    let mut upload = store.documents.begin(document).await?;
    if let Err(refusal) = receive(store, body, &mut upload).await {
        if let Err(error) = upload.discard().await {
            refusal::log(&error);
        }
        return Err(refusal);
    }
    publish(store, upload, &signed).await
}

/// Takes the body piece by piece, within the store's limits.
async fn receive(
    store: &Store,
    body: &mut BodyDataStream,
    upload: &mut Upload,
) -> Result<(), Refusal> {
    let max = store.limits.max_document_bytes;
    loop {
        let received = upload.size();
        let next: Option<Bytes> = match timeout(store.limits.idle_timeout, body.try_next()).await {
            Ok(Ok(next)) => next,
            Ok(Err(_)) => return Err(Refusal::UploadInterrupted { received }),
            Err(_) => return Err(Refusal::UploadStalled { received }),
        };
        let Some(bytes) = next else {
            return Ok(());
        };
        if received + bytes.len() as u64 > max {
            return Err(Refusal::TooLarge { max });
        }
        upload.write(bytes).await?;
    }
}

async fn publish(
    store: &Store,
    upload: Upload,
    signed: &SignedRequest,
) -> Result<(StatusCode, Published), Refusal> {
    let request = &signed.request;
    match upload
        .publish(signed.signer, request.erase_authority)
        .await?
    {
        Outcome::Created(published) => Ok((StatusCode::CREATED, published)),
        Outcome::Existed => Ok((StatusCode::OK, published(store, request.document).await?)),
        Outcome::HashMismatch(found) => Err(Refusal::HashMismatch { found }),
    }
}

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{
    body::{Body, BodyDataStream, HttpBody},
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use futures::TryStreamExt;
use generion_interface::store::Operation;
use tokio::time::timeout;

use super::{authority, published};
use crate::{
    accounts::Reservation,
    auth::Target,
    log,
    metrics::Held,
    refusal::Refusal,
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
        .admit(&store.metrics, Operation::Upload, &target, headers)
        .await?;
    match store.documents.record(document).await? {
        None => {}
        Some(Record::Published(published)) => return Ok((StatusCode::OK, published)),
        Some(Record::Erased) => return Err(Refusal::Erased),
    }
    let Ok(_permit) = store.uploads.try_acquire() else {
        return Err(Refusal::Busy);
    };
    let _running = Held::new(&store.metrics.uploads);
    let mut room = store.accounts.reserve(signed.signer, declared).await?;
    let mut upload = store.documents.begin(document, signed.signer).await?;
    let mut hashing = Duration::ZERO;
    let received = receive(store, body, &mut room, &mut upload, &mut hashing).await;
    store.metrics.received.inc_by(upload.size());
    store.metrics.hashed(hashing);
    if let Err(refusal) = received {
        if let Err(error) = upload.discard().await {
            log::error(&error);
        }
        return Err(refusal);
    }
    let erase_authority = signed.request.erase_authority;
    match room.publish(upload.publish(erase_authority)).await? {
        Outcome::Created(published) => Ok((StatusCode::CREATED, published)),
        Outcome::Existed => Ok((StatusCode::OK, published(store, document).await?)),
        Outcome::HashMismatch(found) => Err(Refusal::HashMismatch { found }),
    }
}

/// Takes the body piece by piece, within the store's limits. The time that the storage takes is not the client's.
async fn receive(
    store: &Store,
    body: &mut BodyDataStream,
    room: &mut Reservation,
    upload: &mut Upload,
    hashing: &mut Duration,
) -> Result<(), Refusal> {
    let limits = &store.limits;
    let (max, min_rate) = (limits.max_document_bytes, limits.min_rate);
    let mut waited = Duration::ZERO;
    loop {
        let received = upload.size();
        let patience = limits.time_for(received).saturating_sub(waited);
        let start = Instant::now();
        let next = timeout(patience.min(limits.idle_timeout), body.try_next()).await;
        waited += start.elapsed();
        let next: Option<Bytes> = match next {
            Ok(Ok(next)) => next,
            Ok(Err(_)) => return Err(Refusal::UploadInterrupted { received }),
            Err(_) if patience < limits.idle_timeout => {
                return Err(Refusal::UploadTooSlow { received, min_rate });
            }
            Err(_) => return Err(Refusal::UploadStalled { received }),
        };
        let Some(bytes) = next else {
            return Ok(());
        };
        let received = received + bytes.len() as u64;
        if received > max {
            return Err(Refusal::TooLarge { max });
        }
        room.grow(received)?;
        upload.write(bytes, hashing).await?;
    }
}

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
use generion_interface::store::{Operation, SignedRequest};
use tokio::time::timeout;

use super::{authority, published};
use crate::{
    accounts::Reservation,
    auth::Target,
    client::ClientAddress,
    log,
    metrics::Held,
    refusal::Refusal,
    storage::{Outcome, Published, Record, Upload},
    store::Store,
};

/// How long the rest of a body is taken and thrown away after the answer. A connection that is closed on unread bytes
/// is reset, and the client may never see the answer.
const LINGER: Duration = Duration::from_secs(30);

/// How much is taken so of an upload that nobody signed. One that says that it is larger than the store takes gets none.
const DRAINED_UNSIGNED: u64 = 64 << 20;

/// `PUT /v1/documents/{sha256}`: publishes the body, unless the document is there.
pub async fn put(
    State(store): State<Arc<Store>>,
    target: Result<Target, Refusal>,
    client: ClientAddress,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    let declared = body.size_hint().lower();
    let mut body = body.into_data_stream();
    // In a task of its own, which a client that hangs up does not end half-way.
    let task = tokio::spawn(async move {
        let signed = target.and_then(|target| {
            let metrics = &store.metrics;
            let operation = Operation::Upload;
            store.gate.verify(metrics, operation, &target, &headers)
        });
        let max = store.limits.max_document_bytes;
        let drained = match &signed {
            Ok(_) => u64::MAX,
            Err(_) if declared > max => 0,
            Err(_) => DRAINED_UNSIGNED,
        };
        let answer = match signed {
            _ if declared > max => Err(Refusal::TooLarge { max }),
            Ok(signed) => publish(&store, signed, client, declared, &mut body).await,
            Err(refusal) => Err(refusal),
        };
        // Who waits for a "100 Continue" must not get it now.
        if !headers.contains_key(header::EXPECT) {
            tokio::spawn(timeout(LINGER, drain(body, drained)));
        }
        answer
    });
    let (status, published) = task.await??;
    Ok((status, [authority(&published)]).into_response())
}

/// Takes so much of what is left of a body, and throws it away.
async fn drain(mut body: BodyDataStream, bytes: u64) {
    let mut left = bytes;
    while left > 0
        && let Ok(Some(piece)) = body.try_next().await
    {
        left = left.saturating_sub(piece.len() as u64);
    }
}

async fn publish(
    store: &Store,
    signed: SignedRequest,
    client: ClientAddress,
    declared: u64,
    body: &mut BodyDataStream,
) -> Result<(StatusCode, Published), Refusal> {
    let document = signed.request.document;
    let _place = store.uploads.take(client).ok_or(Refusal::Busy)?;
    let gate = &store.gate;
    if let Some(record) = store.documents.state(document).await? {
        gate.refuse_used(&signed).await?;
        return match record {
            Record::Published(published) => Ok((StatusCode::OK, published)),
            Record::Erased => Err(Refusal::Erased),
        };
    }
    let _running = Held::new(&store.metrics.uploads);
    let mut room = store.accounts.reserve(signed.signer, declared).await?;
    // Not before: anybody can sign, and only of what changes something a trace is kept.
    gate.use_up(&signed).await?;
    let mut upload = store.documents.begin(document, signed.signer).await?;
    let mut hashing = Duration::ZERO;
    let received = receive(store, body, &mut room, &mut upload, &mut hashing).await;
    store.metrics.received.inc_by(upload.size());
    store.metrics.hashed(hashing);
    let confirmed = match received {
        Ok(()) => room.confirm().await,
        Err(refusal) => {
            // Before the last trace of the upload: whoever sees that it is gone has its room.
            drop(room);
            Err(refusal)
        }
    };
    let room = match confirmed {
        Ok(room) => room,
        Err(refusal) => {
            if let Err(error) = upload.discard().await {
                log::error(&error);
            }
            return Err(refusal);
        }
    };
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
        room.grow(received).await?;
        upload.write(bytes, hashing).await?;
    }
}

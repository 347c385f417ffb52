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
use generion_http_server::{client_address::ClientAddress, metrics::GaugeGuard};
use generion_interface::store::{
    FileId, LinkId, LinkNote, MAX_LINK_BYTES, MAX_LINK_LIFETIME_SECONDS, MAX_LINKS, Operation,
    SignedRequest,
};
use tokio::time::timeout;

use super::document::{erase_authority_header, find_published};
use crate::{
    http::{authentication::Target, error::ApiError, state::AppState},
    log,
    quota::Reservation,
    storage::{
        metadata::{Metadata, PublishedFile},
        upload::{Upload, UploadOutcome},
    },
};

/// How long the rest of a body is received and discarded after the answer. Closing a connection with unread bytes
/// resets it, and then the client may never see the answer.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(30);

/// How many bytes are discarded in this way if the signature is missing or wrong. Nothing is received of an upload that
/// declares more bytes than the store accepts.
const MAX_UNSIGNED_DRAIN_BYTES: u64 = 64 << 20;

/// `PUT /v1/documents/{sha256}` and `PUT /v1/links/{expiry}/{sha256}`: publishes the body, unless the file exists already.
pub async fn put(
    State(state): State<Arc<AppState>>,
    target: Result<Target, ApiError>,
    client: ClientAddress,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, ApiError> {
    let declared = body.size_hint().lower();
    let mut body = body.into_data_stream();
    // A separate task, so that a client that hangs up does not interrupt the publication.
    let task = tokio::spawn(async move {
        let mut max = state.limits.max_document_bytes;
        let signed = target.and_then(|Target { host, file }| {
            let authenticator = &state.authenticator;
            let operation = Operation::Upload(file);
            let signed = authenticator.verify(&state.metrics, operation, &host, &headers)?;
            let note = match file {
                FileId::Document(_) => None,
                FileId::Link(link) => {
                    max = max.min(MAX_LINK_BYTES);
                    let now = (authenticator.clock)();
                    require_expiry_ahead(link, now)?;
                    Some(authenticator.note(&headers)?)
                }
            };
            Ok(Accepted { signed, file, note })
        });
        let drained_bytes = match &signed {
            Ok(_) => u64::MAX,
            Err(_) if declared > max => 0,
            Err(_) => MAX_UNSIGNED_DRAIN_BYTES,
        };
        let answer = match signed {
            _ if declared > max => Err(ApiError::TooLarge { max }),
            Ok(accepted) => {
                let upload = Sent {
                    declared,
                    max,
                    body: &mut body,
                };
                publish(&state, accepted, client, upload).await
            }
            Err(error) => Err(error),
        };
        // Reading the body would send "100 Continue" to a client that waits for it.
        if !headers.contains_key(header::EXPECT) {
            tokio::spawn(timeout(DRAIN_TIMEOUT, drain(body, drained_bytes)));
        }
        answer
    });
    let (status, published) = task.await??;
    Ok((status, [erase_authority_header(&published)]).into_response())
}

/// An upload whose signer, expiry and note are accepted.
struct Accepted {
    signed: SignedRequest,
    file: FileId,
    /// Of a link.
    note: Option<LinkNote>,
}

/// An upload's data.
struct Sent<'b> {
    /// The length that it declares, or 0.
    declared: u64,
    /// The largest length.
    max: u64,
    body: &'b mut BodyDataStream,
}

fn require_expiry_ahead(link: LinkId, now: u64) -> Result<(), ApiError> {
    let expiry = link.expiry;
    match expiry > now && expiry - now <= MAX_LINK_LIFETIME_SECONDS {
        true => Ok(()),
        false => Err(ApiError::InvalidExpiry { expiry, now }),
    }
}

/// Refuses the link if its erase authority has as many as the store keeps. Uploads at the same time may exceed the number,
/// each by one.
async fn require_place_in_list(state: &AppState, signed: &SignedRequest) -> Result<(), ApiError> {
    let now = (state.authenticator.clock)();
    let authority = &signed.request.erase_authority;
    match state.documents.count_links(authority, now).await? < MAX_LINKS {
        true => Ok(()),
        false => Err(ApiError::TooManyLinks),
    }
}

/// Receives up to `max_bytes` of the rest of a body, and discards them.
async fn drain(mut body: BodyDataStream, max_bytes: u64) {
    let mut left = max_bytes;
    while left > 0
        && let Ok(Some(piece)) = body.try_next().await
    {
        left = left.saturating_sub(piece.len() as u64);
    }
}

async fn publish(
    state: &AppState,
    Accepted { signed, file, note }: Accepted,
    client: ClientAddress,
    sent: Sent<'_>,
) -> Result<(StatusCode, PublishedFile), ApiError> {
    let _permit = state.uploads.try_acquire(client).ok_or(ApiError::Busy)?;
    let authenticator = &state.authenticator;
    if let Some(metadata) = state.documents.state(file).await? {
        authenticator.refuse_replay(&signed).await?;
        return match metadata {
            Metadata::Published(published) => existing(file, &signed, published),
            Metadata::Erased => Err(ApiError::Erased),
        };
    }
    if file.link().is_some() {
        require_place_in_list(state, &signed).await?;
    }
    let _running = GaugeGuard::new(&state.metrics.uploads);
    let mut reservation = state.quotas.reserve(signed.signer, sent.declared).await?;
    // Not earlier: anybody can sign a request, and only requests that change something should take storage.
    authenticator.consume(&signed).await?;
    let uploader = signed.signer;
    let mut upload = state.documents.begin_upload(file, uploader).await?;
    let mut hashing = Duration::ZERO;
    let received = receive(state, sent, &mut reservation, &mut upload, &mut hashing).await;
    state.metrics.received.inc_by(upload.size());
    state.metrics.add_hashing_time(hashing);
    let confirmed = match received {
        Ok(()) => reservation.confirm().await.map_err(ApiError::from),
        Err(error) => {
            // Released before the upload is discarded: when its traces are gone, its reservation is free again.
            drop(reservation);
            Err(error)
        }
    };
    let reservation = match confirmed {
        Ok(reservation) => reservation,
        Err(error) => {
            if let Err(error) = upload.discard().await {
                log::error(&error);
            }
            return Err(error);
        }
    };
    let publish = upload.publish(signed.request.erase_authority, note.as_ref());
    match reservation.publish(publish).await? {
        UploadOutcome::Created(published) => Ok((StatusCode::CREATED, published)),
        UploadOutcome::Existed => existing(file, &signed, find_published(state, file).await?),
        UploadOutcome::HashMismatch(found) => {
            let found = hex::encode(found);
            Err(ApiError::HashMismatch { found })
        }
    }
}

/// The answer to the upload of a file that the store has already. A person who has a link must not learn its erase authority by
/// uploading the file again.
fn existing(
    file: FileId,
    signed: &SignedRequest,
    published: PublishedFile,
) -> Result<(StatusCode, PublishedFile), ApiError> {
    let is_same = published.erase_authority == signed.request.erase_authority;
    match file.link().is_none() || is_same {
        true => Ok((StatusCode::OK, published)),
        false => Err(ApiError::NotLinkAuthority),
    }
}

/// Receives the body within the store's limits. The time that the storage takes does not count.
async fn receive(
    state: &AppState,
    Sent { max, body, .. }: Sent<'_>,
    reservation: &mut Reservation,
    upload: &mut Upload,
    hashing: &mut Duration,
) -> Result<(), ApiError> {
    let limits = &state.limits;
    let min_rate = limits.min_rate;
    let mut waited = Duration::ZERO;
    loop {
        let received = upload.size();
        let time_left = limits.time_for(received).saturating_sub(waited);
        let start = Instant::now();
        let next = timeout(time_left.min(limits.idle_timeout), body.try_next()).await;
        waited += start.elapsed();
        let next: Option<Bytes> = match next {
            Ok(Ok(next)) => next,
            Ok(Err(_)) => return Err(ApiError::UploadInterrupted { received }),
            Err(_) if time_left < limits.idle_timeout => {
                return Err(ApiError::UploadTooSlow { received, min_rate });
            }
            Err(_) => return Err(ApiError::UploadStalled { received }),
        };
        let Some(bytes) = next else {
            return Ok(());
        };
        let received = received + bytes.len() as u64;
        if received > max {
            return Err(ApiError::TooLarge { max });
        }
        reservation.grow(received).await?;
        upload.write(bytes, hashing).await?;
    }
}

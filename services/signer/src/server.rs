//! A unix socket, and the users that may connect.

use std::{
    collections::HashSet,
    fs, io,
    os::unix::fs::{FileTypeExt, PermissionsExt},
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use generion_signer_protocol::{Answer, Base64, LineError, Request, Rule, read_line, write_line};
use tokio::{
    io::BufReader,
    net::{UnixListener, UnixStream},
    sync::{OwnedSemaphorePermit, Semaphore},
    task::spawn_blocking,
    time::timeout,
};
use tracing::{info, warn};

use crate::{
    config::Mode,
    keys::WebhookKey,
    sponsor::{Refusal, Sponsor},
};

/// Connections at the same time.
const MAX_CONNECTIONS: usize = 128;
/// The longest time between two requests of a client, and for each of them.
const IDLE_TIMEOUT: Duration = Duration::from_secs(60);

/// Why the socket can't be listened on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ListenError {
    /// The socket can't be made.
    #[error("can't listen on {}", path.display())]
    Socket {
        /// The socket.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A signer listens on it already.
    #[error("another process listens on {}", path.display())]
    InUse {
        /// The socket.
        path: PathBuf,
    },
    /// There is something else.
    #[error("{} is not a socket: it is left alone", path.display())]
    NoSocket {
        /// The path.
        path: PathBuf,
    },
}

/// The keys of the signer.
#[derive(Default)]
pub struct Keys {
    /// Pays for transactions.
    pub sponsor: Option<Sponsor>,
    /// Signs webhooks.
    pub webhook: Option<WebhookKey>,
}

/// A signer that listens.
pub struct Server {
    listener: UnixListener,
    path: PathBuf,
    users: HashSet<u32>,
    keys: Arc<Keys>,
    places: Arc<Semaphore>,
}

impl Server {
    /// Listens on a socket. A socket that a crashed signer left behind is replaced.
    ///
    /// # Errors
    /// [`ListenError`].
    pub fn bind(
        path: &Path,
        mode: Mode,
        users: HashSet<u32>,
        keys: Keys,
    ) -> Result<Self, ListenError> {
        let failed = |source| ListenError::Socket {
            path: path.to_owned(),
            source,
        };
        if let Ok(metadata) = fs::symlink_metadata(path) {
            if !metadata.file_type().is_socket() {
                return Err(ListenError::NoSocket {
                    path: path.to_owned(),
                });
            }
            if std::os::unix::net::UnixStream::connect(path).is_ok() {
                return Err(ListenError::InUse {
                    path: path.to_owned(),
                });
            }
            fs::remove_file(path).map_err(failed)?;
        }
        let listener = UnixListener::bind(path).map_err(failed)?;
        // Until here the process's mask keeps other users out; a process that connected all the same is asked for its user.
        fs::set_permissions(path, fs::Permissions::from_mode(mode.0)).map_err(failed)?;
        Ok(Self {
            listener,
            path: path.to_owned(),
            users,
            keys: Arc::new(keys),
            places: Arc::new(Semaphore::new(MAX_CONNECTIONS)),
        })
    }

    /// Serves until the future is dropped.
    pub async fn run(&self) {
        loop {
            let place = match self.places.clone().acquire_owned().await {
                Ok(place) => place,
                Err(_) => return,
            };
            match self.listener.accept().await {
                Ok((stream, _)) => self.serve(stream, place),
                Err(error) => {
                    warn!(%error, "can't accept a connection");
                    // Too many open files: some are closed soon.
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            }
        }
    }

    fn serve(&self, stream: UnixStream, place: OwnedSemaphorePermit) {
        let user = match stream.peer_cred() {
            Ok(peer) => peer.uid(),
            Err(error) => {
                warn!(%error, "can't tell whose process connects");
                return;
            }
        };
        if !self.users.contains(&user) {
            warn!(
                user,
                "refused a connection: add the user to `users` if it is the gateway's"
            );
            return;
        }
        let keys = self.keys.clone();
        tokio::spawn(async move {
            converse(stream, &keys).await;
            drop(place);
        });
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may be gone already.
        let _ = fs::remove_file(&self.path);
    }
}

async fn converse(stream: UnixStream, keys: &Arc<Keys>) {
    let (from, mut to) = stream.into_split();
    let mut from = BufReader::new(from);
    loop {
        let (answer, is_last) = match timeout(IDLE_TIMEOUT, read_line(&mut from)).await {
            Ok(Ok(Some(request))) => (answer(request, keys).await, false),
            Ok(Err(error @ (LineError::Malformed | LineError::TooLong))) => {
                let reason = error.to_string();
                (Answer::Malformed { reason }, true)
            }
            Ok(Ok(None) | Err(_)) | Err(_) => return,
        };
        let written = timeout(IDLE_TIMEOUT, write_line(&mut to, &answer)).await;
        if is_last || !matches!(written, Ok(Ok(()))) {
            return;
        }
    }
}

async fn answer(request: Request, keys: &Arc<Keys>) -> Answer {
    let keys = keys.clone();
    // Signing and syncing a file take their time.
    let answered = spawn_blocking(move || match request {
        Request::Keys {} => Answer::Keys {
            fee_payer: (keys.sponsor.as_ref()).map(|sponsor| sponsor.address().to_string()),
            webhook_key: keys.webhook.as_ref().map(WebhookKey::public_key),
        },
        Request::Sponsor { transaction } => sponsored(&keys, |sponsor| {
            let signed = sponsor.sign(&transaction.0, unix_time())?;
            info!("signed a transaction");
            Ok(Answer::Sponsored {
                transaction: Base64(signed),
            })
        }),
        Request::Preview { transaction } => sponsored(&keys, |sponsor| {
            sponsor.preview(&transaction.0, unix_time())?;
            info!("would sign a transaction");
            Ok(Answer::Allowed)
        }),
        Request::SignWebhook {
            id,
            unix_time,
            body,
        } => sign_webhook(&keys, &id, unix_time, &body.0),
    });
    answered.await.unwrap_or_else(|_| Answer::Malformed {
        reason: "the signer failed".to_owned(),
    })
}

fn sponsored(keys: &Keys, ask: impl FnOnce(&Sponsor) -> Result<Answer, Refusal>) -> Answer {
    let Some(sponsor) = &keys.sponsor else {
        return Answer::Refused {
            rule: Rule::SponsoringOff,
            reason: "this signer has no wallet that pays".to_owned(),
        };
    };
    match ask(sponsor) {
        Ok(answer) => answer,
        Err(Refusal { rule, reason }) => {
            info!(%rule, "refused a transaction");
            Answer::Refused { rule, reason }
        }
    }
}

fn sign_webhook(keys: &Keys, id: &str, unix_time: i64, body: &[u8]) -> Answer {
    let Some(key) = &keys.webhook else {
        return Answer::Refused {
            rule: Rule::WebhooksOff,
            reason: "this signer has no key for webhooks".to_owned(),
        };
    };
    // A full stop in the id would make two messages of one signature.
    if id.is_empty() || id.contains('.') {
        return Answer::Refused {
            rule: Rule::WebhookId,
            reason: "the id of a webhook is not empty and has no full stop in it".to_owned(),
        };
    }
    Answer::WebhookSignature {
        signature: key.sign(id, unix_time, body),
    }
}

fn unix_time() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| {
        i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
    })
}

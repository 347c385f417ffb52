//! The client of the signer: the process that holds the operator's keys (`generion-signer`).

use std::{io, path::Path, sync::Arc, time::Duration};

use generion_signer_protocol::{Answer, Base64, LineError, Request, Rule, read_line, write_line};
use solana_address::Address;
use tokio::{io::BufReader, net::UnixStream, time::timeout};

/// The longest time for one answer of the signer.
const TIMEOUT: Duration = Duration::from_secs(10);

/// The signer, by its socket. Copies share nothing but its path: each request has a connection of its own, so that a signer
/// that is restarted is found again.
#[derive(Clone, Debug)]
pub struct Signer {
    socket: Arc<Path>,
}

/// The signer's public keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignerKeys {
    /// The wallet that pays; none: the signer sponsors nothing.
    pub fee_payer: Option<Address>,
    /// The key that verifies webhooks, as `whpk_…`; none: the signer signs no webhooks.
    pub webhook_key: Option<String>,
}

/// Why the signer did not sign.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SignerError {
    /// The signer does not answer.
    #[error("the signer does not answer on its socket")]
    Unreachable(#[from] io::Error),
    /// The signer's answer is not of the protocol.
    #[error("the signer's answer makes no sense: {0}")]
    Nonsense(String),
    /// The signer refuses, by a rule of its policy.
    #[error("{rule}: {reason}")]
    Refused {
        /// The rule.
        rule: Rule,
        /// The reason.
        reason: String,
    },
}

impl Signer {
    /// A signer that listens on a socket. Nothing is connected yet.
    pub fn new(socket: &Path) -> Self {
        Self {
            socket: socket.into(),
        }
    }

    /// The public keys.
    ///
    /// # Errors
    /// [`SignerError`].
    pub async fn keys(&self) -> Result<SignerKeys, SignerError> {
        match self.ask(&Request::Keys {}).await? {
            Answer::Keys {
                fee_payer,
                webhook_key,
            } => {
                let parse = |text: String| {
                    let address = text.parse();
                    address
                        .map_err(|_| SignerError::Nonsense("its wallet is no address".to_owned()))
                };
                Ok(SignerKeys {
                    fee_payer: fee_payer.map(parse).transpose()?,
                    webhook_key,
                })
            }
            other => Err(nonsense(&other)),
        }
    }

    /// The signer's signature on a transaction that all others have signed; the transaction's bytes.
    ///
    /// # Errors
    /// [`SignerError`].
    pub async fn sponsor(&self, transaction: Vec<u8>) -> Result<Vec<u8>, SignerError> {
        let transaction = Base64(transaction);
        match self.ask(&Request::Sponsor { transaction }).await? {
            Answer::Sponsored { transaction } => Ok(transaction.0),
            other => Err(nonsense(&other)),
        }
    }

    /// Whether the signer would sign a transaction once all others have.
    ///
    /// # Errors
    /// [`SignerError`].
    pub async fn preview(&self, transaction: Vec<u8>) -> Result<(), SignerError> {
        let transaction = Base64(transaction);
        match self.ask(&Request::Preview { transaction }).await? {
            Answer::Allowed => Ok(()),
            other => Err(nonsense(&other)),
        }
    }

    /// The ed25519 signature of a webhook: `v1a,…`.
    ///
    /// # Errors
    /// [`SignerError`].
    pub async fn sign_webhook(
        &self,
        id: &str,
        unix_time: i64,
        body: &[u8],
    ) -> Result<String, SignerError> {
        let request = Request::SignWebhook {
            id: id.to_owned(),
            unix_time,
            body: Base64(body.to_vec()),
        };
        match self.ask(&request).await? {
            Answer::WebhookSignature { signature } => Ok(signature),
            other => Err(nonsense(&other)),
        }
    }

    async fn ask(&self, request: &Request) -> Result<Answer, SignerError> {
        let ask = async {
            let mut stream = UnixStream::connect(&self.socket).await?;
            write_line(&mut stream, request).await?;
            let answer = read_line(&mut BufReader::new(stream)).await;
            match answer {
                Ok(Some(Answer::Refused { rule, reason })) => {
                    Err(SignerError::Refused { rule, reason })
                }
                Ok(Some(answer)) => Ok(answer),
                Ok(None) => Err(io::Error::from(io::ErrorKind::UnexpectedEof).into()),
                Err(LineError::Io(error)) => Err(error.into()),
                Err(error) => Err(SignerError::Nonsense(error.to_string())),
            }
        };
        match timeout(TIMEOUT, ask).await {
            Ok(answer) => answer,
            Err(_) => Err(io::Error::from(io::ErrorKind::TimedOut).into()),
        }
    }
}

fn nonsense(answer: &Answer) -> SignerError {
    let what = match answer {
        Answer::Malformed { reason } => reason.clone(),
        _ => "it answers another question".to_owned(),
    };
    SignerError::Nonsense(what)
}

use std::{error::Error, io, net::IpAddr, path::PathBuf};

use generion_interface::store::ErrorCode;
use solana_signer::SignerError;
use url::Url;

/// Why a request over HTTP brought nothing.
#[derive(Debug, thiserror::Error)]
pub enum RequestError {
    /// TLS can't be set up on this machine.
    #[error("can't set up an HTTP client: {}", root_cause(.0))]
    Client(#[source] reqwest::Error),
    /// The policy follows no such addresses at all.
    #[error("{url} was not followed: it is no https or http address")]
    Scheme {
        /// The address.
        url: Url,
    },
    /// The address leads to this machine or into a private network.
    #[error("{url} was not followed: it leads to {address}, which is not on the public internet")]
    PrivateAddress {
        /// The address.
        url: Url,
        /// What its host resolves to.
        address: IpAddr,
    },
    /// The host's name has no address.
    #[error("can't find the host of {url}: {source}")]
    UnknownHost {
        /// The address.
        url: Url,
        /// The resolver's answer.
        source: io::Error,
    },
    /// No connection, or one that broke before the answer.
    #[error("can't reach {url}: {}", root_cause(source))]
    Unreachable {
        /// The address.
        url: Url,
        /// What the connection failed with.
        source: reqwest::Error,
    },
    /// A time limit ran out.
    #[error("{url} took too long to answer")]
    TooSlow {
        /// The address.
        url: Url,
    },
    /// Redirects are not followed, wherever they lead.
    #[error("{url} was not followed: it redirects to {to:?}")]
    Redirect {
        /// The address.
        url: Url,
        /// Where it redirects to, in the server's words.
        to: String,
    },
    /// 404.
    #[error("there is nothing at {url}")]
    NotFound {
        /// The address.
        url: Url,
    },
    /// 410.
    #[error("the document at {url} was erased for good")]
    Erased {
        /// The address.
        url: Url,
    },
    /// The store does not take the time at which the request was signed.
    #[error("{url} refused the request for its time: the store's clock showed {store_time:?}")]
    ClockSkew {
        /// The address.
        url: Url,
        /// The store's clock, in its own words (its `Date` header).
        store_time: String,
    },
    /// The store refuses, and says why.
    #[error("{url} refused the request ({code}): {message:?}")]
    Refused {
        /// The address.
        url: Url,
        /// What a program acts on.
        code: ErrorCode,
        /// The store's words for people.
        message: String,
    },
    /// Something else than a store answered.
    #[error("{url} answered with HTTP status {status}, as no document store does")]
    UnexpectedStatus {
        /// The address.
        url: Url,
        /// The HTTP status.
        status: u16,
    },
}

/// Why a document could not be uploaded, asked about or erased.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The request brought nothing.
    #[error(transparent)]
    Request(#[from] RequestError),
    /// Not the root of a store.
    #[error("{url} is no store's address")]
    NotAStore {
        /// The address.
        url: Url,
    },
    /// Not a document in a store.
    #[error("{url} is no address of a document in a store")]
    NotADocument {
        /// The address.
        url: Url,
    },
    /// Something answered that it has the document, but not as stores do.
    #[error("{url} does not say who can erase the document")]
    NoEraseAuthority {
        /// The address.
        url: Url,
    },
    /// The ciphertext can't be read.
    #[error("{}: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
    /// The ciphertext is not the file that was encrypted.
    #[error("{} changed since it was encrypted: it has {found} bytes instead of {expected}", path.display())]
    Changed {
        /// The file.
        path: PathBuf,
        /// Its size when it was encrypted, in bytes.
        expected: u64,
        /// Its size now, in bytes.
        found: u64,
    },
    /// The wallet does not sign.
    #[error("the request to the store could not be signed: {0}")]
    Signer(#[source] SignerError),
    /// The system gave no random bytes.
    #[error("the system gave no random bytes: {0}")]
    Random(#[source] getrandom::Error),
}

/// Why a locator could not be followed to the document that it names. Nothing is left on the disk then.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// The request brought nothing, or was not made.
    #[error(transparent)]
    Request(#[from] RequestError),
    /// The locator's address is none.
    #[error("the locator names {url:?}, which is no address: {source}")]
    InvalidUrl {
        /// What the locator says.
        url: String,
        /// What is wrong with it.
        source: url::ParseError,
    },
    /// The document is larger than the policy takes.
    #[error("the document at {url} has {size} bytes, more than the {max} that are taken")]
    TooLarge {
        /// The address.
        url: Url,
        /// What the locator says, in bytes.
        size: u64,
        /// What the policy takes, in bytes.
        max: u64,
    },
    /// Not the bytes that the locator names.
    #[error(
        "the document at {url} was replaced or damaged: it has {found} bytes instead of {expected}"
    )]
    WrongSize {
        /// The address.
        url: Url,
        /// What the locator says, in bytes.
        expected: u64,
        /// What was announced or came, in bytes; what came is cut off once it is too much.
        found: u64,
    },
    /// Not the bytes that the locator names.
    #[error(
        "the document at {url} was replaced or damaged: its SHA-256 is {}, not the locator's",
        hex::encode(found)
    )]
    WrongHash {
        /// The address.
        url: Url,
        /// The SHA-256 of what came.
        found: [u8; 32],
    },
    /// The connection broke inside the document.
    #[error(
        "the connection to {url} broke before the document was complete: {}",
        root_cause(source)
    )]
    Interrupted {
        /// The address.
        url: Url,
        /// What the connection failed with.
        source: reqwest::Error,
    },
    /// What a `file` address names can't be read.
    #[error("{}: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
    /// The document would replace something.
    #[error("{} is there already", path.display())]
    Exists {
        /// Where the document should go.
        path: PathBuf,
    },
    /// This machine's disk.
    #[error("can't write {}: {source}", path.display())]
    Unwritable {
        /// Where the document should go.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
}

const ASK_CREATOR: &str = "Ask the record's creator to upload the document again.";
const CHECK_FILE: &str = "Check that the file exists, and its rights.";

impl RequestError {
    /// What to do next, in one line.
    pub fn advice(&self) -> &'static str {
        match self {
            Self::Client(_) => "Check this machine's TLS and proxy settings.",
            Self::Scheme { .. } | Self::Redirect { .. } => {
                "Ask whoever gave the address for the document's own, with https."
            }
            Self::PrivateAddress { .. } => {
                "Allow private addresses only if the store is known to be on your own network."
            }
            Self::UnknownHost { .. } | Self::Unreachable { .. } => {
                "Check the address and the network, and that the store runs; then try again."
            }
            Self::TooSlow { .. } => "Try again later.",
            Self::NotFound { .. } | Self::UnexpectedStatus { .. } => {
                "Check the address with whoever gave it."
            }
            Self::Erased { .. } => "It was the right of its erase authority, and can't be undone.",
            Self::ClockSkew { .. } => {
                "Set this machine's clock, if it is the wrong one, and try again."
            }
            Self::Refused { .. } => "Do what the store says, or ask its operator.",
        }
    }
}

impl StoreError {
    /// What to do next, in one line.
    pub fn advice(&self) -> &'static str {
        match self {
            Self::Request(error) => error.advice(),
            Self::NotAStore { .. } => {
                "Give https or http and the store's host, with nothing behind it."
            }
            Self::NotADocument { .. } => {
                "Give the document's address: the store's, then /v1/documents/ and 64 lower-case hex digits."
            }
            Self::NoEraseAuthority { .. } => "Have the document uploaded to a document store.",
            Self::Unreadable { .. } => CHECK_FILE,
            Self::Changed { .. } => "Encrypt the document again.",
            Self::Signer(_) => "Check the wallet.",
            Self::Random(_) => "Check this machine; nothing was sent.",
        }
    }
}

impl FetchError {
    /// What to do next, in one line.
    pub fn advice(&self) -> &'static str {
        match self {
            Self::Request(error) => error.advice(),
            Self::InvalidUrl { .. } => "Ask the record's creator for a new record.",
            Self::TooLarge { .. } => "Raise the limit if you expect such a document.",
            Self::WrongSize { .. } | Self::WrongHash { .. } => ASK_CREATOR,
            Self::Interrupted { .. } => "Try again.",
            Self::Unreadable { .. } => CHECK_FILE,
            Self::Exists { .. } => "Choose another path.",
            Self::Unwritable { .. } => {
                "Check that the folder exists, its rights, and the space on the disk."
            }
        }
    }
}

/// The innermost cause: the outer ones of an HTTP library say no more than that something failed.
fn root_cause(error: &reqwest::Error) -> String {
    let mut cause: &dyn Error = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}

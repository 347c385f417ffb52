use std::{io, net::IpAddr, path::PathBuf};

use generion_interface::store::{DocumentId, ErrorCode};
use generion_rpc::{
    causes::with_causes,
    text::quoted,
    url::{redacted, redacted_in},
};
use solana_signer::SignerError;
use url::Url;

use super::http::HttpError;

/// Why a request over HTTP brought nothing. A new variant is a breaking change, as with
/// [`ClientError`](crate::ClientError).
#[derive(Debug, thiserror::Error)]
pub enum RequestError {
    /// TLS can't be set up on this machine.
    #[error("can't set up an HTTP client")]
    Client(#[source] HttpError),
    /// The policy follows no such addresses at all.
    #[error("{} was not followed: it is no https or http address", shown(url))]
    Scheme {
        /// The address.
        url: Url,
    },
    /// Plain HTTP to another machine: anybody in between could read and change the data.
    #[error("{} was not followed: it is plain HTTP to another machine", shown(url))]
    PlainHttp {
        /// The address.
        url: Url,
    },
    /// The address leads to this machine or into a private network.
    #[error(
        "{} was not followed: it leads to {address}, which is not on the public internet",
        shown(url)
    )]
    PrivateAddress {
        /// The address.
        url: Url,
        /// The addresses that the host resolves to.
        address: IpAddr,
    },
    /// The host's name has no address.
    #[error("can't find the host of {}", shown(url))]
    UnknownHost {
        /// The address.
        url: Url,
        /// The resolver's answer.
        source: io::Error,
    },
    /// No connection, or one that broke before the answer.
    #[error("can't reach {}", shown(url))]
    Unreachable {
        /// The address.
        url: Url,
        /// The error of the connection.
        source: HttpError,
    },
    /// A time limit ran out.
    #[error("{} took too long to answer", shown(url))]
    TooSlow {
        /// The address.
        url: Url,
    },
    /// Redirects are not followed, wherever they lead.
    #[error("{} was not followed: it redirects to {}", shown(url), redacted(to))]
    Redirect {
        /// The address.
        url: Url,
        /// The target of the redirect, as the server names it. It is not shown as a whole: it may be any text.
        to: String,
    },
    /// 404.
    #[error("the document is not at {}", shown(url))]
    NotFound {
        /// The address.
        url: Url,
    },
    /// 410.
    #[error("the document at {} was erased for good", shown(url))]
    Erased {
        /// The address.
        url: Url,
    },
    /// The store does not take the time at which the request was signed.
    #[error(
        "{} refused the request for its time: the store's clock showed {}",
        shown(url),
        quoted(store_time)
    )]
    ClockSkew {
        /// The address.
        url: Url,
        /// The store's clock, in its own words (its `Date` header).
        store_time: String,
    },
    /// The store refuses, and says why.
    #[error(
        "{} refused the request ({code}): {}",
        shown(url),
        quoted(&said(url, message))
    )]
    Refused {
        /// The address.
        url: Url,
        /// The code, for programs.
        code: ErrorCode,
        /// The store's words for people.
        message: String,
    },
    /// The store refuses with a code that this version doesn't know: the store is newer.
    #[error(
        "{} refused the request ({}): {}",
        shown(url),
        quoted(code),
        quoted(&said(url, message))
    )]
    RefusedByNewerStore {
        /// The address.
        url: Box<Url>,
        /// The code, as it stands in the answer.
        code: String,
        /// The store's words for people.
        message: String,
    },
    /// Something else than a store answered.
    #[error(
        "{} answered with HTTP status {status}, as no document store does",
        shown(url)
    )]
    UnexpectedStatus {
        /// The address.
        url: Url,
        /// The HTTP status.
        status: u16,
    },
}

/// Why a document could not be uploaded, asked about or erased. A new variant is a breaking change, as with
/// [`ClientError`](crate::ClientError).
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The request brought nothing.
    #[error(transparent)]
    Request(#[from] RequestError),
    /// A store's address can't be used.
    #[error("the store's address can't be used")]
    InvalidUrl(#[source] url::ParseError),
    /// Not a document in a store.
    #[error("the address at {} is not that of a document in a store", shown(url))]
    NotADocument {
        /// The address.
        url: Url,
    },
    /// Something answered that it has the document, but not as stores do.
    #[error("{} does not say who can erase the document", shown(url))]
    NoEraseAuthority {
        /// The address.
        url: Url,
    },
    /// A link leads to nothing any more.
    #[error("the link to {} has expired, or its owner has revoked it", shown(url))]
    NoLink {
        /// The address.
        url: Url,
    },
    /// The answer is larger than files of links are.
    #[error("{} sent more than the limit of {max} bytes", shown(url))]
    TooLarge {
        /// The address.
        url: Url,
        /// The limit, in bytes.
        max: u64,
    },
    /// The answer to a list of links is none.
    #[error("{} answered, but not with a list of links", shown(url))]
    NotAList {
        /// The address.
        url: Url,
    },
    /// The ciphertext can't be read.
    #[error("can't read {}", path.display())]
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
        /// The size when it was encrypted, in bytes.
        expected: u64,
        /// The present size, in bytes.
        found: u64,
    },
    /// The wallet does not sign.
    #[error("the request to the store could not be signed")]
    Signer(#[source] SignerError),
    /// The system gave no random bytes.
    #[error("the system gave no random bytes")]
    Random(#[source] getrandom::Error),
}

/// Why a locator could not be followed to the document that it names. Nothing is left on the disk then. A new variant is a breaking change, as with
/// [`ClientError`](crate::ClientError).
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// The request brought nothing, or was not made.
    #[error(transparent)]
    Request(#[from] RequestError),
    /// None of the stores gave the document that the locator names.
    #[error("{}", all_failed(.0))]
    All(Vec<FetchError>),
    /// A store's address can't be used.
    #[error("a store that the locator names has no usable address")]
    InvalidUrl(#[source] url::ParseError),
    /// The document is larger than the policy takes.
    #[error("the document has {size} bytes, more than the limit of {max}")]
    TooLarge {
        /// The size in the locator, in bytes.
        size: u64,
        /// The policy's limit, in bytes.
        max: u64,
    },
    /// Not the bytes that the locator names.
    #[error(
        "the document at {} was replaced or damaged: it has {found} bytes instead of {expected}",
        shown(url)
    )]
    WrongSize {
        /// The address.
        url: Url,
        /// The size in the locator, in bytes.
        expected: u64,
        /// The size that was announced or received, in bytes; receiving ends when it is too large.
        found: u64,
    },
    /// Not the bytes that the locator names.
    #[error(
        "the document at {} was replaced or damaged: its SHA-256 is {}, not the locator's",
        shown(url),
        hex::encode(found)
    )]
    WrongHash {
        /// The address.
        url: Url,
        /// The SHA-256 of the received bytes.
        found: [u8; 32],
    },
    /// The connection broke inside the document.
    #[error(
        "the connection to {} broke before the document was complete",
        shown(url)
    )]
    Interrupted {
        /// The address.
        url: Url,
        /// The error of the connection.
        source: HttpError,
    },
    /// The file of a `file` address can't be read.
    #[error("can't read {}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
    /// The document would replace something.
    #[error("{} is there already", path.display())]
    Exists {
        /// The document's destination.
        path: PathBuf,
    },
    /// This machine's disk.
    #[error("can't write {}", path.display())]
    Unwritable {
        /// The folder, or the document's place in it.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
}

/// Addresses of documents are shown without their path: it names the document.
fn shown(url: &Url) -> String {
    redacted(url.as_str())
}

/// A store's message, without the secrets in its address. The document's name is no secret.
fn said(url: &Url, message: &str) -> String {
    let id = url.path().rsplit('/').next().unwrap_or_default();
    let id = id.parse::<DocumentId>().map(|id| id.path());
    let store = id.ok().and_then(|path| url.as_str().strip_suffix(&path));
    match store.and_then(|store| Url::parse(store).ok()) {
        Some(store) => redacted_in(&store, message),
        None => message.to_owned(),
    }
}

fn all_failed(errors: &[FetchError]) -> String {
    let errors: Vec<_> = errors.iter().map(|error| with_causes(error)).collect();
    errors.join("; ")
}

//! Refusals: problem details (RFC 9457), each with a code that stays.

use std::borrow::Cow;

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use generion::error::GenerionError;
use serde::Serialize;
use utoipa::ToSchema;

use crate::storage::StorageError;

/// The media type of refusals.
pub const PROBLEM_JSON: &str = "application/problem+json";

/// Makes the codes, and the list of them.
macro_rules! problem_codes {
    ($($(#[doc = $doc:literal])+ $name:ident = $code:literal, $status:ident, $title:literal;)+) => {
        /// The reason why a request was refused. A code keeps its meaning within a version of the API.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum ProblemCode {
            $($(#[doc = $doc])+ $name,)+
            /// A rule of the program is broken, or would be. The code is the rule's name, as in the program's IDL.
            Program(GenerionError),
        }

        impl ProblemCode {
            /// The gateway's own codes, in the order of the documentation.
            pub const OWN: &'static [Self] = &[$(Self::$name),+];

            /// The status that goes with it.
            pub const fn status(self) -> StatusCode {
                match self {
                    $(Self::$name => StatusCode::$status,)+
                    Self::Program(_) => StatusCode::CONFLICT,
                }
            }

            /// The meaning, in a few words.
            pub const fn title(self) -> &'static str {
                match self {
                    $(Self::$name => $title,)+
                    Self::Program(error) => error.text(),
                }
            }

            /// The meaning and advice, for the documentation.
            pub fn documentation(self) -> String {
                match self {
                    $(Self::$name => [$($doc),+].map(str::trim).join(" "),)+
                    Self::Program(error) => error.text().to_owned(),
                }
            }

            /// The code in answers.
            pub fn name(self) -> Cow<'static, str> {
                match self {
                    $(Self::$name => Cow::Borrowed($code),)+
                    Self::Program(error) => Cow::Owned(format!("{error:?}")),
                }
            }
        }
    };
}

problem_codes! {
    /// A parameter of the path is malformed, such as an address. Correct the path.
    InvalidPath = "invalid_path", BAD_REQUEST, "A part of the path can't be read";
    /// A parameter of the query is unknown or malformed. Correct the query.
    InvalidQuery = "invalid_query", BAD_REQUEST, "The query can't be read";
    /// The query has a bound on another value than the sort key: such a list would be searched row by row. Sort by the value
    /// with the bound, or ask for the list of one wallet, order or record.
    UnsortedBound = "unsorted_bound", BAD_REQUEST, "The bound does not go with the sort";
    /// The body is not JSON, or not the JSON that this route takes. Correct the body.
    InvalidBody = "invalid_body", BAD_REQUEST, "The body can't be read";
    /// This gateway did not make the cursor for this list. Begin at the first page.
    InvalidCursor = "invalid_cursor", BAD_REQUEST, "The cursor is not one of this list";
    /// Nothing is there: it was never made, it is closed, or the gateway has not seen it yet. Compare the headers that say
    /// how far the gateway is.
    NotFound = "not_found", NOT_FOUND, "Nothing is there";
    /// No route has this path. The document at /v1/openapi.json lists all routes.
    UnknownPath = "unknown_path", NOT_FOUND, "No route has this path";
    /// The route does not support this method. The header `Allow` lists those that it does.
    MethodNotAllowed = "method_not_allowed", METHOD_NOT_ALLOWED, "The route does not support this method";
    /// The body is larger than this gateway takes.
    BodyTooLarge = "body_too_large", PAYLOAD_TOO_LARGE, "The body is too large";
    /// Send the body as `application/json`.
    UnsupportedMediaType = "unsupported_media_type", UNSUPPORTED_MEDIA_TYPE, "The body is not of a type that is read here";
    /// The nodes of this gateway show different states of this account, so that none of them is served as fact. Try again
    /// later, or ask nodes of your own.
    Disputed = "disputed", CONFLICT, "The nodes disagree on this account";
    /// The body has a secret key, a seed phrase, a password or a plain document in it. It was not logged, and not used. Consider a
    /// secret that you sent as known to others, and never send one again.
    SecretInBody = "secret_in_body", BAD_REQUEST, "The body has a secret in it";
    /// The bytes are no transaction, or one that does not show all of its accounts.
    InvalidTransaction = "invalid_transaction", BAD_REQUEST, "The transaction can't be read";
    /// An instruction of the transaction is not one of Generion's program, and none that this gateway relays beside them. Send
    /// such a transaction to a node.
    ForeignInstruction = "foreign_instruction", UNPROCESSABLE_ENTITY, "An instruction is none of the program's";
    /// The transaction has no instruction of Generion's program, or more than 8.
    InstructionCount = "instruction_count", UNPROCESSABLE_ENTITY, "The number of instructions is not one that is relayed";
    /// The compute budget can't be read, or the priority fee is higher than this gateway relays. Build it with a lower one.
    PriorityFee = "priority_fee", UNPROCESSABLE_ENTITY, "The priority fee is not one that is relayed";
    /// A wallet has not signed the transaction. Let it sign, and send the transaction again.
    SignatureMissing = "signature_missing", UNPROCESSABLE_ENTITY, "A signature is missing";
    /// A signature is not one of its wallet over this transaction. Sign the transaction as it was built.
    SignatureWrong = "signature_wrong", UNPROCESSABLE_ENTITY, "A signature is wrong";
    /// The attestation is not the wallet's signature over this key and its index on this ledger. Sign the line again.
    WrongAttestation = "wrong_attestation", UNPROCESSABLE_ENTITY, "The attestation is wrong";
    /// The transaction does not fit into 1232 bytes. Name fewer records, or a shorter locator.
    TransactionTooLong = "transaction_too_long", UNPROCESSABLE_ENTITY, "The transaction is too long";
    /// The wallet has published no encryption key. It has to publish one first.
    NoEncryptionKey = "no_encryption_key", CONFLICT, "The wallet has no encryption key";
    /// A wallet has less than the transaction takes from it.
    InsufficientFunds = "insufficient_funds", CONFLICT, "The wallet has too little";
    /// This gateway pays for nobody. Let the wallet, or another one of yours, pay.
    SponsoringOff = "sponsoring_off", FORBIDDEN, "This gateway pays for nobody";
    /// The operator's wallet does not pay for this transaction. The detail begins with the rule that it breaks.
    SponsorRefused = "sponsor_refused", FORBIDDEN, "The operator's wallet does not pay";
    /// No node knows the block hash of a transaction that the operator's wallet would pay for. Build the transaction again.
    BlockHashExpired = "block_hash_expired", CONFLICT, "The block hash is not valid";
    /// This address sends too many requests. Wait for as many seconds as the header `Retry-After` says.
    TooManyRequests = "too_many_requests", TOO_MANY_REQUESTS, "Too many requests";
    /// This address follows the events as often as this gateway allows. Close a connection first, or follow more with one.
    TooManyClients = "too_many_clients", TOO_MANY_REQUESTS, "This address follows the events too often";
    /// Too many requests are running. Try again in a moment.
    Busy = "busy", SERVICE_UNAVAILABLE, "The gateway is busy";
    /// The request took longer than this gateway allows. Try again, with a smaller page.
    TimedOut = "timed_out", SERVICE_UNAVAILABLE, "The request took too long";
    /// The gateway has not taken its first snapshot of the ledger, or its index is too far behind; the detail has the reason. Try
    /// again later.
    NotReady = "not_ready", SERVICE_UNAVAILABLE, "The gateway is not ready";
    /// No node answers, or the nodes' answers make no sense. Try again later.
    NodeUnavailable = "node_unavailable", SERVICE_UNAVAILABLE, "No node answers";
    /// The nodes don't show the outcome of the transaction, or contradict each other. It may still reach the ledger: ask for it
    /// again, and build no other transaction before you know.
    OutcomeUnknown = "outcome_unknown", SERVICE_UNAVAILABLE, "The outcome is not known";
    /// The process that pays for users does not answer. Try again later.
    SignerUnavailable = "signer_unavailable", SERVICE_UNAVAILABLE, "The signer does not answer";
    /// The database or the gateway itself failed. The operator's log has the reason. Try again later.
    Internal = "internal", INTERNAL_SERVER_ERROR, "Something failed in the gateway";
}

impl ProblemCode {
    /// Every code: the gateway's own ones, and the program's rules.
    pub fn all() -> impl Iterator<Item = Self> {
        let rules = GenerionError::ALL.iter().copied().map(Self::Program);
        Self::OWN.iter().copied().chain(rules)
    }
}

/// A refusal. Clients see the detail: it has nothing internal in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Which kind.
    pub code: ProblemCode,
    /// The error, its subject, and advice.
    pub detail: String,
    /// Seconds after which it may go better.
    pub retry_after: Option<u64>,
}

impl Problem {
    /// A refusal with its detail.
    pub fn new(code: ProblemCode, detail: impl Into<String>) -> Self {
        Self {
            code,
            detail: detail.into(),
            retry_after: None,
        }
    }

    /// Says when to try again, in seconds.
    #[must_use]
    pub const fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    /// Something failed that is not the client's fault. The error goes to the log.
    pub fn internal(error: &(dyn std::error::Error + 'static)) -> Self {
        let text = generion_rpc::causes::with_causes(error);
        tracing::error!("a request failed: {text}");
        Self::new(
            ProblemCode::Internal,
            "the gateway's log says why: try again later",
        )
    }
}

impl From<StorageError> for Problem {
    fn from(error: StorageError) -> Self {
        Self::internal(&error)
    }
}

/// A refusal in JSON: problem details after RFC 9457.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct ProblemBody {
    /// The kind as a URI: `urn:generion:problem:` and the code.
    #[serde(rename = "type")]
    pub kind: String,
    /// The meaning of the code, in a few words.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// The error, its subject, and advice.
    pub detail: String,
    /// The code, for programs. The program's rules have their names in the IDL.
    #[schema(example = "not_found")]
    pub code: String,
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = self.code.status();
        let code = self.code.name();
        let body = ProblemBody {
            kind: format!("urn:generion:problem:{code}"),
            title: self.code.title().to_owned(),
            status: status.as_u16(),
            detail: self.detail.clone(),
            code: code.into_owned(),
        };
        let mut response = (status, Json(body)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        // For the log, and for routes whose refusals have another form.
        response.extensions_mut().insert(self);
        response
    }
}

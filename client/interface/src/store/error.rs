use core::fmt;

use serde::{Deserialize, Serialize};

/// Body of every refusal, as JSON: `{"code":"erased","message":"..."}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErrorBody {
    /// The code, for programs.
    pub code: ErrorCode,
    /// A sentence for people that says what happened and what to do; its wording is no part of the protocol.
    pub message: String,
}

macro_rules! error_codes {
    ($($(#[$doc:meta])+ $code:ident = $text:literal, $status:literal;)+) => {
        /// Everything that a store of this version refuses a request for. A new code is a breaking change; the client library
        /// keeps codes that it doesn't know as texts.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum ErrorCode {
            $($(#[$doc])+ #[serde(rename = $text)] $code,)+
        }

        impl ErrorCode {
            /// All of them, in the order of their documentation.
            pub const ALL: &[Self] = &[$(Self::$code),+];

            /// The code as it stands in JSON.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$code => $text),+ }
            }

            /// The HTTP status that goes with it.
            pub const fn http_status(self) -> u16 {
                match self { $(Self::$code => $status),+ }
            }
        }
    };
}

error_codes! {
    /// The path does not end in 64 lower-case hex digits.
    InvalidDocumentId = "invalid_document_id", 400;
    /// The path is not an expiry and 64 lower-case hex digits, or a signed request has a query.
    InvalidLink = "invalid_link", 400;
    /// The expiry of an uploaded link has passed, or is too far ahead.
    InvalidExpiry = "invalid_expiry", 400;
    /// The `Host` header is none of the store's names: the request, or its signature, was meant for another store.
    WrongHost = "wrong_host", 421;
    /// A header of the signature is missing.
    NotSigned = "not_signed", 401;
    /// A header of the signature, or the note of a link, can't be read.
    MalformedHeader = "malformed_header", 400;
    /// The signature is not the signer's over this request.
    InvalidSignature = "invalid_signature", 401;
    /// The request was signed too long ago, or in the store's future.
    OutsideTimeWindow = "outside_time_window", 401;
    /// A request with this signer and nonce was seen before.
    NonceReused = "nonce_reused", 409;
    /// Only the erase authority of a file deletes it, and lists its own links; and another key can't upload a link again.
    NotEraseAuthority = "not_erase_authority", 403;
    /// A deletion came with a body, which its signature does not cover.
    UnexpectedBody = "unexpected_body", 400;
    /// The document is larger than the store takes.
    TooLarge = "too_large", 413;
    /// The body's SHA-256 is not the path's.
    HashMismatch = "hash_mismatch", 422;
    /// The body ended before it was complete.
    UploadInterrupted = "upload_interrupted", 400;
    /// No byte of the body came for too long.
    UploadStalled = "upload_stalled", 408;
    /// The body came more slowly than the store puts up with.
    UploadTooSlow = "upload_too_slow", 408;
    /// The store takes uploads from listed wallets, and the signer is not one of them.
    UploaderNotAllowed = "uploader_not_allowed", 403;
    /// The erase authority has as many links as the store keeps for one.
    TooManyLinks = "too_many_links", 403;
    /// The document would exceed what the signer may have in the store.
    QuotaExceeded = "quota_exceeded", 403;
    /// No such document; or the link has expired or was erased.
    NotFound = "not_found", 404;
    /// The document was deleted for good, and is not taken again.
    Erased = "erased", 410;
    /// The range starts behind the document's end.
    RangeNotSatisfiable = "range_not_satisfiable", 416;
    /// The store has nothing at this path.
    UnknownPath = "unknown_path", 404;
    /// The path is there, but not for this method.
    MethodNotAllowed = "method_not_allowed", 405;
    /// As many uploads are running as the store takes at a time.
    Busy = "busy", 503;
    /// The store has no room left.
    StorageFull = "storage_full", 507;
    /// The store failed; its operator's log says why.
    Internal = "internal", 500;
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_stand_in_json_as_they_are_shown_and_are_distinct() {
        for code in ErrorCode::ALL {
            let body = ErrorBody {
                code: *code,
                message: String::new(),
            };
            let json = serde_json::to_string(&body).unwrap();
            assert_eq!(json, format!(r#"{{"code":"{code}","message":""}}"#));
            assert_eq!(serde_json::from_str::<ErrorBody>(&json).unwrap(), body);
            let same = ErrorCode::ALL
                .iter()
                .filter(|c| c.as_str() == code.as_str());
            assert_eq!(same.count(), 1, "{code}");
        }
    }
}

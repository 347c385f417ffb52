use core::{fmt, str::FromStr};

use sha2::{Digest, Sha256};
use solana_address::Address;
use solana_signature::Signature;
use thiserror::Error;

use super::{
    document_id::lower_hex,
    file_id::FileId,
    protocol::{LINK_LIST_PATH, NONCE_BYTES, SIGNATURE_DOMAIN, header},
};

/// The signed operations. Reading a file is not signed. A new operation is a breaking change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// `PUT`: publish the bytes, unless the store has them.
    Upload(FileId),
    /// `DELETE`: remove the bytes permanently.
    Erase(FileId),
    /// `GET`: list the links of an erase authority.
    ListLinks,
}

impl Operation {
    /// The HTTP method.
    pub const fn method(self) -> &'static str {
        match self {
            Self::Upload(_) => "PUT",
            Self::Erase(_) => "DELETE",
            Self::ListLinks => "GET",
        }
    }

    /// The path of the URL.
    pub fn path(self) -> String {
        match self {
            Self::Upload(file) | Self::Erase(file) => file.path(),
            Self::ListLinks => LINK_LIST_PATH.to_owned(),
        }
    }
}

/// Random number that a client draws for each request, so that nobody else can send the request again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Nonce(pub [u8; NONCE_BYTES]);

/// The text is not a nonce.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a nonce is {} lower-case hex digits", 2 * NONCE_BYTES)]
pub struct InvalidNonce;

impl FromStr for Nonce {
    type Err = InvalidNonce;

    fn from_str(text: &str) -> Result<Self, InvalidNonce> {
        lower_hex(text).map(Self).ok_or(InvalidNonce)
    }
}

impl fmt::Display for Nonce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

/// The value of the `Host` header as a client sends it (RFC 9110 section 7.2), in lower case.
///
/// `host` is the URL's host (a name, or an address, IPv6 in brackets); `port` is `None` if the URL names none or
/// its scheme's default, which is what `url::Url::port` returns.
pub fn canonical_host(host: &str, port: Option<u16>) -> String {
    let host = host.to_ascii_lowercase();
    match port {
        Some(port) => format!("{host}:{port}"),
        None => host,
    }
}

/// The signed content of an upload, a deletion or a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoreRequest {
    /// The operation, with the file that it concerns.
    pub operation: Operation,
    /// The store, as [`canonical_host`]. A signature for one store is worthless at another. A proxy in front of a store
    /// must pass on `Host` and path unchanged.
    pub host: String,
    /// For an upload, the key that shall be able to delete the file, if this is its first upload. For a deletion, the
    /// key that deletes it. For a list, the key whose links are listed.
    pub erase_authority: Address,
    /// Time of signing, in seconds since 1970-01-01T00:00:00Z.
    pub unix_time: u64,
    /// A new nonce for each attempt: a store accepts each nonce once, even if the attempt fails.
    pub nonce: Nonce,
}

impl StoreRequest {
    /// The text to sign: eight lines of ASCII, each followed by a newline (docs/PROTOCOL.md, section 7).
    ///
    /// 1. [`SIGNATURE_DOMAIN`]
    /// 2. the store's host
    /// 3. the HTTP method
    /// 4. the path
    /// 5. the SHA-256 of the body in lower-case hex: for an upload the document's id, which is in the path too; for a
    ///    deletion, which has no body, the SHA-256 of no bytes
    /// 6. the erase authority in base58
    /// 7. the time in decimal
    /// 8. the nonce in lower-case hex
    pub fn text(&self) -> String {
        let body_hash = match self.operation {
            Operation::Upload(file) => hex::encode(file.sha256()),
            Operation::Erase(_) | Operation::ListLinks => hex::encode(Sha256::digest([])),
        };
        format!(
            "{SIGNATURE_DOMAIN}\n{}\n{}\n{}\n{body_hash}\n{}\n{}\n{}\n",
            self.host,
            self.operation.method(),
            self.operation.path(),
            self.erase_authority,
            self.unix_time,
            self.nonce,
        )
    }

    /// Joins the request with the Ed25519 signature that `signer` made over [`Self::text`].
    pub fn signed(self, signer: Address, signature: Signature) -> SignedRequest {
        SignedRequest {
            request: self,
            signer,
            signature,
        }
    }
}

/// A request with a signature, which this type does not verify.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedRequest {
    /// The signed request.
    pub request: StoreRequest,
    /// The Ed25519 public key that is claimed to have made the signature.
    pub signer: Address,
    /// The signature over [`StoreRequest::text`].
    pub signature: Signature,
}

/// The headers of a signed request are missing or malformed. A new variant is a breaking change: stores answer each with a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum HeaderError {
    /// The header is missing.
    #[error("header {0} is missing")]
    Missing(&'static str),
    /// The header does not have the form that [`SignedRequest::headers`] writes.
    #[error("header {name} is not {expected}")]
    Malformed {
        /// The header's name.
        name: &'static str,
        /// The expected form.
        expected: &'static str,
    },
}

impl SignedRequest {
    /// The headers to send in addition to `Host`. Method, path and body have the other values.
    pub fn headers(&self) -> [(&'static str, String); 5] {
        let request = &self.request;
        [
            (header::SIGNER, self.signer.to_string()),
            (header::SIGNATURE, self.signature.to_string()),
            (header::ERASE_AUTHORITY, request.erase_authority.to_string()),
            (header::TIME, request.unix_time.to_string()),
            (header::NONCE, request.nonce.to_string()),
        ]
    }

    /// The request that a store received. `header` looks up a header of the signature by its name; the other values come
    /// from the HTTP request.
    pub fn from_headers<'h>(
        operation: Operation,
        host: &str,
        header: impl Fn(&'static str) -> Option<&'h str>,
    ) -> Result<Self, HeaderError> {
        const KEY: &str = "an Ed25519 public key in base58";
        let signer = parse(&header, header::SIGNER, KEY)?;
        let signature = parse(&header, header::SIGNATURE, "an Ed25519 signature in base58")?;
        let request = StoreRequest {
            operation,
            host: host.to_owned(),
            erase_authority: parse(&header, header::ERASE_AUTHORITY, KEY)?,
            unix_time: parse(&header, header::TIME, "whole seconds in decimal")?,
            nonce: parse(&header, header::NONCE, "32 lower-case hex digits")?,
        };
        Ok(request.signed(signer, signature))
    }
}

/// Accepts a value only in the form that we write, since the signed text is made from the value and not from the header.
fn parse<'h, T: FromStr + fmt::Display>(
    header: impl Fn(&'static str) -> Option<&'h str>,
    name: &'static str,
    expected: &'static str,
) -> Result<T, HeaderError> {
    let text = header(name).ok_or(HeaderError::Missing(name))?;
    text.parse()
        .ok()
        .filter(|value: &T| value.to_string() == text)
        .ok_or(HeaderError::Malformed { name, expected })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{DocumentId, LinkId};

    const DOCUMENT: &[u8] = b"ciphertext";

    fn request(operation: Operation) -> StoreRequest {
        StoreRequest {
            operation,
            host: canonical_host("Store.Example", Some(8787)),
            erase_authority: Address::new_from_array([7; 32]),
            unix_time: 1_790_000_000,
            nonce: Nonce([0xab; NONCE_BYTES]),
        }
    }

    fn signed() -> SignedRequest {
        request(Operation::Upload(DocumentId::of(DOCUMENT).into()))
            .signed(Address::new_from_array([9; 32]), [5; 64].into())
    }

    /// `headers` with one of them replaced, or without it.
    fn parse_with(name: &'static str, value: Option<&str>) -> Result<SignedRequest, HeaderError> {
        let signed = signed();
        let headers = signed.headers();
        let operation = signed.request.operation;
        SignedRequest::from_headers(operation, "store.example:8787", |wanted| {
            if wanted == name {
                return value;
            }
            let (_, value) = headers.iter().find(|(name, _)| *name == wanted)?;
            Some(value.as_str())
        })
    }

    #[test]
    fn the_signed_text_is_known() {
        assert_eq!(
            request(Operation::Upload(DocumentId::of(DOCUMENT).into())).text(),
            "generion store v1\n\
             store.example:8787\n\
             PUT\n\
             /v1/documents/305531dcc50ebca31cf1d5b31e9fc76ed51f66b3b6dd5a030c6539ae6532f979\n\
             305531dcc50ebca31cf1d5b31e9fc76ed51f66b3b6dd5a030c6539ae6532f979\n\
             US517G5965aydkZ46HS38QLi7UQiSojurfbQfKCELFx\n\
             1790000000\n\
             abababababababababababababababab\n"
        );
        assert_eq!(
            request(Operation::Erase(DocumentId::of(DOCUMENT).into())).text(),
            "generion store v1\n\
             store.example:8787\n\
             DELETE\n\
             /v1/documents/305531dcc50ebca31cf1d5b31e9fc76ed51f66b3b6dd5a030c6539ae6532f979\n\
             e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\n\
             US517G5965aydkZ46HS38QLi7UQiSojurfbQfKCELFx\n\
             1790000000\n\
             abababababababababababababababab\n"
        );
    }

    /// The expiry is signed, and so is the key whose links are listed.
    #[test]
    fn the_signed_texts_of_links_are_known() {
        let link = LinkId::of(1_790_086_400, DOCUMENT);
        let uploaded = "305531dcc50ebca31cf1d5b31e9fc76ed51f66b3b6dd5a030c6539ae6532f979";
        let nothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        let path = format!("/v1/links/1790086400/{uploaded}");
        for (operation, method, path, hash) in [
            (Operation::Upload(link.into()), "PUT", &path[..], uploaded),
            (Operation::Erase(link.into()), "DELETE", &path, nothing),
            (Operation::ListLinks, "GET", "/v1/links", nothing),
        ] {
            assert_eq!(
                request(operation).text(),
                format!(
                    "generion store v1\nstore.example:8787\n{method}\n{path}\n{hash}\n\
                     US517G5965aydkZ46HS38QLi7UQiSojurfbQfKCELFx\n1790000000\n\
                     abababababababababababababababab\n"
                )
            );
        }
    }

    #[test]
    fn a_host_has_its_port_only_where_the_url_has() {
        assert_eq!(canonical_host("Store.Example", None), "store.example");
        assert_eq!(canonical_host("[::1]", Some(8787)), "[::1]:8787");
    }

    #[test]
    fn headers_parse_back() {
        assert_eq!(parse_with("", None), Ok(signed()));
    }

    #[test]
    fn a_missing_header_is_named() {
        for (name, _) in signed().headers() {
            assert_eq!(parse_with(name, None), Err(HeaderError::Missing(name)));
        }
    }

    #[test]
    fn a_header_in_another_form_is_named() {
        let key = Address::new_from_array([7; 32]).to_string();
        for (name, value) in [
            (header::SIGNER, "0OIl"),
            (header::SIGNER, &format!("1{key}")),
            (header::SIGNATURE, &key),
            (header::ERASE_AUTHORITY, ""),
            (header::TIME, "-1"),
            (header::TIME, "+1790000000"),
            (header::TIME, "01790000000"),
            (header::TIME, "1790000000.0"),
            (header::NONCE, "abababababababababababababababab00"),
            (header::NONCE, "ABABABABABABABABABABABABABABABAB"),
        ] {
            let error = parse_with(name, Some(value)).unwrap_err();
            assert!(
                matches!(error, HeaderError::Malformed { name: n, .. } if n == name),
                "{name}: {value}: {error}"
            );
        }
    }
}

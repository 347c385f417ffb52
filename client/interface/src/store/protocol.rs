//! The constants of the store's protocol.

/// First line of every signed request, so that the signature is not valid for any other purpose.
pub const SIGNATURE_DOMAIN: &str = "generion store v1";

/// Beginning of every document's path. The document's id follows.
pub const DOCUMENTS_PATH: &str = "/v1/documents/";

/// Path of the list of links.
pub const LINK_LIST_PATH: &str = "/v1/links";

/// Beginning of every link's path. Its id follows.
pub const LINKS_PATH: &str = "/v1/links/";

/// The longest time between the upload of a link and its expiry, in seconds (366 days).
pub const MAX_LINK_LIFETIME_SECONDS: u64 = 366 * 24 * 3600;

/// The largest file of a link, in bytes (32 MiB): browsers decrypt files of this size in one piece.
pub const MAX_LINK_BYTES: u64 = 32 << 20;

/// The largest number of links of one erase authority that can be read at a time.
pub const MAX_LINKS: usize = 256;

/// The longest note about a link.
pub const MAX_LINK_NOTE_CHARACTERS: usize = 2048;

/// Largest difference between the time of a signed request and the store's clock, in seconds, in either direction.
pub const MAX_CLOCK_SKEW_SECONDS: u64 = 300;

/// Length of the number that makes each signed request unique, in bytes.
pub const NONCE_BYTES: usize = 16;

/// Default of the largest document that a store accepts, in bytes (1 GiB).
pub const DEFAULT_MAX_DOCUMENT_BYTES: u64 = 1 << 30;

/// Names of the HTTP headers, in lower case as in HTTP libraries.
pub mod header {
    /// Ed25519 public key that made the signature (base58).
    pub const SIGNER: &str = "generion-signer";
    /// Ed25519 signature over [`StoreRequest::text`](crate::store::StoreRequest::text) (base58).
    pub const SIGNATURE: &str = "generion-signature";
    /// In a request, the key that shall be able to delete the document (base58). In an answer, the key that is able to.
    pub const ERASE_AUTHORITY: &str = "generion-erase-authority";
    /// Time of signing: whole seconds since 1970-01-01T00:00:00Z, in decimal.
    pub const TIME: &str = "generion-time";
    /// The request's nonce (32 lower-case hex digits).
    pub const NONCE: &str = "generion-nonce";
    /// In the upload of a link, the owner's sealed note about it ([`LinkNote`](crate::store::LinkNote)).
    pub const LINK_NOTE: &str = "generion-link-note";
}

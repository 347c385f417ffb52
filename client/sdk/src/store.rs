//! Documents in and out of document stores (docs/PROTOCOL.md, section 7).
//!
//! A store sees ciphertext only. Addresses of documents come from locators, hence from strangers: each download follows a
//! [`FetchPolicy`], and a file that differs from the locator in a single byte never gets a name on the disk.

pub(crate) mod client;
pub(crate) mod error;
mod fetch;
mod http;
pub(crate) mod links;
pub(crate) mod map;
pub(crate) mod policy;
mod request;

/// The HTTP client type of [`StoreClient::with_client`].
pub use reqwest;

/// The codes of a store's refusals, and their form.
pub use generion_interface::store::{ErrorBody, ErrorCode, LinkId, LinkNote, ListedLink};

pub use self::{
    client::{DocumentStatus, StoreClient},
    error::{FetchError, RequestError, StoreError},
    http::{HttpError, http_client},
    map::{InvalidMovedStore, MovedStore, StoreMap},
    policy::FetchPolicy,
};

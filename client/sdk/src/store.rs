//! Documents in and out of document stores (docs/PROTOCOL.md, section 7).
//!
//! A store sees ciphertext only. Addresses of documents come out of locators, hence from strangers: reading one
//! follows a [`FetchPolicy`], and what is not byte for byte what the locator names never gets a name on the disk.

pub(crate) mod client;
pub(crate) mod error;
mod fetch;
mod http;
pub(crate) mod links;
pub(crate) mod map;
pub(crate) mod policy;
mod request;

/// What [`StoreClient::with_client`] takes a client of.
pub use reqwest;

/// What a store refuses a request for, and the form in which it says so.
pub use generion_interface::store::{ErrorBody, ErrorCode, LinkId, LinkNote, ListedLink};

pub use self::{
    client::{DocumentStatus, StoreClient},
    error::{FetchError, RequestError, StoreError},
    http::{HttpError, http_client},
    map::{InvalidMovedStore, MovedStore, StoreMap},
    policy::FetchPolicy,
};

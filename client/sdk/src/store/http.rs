//! What all requests to document stores have in common.

use std::time::Duration;

use reqwest::{Client, ClientBuilder, redirect};

pub(super) const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// Bytes that go between a file and the network at a time: the switch to a thread that may block costs nothing then.
pub(super) const FILE_BYTES: usize = 256 * 1024;
/// Bytes per second below which a transfer is given up.
pub(super) const SLOWEST_TRANSFER: u64 = 32 << 10;

/// The settings that every HTTP client of this library begins with: its name, time limits, and no redirects. Add headers,
/// a proxy or certificates of your own, and give the result to [`StoreClient::with_client`](super::StoreClient::with_client).
pub fn http_client() -> ClientBuilder {
    Client::builder()
        .user_agent(concat!("generion/", env!("CARGO_PKG_VERSION")))
        .redirect(redirect::Policy::none())
        .referer(false)
        .connect_timeout(CONNECT_TIMEOUT)
}

//! The limits of clients.

use std::time::Duration;

use generion_http_server::limits::{ConnectionLimits, half};
use generion_interface::store::DEFAULT_MAX_DOCUMENT_BYTES;

use crate::storage::upload::UploadBounds;

/// The limits for clients.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The size of the largest document, in bytes.
    pub max_document_bytes: u64,
    /// How many uploads may run at the same time. One more is refused. Each upload takes up to 15 MiB of memory.
    pub max_uploads: usize,
    /// How many of these may belong to one uploader.
    pub max_uploads_per_uploader: usize,
    /// How many of these may come from one address, or `None` for half of them. The same number of deletions may run in
    /// addition.
    pub max_uploads_per_address: Option<usize>,
    /// How many connections may be open at the same time. For one more, the connection that has been idle longest is
    /// closed; if none is idle, the new one waits. With the default, connections and files need less than the 1,024
    /// descriptors that most systems give to a process.
    pub max_connections: usize,
    /// How many of these may come from one address, or `None` for half of them.
    pub max_connections_per_address: Option<usize>,
    /// How many bytes of memory may hold small documents that were read recently from a folder.
    pub max_cache_bytes: u64,
    /// How long a new connection may be open before the first byte of its first request arrives.
    pub first_byte_timeout: Duration,
    /// How long the store waits for the rest of a request head, for the next bytes of a body, or until the client
    /// accepts the next bytes of an answer.
    pub idle_timeout: Duration,
    /// The minimum rate of uploads and downloads, in bytes per second. A slower transfer is ended after at most twice
    /// [`Self::idle_timeout`], because a client that transfers a byte now and then blocks others like one that stalls.
    pub min_rate: u64,
}

impl Default for Limits {
    fn default() -> Self {
        let connections = ConnectionLimits::default();
        Self {
            max_document_bytes: DEFAULT_MAX_DOCUMENT_BYTES,
            max_uploads: 64,
            max_uploads_per_uploader: 16,
            max_uploads_per_address: None,
            max_connections: connections.max_connections,
            max_connections_per_address: connections.max_connections_per_address,
            max_cache_bytes: 32 << 20,
            first_byte_timeout: connections.first_byte_timeout,
            idle_timeout: connections.idle_timeout,
            min_rate: connections.min_rate,
        }
    }
}

impl Limits {
    /// How long an upload may have waited for its client after this many bytes.
    pub(crate) fn time_for(&self, bytes: u64) -> Duration {
        let at_min_rate = Duration::from_secs(bytes / self.min_rate.max(1));
        self.idle_timeout
            .saturating_mul(2)
            .saturating_add(at_min_rate)
    }

    /// The limit on uploads from one address.
    pub(crate) fn uploads_per_address(&self) -> usize {
        self.max_uploads_per_address
            .unwrap_or(half(self.max_uploads))
    }

    /// The limits on connections.
    pub(crate) fn connections(&self) -> ConnectionLimits {
        ConnectionLimits {
            max_connections: self.max_connections,
            max_connections_per_address: self.max_connections_per_address,
            first_byte_timeout: self.first_byte_timeout,
            idle_timeout: self.idle_timeout,
            min_rate: self.min_rate,
            ..ConnectionLimits::default()
        }
    }

    /// The limits of an upload in the storage.
    pub(crate) fn upload_bounds(&self) -> UploadBounds {
        UploadBounds {
            max_bytes: self.max_document_bytes,
            lifetime: self
                .time_for(self.max_document_bytes)
                .saturating_add(self.idle_timeout),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A time-out without an end is a lifetime without an end.
    #[test]
    fn a_time_out_without_an_end_does_not_overflow() {
        let limits = Limits {
            idle_timeout: Duration::MAX,
            min_rate: 0,
            max_document_bytes: u64::MAX,
            ..Limits::default()
        };
        assert_eq!(limits.upload_bounds().lifetime, Duration::MAX);
    }
}

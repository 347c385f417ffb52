//! Limits on connections.

use std::time::Duration;

/// The limits on connections.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectionLimits {
    /// How many connections may be open at the same time. For one more, the connection that has been idle longest is
    /// closed; if none is idle, the new one waits. With the default, connections and files need less than the 1,024
    /// descriptors that most systems give to a process.
    pub max_connections: usize,
    /// How many of these may come from one address, or `None` for half of them.
    pub max_connections_per_address: Option<usize>,
    /// How long a new connection may be open before the first byte of its first request arrives.
    pub first_byte_timeout: Duration,
    /// How long the server waits for the rest of a request head, for the next bytes of a body, or until the client
    /// accepts the next bytes of an answer.
    pub idle_timeout: Duration,
    /// The minimum rate at which clients receive answers, in bytes per second. A slower client is cut off after at most twice
    /// [`Self::idle_timeout`], because a client that takes a byte now and then blocks others like one that stalls.
    pub min_rate: u64,
    /// The largest head of a request, in bytes: its line and its headers. At least 8,192.
    pub max_head_bytes: usize,
}

impl Default for ConnectionLimits {
    fn default() -> Self {
        Self {
            max_connections: 256,
            max_connections_per_address: None,
            first_byte_timeout: Duration::from_secs(5),
            idle_timeout: Duration::from_secs(30),
            // Half of the rate at which Generion clients give up.
            min_rate: 16 << 10,
            max_head_bytes: 64 << 10,
        }
    }
}

impl ConnectionLimits {
    /// The limit on connections from one address.
    pub fn connections_per_address(&self) -> usize {
        self.max_connections_per_address
            .unwrap_or(half(self.max_connections))
    }
}

/// The default for one address, which is never everything unless `max` is 1.
pub const fn half(max: usize) -> usize {
    max.div_ceil(2)
}

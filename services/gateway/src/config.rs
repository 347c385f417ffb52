//! What the operator sets.

/// The configuration of a gateway.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// Limits for clients.
    pub limits: Limits,
}

/// Limits for clients.
#[derive(Clone, Debug)]
pub struct Limits {
    /// The largest body of a request, in bytes.
    pub max_body_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_body_bytes: 64 << 10,
        }
    }
}

//! The store over HTTP: connections, requests and answers.

pub mod allowlist;
pub mod authentication;
pub mod client_address;
pub mod concurrency;
pub mod connection;
pub mod connections;
pub mod cors;
pub mod error;
pub mod extractors;
pub mod handlers;
pub mod logging;
pub mod metrics;
pub mod min_throughput;
pub mod range;
pub mod router;
pub mod state;

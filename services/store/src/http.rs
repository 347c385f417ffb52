//! The store over HTTP: connections, requests and answers.

pub mod allowlist;
pub mod authentication;
pub mod cors;
pub mod error;
pub mod extractors;
pub mod handlers;
pub mod logging;
pub mod metrics;
pub mod range;
pub mod router;
pub mod state;

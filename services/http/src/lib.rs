//! The common parts of Generion's servers: HTTP/1.1 without TLS, behind a proxy that terminates it.
//!
//! * [`acceptor`]: accepts connections until the server ends, then waits for running requests.
//! * [`connection`], [`connections`], [`min_throughput`]: one connection, all of them, and clients that receive too slowly.
//! * [`client_address`]: whom limits apply to, behind proxies that the operator names.
//! * [`concurrency`], [`rate`]: operations at the same time, and requests a second.
//! * [`cors`]: access from web apps.
//! * [`hosts`], [`origins`], [`limits`], [`config`]: the operators' settings.
//! * [`metrics`], [`logging`], [`redact`]: the operators' metrics and logs.
//! * [`shutdown`]: the end of a server.
#![forbid(unsafe_code)]

pub mod acceptor;
pub mod client_address;
pub mod concurrency;
pub mod config;
pub mod connection;
pub mod connections;
pub mod cors;
pub mod hosts;
pub mod limits;
pub mod logging;
pub mod metrics;
pub mod min_throughput;
pub mod origins;
pub mod rate;
pub mod redact;
pub mod shutdown;

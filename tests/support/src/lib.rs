//! What the project's tests share.
//!
//! * [`program`] finds a program of this build, [`Running`] is one that a test started, and [`LocalNode`] is a running
//!   `generion-localnet`.
//! * [`Chain`] is a ledger that a test acts on over JSON-RPC, without the client library. [`Person`] is a wallet with the
//!   keys that follow from it; the methods of [`Chain`] that take people make records, orders and purchases.
//! * [`WebServer`] serves a test's own HTTP routes, and [`Postgres`] is a database server.
//! * [`export`] makes up exports of a hospital's system.
//! * [`eventually`] waits for something observable.
#![forbid(unsafe_code)]

mod chain;
mod confirmed;
pub mod export;
mod local_node;
mod person;
mod postgres;
mod programs;
mod records;
mod running;
mod sales;
mod waiting;
mod web_server;

pub use chain::{CLOCK_UNIX_TIME, Chain, FEE, error_code, rule_broken};
pub use confirmed::ConfirmedTransaction;
pub use local_node::LocalNode;
pub use person::Person;
pub use postgres::Postgres;
pub use programs::program;
pub use records::{NewRecord, SOL};
pub use running::Running;
pub use sales::{PRICE, WINDOW};
pub use waiting::{eventually, within};
pub use web_server::WebServer;

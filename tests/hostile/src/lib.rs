//! A node that lies: a JSON-RPC server in front of a real local validator. It passes questions on, or answers as a test
//! tells it to, and logs everything.
//!
//! * [`Validator`] is the true ledger; [`Person`] acts on it without a client.
//! * [`Node`] is the node in front of it. A [`Lie`] changes its answers, and a node can tell several; [`lies`] has the usual
//!   ones.
//! * [`Captured`] is a transaction that a node saw: to send it, to simulate it, or to tell its fee.
//! * [`LyingGateway`] is a REST gateway that names what it likes.
//! * [`Accomplice`] has everything that nodes saw, and secrets of its own, and tries to open every record.
//! * [`Town`] has a store and the client library beside it, and [`Terminal`] is the command line there; [`Recorder`] is a
//!   wallet that records what it signs.
#![forbid(unsafe_code)]

mod accomplice;
mod captured;
mod edit;
mod gateway;
pub mod invent;
pub mod lies;
mod node;
mod recorder;
mod switchboard;
mod terminal;
mod town;
mod validator;

pub use accomplice::{Accomplice, Opened};
pub use captured::{Asked, Captured};
pub use edit::edited;
pub use gateway::{LyingGateway, item as gateway_item};
pub use generion_test_support::{NewRecord, PRICE, Person, SOL, WINDOW, error_code, eventually};
pub use node::{Entry, Lie, Node, Question, Read, Reply, Snapshot};
pub use recorder::Recorder;
pub use switchboard::Switchboard;
pub use terminal::{Printed, Terminal};
pub use town::{HONEST, MALLORY, QUICK, Town, assert_missing, assert_names, keys, settler, until};
pub use validator::Validator;

//! A node that lies: a JSON-RPC server in front of a real local validator, which passes questions on and answers whatever
//! a test tells it to, and writes down all that it was sent.
//!
//! * [`Validator`] is the ledger, as it truly is; [`Person`] acts on it without a client.
//! * [`Node`] stands in front of it. A [`Lie`] changes what it shows, and lies add up; [`lies`] has the usual ones.
//! * [`Captured`] is a transaction that a node was shown: sent, simulated or asked a price for.
//! * [`Accomplice`] has all that nodes saw and some secrets of its own, and tries to open every record with it.
//! * [`Town`] has a store and the client library beside it, and [`Terminal`] is the command line there; [`Recorder`] is a
//!   wallet that keeps what it was asked to sign.
#![forbid(unsafe_code)]

mod accomplice;
mod captured;
mod edit;
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
pub use generion_test_support::{NewRecord, PRICE, Person, SOL, WINDOW, error_code, eventually};
pub use node::{Entry, Lie, Node, Question, Read, Reply, Snapshot};
pub use recorder::Recorder;
pub use switchboard::Switchboard;
pub use terminal::{Printed, Terminal};
pub use town::{HONEST, MALLORY, QUICK, Town, assert_missing, assert_names, keys, settler, until};
pub use validator::Validator;

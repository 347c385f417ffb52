//! Talks to Solana nodes, for clients, the deployer and servers. No type of this crate holds a secret key.
//!
//! * [`url`]: addresses, shown without the keys that are in them, and no plain HTTP to another machine.
//! * [`hidden`]: the text that a user typed, with its secrets hidden.
//! * [`cluster`]: the clusters. A user chooses one; its genesis hash shows whether a node belongs to it.
//! * [`explorer`]: links to Solana's explorer.
//! * [`backoff`], [`deadline`]: the waits between tries, and moments that are waited for.
//! * [`transport`]: HTTP that waits for rate limits and asks again where a connection was dropped.
//! * [`node`]: one node, and its errors.
//! * [`witness`]: several nodes, of which none is believed alone. It has an example.
//! * [`answers`]: the answers of several nodes to one question.
//! * [`confirmation`]: sends transactions, and confirms them.
//! * [`operators`]: public nodes that may be asked beside a user's own.
//! * [`solana_config`], [`amount`]: the configuration of the Solana tools, and amounts of money.
//! * [`duration`]: seconds in days, hours and minutes.
//! * [`causes`]: an error with its causes, in one line.
//! * [`text`]: texts from strangers, as they may be shown on a terminal.
#![forbid(unsafe_code)]

pub mod amount;
pub mod answers;
pub mod backoff;
pub mod causes;
pub mod cluster;
pub mod confirmation;
pub mod deadline;
pub mod duration;
pub mod explorer;
pub mod hidden;
pub mod node;
pub mod operators;
pub mod solana_config;
mod status_queue;
pub mod text;
pub mod transport;
pub mod url;
pub mod witness;

/// The parts of a custom transport, and a transaction that can be sent.
pub use solana_rpc_client::{rpc_client::SerializableTransaction, rpc_sender::RpcSender};

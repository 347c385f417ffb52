//! The gateway over HTTP: routes, answers and refusals.
//!
//! * [`router`]: all routes, with what applies to each of them.
//! * `handlers`: a file or folder for each topic, which exports `router()`.
//! * [`state`]: what handlers share.
//! * [`problem`]: refusals, each with a stable code.
//! * `extract`: paths, queries and bodies, refused as problems.
//! * `json`: how values of the ledger stand in JSON.
//! * [`openapi`]: the document that describes all of it.

mod extract;
mod handlers;
mod json;
pub mod openapi;
pub mod problem;
pub mod router;
pub mod state;

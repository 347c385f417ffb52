//! The gateway over HTTP: routes, answers and refusals.
//!
//! * [`router`]: all routes, with their layers.
//! * [`answer`], `browsers`: limits before an answer, headers and the log after it; web apps.
//! * `operator`: health, readiness and metrics.
//! * `actions`: Solana Actions, in the forms of their specification.
//! * `handlers`: a file or folder for each topic, which exports `router()`.
//! * [`state`]: the state that handlers share, with [`metrics`] and [`cursor`].
//! * `list`, `views`: pages of accounts; accounts and changes as answers show them.
//! * `extract`: paths and queries, refused as problems.
//! * [`problem`]: refusals, each with a stable code.
//! * `public_json`, `secrets`: bodies that are searched for secrets first.
//! * `refused`: why nothing is built, relayed or sponsored, as problems.
//! * `bytes`: how bytes stand in JSON.
//! * [`openapi`]: the document that describes all of it.

mod actions;
pub mod answer;
mod browsers;
mod bytes;
pub mod cursor;
mod extract;
mod handlers;
mod list;
pub mod metrics;
pub mod openapi;
mod operator;
pub mod problem;
mod public_json;
mod refused;
pub mod router;
mod secrets;
pub mod state;
mod views;

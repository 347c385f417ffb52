//! The gateway over HTTP: routes, answers and refusals.
//!
//! * [`router`]: all routes, with what applies to each of them.
//! * [`answer`], `browsers`: limits before an answer, headers and the log after it; web apps.
//! * `operator`: health, readiness and metrics.
//! * `handlers`: a file or folder for each topic, which exports `router()`.
//! * [`state`]: what handlers share, with [`metrics`] and [`cursor`].
//! * `list`, `views`: pages of accounts; accounts and changes as answers show them.
//! * `extract`: paths, queries and bodies, refused as problems.
//! * [`problem`]: refusals, each with a stable code.
//! * [`openapi`]: the document that describes all of it.

pub mod answer;
mod browsers;
pub mod cursor;
mod extract;
mod handlers;
mod list;
pub mod metrics;
pub mod openapi;
mod operator;
pub mod problem;
pub mod router;
pub mod state;
mod views;

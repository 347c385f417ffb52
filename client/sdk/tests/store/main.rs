//! `generion_client::store` against a real document store, and against servers that misbehave.

mod busy;
mod fetching;
mod files;
mod processes;
mod staged;
mod storing;
mod strangers;
mod support;

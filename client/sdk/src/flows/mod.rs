//! What people do, each flow from the first read to the last signature.

pub(crate) mod create;
pub mod deliver;
mod documents;
pub mod order;
pub mod purchase;
pub mod record;
mod share;
mod user;

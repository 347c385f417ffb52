//! What people do, each flow from the first read to the last signature.

pub(crate) mod create;
pub(crate) mod deliver;
pub(crate) mod documents;
pub(crate) mod order;
pub(crate) mod purchase;
mod purchased_keys;
pub(crate) mod recipient;
pub(crate) mod record;
pub(crate) mod sale;
pub(crate) mod settle;
mod share;
pub(crate) mod stage;
pub(crate) mod user;

//! The flows of patients, clinics and buyers, each from the first read to the last signature.

pub(crate) mod admit;
pub(crate) mod apply;
pub(crate) mod blocking;
pub(crate) mod create;
pub(crate) mod deliver;
pub(crate) mod delivery_batch;
pub(crate) mod documents;
pub(crate) mod facts;
pub(crate) mod join;
pub(crate) mod leave;
pub(crate) mod link;
mod link_content;
pub(crate) mod matching;
pub(crate) mod order;
pub(crate) mod purchase;
pub(crate) mod purchased_keys;
pub(crate) mod recipient;
pub(crate) mod record;
pub(crate) mod research_copy;
mod reveal;
pub(crate) mod sale;
pub(crate) mod settle;
pub(crate) mod share;
pub(crate) mod stage;
pub(crate) mod study;
pub(crate) mod user;

//! The handlers of requests.

pub mod delete;
pub mod document;
pub mod get;
pub mod head;
pub mod operator;
pub mod put;

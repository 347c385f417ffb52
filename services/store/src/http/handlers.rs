//! The handlers of requests.

pub mod delete;
pub mod document;
pub mod get;
pub mod head;
pub mod list;
pub mod operator;
pub mod put;

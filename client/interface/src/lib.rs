//! What Generion's clients and servers share: addresses, accounts and instructions of the program, locators of
//! documents, and requests to a document store. No type in here can hold a secret key, so that a server that depends on it can't either.
#![forbid(unsafe_code)]

pub mod accounts;
mod addresses;
pub mod events;
mod instructions;
pub mod locator;
pub mod store;

pub use addresses::Addresses;
pub use instructions::Instructions;
pub use locator::Locator;

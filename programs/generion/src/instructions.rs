//! One file per instruction, each in the same order: arguments, accounts, handler.

mod close_order;
mod close_purchase;
mod create_order;
mod create_record;
mod delete_record;
mod deliver;
mod purchase;
mod refund;
mod revoke_share;
mod set_encryption_key;
mod settle;
mod share_record;
mod verify_record;

pub use close_order::*;
pub use close_purchase::*;
pub use create_order::*;
pub use create_record::*;
pub use delete_record::*;
pub use deliver::*;
pub use purchase::*;
pub use refund::*;
pub use revoke_share::*;
pub use set_encryption_key::*;
pub use settle::*;
pub use share_record::*;
pub use verify_record::*;

//! One file per instruction, each in the same order: arguments, accounts, handler.
//!
//! The handlers of studies are not inlined, and neither are some of the others. If all handlers were one function, jumps in
//! it would be too far for the VM's instructions, and the linker would refuse it.

mod admit;
mod apply;
mod close_order;
mod close_purchase;
mod close_seat;
mod close_study;
mod create_order;
mod create_record;
mod create_study;
mod delete_record;
mod deliver;
mod join_study;
mod purchase;
mod refund;
mod revoke_share;
mod seat;
mod set_encryption_key;
mod settle;
mod share_record;
mod update_study;
mod verify_record;
mod withdraw_application;
mod withdraw_budget;

pub use admit::*;
pub use apply::*;
pub use close_order::*;
pub use close_purchase::*;
pub use close_seat::*;
pub use close_study::*;
pub use create_order::*;
pub use create_record::*;
pub use create_study::*;
pub use delete_record::*;
pub use deliver::*;
pub use join_study::*;
pub use purchase::*;
pub use refund::*;
pub use revoke_share::*;
pub use set_encryption_key::*;
pub use settle::*;
pub use share_record::*;
pub use update_study::*;
pub use verify_record::*;
pub use withdraw_application::*;
pub use withdraw_budget::*;

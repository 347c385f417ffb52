//! The program's accounts, and the transitions between their states.
//!
//! Layout: Anchor's 8-byte discriminator, then the `repr(C)` header. Accounts of variable size have a tail: a `u32` count
//! and the items. Integers are little-endian.

mod order;
mod purchase;
mod record;
mod share;
mod user;

pub use order::{Order, OrderAccount, Terms};
pub use purchase::{Purchase, PurchaseAccount, PurchaseStatus};
pub use record::{Record, RecordAccount, RecordContents};
pub use share::{Share, ShareAccount};
pub use user::{User, UserAccount};

//! The program's accounts, and the transitions between their states.
//!
//! Layout: Anchor's 8-byte discriminator, then the `repr(C)` header. Accounts of variable size have a tail: a `u32` count
//! and the items. Integers are little-endian.

mod application;
mod order;
mod purchase;
mod record;
mod share;
mod study;
mod user;

pub use application::{Application, ApplicationAccount};
pub use order::{Order, OrderAccount, Terms};
pub use purchase::{Escrow, Purchase, PurchaseAccount, PurchaseStatus};
pub use record::{Record, RecordAccount, RecordContents};
pub use share::{Share, ShareAccount};
pub use study::{Admission, Criteria, Requirement, Study, StudyAccount};
pub use user::{User, UserAccount};

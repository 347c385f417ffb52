//! The client's files on its own disk, besides documents: receipts of purchases, offers of orders, markers of settlements, and
//! the indexes of the encryption keys that it has seen.

pub(crate) mod key_memory;
pub(crate) mod markers;
pub(crate) mod offers;
pub(crate) mod receipts;
pub(crate) mod sealed_record;

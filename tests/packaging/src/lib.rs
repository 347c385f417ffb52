//! Reads what `packaging` holds for a Debian package of one of the servers.
//!
//! * [`Package`] has the paths of a package's files and the metadata for cargo-deb.
//! * [`Unit`] is a systemd unit, and [`sysusers_users`] reads the users of a `sysusers.d` file.

mod package;
mod unit;

pub use package::Package;
pub use unit::{Unit, sysusers_users};

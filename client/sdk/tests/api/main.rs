//! What programs that are built on the client library rely on, beyond what it does.

mod send;

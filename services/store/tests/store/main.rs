//! The store as its clients see it: real HTTP on the loopback address, and what is on the disk afterwards.

mod accounts;
mod browsers;
mod connections;
mod crashes;
mod deletions;
mod dependencies;
mod downloads;
mod full_disk;
mod limits;
mod maintenance;
mod object_storage;
mod operation;
mod paths;
mod program;
mod proxies;
mod signatures;
mod support;
mod uploads;

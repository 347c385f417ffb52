//! The store as its clients see it: real HTTP requests on the loopback address, and the files on the disk afterwards.

mod backups;
mod browsers;
mod connections;
mod crashes;
mod deletions;
mod downloads;
mod full_disk;
mod limits;
mod link_upkeep;
mod links;
mod maintenance;
mod object_storage;
mod operation;
mod paths;
mod program;
mod proxies;
mod quotas;
mod signatures;
mod support;
mod uploads;

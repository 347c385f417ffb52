//! Files on the user's machine: the data folder and what is in it, key files, and documents that are written.

pub mod data_folder;
pub mod destination;
pub mod key_file;
pub mod trusted_creators;
pub mod trusted_nodes;

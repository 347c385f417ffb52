//! Files on the user's machine: the data folder and its files, key files, and opened documents.

pub mod data_folder;
pub mod destination;
pub mod key_file;
pub mod trusted_creators;
pub mod trusted_nodes;

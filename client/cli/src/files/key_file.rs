//! Key files on the disk.

use std::{
    fs::File,
    io::{self, BufReader},
    path::Path,
};

use generion_client::crypto::keys::{EncryptionSecret, KeyFile, KeyFileError, Passphrase};
use generion_client::{Existing, StagedFile};

use crate::{
    output::{
        failure::{
            Failure,
            files::{file_error, key_file_error},
        },
        waiting,
    },
    prompt::passphrase,
};

/// Reads one, and asks for the passphrase once it is known to be there.
pub async fn read(
    path: &Path,
    passphrase_fd: Option<u32>,
) -> Result<(KeyFile, Passphrase), Failure> {
    let file = File::open(path).map_err(|error| file_error(path, error))?;
    let passphrase = passphrase::ask(passphrase_fd).await?;
    let _waiting = waiting::until_done("decrypting the key file");
    KeyFile::read(BufReader::new(file), &passphrase)
        .map(|file| (file, passphrase))
        .map_err(|error| key_file_error(path, error))
}

/// Writes one in full or not at all, readable by this user alone. It may take the place of another.
pub fn write(
    path: &Path,
    file: &KeyFile,
    passphrase: &Passphrase,
    existing: Existing,
) -> Result<(), Failure> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    let write = || -> Result<(), KeyFileError> {
        let staged = StagedFile::in_folder(folder).map_err(io::Error::other)?;
        file.write(passphrase, &mut staged.writer())?;
        staged.place(path, existing)?;
        // A key is published once its file is there for good, its name included.
        File::open(folder)?.sync_all()?;
        Ok(())
    };
    write().map_err(|error| key_file_error(path, error))
}

/// Adds a secret, which takes the place of no other.
pub fn insert(
    file: &mut KeyFile,
    index: u32,
    secret: EncryptionSecret,
    path: &Path,
) -> Result<(), Failure> {
    file.insert(index, secret)
        .map_err(|error| key_file_error(path, error))
}

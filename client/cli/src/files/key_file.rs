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

/// Reads a key file, and asks for the passphrase once the file was opened.
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

/// Writes a key file in full or not at all, readable by this user only. It may replace another one.
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
        // Sync the folder, too: a key is published only after its file is safe on the disk under its name.
        File::open(folder)?.sync_all()?;
        Ok(())
    };
    write().map_err(|error| key_file_error(path, error))
}

/// Adds a secret; an existing one is never replaced.
pub fn insert(
    file: &mut KeyFile,
    index: u32,
    secret: EncryptionSecret,
    path: &Path,
) -> Result<(), Failure> {
    file.insert(index, secret)
        .map_err(|error| key_file_error(path, error))
}

//! The list of wallets that may upload.

use std::{
    collections::HashSet,
    io,
    path::{Path, PathBuf},
    sync::{PoisonError, RwLock},
};

use solana_address::Address;
use thiserror::Error;

/// The allowlist of uploaders can't be used.
#[derive(Debug, Error)]
pub enum AllowlistError {
    /// The file can't be read.
    #[error("can't read the allowlist {}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The error of the file system.
        source: io::Error,
    },
    /// A line is not an address.
    #[error("{}, line {line}: expected one base58 address, optionally followed by a # comment", path.display())]
    NotAnAddress {
        /// The file.
        path: PathBuf,
        /// The line, counted from 1.
        line: usize,
    },
}

/// The wallets that may upload, from a file that can be read again.
#[derive(Debug)]
pub struct Allowlist {
    file: PathBuf,
    uploaders: RwLock<HashSet<Address>>,
}

impl Allowlist {
    /// Reads the list from a file with one base58 address a line.
    pub fn read(file: PathBuf) -> Result<Self, AllowlistError> {
        let uploaders = read(&file)?.into();
        Ok(Self { file, uploaders })
    }

    pub fn contains(&self, uploader: &Address) -> bool {
        self.uploaders
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .contains(uploader)
    }

    /// Reads the file again, and returns the number of wallets in it. After an error the old list stays in force.
    pub fn reload(&self) -> Result<usize, AllowlistError> {
        let uploaders = read(&self.file)?;
        let count = uploaders.len();
        *self
            .uploaders
            .write()
            .unwrap_or_else(PoisonError::into_inner) = uploaders;
        Ok(count)
    }
}

fn read(path: &Path) -> Result<HashSet<Address>, AllowlistError> {
    let text = std::fs::read_to_string(path).map_err(|source| AllowlistError::Unreadable {
        path: path.into(),
        source,
    })?;
    let mut addresses = HashSet::new();
    for (index, line) in text.lines().enumerate() {
        let address = line.split('#').next().unwrap_or_default().trim();
        if address.is_empty() {
            continue;
        }
        let address = address.parse().map_err(|_| AllowlistError::NotAnAddress {
            path: path.into(),
            line: index + 1,
        })?;
        addresses.insert(address);
    }
    Ok(addresses)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_read_again_and_an_invalid_one_leaves_the_old_list_in_force() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("allowlist.txt");
        let [first, second] = [1, 2].map(|byte| Address::new_from_array([byte; 32]));
        let write = |text: String| std::fs::write(&path, text).unwrap();
        write(format!("# our clinics\n\n  {first}  # the first\n"));
        let list = Allowlist::read(path.clone()).unwrap();
        assert!(list.contains(&first) && !list.contains(&second));

        write(format!("{first}\n{second}\n"));
        assert!(!list.contains(&second));
        assert_eq!(list.reload().unwrap(), 2);
        assert!(list.contains(&first) && list.contains(&second));

        write(format!("{first}\nno address\n"));
        let error = list.reload().unwrap_err();
        assert!(
            matches!(&error, AllowlistError::NotAnAddress { line: 2, .. }),
            "{error}"
        );
        std::fs::remove_file(&path).unwrap();
        let error = list.reload().unwrap_err();
        assert!(
            matches!(error, AllowlistError::Unreadable { .. }),
            "{error}"
        );
        assert!(list.contains(&second));
    }
}

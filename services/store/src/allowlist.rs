use std::{
    collections::HashSet,
    io,
    path::{Path, PathBuf},
    sync::{PoisonError, RwLock},
};

use solana_address::Address;
use thiserror::Error;

use crate::config::Uploaders;

/// The list of uploaders can't be used.
#[derive(Debug, Error)]
pub enum AllowlistError {
    /// The file can't be read.
    #[error("can't read the list of uploaders {}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
    /// A line is no address.
    #[error("{}, line {line}: give one address in base58, and nothing else but a # comment", path.display())]
    NotAnAddress {
        /// The file.
        path: PathBuf,
        /// The line, counted from 1.
        line: usize,
    },
}

/// Who may upload, as it is now.
#[derive(Debug)]
pub enum Admission {
    Anyone,
    Listed {
        file: PathBuf,
        uploaders: RwLock<HashSet<Address>>,
    },
}

impl Admission {
    pub fn new(uploaders: Uploaders) -> Result<Self, AllowlistError> {
        Ok(match uploaders {
            Uploaders::Anyone => Self::Anyone,
            Uploaders::Listed(file) => Self::Listed {
                uploaders: read(&file)?.into(),
                file,
            },
        })
    }

    pub fn admits(&self, uploader: &Address) -> bool {
        match self {
            Self::Anyone => true,
            Self::Listed { uploaders, .. } => uploaders
                .read()
                .unwrap_or_else(PoisonError::into_inner)
                .contains(uploader),
        }
    }

    /// Reads the list again; how many it has now, if there is one. After an error the old one holds.
    pub fn reload(&self) -> Result<Option<usize>, AllowlistError> {
        let Self::Listed { file, uploaders } = self else {
            return Ok(None);
        };
        let fresh = read(file)?;
        let count = fresh.len();
        *uploaders.write().unwrap_or_else(PoisonError::into_inner) = fresh;
        Ok(Some(count))
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
    fn a_list_is_read_again_and_stays_when_that_fails() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("allowlist.txt");
        let [first, second] = [1, 2].map(|byte| Address::new_from_array([byte; 32]));
        let write = |text: String| std::fs::write(&path, text).unwrap();
        write(format!("# our clinics\n\n  {first}  # the first\n"));
        let list = Admission::new(Uploaders::Listed(path.clone())).unwrap();
        assert!(list.admits(&first) && !list.admits(&second));

        write(format!("{first}\n{second}\n"));
        assert!(!list.admits(&second));
        assert_eq!(list.reload().unwrap(), Some(2));
        assert!(list.admits(&first) && list.admits(&second));

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
        assert!(list.admits(&second));
    }
}

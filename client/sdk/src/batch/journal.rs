//! What a batch has sent, on the disk before it is sent.
//!
//! A journal holds nothing secret: file names, owners, and what stands on the ledger anyway. The key of a record that
//! did not land is not kept. Its document is encrypted anew in the next run, and what was uploaded for it stays in the
//! store, where nobody can open it. That is the price of a file which, if it leaks, opens no record. It is written with
//! mode 0600 all the same, since names of files can tell whom they are about.

use std::{
    collections::BTreeMap,
    fs::{File, OpenOptions, TryLockError},
    io::{self, BufRead, BufReader, Seek, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};
use solana_address::Address;

use crate::ClientError;

const VERSION: u8 = 2;

/// A document of a batch: the name that it has there, and its owner.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct DocumentName {
    /// Its name in the batch, such as its path in the folder.
    pub file: String,
    /// The wallet that it is for, in base58.
    pub owner: String,
}

/// The first line: a journal is of one batch on one ledger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Header {
    pub version: u8,
    pub genesis: String,
    pub program: String,
    pub creator: String,
}

impl Header {
    pub fn new(genesis: String, program: &Address, creator: &Address) -> Self {
        Self {
            version: VERSION,
            genesis,
            program: program.to_string(),
            creator: creator.to_string(),
        }
    }
}

/// A record that may land.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Attempt {
    #[serde(flatten)]
    pub name: DocumentName,
    /// What is looked for on the ledger: the record's address.
    pub record: String,
    /// The transaction.
    pub signature: String,
    /// The last block height at which it can land.
    pub last_valid_height: u64,
}

/// A record that landed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Written {
    #[serde(flatten)]
    pub name: DocumentName,
    pub record: String,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Line {
    Batch(Header),
    Sending(Attempt),
    Written(Written),
}

/// A batch's journal, which no other run can use meanwhile.
pub struct Journal {
    path: PathBuf,
    file: File,
    header: Option<Header>,
    written: BTreeMap<DocumentName, Written>,
    attempts: Vec<Attempt>,
}

impl Journal {
    /// Opens a journal, or begins one.
    ///
    /// # Errors
    /// [`ClientError::Journal`]: it can't be read or written, another run is using it, or it is no journal.
    pub fn open(path: &Path) -> Result<Self, ClientError> {
        let failed = |reason: String| ClientError::Journal {
            path: path.to_owned(),
            reason,
        };
        let file = OpenOptions::new()
            .read(true)
            .append(true)
            .create(true)
            .mode(0o600)
            .open(path)
            .map_err(|error| failed(error.to_string()))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(failed("another run is using it".to_owned()));
            }
            Err(TryLockError::Error(error)) => return Err(failed(error.to_string())),
        }
        let mut journal = Self {
            path: path.to_owned(),
            file,
            header: None,
            written: BTreeMap::new(),
            attempts: Vec::new(),
        };
        journal.read().map_err(|error| failed(error.to_string()))?;
        Ok(journal)
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Makes sure that it is this batch's.
    pub(super) fn claim(&mut self, header: Header) -> Result<(), ClientError> {
        match &self.header {
            Some(known) if *known == header => Ok(()),
            Some(known) => Err(self.failed(format!(
                "it is of a batch by {} for program {} on the ledger {}",
                known.creator, known.program, known.genesis
            ))),
            None => {
                self.append(&[Line::Batch(header.clone())])?;
                self.header = Some(header);
                Ok(())
            }
        }
    }

    /// The documents that are known to be on the ledger.
    pub fn written(&self) -> impl Iterator<Item = &DocumentName> {
        self.written.keys()
    }

    pub(super) fn is_written(&self, name: &DocumentName) -> bool {
        self.written.contains_key(name)
    }

    /// What was about to be sent, and is not known to have landed.
    pub(super) fn uncertain(&self) -> Vec<Attempt> {
        self.attempts
            .iter()
            .filter(|attempt| !self.is_written(&attempt.name))
            .cloned()
            .collect()
    }

    /// Writes down what is about to be sent. It is on the disk when this returns.
    pub(super) fn sending(&mut self, attempts: Vec<Attempt>) -> Result<(), ClientError> {
        let lines: Vec<_> = attempts.iter().cloned().map(Line::Sending).collect();
        self.append(&lines)?;
        self.attempts.extend(attempts);
        Ok(())
    }

    /// Writes down what has landed.
    pub(super) fn landed(&mut self, written: Vec<Written>) -> Result<(), ClientError> {
        let lines: Vec<_> = written.iter().cloned().map(Line::Written).collect();
        self.append(&lines)?;
        for written in written {
            self.written.insert(written.name.clone(), written);
        }
        Ok(())
    }

    /// Reads all lines. The last one may have been cut short by a crash, and what it announced was not sent then: it is
    /// cut off.
    fn read(&mut self) -> io::Result<()> {
        let mut reader = BufReader::new(&self.file);
        let (mut whole, mut line) = (0, String::new());
        loop {
            line.clear();
            let length = reader.read_line(&mut line)? as u64;
            if length == 0 || !line.ends_with('\n') {
                break;
            }
            let malformed = |error: serde_json::Error| {
                io::Error::other(format!("it is not a batch's journal: {error}"))
            };
            match serde_json::from_str(&line).map_err(malformed)? {
                Line::Batch(header) if header.version == VERSION => self.header = Some(header),
                Line::Batch(Header { version: 1, .. }) => {
                    return Err(io::Error::other(
                        "it has version 1, whose records had numbers in the place of addresses: no released software wrote it, begin a new journal",
                    ));
                }
                Line::Batch(header) => {
                    return Err(io::Error::other(format!(
                        "it has version {}, this software knows version {VERSION}",
                        header.version
                    )));
                }
                Line::Sending(attempt) => self.attempts.push(attempt),
                Line::Written(written) => {
                    self.written.insert(written.name.clone(), written);
                }
            }
            whole += length;
        }
        self.file.set_len(whole)
    }

    /// Appends lines in full or not at all: what a full disk cut short is cut off again.
    fn append(&mut self, lines: &[Line]) -> Result<(), ClientError> {
        let mut write = || -> io::Result<()> {
            let mut text = String::new();
            for line in lines {
                text += &serde_json::to_string(line)?;
                text.push('\n');
            }
            let before = self.file.seek(io::SeekFrom::End(0))?;
            let written = self
                .file
                .write_all(text.as_bytes())
                .and_then(|()| self.file.sync_data());
            if written.is_err() {
                self.file.set_len(before)?;
            }
            written
        };
        write().map_err(|error| self.failed(error.to_string()))
    }

    fn failed(&self, reason: String) -> ClientError {
        ClientError::Journal {
            path: self.path.clone(),
            reason,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn name(file: &str) -> DocumentName {
        DocumentName {
            file: file.to_owned(),
            owner: "somebody".to_owned(),
        }
    }

    fn attempt(file: &str) -> Attempt {
        Attempt {
            name: name(file),
            record: "record".to_owned(),
            signature: "signature".to_owned(),
            last_valid_height: 7,
        }
    }

    fn written(file: &str) -> Written {
        Written {
            name: name(file),
            record: "record".to_owned(),
        }
    }

    fn header(genesis: &str) -> Header {
        Header::new(genesis.to_owned(), &Address::default(), &Address::default())
    }

    /// One with two attempts, of which the first landed.
    fn journal(path: &Path) -> Journal {
        let mut journal = Journal::open(path).unwrap();
        journal.claim(header("genesis")).unwrap();
        journal.sending(vec![attempt("a"), attempt("b")]).unwrap();
        journal.landed(vec![written("a")]).unwrap();
        journal
    }

    #[test]
    fn what_is_not_known_to_have_landed_is_uncertain() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal");
        drop(journal(&path));
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);

        let mut again = Journal::open(&path).unwrap();
        again.claim(header("genesis")).unwrap();
        assert_eq!(again.uncertain(), [attempt("b")]);
        assert_eq!(again.written().collect::<Vec<_>>(), [&name("a")]);
        again.landed(vec![written("b")]).unwrap();
        assert_eq!(again.uncertain(), []);
    }

    #[test]
    fn a_line_that_a_crash_cut_short_is_as_if_it_was_not_there() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal");
        drop(journal(&path));
        let whole = std::fs::read(&path).unwrap();
        let last = whole[..whole.len() - 1]
            .iter()
            .rposition(|byte| *byte == b'\n')
            .unwrap()
            + 1;
        for cut in last..whole.len() {
            std::fs::write(&path, &whole[..cut]).unwrap();
            let mut again = Journal::open(&path).unwrap();
            assert_eq!(
                again.uncertain(),
                [attempt("a"), attempt("b")],
                "cut at {cut}"
            );
            again.landed(vec![written("a")]).unwrap();
            drop(again);
            assert_eq!(std::fs::read(&path).unwrap(), whole);
        }
    }

    #[test]
    fn a_journal_is_of_one_batch_and_one_run() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal");
        let mut first = journal(&path);
        let refusal = |path: &Path| match Journal::open(path) {
            Err(error) => error.to_string(),
            Ok(_) => panic!("it was opened"),
        };
        assert!(refusal(&path).contains("another run is using it"));
        let other = first.claim(header("another ledger")).unwrap_err();
        assert!(
            other.to_string().contains("on the ledger genesis"),
            "{other}"
        );
        drop(first);
        let whole = std::fs::read_to_string(&path).unwrap();
        for (version, reason) in [
            (1, "version 1, whose records had numbers"),
            (3, "knows version 2"),
        ] {
            let other = whole.replacen("\"version\":2", &format!("\"version\":{version}"), 1);
            std::fs::write(&path, &other).unwrap();
            assert!(refusal(&path).contains(reason), "{}", refusal(&path));
            assert_eq!(std::fs::read_to_string(&path).unwrap(), other);
        }
        std::fs::write(&path, "something else\n").unwrap();
        assert!(refusal(&path).contains("not a batch's journal"));
        assert_eq!(std::fs::read(&path).unwrap(), b"something else\n");
    }
}

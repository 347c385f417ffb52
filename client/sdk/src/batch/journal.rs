//! The records that a batch sends, written to the disk before they are sent.
//!
//! A journal holds nothing secret: names of folders and files, owners, digests that only the creator's wallet can make, and
//! values that the ledger shows anyway, or will show once a research copy is due. It does not keep the key of a record that did not reach the ledger: the next run
//! encrypts the document anew, and the uploaded ciphertext stays in the store, where nobody can open it. In return, a leaked
//! journal opens no record. It is written with mode 0600 all the same, since names of files can reveal the patients' names.

use std::{
    collections::{BTreeMap, HashMap},
    fs::{File, OpenOptions, TryLockError},
    io::{self, BufRead, BufReader, Seek, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use generion_interface::Deployment;
use rustix::fs::OFlags;
use serde::{Deserialize, Serialize};
use solana_address::Address;

use super::{
    content::{ContentDigest, ContentKey, require_regular},
    copies::ReadyCopy,
    document::DocumentName,
    known_copies::{KnownCopies, OutdatedCopy},
};
use crate::error::ClientError;

const VERSION: u8 = 3;

/// The first line: a journal is of one creator's batches on one ledger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Header {
    version: u8,
    genesis: String,
    /// Which of the local nodes' ledgers, which all show the same genesis hash.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    local_ledger: Option<String>,
    program: String,
    creator: String,
    /// The identity of the key of the digests.
    #[serde(default)]
    content_key: String,
}

impl Header {
    pub fn new(
        deployment: &Deployment,
        local_ledger: Option<String>,
        creator: &Address,
        key: &ContentKey,
    ) -> Self {
        Self {
            version: VERSION,
            genesis: deployment.genesis.to_string(),
            local_ledger,
            program: deployment.program_id.to_string(),
            creator: creator.to_string(),
            content_key: key.check().to_string(),
        }
    }

    /// Why a batch with this header can't use a journal that has another one.
    fn differs_from(&self, known: &Self) -> String {
        let Self {
            genesis,
            program,
            creator,
            local_ledger,
            ..
        } = known;
        if (genesis, program, creator) != (&self.genesis, &self.program, &self.creator) {
            return format!(
                "it is of a batch by {creator} for program {program} on the ledger {genesis}"
            );
        }
        if *local_ledger != self.local_ledger {
            return "it is of another local ledger, which was reset, or is kept in another folder: what it tells of is not on \
                    this one"
                .to_owned();
        }
        "the wallet signs another text than it did when the journal was begun, so that contents can't be compared".to_owned()
    }
}

/// A record that may reach the ledger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Attempt {
    #[serde(flatten)]
    pub name: DocumentName,
    /// The document's content.
    pub content: ContentDigest,
    /// The record's address, to look for on the ledger.
    pub record: String,
    /// The transaction.
    pub signature: String,
    /// The last block height at which the record can reach the ledger.
    pub last_valid_height: u64,
}

/// A record that is on the ledger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Written {
    #[serde(flatten)]
    pub name: DocumentName,
    pub content: ContentDigest,
    pub record: String,
}

/// The journal's knowledge of a document.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Standing<'a> {
    /// Nothing under this name.
    New,
    /// The document has a record.
    Written,
    /// An earlier content of the document has a record, this being the last one; the present content has none.
    Corrected(&'a Written),
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Line {
    Batch(Header),
    Sending(Attempt),
    Written(Written),
    /// A research copy is ready to be written.
    Copy(ReadyCopy),
    /// A research copy that was ready can't be written any more: its owner has another key.
    Outdated(OutdatedCopy),
}

/// A batch's journal, which no other run can use meanwhile.
pub struct Journal {
    path: PathBuf,
    /// `None`: there is none yet. It is created with the first line.
    file: Option<File>,
    header: Option<Header>,
    header_is_written: bool,
    /// The contents of each document that became records, in that order: a corrected document has several.
    written: BTreeMap<DocumentName, Vec<Written>>,
    /// The folders in which a file with this path, owner and content became a record.
    folders: HashMap<(PathBuf, String, ContentDigest), Vec<PathBuf>>,
    copies: KnownCopies,
    attempts: Vec<Attempt>,
}

impl Journal {
    /// Opens a journal. A file that does not exist is created once the batch is written.
    ///
    /// # Errors
    /// [`ClientError::Journal`]: it can't be read or written, another run is using it, or it is no journal.
    pub fn open(path: &Path) -> Result<Self, ClientError> {
        let failed = |source| ClientError::Journal {
            path: path.to_owned(),
            source,
        };
        let file = match open_locked(path, false) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            file => Some(file.map_err(failed)?),
        };
        let mut journal = Self {
            path: path.to_owned(),
            file,
            header: None,
            header_is_written: false,
            written: BTreeMap::new(),
            folders: HashMap::new(),
            copies: KnownCopies::default(),
            attempts: Vec::new(),
        };
        journal.read().map_err(failed)?;
        Ok(journal)
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Makes sure that it is this batch's.
    pub(super) fn claim(&mut self, header: Header) -> Result<(), ClientError> {
        match &self.header {
            Some(known) if *known == header => Ok(()),
            Some(known) => {
                let (path, reason) = (self.path.clone(), header.differs_from(known));
                Err(ClientError::OtherBatch { path, reason })
            }
            None => {
                self.header = Some(header);
                Ok(())
            }
        }
    }

    /// Creates the file if there is none, with the identity of the batch, before any action whose result would be lost without
    /// it.
    pub(super) fn begin(&mut self) -> Result<(), ClientError> {
        match self.header_is_written {
            true => Ok(()),
            false => self.append(&[]),
        }
    }

    /// The documents that are known to be on the ledger.
    pub fn written(&self) -> impl Iterator<Item = &DocumentName> {
        self.written.keys()
    }

    /// The journal's knowledge of a document with this content.
    pub(super) fn standing(&self, name: &DocumentName, content: &ContentDigest) -> Standing<'_> {
        let Some(written) = self.written.get(name) else {
            return Standing::New;
        };
        match written.last() {
            _ if written.iter().any(|written| written.content == *content) => Standing::Written,
            Some(last) => Standing::Corrected(last),
            None => Standing::New,
        }
    }

    /// The records of a file with the same path, owner and content in other folders.
    pub(super) fn elsewhere(&self, name: &DocumentName, content: &ContentDigest) -> Vec<Written> {
        let key = (name.file.clone(), name.owner.clone(), *content);
        let folders = self.folders.get(&key).into_iter().flatten();
        let others = folders.filter(|folder| **folder != name.folder);
        let written = others.filter_map(|folder| {
            let other = DocumentName {
                folder: folder.clone(),
                ..name.clone()
            };
            let mut written = self.written.get(&other)?.iter();
            written.find(|written| written.content == *content).cloned()
        });
        written.collect()
    }

    /// The research copies that the journal knows of.
    pub(super) fn copies(&self) -> &KnownCopies {
        &self.copies
    }

    /// Writes down a research copy that is ready. It is on the disk when this returns.
    pub(super) fn copy_is_ready(&mut self, copy: ReadyCopy) -> Result<(), ClientError> {
        self.append(&[Line::Copy(copy.clone())])?;
        let known = self.copies.know(copy);
        known.map_err(|error| self.failed(error))
    }

    /// Writes down that research copies can't be written any more. They are made anew.
    pub(super) fn copies_are_outdated(
        &mut self,
        outdated: Vec<OutdatedCopy>,
    ) -> Result<(), ClientError> {
        let lines: Vec<_> = outdated.iter().cloned().map(Line::Outdated).collect();
        self.append(&lines)?;
        outdated.iter().for_each(|copy| self.copies.forget(copy));
        Ok(())
    }

    fn is_written(&self, attempt: &Attempt) -> bool {
        self.standing(&attempt.name, &attempt.content) == Standing::Written
    }

    /// The attempts whose outcome is unknown.
    pub(super) fn uncertain(&self) -> Vec<Attempt> {
        let attempts = self.attempts.iter();
        attempts
            .filter(|attempt| !self.is_written(attempt))
            .cloned()
            .collect()
    }

    /// Writes down the records that are about to be sent. They are on the disk when this returns.
    pub(super) fn sending(&mut self, attempts: Vec<Attempt>) -> Result<(), ClientError> {
        let lines: Vec<_> = attempts.iter().cloned().map(Line::Sending).collect();
        self.append(&lines)?;
        self.attempts.extend(attempts);
        Ok(())
    }

    /// Writes down the records that are on the ledger.
    pub(super) fn confirmed(&mut self, written: Vec<Written>) -> Result<(), ClientError> {
        if written.is_empty() {
            return Ok(());
        }
        let lines: Vec<_> = written.iter().cloned().map(Line::Written).collect();
        self.append(&lines)?;
        written.into_iter().for_each(|written| self.know(written));
        Ok(())
    }

    fn know(&mut self, written: Written) {
        let DocumentName {
            folder,
            file,
            owner,
            is_copy,
        } = &written.name;
        let key = (file.clone(), owner.clone(), written.content);
        match *is_copy {
            true => self.copies.is_written(&written.name, &written.content),
            false => self.folders.entry(key).or_default().push(folder.clone()),
        }
        let of_document = self.written.entry(written.name.clone()).or_default();
        of_document.push(written);
    }

    /// Reads all lines. A crash may have cut the last line; the records of such a line were not sent, so it is removed.
    fn read(&mut self) -> io::Result<()> {
        let Some(file) = self.file.as_ref().map(File::try_clone).transpose()? else {
            return Ok(());
        };
        let mut reader = BufReader::new(&file);
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
                Line::Batch(header) if header.version == VERSION => {
                    self.header = Some(header);
                    self.header_is_written = true;
                }
                Line::Batch(Header { version: 1, .. }) => {
                    return Err(io::Error::other(
                        "it has version 1, whose records had numbers in the place of addresses: no released software wrote it, begin a new journal",
                    ));
                }
                Line::Batch(Header { version: 2, .. }) => {
                    return Err(io::Error::other(
                        "it has version 2, which knows documents by their names alone: no released software wrote it, begin a new journal",
                    ));
                }
                Line::Batch(header) => {
                    return Err(io::Error::other(format!(
                        "it has version {}, this software knows version {VERSION}",
                        header.version
                    )));
                }
                Line::Sending(attempt) => self.attempts.push(attempt),
                Line::Written(written) => self.know(written),
                Line::Copy(copy) => self.copies.know(copy)?,
                Line::Outdated(outdated) => self.copies.forget(&outdated),
            }
            whole += length;
        }
        // A journal that ends with a whole line is only read.
        match file.metadata()?.len() == whole {
            true => Ok(()),
            false => file.set_len(whole),
        }
    }

    /// Appends lines in full or not at all: lines that a full disk has cut are removed again.
    fn append(&mut self, lines: &[Line]) -> Result<(), ClientError> {
        let header = self.header.clone().filter(|_| !self.header_is_written);
        let first = header.map(Line::Batch);
        let mut write = || -> io::Result<()> {
            let mut text = String::new();
            for line in first.iter().chain(lines) {
                text += &serde_json::to_string(line)?;
                text.push('\n');
            }
            let file = match &mut self.file {
                Some(file) => file,
                none => none.insert(open_locked(&self.path, true)?),
            };
            let before = file.seek(io::SeekFrom::End(0))?;
            let written = file
                .write_all(text.as_bytes())
                .and_then(|()| file.sync_data());
            match written {
                Ok(()) => self.header_is_written = true,
                Err(_) => file.set_len(before)?,
            }
            written
        };
        write().map_err(|error| self.failed(error))
    }

    fn failed(&self, source: io::Error) -> ClientError {
        ClientError::Journal {
            path: self.path.clone(),
            source,
        }
    }
}

/// Opens the file, which no other run can use meanwhile. With `create`, it has to be a new one: one that another run made since
/// is that run's.
fn open_locked(path: &Path, create: bool) -> io::Result<File> {
    let file = OpenOptions::new()
        .read(true)
        .append(true)
        .create_new(create)
        .mode(0o600)
        // A pipe would be waited for.
        .custom_flags(OFlags::NONBLOCK.bits().cast_signed())
        .open(path)
        .map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => io::Error::other("another run began it meanwhile"),
            _ => error,
        })?;
    require_regular(file.metadata()?.file_type())?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(io::Error::other("another run is using it")),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

#[cfg(test)]
mod tests;

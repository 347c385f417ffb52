//! Reading a folder: its documents, and the entries that can't be imported. Such an entry doesn't stop the others.

use std::{
    fs::{self, Metadata},
    io,
    os::unix::{ffi::OsStrExt, fs::MetadataExt},
    path::{Path, PathBuf},
};

use generion_client::batch::{DocumentSource, shown};
use solana_address::Address;

use super::reading::{Found, Reader, SkippedEntry, Unread, unreadable};
use crate::{
    args::addressee::Addressee,
    output::failure::{Failure, files::file_error},
};

/// Maximum depth of nested folders.
const DEEPEST: usize = 128;

/// Reads a folder and every file in it once. This blocks, so it runs on a thread of its own.
pub struct Search {
    /// The folder's path as the user typed it.
    pub folder: PathBuf,
    /// The owner of all documents; `None`: the wallet that a document's subfolder is named after.
    pub owner: Option<Addressee>,
    /// The cards of wallets that subfolders are named after.
    pub cards: Vec<Addressee>,
    /// Owner of all research copies; `None`: the document's owner.
    pub copy_owner: Option<Addressee>,
    pub reader: Reader,
}

impl Search {
    /// Reads the whole folder.
    pub fn run(&self) -> Result<Found, Failure> {
        let mut found = Found::default();
        let top = fs::metadata(&self.folder).map_err(|error| file_error(&self.folder, error))?;
        let mut within = vec![identity(&top)];
        for path in entries(&self.folder).map_err(|error| file_error(&self.folder, error))? {
            match &self.owner {
                Some(owner) => self.look_at(&path, owner, &mut within, &mut found),
                None => match self.owner_named(&path) {
                    Ok(owner) => self.look_into(&path, &owner, &mut within, &mut found),
                    Err(failure) => found.note(self.skipped(&path, failure)),
                },
            }
        }
        if !found.documents.is_empty() {
            return Ok(found);
        }
        let none = || {
            Failure::new(
                format!("there are no documents in {}", shown(&self.folder)),
                "Pass a folder that holds files.",
            )
        };
        let first = found.skipped.into_iter().next();
        Err(first.map_or_else(none, |skipped| skipped.failure))
    }

    /// The owner that a subfolder is named after.
    fn owner_named(&self, path: &Path) -> Result<Addressee, Failure> {
        let name = path.file_name().and_then(|name| name.to_str());
        let wallet: Option<Address> = name.and_then(|name| name.parse().ok());
        let wallet = wallet.ok_or_else(|| {
            Failure::new(
                format!("{} is not named after a wallet", shown(path)),
                "Pass the owner of all documents (--owner), or put the documents into one subfolder for each wallet.",
            )
        })?;
        let card = self.cards.iter().find(|card| *card.wallet() == wallet);
        Ok(card.cloned().unwrap_or(Addressee::Wallet(wallet)))
    }

    /// Reads one entry: a document, a folder, or something that can't be imported. `within` lists the folders around
    /// it.
    fn look_at(
        &self,
        path: &Path,
        owner: &Addressee,
        within: &mut Vec<(u64, u64)>,
        found: &mut Found,
    ) {
        // Follows links. A broken or circular link is an error.
        match fs::metadata(path) {
            Ok(entry) if entry.is_dir() => self.look_into(path, owner, within, found),
            Ok(_) => {
                if let Err(failure) = self.document(path, owner, found) {
                    found.note(self.skipped(path, failure));
                }
            }
            Err(error) => found.note(self.skipped(path, unreadable(path, error))),
        }
    }

    fn look_into(
        &self,
        folder: &Path,
        owner: &Addressee,
        within: &mut Vec<(u64, u64)>,
        found: &mut Found,
    ) {
        let read = fs::metadata(folder).and_then(|entry| Ok((identity(&entry), entries(folder)?)));
        let (this, paths) = match read {
            Ok(read) => read,
            Err(error) => return found.note(self.skipped(folder, unreadable(folder, error))),
        };
        let refused = if within.contains(&this) {
            Some("is a link back to a folder that contains it".to_owned())
        } else if within.len() > DEEPEST {
            Some(format!("is more than {DEEPEST} folders deep"))
        } else {
            None
        };
        if let Some(reason) = refused {
            let message = format!("{} {reason}", shown(folder));
            let advice = "Take it out of the folder.";
            return found.note(self.skipped(folder, Failure::new(message, advice)));
        }
        within.push(this);
        for path in paths {
            self.look_at(&path, owner, within, found);
        }
        within.pop();
    }

    fn document(&self, path: &Path, owner: &Addressee, found: &mut Found) -> Result<(), Failure> {
        let unread = Unread {
            file: self.relative(path),
            path,
            source: DocumentSource::File,
            owner,
            copy_owner: self.copy_owner.as_ref(),
            guess: None,
        };
        self.reader.read(unread, found)
    }

    fn skipped(&self, path: &Path, failure: Failure) -> SkippedEntry {
        SkippedEntry {
            file: self.relative(path),
            failure,
        }
    }

    fn relative(&self, path: &Path) -> PathBuf {
        path.strip_prefix(&self.folder).unwrap_or(path).to_owned()
    }
}

impl Found {
    fn note(&mut self, skipped: SkippedEntry) {
        self.skipped.push(skipped);
    }
}

/// The identity of a folder, independent of its path.
fn identity(entry: &Metadata) -> (u64, u64) {
    (entry.dev(), entry.ino())
}

/// The entries of a folder in order, without hidden files.
fn entries(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if !entry.file_name().as_bytes().starts_with(b".") {
            paths.push(entry.path());
        }
    }
    paths.sort();
    Ok(paths)
}

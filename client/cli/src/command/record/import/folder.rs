//! Reading a folder: its documents, and the entries that can't be imported. Such an entry doesn't stop the others.

use std::{
    fs::{self, Metadata},
    io::{self, BufReader},
    os::unix::{ffi::OsStrExt, fs::MetadataExt},
    path::{Path, PathBuf},
};

use generion_client::{
    BatchDocument, ContentKey,
    batch::{ContentReader, open_regular, shown},
};
use solana_address::Address;

use crate::{
    args::addressee::Addressee,
    command::record::write::WriteArgs,
    document::fhir,
    output::failure::{Failure, files::file_error},
};

/// Maximum depth of nested folders.
const DEEPEST: usize = 128;

/// The contents of a folder.
#[derive(Default)]
pub struct Found {
    pub documents: Vec<BatchDocument>,
    /// The entries that can't be imported, in the order in which they were found.
    pub skipped: Vec<SkippedEntry>,
}

/// An entry that can't be imported.
pub struct SkippedEntry {
    /// The file's path within the folder.
    pub file: PathBuf,
    /// The reason, and advice.
    pub failure: Failure,
}

/// Reads a folder and every file in it once. This blocks, so it runs on a thread of its own.
pub struct Search {
    /// The folder's path as the user typed it.
    pub folder: PathBuf,
    /// The folder's absolute path, without links.
    pub root: PathBuf,
    /// The owner of all documents; `None`: the wallet that a document's subfolder is named after.
    pub owner: Option<Addressee>,
    /// The cards of wallets that subfolders are named after.
    pub cards: Vec<Addressee>,
    pub write: WriteArgs,
    pub key: ContentKey,
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
            Ok(_) => match self.document(path, owner) {
                Ok(document) => found.documents.push(document),
                Err(failure) => found.note(self.skipped(path, failure)),
            },
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

    fn document(&self, path: &Path, owner: &Addressee) -> Result<BatchDocument, Failure> {
        let failed = |error| unreadable(path, error);
        let file = open_regular(path).map_err(failed)?;
        let mut content = ContentReader::new(&self.key, file);
        let guess = fhir::guess_in(BufReader::new(&mut content));
        let content = content.finish().map_err(failed)?;
        if content.size == 0 {
            return Err(Failure::new(
                format!("{} is empty", shown(path)),
                "Put the document there, or remove the file.",
            ));
        }
        Ok(BatchDocument {
            folder: self.root.clone(),
            file: self.relative(path),
            content: content.digest,
            document: self.write.document(path.to_owned(), *owner.wallet(), guess),
            card: owner.card().copied(),
        })
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

fn unreadable(path: &Path, error: io::Error) -> Failure {
    Failure::new(
        format!("{}: {error}", shown(path)),
        "Make it a file that you can read, or take it out of the folder.",
    )
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

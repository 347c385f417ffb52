//! Reading documents once: their digest, their kind, and whether they have a research copy.

use std::{
    io::{self, Cursor, Read},
    path::{Path, PathBuf},
};

use generion_client::{
    BatchDocument, ContentKey,
    batch::{BatchCopy, ContentReader, CopyRules, DocumentSource, is_no_resource, shown},
    deidentify::Report as Changes,
};
use zeroize::Zeroizing;

use crate::{
    args::addressee::Addressee,
    command::record::write::WriteArgs,
    document::fhir::{self, Guess},
    output::failure::Failure,
};

/// The most that is read for a research copy, and one byte more.
const LARGEST: u64 = (16 << 20) + 1;

/// What was found to be imported.
#[derive(Default)]
pub struct Found {
    pub documents: Vec<BatchDocument>,
    /// The entries that can't be imported, in the order in which they were found.
    pub skipped: Vec<SkippedEntry>,
    /// FHIR documents without a research copy, and why, and what is dropped and generalized in the copies of the others.
    pub without_copy: Vec<(PathBuf, String)>,
    pub changes: Changes,
    /// Patients that no wallet is known for, and the number of their resources.
    pub unknown_patients: Vec<(String, usize)>,
}

/// An entry that can't be imported.
pub struct SkippedEntry {
    /// The file's path within the folder.
    pub file: PathBuf,
    /// The reason, and advice.
    pub failure: Failure,
}

/// Reads documents.
pub struct Reader {
    pub key: ContentKey,
    pub write: WriteArgs,
    pub rules: Option<CopyRules>,
    /// The folder's absolute path, without links.
    pub root: PathBuf,
}

/// A document that is to be read.
pub struct Unread<'a> {
    /// Its name within the folder.
    pub file: PathBuf,
    /// The file that has it.
    pub path: &'a Path,
    pub source: DocumentSource,
    pub owner: &'a Addressee,
    pub copy_owner: Option<&'a Addressee>,
    /// `None`: it is guessed from the document.
    pub guess: Option<Guess>,
}

impl Reader {
    /// Reads a document.
    pub fn read(&self, unread: Unread<'_>, found: &mut Found) -> Result<(), Failure> {
        let failed = |error| unreadable(unread.path, error);
        let (document, _) = unread.source.open(unread.path).map_err(failed)?;
        let mut content = ContentReader::new(&self.key, document);
        // Only as much of it is in memory as a research copy needs.
        let mut bytes = Zeroizing::new(Vec::new());
        if self.rules.is_some() {
            let read = content.by_ref().take(LARGEST).read_to_end(&mut bytes);
            read.map_err(failed)?;
        }
        let guess = match unread.guess {
            Some(guess) => guess,
            None => fhir::guess_in(io::BufReader::new(
                Cursor::new(&bytes[..]).chain(&mut content),
            )),
        };
        let content = content.finish().map_err(failed)?;
        if content.size == 0 {
            return Err(Failure::new(
                format!("{} is empty", shown(unread.path)),
                "Put the document there, or remove the file.",
            ));
        }
        let path = unread.path.to_owned();
        let owner = *unread.owner.wallet();
        let copy_owner = unread.copy_owner.unwrap_or(unread.owner);
        let is_copied = self.has_copy(&bytes, &unread.file, &owner, copy_owner, found);
        let copy = is_copied.then(|| {
            let guess = Guess {
                media_type: guess.media_type.clone(),
                kind: guess.kind.clone(),
            };
            BatchCopy {
                document: (self.write).document(path.clone(), *copy_owner.wallet(), guess),
                card: copy_owner.card().copied(),
            }
        });
        found.documents.push(BatchDocument {
            folder: self.root.clone(),
            file: unread.file,
            content: content.digest,
            document: self.write.document(path, owner, guess),
            source: unread.source,
            card: unread.owner.card().copied(),
            copy,
        });
        Ok(())
    }

    /// Whether a document has a research copy. Nothing else is looked for than why not.
    fn has_copy(
        &self,
        document: &[u8],
        file: &Path,
        owner: &solana_address::Address,
        copy_owner: &Addressee,
        found: &mut Found,
    ) -> bool {
        let Some(rules) = &self.rules else {
            return false;
        };
        match rules.copy_of(document, owner, copy_owner.wallet()) {
            Ok(Ok(copy)) => {
                found.changes.add_all(&copy.report);
                true
            }
            Ok(Err(error)) => {
                if !is_no_resource(&error) {
                    found
                        .without_copy
                        .push((file.to_owned(), error.to_string()));
                }
                false
            }
            // Bytes in memory are always readable.
            Err(_) => false,
        }
    }
}

/// The failure of an entry that can't be read.
pub fn unreadable(path: &Path, error: io::Error) -> Failure {
    Failure::new(
        format!("{}: {error}", shown(path)),
        "Make it a file that you can read, or take it out of the folder.",
    )
}

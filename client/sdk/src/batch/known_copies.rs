//! What a journal knows of research copies.

use std::{collections::HashMap, io, path::PathBuf};

use serde::{Deserialize, Serialize};

use super::{content::ContentDigest, copies::ReadyCopy, document::DocumentName};

/// A research copy that was ready, and can't be written any more: its owner has another key.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct OutdatedCopy {
    #[serde(flatten)]
    pub name: DocumentName,
    pub content: ContentDigest,
}

/// A research copy.
#[derive(Clone, Debug)]
pub(super) struct KnownCopy {
    /// The folder of its original.
    pub folder: PathBuf,
    /// `c` of its record.
    pub contents: [u8; 32],
    /// `None`: it is on the ledger.
    ready: Option<ReadyCopy>,
}

/// Research copies by path, owner of the copy, and content of their originals.
#[derive(Default)]
pub(super) struct KnownCopies(HashMap<(PathBuf, String, ContentDigest), Vec<KnownCopy>>);

impl KnownCopies {
    /// Those of a file with the same path, owner and content, in any folder.
    pub fn of(&self, name: &DocumentName, content: &ContentDigest) -> &[KnownCopy] {
        self.0.get(&key(name, content)).map_or(&[], Vec::as_slice)
    }

    /// Those that are ready and not written, in the order in which they are due.
    pub fn ready(&self) -> Vec<ReadyCopy> {
        let copies = self.0.values().flatten();
        let mut ready: Vec<_> = copies.filter_map(|copy| copy.ready.clone()).collect();
        ready.sort_by(|a, b| (a.due, &a.record).cmp(&(b.due, &b.record)));
        ready
    }

    /// Takes note of one that is ready.
    pub fn know(&mut self, copy: ReadyCopy) -> io::Result<()> {
        let damaged = || io::Error::other("it names a research copy by something that is no hash");
        let contents = copy.contents().ok_or_else(damaged)?;
        let known = self.0.entry(key(&copy.name, &copy.content)).or_default();
        known.push(KnownCopy {
            folder: copy.name.folder.clone(),
            contents,
            ready: Some(copy),
        });
        Ok(())
    }

    /// Takes note of one that is on the ledger.
    pub fn is_written(&mut self, name: &DocumentName, content: &ContentDigest) {
        let known = self.0.get_mut(&key(name, content));
        let own = known
            .into_iter()
            .flatten()
            .filter(|copy| copy.folder == name.folder);
        own.for_each(|copy| copy.ready = None);
    }

    /// Forgets one that can't be written any more.
    pub fn forget(&mut self, OutdatedCopy { name, content }: &OutdatedCopy) {
        if let Some(known) = self.0.get_mut(&key(name, content)) {
            known.retain(|copy| copy.folder != name.folder || copy.ready.is_none());
        }
    }
}

fn key(name: &DocumentName, content: &ContentDigest) -> (PathBuf, String, ContentDigest) {
    (name.file.clone(), name.owner.clone(), *content)
}

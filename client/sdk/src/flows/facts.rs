//! The facts of a record: deriving them from the plain document as it passes, and comparing them with the root that the
//! record's creator attests.

use std::io::{self, Read, Write};

use generion_crypto::{
    facts::{ContentFacts, FactsTree, MAX_CONTENT, Profile},
    record::{DataPublicKey, RecordElement},
};
use generion_deidentify::{Profile as CopyProfile, require_deidentified};
use generion_interface::{Locator, facts::Fact};
use zeroize::Zeroizing;

use crate::{error::ClientError, saved::sealed_record::SealedRecord};

/// The state of the facts that a record attests. There is no third case: wrong facts are an error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CheckedFacts {
    /// The facts are those that this profile derives from the document.
    Right(Profile),
    /// The facts follow a profile that this software doesn't know, so they are unchecked.
    Unknown(String),
}

/// The facts of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordFacts {
    /// The state of the facts.
    pub checked: CheckedFacts,
    /// The facts that the record has, and so those that its owner can disclose, in the order of their profile. There are none
    /// if the profile is unknown.
    pub facts: Vec<Fact>,
}

/// What follows from the content of a document.
#[derive(Clone, Debug, Default)]
pub(crate) struct DocumentContent {
    facts: ContentFacts,
    /// Whether it is a research copy: it is labelled so, and the rules for research copies would change nothing.
    is_copy: bool,
}

impl DocumentContent {
    /// Of a document. With `None`, it is longer than what facts follow from. `year` is the one that dates must not be too long
    /// before; a reader passes none, because a copy stays a copy as years go by.
    fn of(document: Option<&[u8]>, year: Option<u16>) -> Self {
        let facts = ContentFacts::of(document);
        let rules = CopyProfile::safe_harbor();
        let is_copy = facts.is_labelled()
            && rules.name() == Profile::SafeHarborDocument1.name()
            && document.is_some_and(|document| require_deidentified(document, rules, year).is_ok());
        Self { facts, is_copy }
    }

    /// The profile that a client names for the document.
    pub fn profile(&self) -> Profile {
        match self.is_copy {
            true => Profile::SafeHarborDocument1,
            false => self.facts.profile(),
        }
    }

    /// The facts of the document by a profile; `None`: the profile is one of research copies, and the document is none.
    pub fn facts(
        &self,
        profile: Profile,
        kind: &str,
        media_type: &str,
        sha256: &[u8; 32],
    ) -> Option<Vec<Fact>> {
        let is_refused = profile == Profile::SafeHarborDocument1 && !self.is_copy;
        (!is_refused).then(|| profile.facts(kind, media_type, sha256, &self.facts))
    }
}

/// The facts of a record, as far as its locator shows them.
pub(crate) enum LocatorFacts {
    /// The document isn't needed for them.
    Known(RecordFacts),
    /// They follow from the document's content.
    OfContent(Profile),
}

/// Compares the facts that a record attests with those of its locator. Where they follow from the document's content, too,
/// that remains for [`check`].
///
/// # Errors
/// [`ClientError::FactsMismatch`].
pub(crate) fn check_locator(
    record: &SealedRecord,
    element: &RecordElement,
    locator: &Locator,
) -> Result<LocatorFacts, ClientError> {
    let Ok(profile) = locator.profile.parse::<Profile>() else {
        return Ok(LocatorFacts::Known(RecordFacts {
            checked: CheckedFacts::Unknown(locator.profile.clone()),
            facts: Vec::new(),
        }));
    };
    if profile.reads_content() {
        return Ok(LocatorFacts::OfContent(profile));
    }
    check(
        record,
        element,
        locator,
        profile,
        &DocumentContent::default(),
    )
    .map(LocatorFacts::Known)
}

/// Compares the facts that a record attests with those of its locator and of its document's content. A record that attests
/// to be a research copy, of a document that is none, attests something else than its document's facts.
///
/// # Errors
/// [`ClientError::FactsMismatch`].
pub(crate) fn check(
    record: &SealedRecord,
    element: &RecordElement,
    locator: &Locator,
    profile: Profile,
    content: &DocumentContent,
) -> Result<RecordFacts, ClientError> {
    let facts = content.facts(profile, &locator.kind, &locator.media_type, &locator.sha256);
    let key = DataPublicKey(record.data_public_key);
    let tree = facts.map(|facts| FactsTree::new(element, &key, facts));
    match tree {
        Some(Ok(tree)) if tree.root() == record.facts_root => Ok(RecordFacts {
            checked: CheckedFacts::Right(profile),
            facts: tree.facts().to_vec(),
        }),
        _ => Err(ClientError::FactsMismatch(record.address)),
    }
}

/// Keeps a document that passes, as long as facts can follow from it. It is wiped when it is dropped.
pub(crate) struct Kept {
    /// `None`: it got too long.
    document: Option<Zeroizing<Vec<u8>>>,
}

impl Kept {
    fn new() -> Self {
        // All of it at once: what is moved to a larger place is not wiped.
        let document = Vec::with_capacity(MAX_CONTENT);
        Self {
            document: Some(Zeroizing::new(document)),
        }
    }

    fn keep(&mut self, bytes: &[u8]) {
        if let Some(document) = &mut self.document {
            if document.len() + bytes.len() > MAX_CONTENT {
                self.document = None;
            } else {
                document.extend_from_slice(bytes);
            }
        }
    }
}

/// A reader or writer with what has passed it.
pub(crate) struct Keeping<S> {
    stream: S,
    kept: Kept,
}

impl<S> Keeping<S> {
    pub fn new(stream: S) -> Self {
        Self {
            stream,
            kept: Kept::new(),
        }
    }

    /// What follows from what has passed, as the content of a document, for its reader.
    pub fn content(&self) -> DocumentContent {
        self.content_in(None)
    }

    /// As [`Self::content`], for the creator of a record in this year.
    pub fn content_in(&self, year: impl Into<Option<u16>>) -> DocumentContent {
        let document = self.kept.document.as_ref();
        DocumentContent::of(document.map(|document| &document[..]), year.into())
    }
}

impl<R: Read> Read for Keeping<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.stream.read(buffer)?;
        self.kept.keep(&buffer[..count]);
        Ok(count)
    }
}

impl<W: Write> Write for Keeping<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.stream.write(bytes)?;
        self.kept.keep(&bytes[..count]);
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Facts follow from a document of 1 MiB, and of one byte more none do, however it comes in pieces.
    #[test]
    fn a_document_is_kept_up_to_its_maximum() {
        let text = br#"{"resourceType":"Immunization","status":"completed"}"#;
        for (length, has_facts) in [
            (text.len(), true),
            (MAX_CONTENT, true),
            (MAX_CONTENT + 1, false),
        ] {
            let mut document = text.to_vec();
            document.resize(length, b' ');
            let mut writer = Keeping::new(io::sink());
            for piece in document.chunks(65_537) {
                writer.write_all(piece).unwrap();
            }
            let mut reader = Keeping::new(&document[..]);
            let mut read = Vec::new();
            reader.read_to_end(&mut read).unwrap();
            assert_eq!(read, document);
            for facts in [writer.content(), reader.content()] {
                assert_eq!(facts.profile() == Profile::FhirR4_1, has_facts, "{length}");
            }
            assert_eq!(writer.kept.document.is_some(), has_facts);
        }
    }
}

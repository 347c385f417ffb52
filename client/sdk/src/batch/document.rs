use std::{
    ffi::OsString,
    os::unix::ffi::{OsStrExt, OsStringExt},
    path::{Path, PathBuf},
};

use generion_interface::card::Card;
use serde::{Deserialize, Serialize};

use super::{content::ContentDigest, source::DocumentSource};
use crate::flows::record::NewDocument;

/// A document of a batch.
#[derive(Clone, Debug)]
pub struct BatchDocument {
    /// The folder of its batch: absolute, and without links.
    pub folder: PathBuf,
    /// The document's path in the folder. An interrupted batch recognizes the document by folder and path.
    pub file: PathBuf,
    /// The document's content when the folder was read. The document is written only if the content is the same then.
    pub content: ContentDigest,
    /// The document.
    pub document: NewDocument,
    /// Where it is read from.
    pub source: DocumentSource,
    /// The owner's card, so that no node is asked for the key. All documents of an owner use the card of the first one.
    pub card: Option<Card>,
    /// The document's research copy, if one is to be written.
    pub copy: Option<BatchCopy>,
}

/// The research copy of a document in a batch.
#[derive(Clone, Debug)]
pub struct BatchCopy {
    /// The copy as a document. Its owner may be another wallet than the original's.
    pub document: NewDocument,
    /// The card of the copy's owner.
    pub card: Option<Card>,
}

impl BatchDocument {
    /// The document's name in the journal.
    pub fn name(&self) -> DocumentName {
        DocumentName {
            folder: self.folder.clone(),
            file: self.file.clone(),
            owner: self.document.owner.to_string(),
            is_copy: false,
        }
    }

    /// The name of the document's research copy in the journal, if one is to be written.
    pub(super) fn copy_name(&self) -> Option<DocumentName> {
        Some(self.copy_name_for(self.copy.as_ref()?))
    }

    pub(super) fn copy_name_for(&self, copy: &BatchCopy) -> DocumentName {
        DocumentName {
            owner: copy.document.owner.to_string(),
            is_copy: true,
            ..self.name()
        }
    }
}

/// A document of a batch: the folder, the name that it has there, and its owner. Names are bytes, of which not all are text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct DocumentName {
    /// The folder: absolute, and without links.
    #[serde(with = "path")]
    pub folder: PathBuf,
    /// The document's path in the folder.
    #[serde(with = "path")]
    pub file: PathBuf,
    /// The wallet that it is for, in base58.
    pub owner: String,
    /// Whether it is the research copy of the document.
    #[serde(default, skip_serializing_if = "is_original")]
    pub is_copy: bool,
}

#[allow(clippy::trivially_copy_pass_by_ref)] // serde passes references
fn is_original(is_copy: &bool) -> bool {
    !is_copy
}

impl DocumentName {
    /// The document's path in the folder, for people: a byte that is not text is shown as `\xff`.
    pub fn shown(&self) -> String {
        shown(&self.file)
    }
}

/// A path for people: a byte that is no text is shown as `\xff`.
pub fn shown(path: &Path) -> String {
    let mut text = String::new();
    for chunk in path.as_os_str().as_bytes().utf8_chunks() {
        text.push_str(chunk.valid());
        let bytes = chunk.invalid().iter().map(|byte| format!("\\x{byte:02x}"));
        text.extend(bytes);
    }
    text
}

/// Paths in JSON: a text, or an object with the bytes in hex where they are none.
mod path {
    use serde::{Deserializer, Serializer, de::Error};

    use super::*;

    #[derive(Serialize, Deserialize)]
    #[serde(untagged)]
    enum Written {
        Text(String),
        Bytes { hex: String },
    }

    pub fn serialize<S: Serializer>(path: &Path, serializer: S) -> Result<S::Ok, S::Error> {
        let written = match path.to_str() {
            Some(text) => Written::Text(text.to_owned()),
            None => Written::Bytes {
                hex: hex::encode(path.as_os_str().as_bytes()),
            },
        };
        written.serialize(serializer)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<PathBuf, D::Error> {
        Ok(match Written::deserialize(deserializer)? {
            Written::Text(text) => text.into(),
            Written::Bytes { hex } => {
                OsString::from_vec(hex::decode(hex).map_err(D::Error::custom)?).into()
            }
        })
    }
}

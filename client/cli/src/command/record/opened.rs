//! The report of a record whose document was read.

use std::path::PathBuf;

use serde::Serialize;

use crate::{
    document::content::Content,
    output::{
        report::Report,
        text::Text,
        view::{DocumentView, RecordView, TransactionView},
    },
};

/// A record that was opened, checked or verified.
#[derive(Serialize)]
pub struct Opened {
    pub record: RecordView,
    pub document: DocumentView,
    /// The evidence of the record's creator; `null`: it was opened without checks.
    pub creator_signature: Option<String>,
    /// The erase authority that all of its stores name; `null`: it was opened without checks.
    pub erase_authority: Option<String>,
    /// The document's contents, compared with its creator's description; `null`: it was opened without checks.
    pub content: Option<Content>,
    /// Whether its facts match the document; `null`: this software doesn't know their profile.
    pub facts_checked: Option<bool>,
    /// Path of the plain document; `null`: it was not kept, or went to standard output.
    pub path: Option<PathBuf>,
    /// The verification; `null`: nothing was signed.
    pub transaction: Option<TransactionView>,
}

impl Report for Opened {
    fn describe(&self, text: &mut Text) {
        self.record.describe(text);
        self.document.describe(text);
        if let Some(content) = &self.content {
            text.field("content", content.in_words());
        }
        if let Some(signature) = &self.creator_signature {
            text.field("signature", signature);
            if let Some(authority) = &self.erase_authority {
                text.field("erasable by", authority);
            }
            text.field(
                "facts",
                match self.facts_checked {
                    Some(_) => "they match the document",
                    None => "not checked: this software doesn't know their profile",
                },
            );
        }
        if let Some(path) = &self.path {
            text.field("written to", path.display());
        }
        if let Some(transaction) = &self.transaction {
            transaction.describe(text);
        }
    }
}

//! Remembers, beside a purchase's receipt, that its records were opened: closing it makes its keys hard to come by.

use std::{
    io::{self, Write},
    path::{Path, PathBuf},
};

use serde::Serialize;
use solana_address::Address;
use tempfile::NamedTempFile;

use crate::{destination::file_error, failure::Failure};

/// What the file says, for people who wonder where the documents are.
#[derive(Serialize)]
struct Note<'a> {
    purchase: String,
    documents: Vec<&'a Path>,
}

fn path(receipts: &Path, purchase: &Address) -> PathBuf {
    receipts.join(format!("{purchase}.opened.json"))
}

/// Notes that all records of a purchase were opened, into these files.
pub fn note<'a>(
    receipts: &Path,
    purchase: &Address,
    documents: impl Iterator<Item = &'a Path>,
) -> Result<(), Failure> {
    let path = path(receipts, purchase);
    let note = Note {
        purchase: purchase.to_string(),
        documents: documents.collect(),
    };
    let write = || -> io::Result<()> {
        let mut file = NamedTempFile::new_in(receipts)?;
        serde_json::to_writer_pretty(&mut file, &note)?;
        file.write_all(b"\n")?;
        file.as_file().sync_all()?;
        file.persist(&path)?;
        Ok(())
    };
    write().map_err(|error| file_error(&path, error))
}

/// Whether that was noted.
pub fn is_noted(receipts: &Path, purchase: &Address) -> bool {
    path(receipts, purchase).is_file()
}

//! Where documents of a batch are read from: files, and parts of files.

use std::{
    fs::File,
    io::{self, Cursor, Read, Seek, SeekFrom},
    path::Path,
    sync::Arc,
};

use super::content::open_regular;

/// Where a document is read from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum DocumentSource {
    /// The whole file at the document's path.
    #[default]
    File,
    /// A resource in the file at the document's path.
    Resource(ExportedResource),
}

/// A resource in a file of an export, which has one resource in each line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportedResource {
    /// Where the resource begins in the file, in bytes.
    pub offset: u64,
    /// Its length, in bytes.
    pub length: u64,
    /// If the document is a Bundle of the resource and its patient.
    pub bundle: Option<BundleOf>,
}

/// What a Bundle has beside the resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BundleOf {
    /// The patient's entry, in JSON. Resources of one patient share it.
    pub patient: Arc<str>,
    /// The resource's full URL, as a string in JSON.
    pub full_url: Box<str>,
}

impl DocumentSource {
    /// Opens the document. Returns its size, too.
    ///
    /// # Errors
    /// Those of [`open_regular`], and [`io::ErrorKind::UnexpectedEof`] for a file that became shorter.
    pub fn open(&self, path: &Path) -> io::Result<(DocumentReader, u64)> {
        let mut file = open_regular(path)?;
        let length = file.metadata()?.len();
        let Self::Resource(resource) = self else {
            let whole = Cursor::new(Vec::new()).chain(file.take(u64::MAX));
            return Ok((whole.chain(Cursor::new(Vec::new())), length));
        };
        let end = resource.offset.checked_add(resource.length);
        if end.is_none_or(|end| end > length) {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        file.seek(SeekFrom::Start(resource.offset))?;
        let (before, behind) = match &resource.bundle {
            None => (String::new(), ""),
            Some(BundleOf { patient, full_url }) => (
                format!(
                    r#"{{"resourceType":"Bundle","type":"collection","entry":[{patient},{{"fullUrl":{full_url},"resource":"#
                ),
                "}]}",
            ),
        };
        let size = before.len() as u64 + resource.length + behind.len() as u64;
        let reader = Cursor::new(before.into_bytes())
            .chain(file.take(resource.length))
            .chain(Cursor::new(behind.as_bytes().to_vec()));
        Ok((reader, size))
    }
}

/// Reads a document: what a Bundle has before its resource, the resource or the file, and what is behind it.
pub type DocumentReader = io::Chain<io::Chain<Cursor<Vec<u8>>, io::Take<File>>, Cursor<Vec<u8>>>;

//! Descriptions on the disk.

use std::{
    fs::File,
    io::{self, Read, Write},
    path::Path,
};

use generion_client::{
    Existing, StagedFile,
    rpc::causes::with_causes,
    studies::description::{DescriptionError, DescriptionFile, MAX_FILE},
};

use crate::output::failure::{Failure, files::file_error};

/// Reads a signed description. Whose signature it is, is compared later.
pub fn read(path: &Path) -> Result<DescriptionFile, Failure> {
    DescriptionFile::read(bytes(path)?).map_err(|error| refused(path, &error))
}

/// The bytes of a file, as far as a description can have them, and one more.
pub fn bytes(path: &Path) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(MAX_FILE as u64 + 1).read_to_end(&mut bytes))
        .map_err(|error| file_error(path, error))?;
    Ok(bytes)
}

/// Writes a description in full or not at all.
pub fn write(path: &Path, file: &DescriptionFile, existing: Existing) -> Result<(), Failure> {
    let staged = StagedFile::beside(path)?;
    staged
        .writer()
        .write_all(file.bytes())
        .map_err(|error| staged.error(error))?;
    let placed: io::Result<()> = staged.place(path, existing);
    placed.map_err(|error| file_error(path, error))
}

/// The failure for a file that is no description.
pub fn refused(path: &Path, error: &DescriptionError) -> Failure {
    Failure::new(
        format!("{}: {}", path.display(), with_causes(error)),
        "Nothing was sent. Ask the sponsor for the signed description of the study.",
    )
}

//! Where an opened document goes.

use std::{
    fs::File,
    io::{self, BufRead, BufReader},
    path::{Path, PathBuf},
};

use clap::Args;
use generion_client::ClientError;
use tempfile::{TempDir, TempPath};

use crate::failure::Failure;

/// Options for the file that a document is written to.
#[derive(Args)]
pub struct To {
    /// File to write the document to; - is standard output
    #[arg(long, value_name = "FILE")]
    to: PathBuf,

    /// Replace the file if it is there
    #[arg(long)]
    force: bool,
}

/// A file that appears when all went well, and not before.
pub struct Destination {
    staging: TempDir,
    to: Target,
}

enum Target {
    File {
        path: PathBuf,
        replace: bool,
    },
    Stdout,
    /// The document was wanted for checking alone.
    Nowhere,
}

impl To {
    pub const fn new(to: PathBuf, force: bool) -> Self {
        Self { to, force }
    }

    /// Refuses a file that is there already, and a folder that can't be written to, before any work is done.
    pub fn open(self) -> Result<Destination, Failure> {
        let Self {
            to: path,
            force: replace,
        } = self;
        if path == Path::new("-") {
            let staging = tempfile::tempdir().map_err(|error| file_error(Path::new("-"), error))?;
            return Ok(Destination {
                staging,
                to: Target::Stdout,
            });
        }
        if !replace && path.symlink_metadata().is_ok() {
            return Err(file_error(&path, io::ErrorKind::AlreadyExists.into()));
        }
        let staging = staging_beside(&path)?;
        Ok(Destination {
            staging,
            to: Target::File { path, replace },
        })
    }
}

impl Destination {
    /// For a document that is looked at by nobody.
    pub fn nowhere() -> Result<Self, Failure> {
        let staging =
            tempfile::tempdir().map_err(|error| file_error(&std::env::temp_dir(), error))?;
        Ok(Self {
            staging,
            to: Target::Nowhere,
        })
    }

    /// Where to write the document first: in a folder that only this user can enter, and that goes away.
    pub fn staged(&self) -> PathBuf {
        self.staging.path().join("document")
    }

    /// Whether the document goes to standard output.
    pub const fn is_stdout(&self) -> bool {
        matches!(self.to, Target::Stdout)
    }

    /// Gives the staged document its place; its path, if it has one.
    pub fn finish(self) -> Result<Option<PathBuf>, Failure> {
        let staged = self.staged();
        match self.to {
            Target::Nowhere => Ok(None),
            Target::Stdout => {
                let copy = || io::copy(&mut File::open(&staged)?, &mut io::stdout().lock());
                copy().map_err(|error| file_error(Path::new("standard output"), error))?;
                Ok(None)
            }
            Target::File { path, replace } => {
                place(&staged, &path, replace)?;
                Ok(Some(path))
            }
        }
    }
}

/// A folder on the same disk as `path`, so that a file in it can be renamed to `path`.
pub fn staging_beside(path: &Path) -> Result<TempDir, Failure> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    tempfile::Builder::new()
        .prefix(".generion-")
        .tempdir_in(folder)
        .map_err(|error| file_error(path, error))
}

/// Renames a whole file to its place.
pub fn place(staged: &Path, path: &Path, replace: bool) -> Result<(), Failure> {
    let staged = TempPath::try_from_path(staged).map_err(|error| file_error(staged, error))?;
    let placed = if replace {
        staged.persist(path)
    } else {
        staged.persist_noclobber(path)
    };
    placed.map_err(|error| file_error(path, error.error))
}

/// Whether `path` is there and holds the same bytes as `staged`.
pub fn is_same(staged: &Path, path: &Path) -> io::Result<bool> {
    let (mut a, mut b) = match File::open(path) {
        Ok(file) => (BufReader::new(File::open(staged)?), BufReader::new(file)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(error),
    };
    loop {
        let (left, right) = (a.fill_buf()?, b.fill_buf()?);
        let common = left.len().min(right.len());
        if common == 0 || left[..common] != right[..common] {
            return Ok(left.is_empty() && right.is_empty());
        }
        a.consume(common);
        b.consume(common);
    }
}

/// A file that can't be read or written, or is there already.
pub fn file_error(path: &Path, source: io::Error) -> Failure {
    let source = match source.kind() {
        kind @ io::ErrorKind::AlreadyExists => io::Error::new(kind, "it is there already"),
        _ => source,
    };
    let path = path.to_owned();
    ClientError::File { path, source }.into()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn to(path: &Path, force: bool) -> To {
        To::new(path.to_owned(), force)
    }

    fn names(folder: &Path) -> Vec<String> {
        fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect()
    }

    #[test]
    fn a_document_appears_when_it_is_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out");
        let destination = to(&path, false).open().unwrap();
        fs::write(destination.staged(), "whole").unwrap();
        assert!(!path.exists());
        assert_eq!(destination.finish().unwrap(), Some(path.clone()));
        assert_eq!(fs::read(&path).unwrap(), b"whole");
        assert_eq!(names(folder.path()), ["out"]);
    }

    #[test]
    fn a_failure_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let destination = to(&folder.path().join("out"), false).open().unwrap();
        fs::write(destination.staged(), "ha").unwrap();
        drop(destination);
        assert_eq!(names(folder.path()), [""; 0]);
    }

    #[test]
    fn a_file_is_replaced_by_force_only() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out");
        fs::write(&path, "old").unwrap();
        let refusal = to(&path, false).open().err().unwrap();
        assert!(
            refusal.message.contains("out: it is there already")
                && refusal.advice.contains("--force"),
            "{refusal:?}"
        );

        let destination = to(&path, true).open().unwrap();
        fs::write(destination.staged(), "new").unwrap();
        destination.finish().unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
    }

    #[test]
    fn a_file_that_came_meanwhile_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out");
        let destination = to(&path, false).open().unwrap();
        fs::write(destination.staged(), "new").unwrap();
        fs::write(&path, "somebody else's").unwrap();
        assert!(destination.finish().unwrap_err().advice.contains("--force"));
        assert_eq!(fs::read(&path).unwrap(), b"somebody else's");
        assert_eq!(names(folder.path()), ["out"]);
    }

    #[test]
    fn files_are_compared_to_the_last_byte() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str, content: &[u8]| {
            let path = folder.path().join(name);
            fs::write(&path, content).unwrap();
            path
        };
        // Longer than a reader's buffer.
        let long = vec![7; 20_000];
        let original = file("original", &long);
        assert!(is_same(&original, &file("same", &long)).unwrap());
        assert!(!is_same(&original, &file("longer", &[&long[..], b"x"].concat())).unwrap());
        assert!(!is_same(&original, &file("shorter", &long[1..])).unwrap());
        assert!(!is_same(&original, &file("other", &[&long[1..], b"x"].concat())).unwrap());
        assert!(!is_same(&original, &folder.path().join("none")).unwrap());
    }

    #[test]
    fn a_folder_that_is_not_there_is_refused_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let refusal = to(&folder.path().join("none/out"), false)
            .open()
            .err()
            .unwrap();
        assert!(
            refusal.message.contains("none/out: No such file"),
            "{refusal:?}"
        );
    }
}

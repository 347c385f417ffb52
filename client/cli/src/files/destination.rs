//! The destination of an opened document.

use std::{
    fs::File,
    io::{self, BufRead, BufReader},
    path::{Path, PathBuf},
};

use clap::Args;
use generion_client::{Existing, StagedFile, document_name, irregular};
use solana_address::Address;

use crate::output::failure::{Failure, files::file_error};

/// Options for the file that a document is written to.
#[derive(Args)]
pub struct To {
    /// File to write the document to, or an existing folder, where each document is named after its record; - for
    /// standard output
    #[arg(long, value_name = "FILE_OR_DIR")]
    to: PathBuf,

    /// Replace an existing file
    #[arg(long)]
    force: bool,
}

/// A document's destination, which is written only after everything has succeeded.
pub struct Destination {
    staged: StagedFile,
    to: Target,
}

enum Target {
    File {
        path: PathBuf,
        existing: Existing,
    },
    /// The document's record names the file.
    Folder {
        folder: PathBuf,
        existing: Existing,
    },
    Stdout,
    /// The document is only checked.
    Nowhere,
}

impl To {
    pub const fn new(to: PathBuf, force: bool) -> Self {
        Self { to, force }
    }

    /// Refuses a destination for one document where there are several.
    pub fn require_room_for(&self, documents: usize) -> Result<(), Failure> {
        if documents <= 1 || self.to.is_dir() {
            return Ok(());
        }
        Err(Failure::new(
            format!(
                "{} can't take {documents} documents: it is no folder",
                self.to.display()
            ),
            "Pass an existing folder as --to, or name one document.",
        ))
    }

    /// Refuses a folder, for a document that has no record to be named after.
    pub fn require_file(&self) -> Result<(), Failure> {
        match self.to.is_dir() {
            false => Ok(()),
            true => Err(Failure::new(
                format!("{} is a folder", self.to.display()),
                "Pass the name of a file as --to.",
            )),
        }
    }

    /// Refuses a file that is there already, and a folder that can't be written to, before any work is done.
    pub fn open(&self) -> Result<Destination, Failure> {
        let (path, existing) = (self.to.clone(), existing(self.force));
        if path == Path::new("-") {
            return Ok(Destination {
                staged: StagedFile::temporary()?,
                to: Target::Stdout,
            });
        }
        if path.is_dir() {
            return Ok(Destination {
                staged: StagedFile::in_folder(&path)?,
                to: Target::Folder {
                    folder: path,
                    existing,
                },
            });
        }
        require_free(&path, existing)?;
        Ok(Destination {
            staged: StagedFile::beside(&path)?,
            to: Target::File { path, existing },
        })
    }
}

/// The meaning of `--force`.
pub const fn existing(force: bool) -> Existing {
    match force {
        true => Existing::Replace,
        false => Existing::Keep,
    }
}

/// Fails if something exists at the path that must not or can't be replaced.
pub fn require_free(path: &Path, existing: Existing) -> Result<(), Failure> {
    if let Some(found) = irregular(path) {
        return Err(Failure::new(
            format!("{}: {found} is there already", path.display()),
            "Choose another path: only a regular file can be replaced. To send the document to a pipe or a device, pass --to - and redirect standard output.",
        ));
    }
    match existing {
        Existing::Keep if path.symlink_metadata().is_ok() => {
            Err(file_error(path, io::ErrorKind::AlreadyExists.into()))
        }
        _ => Ok(()),
    }
}

impl Destination {
    /// A destination for a document that is only checked.
    pub fn nowhere() -> Result<Self, Failure> {
        Ok(Self {
            staged: StagedFile::temporary()?,
            to: Target::Nowhere,
        })
    }

    /// The temporary file to write the document to first, readable by this user only.
    pub const fn staged(&self) -> &StagedFile {
        &self.staged
    }

    /// Whether the document goes to standard output.
    pub const fn is_stdout(&self) -> bool {
        matches!(self.to, Target::Stdout)
    }

    /// Gives the staged document of a record its place; its path, if it has one.
    pub fn finish(self, record: &Address, media_type: &str) -> Result<Option<PathBuf>, Failure> {
        match self.to {
            Target::Nowhere => Ok(None),
            Target::Stdout => {
                let copy = || io::copy(&mut self.staged.reader()?, &mut io::stdout().lock());
                copy().map_err(|error| file_error(Path::new("standard output"), error))?;
                Ok(None)
            }
            Target::Folder { folder, existing } => {
                let path = folder.join(document_name(record, media_type));
                place_unless_same(self.staged, &path, existing)?;
                Ok(Some(path))
            }
            Target::File { path, existing } => {
                place(self.staged, &path, existing)?;
                Ok(Some(path))
            }
        }
    }
}

/// Moves a complete file to its path.
pub fn place(staged: StagedFile, path: &Path, existing: Existing) -> Result<(), Failure> {
    require_free(path, existing)?;
    staged
        .place(path, existing)
        .map_err(|error| file_error(path, error))
}

/// Moves a complete file to its path in a folder of documents. An earlier run may have written the same content there, which
/// stays as it is.
pub fn place_unless_same(
    staged: StagedFile,
    path: &Path,
    existing: Existing,
) -> Result<(), Failure> {
    match is_same(&staged, path) {
        Ok(true) => Ok(()),
        Ok(false) => place(staged, path, existing),
        Err(error) => Err(file_error(path, error)),
    }
}

/// Whether a regular file is at `path` and holds the same bytes as `staged`.
fn is_same(staged: &StagedFile, path: &Path) -> io::Result<bool> {
    // Opening a pipe would wait for a writer.
    if irregular(path).is_some() {
        return Ok(false);
    }
    let mut there = match File::open(path) {
        Ok(file) => BufReader::new(file),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(error),
    };
    let mut staged = BufReader::new(staged.reader()?);
    loop {
        let (left, right) = (staged.fill_buf()?, there.fill_buf()?);
        let common = left.len().min(right.len());
        if common == 0 || left[..common] != right[..common] {
            return Ok(left.is_empty() && right.is_empty());
        }
        staged.consume(common);
        there.consume(common);
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn to(path: &Path, force: bool) -> To {
        To::new(path.to_owned(), force)
    }

    fn write(destination: &Destination, text: &str) {
        let mut file = destination.staged().file();
        std::io::Write::write_all(&mut file, text.as_bytes()).unwrap();
    }

    fn finish(destination: Destination) -> Result<Option<PathBuf>, Failure> {
        destination.finish(&Address::new_from_array([7; 32]), "application/pdf")
    }

    #[test]
    fn a_document_in_a_folder_is_named_after_its_record() {
        let folder = tempfile::tempdir().unwrap();
        let place = || to(folder.path(), false).open().unwrap();
        let destination = place();
        write(&destination, "whole");
        let name = format!("{}.pdf", Address::new_from_array([7; 32]));
        assert_eq!(
            finish(destination).unwrap(),
            Some(folder.path().join(&name))
        );
        assert_eq!(names(folder.path()), std::slice::from_ref(&name));
        // A file with the same content was written by an earlier run. A file with other content is kept, as a named file would
        // be.
        let same = place();
        write(&same, "whole");
        assert_eq!(finish(same).unwrap(), Some(folder.path().join(&name)));
        assert!(finish(place()).unwrap_err().message.contains(&name));
        assert_eq!(fs::read(folder.path().join(&name)).unwrap(), b"whole");
        assert_eq!(names(folder.path()), [name]);
    }

    #[test]
    fn several_documents_need_a_folder() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("out");
        for (path, documents) in [(folder.path(), 2), (&file, 1), (Path::new("-"), 1)] {
            to(path, false).require_room_for(documents).unwrap();
        }
        for path in [&*file, Path::new("-")] {
            let failure = to(path, true).require_room_for(2).unwrap_err();
            assert_eq!(
                failure.message,
                format!("{} can't take 2 documents: it is no folder", path.display())
            );
        }
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
        write(&destination, "whole");
        assert!(!path.exists());
        assert_eq!(finish(destination).unwrap(), Some(path.clone()));
        assert_eq!(fs::read(&path).unwrap(), b"whole");
        assert_eq!(names(folder.path()), ["out"]);
    }

    #[test]
    fn a_failure_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let destination = to(&folder.path().join("out"), false).open().unwrap();
        write(&destination, "ha");
        drop(destination);
        assert_eq!(names(folder.path()), [""; 0]);
    }

    #[test]
    fn a_file_is_replaced_by_force_only() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out");
        fs::write(&path, "old").unwrap();
        let failure = to(&path, false).open().err().unwrap();
        assert!(
            failure.message.contains("out: it is there already")
                && failure.advice.contains("--force"),
            "{failure:?}"
        );

        let destination = to(&path, true).open().unwrap();
        write(&destination, "new");
        finish(destination).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
    }

    #[test]
    fn a_file_that_came_meanwhile_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out");
        let destination = to(&path, false).open().unwrap();
        write(&destination, "new");
        fs::write(&path, "somebody else's").unwrap();
        assert!(finish(destination).unwrap_err().advice.contains("--force"));
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
        // Longer than the reader's buffer.
        let long = vec![7; 20_000];
        let original = StagedFile::in_folder(folder.path()).unwrap();
        std::io::Write::write_all(&mut original.file(), &long).unwrap();
        assert!(is_same(&original, &file("same", &long)).unwrap());
        assert!(!is_same(&original, &file("longer", &[&long[..], b"x"].concat())).unwrap());
        assert!(!is_same(&original, &file("shorter", &long[1..])).unwrap());
        assert!(!is_same(&original, &file("other", &[&long[1..], b"x"].concat())).unwrap());
        assert!(!is_same(&original, &folder.path().join("none")).unwrap());
        assert!(!is_same(&original, folder.path()).unwrap());
    }

    #[test]
    fn nothing_but_a_regular_file_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("target");
        fs::write(&target, "kept").unwrap();
        let link = folder.path().join("link");
        std::os::unix::fs::symlink(&target, &link).unwrap();
        let dangling = folder.path().join("dangling");
        std::os::unix::fs::symlink("nothing", &dangling).unwrap();
        let socket = folder.path().join("socket");
        let _listening = std::os::unix::net::UnixListener::bind(&socket).unwrap();
        for (path, found) in [
            (link.as_path(), "a link"),
            (&dangling, "a link"),
            (&socket, "a socket"),
            (Path::new("/dev/null"), "a device"),
        ] {
            for force in [false, true] {
                let failure = to(path, force).open().err().unwrap();
                assert!(
                    failure
                        .message
                        .contains(&format!("{found} is there already"))
                        && !failure.advice.contains("--force"),
                    "{failure:?}"
                );
            }
            // It was created meanwhile.
            let staged = StagedFile::in_folder(folder.path()).unwrap();
            place(staged, path, Existing::Replace).unwrap_err();
        }
        let staged = StagedFile::in_folder(folder.path()).unwrap();
        place(staged, folder.path(), Existing::Replace).unwrap_err();
        assert_eq!(fs::read(&target).unwrap(), b"kept");
        assert!(link.symlink_metadata().unwrap().is_symlink());
    }

    #[test]
    fn a_folder_that_is_not_there_is_refused_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let failure = to(&folder.path().join("none/out"), false)
            .open()
            .err()
            .unwrap();
        assert!(
            failure.message.contains("none: No such file"),
            "{failure:?}"
        );
    }
}

//! Files without names, and documents that are opened once.

use std::{
    fs::{self, File},
    io::{self, Read, Write},
    os::unix::fs::{PermissionsExt, symlink},
    path::Path,
    time::SystemTime,
};

use generion_client::{DocumentFile, Existing, FileError, StagedFile, irregular};

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

fn staged(folder: &Path, text: &str) -> StagedFile {
    let staged = StagedFile::in_folder(folder).unwrap();
    staged.writer().write_all(text.as_bytes()).unwrap();
    staged
}

/// Whoever is killed in between leaves nothing.
#[test]
fn a_staged_file_has_no_name_before_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("place");
    let file = staged(folder.path(), "whole");
    assert_eq!(names(folder.path()), [""; 0]);
    file.place(&place, Existing::Keep).unwrap();
    assert_eq!(fs::read(&place).unwrap(), b"whole");
    let mode = fs::metadata(&place).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);

    let refused = staged(folder.path(), "other").place(&place, Existing::Keep);
    assert_eq!(refused.unwrap_err().kind(), io::ErrorKind::AlreadyExists);
    staged(folder.path(), "other")
        .place(&place, Existing::Replace)
        .unwrap();
    assert_eq!(fs::read(&place).unwrap(), b"other");
    assert_eq!(names(folder.path()), ["place"]);
    drop(staged(folder.path(), "dropped"));
    assert_eq!(names(folder.path()), ["place"]);
}

#[test]
fn nothing_but_a_regular_file_is_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("target");
    fs::write(&target, "kept").unwrap();
    let link = folder.path().join("link");
    symlink("target", &link).unwrap();
    for path in [link.as_path(), folder.path(), Path::new("/dev/null")] {
        let refused = staged(folder.path(), "other").place(path, Existing::Replace);
        assert_eq!(refused.unwrap_err().kind(), io::ErrorKind::InvalidInput);
        assert!(irregular(path).is_some());
    }
    assert_eq!(irregular(&target), None);
    assert_eq!(irregular(&folder.path().join("none")), None);
    assert_eq!(names(folder.path()), ["link", "target"]);
    assert_eq!(fs::read(target).unwrap(), b"kept");
}

/// On systems where a file has to have a name, one who is killed leaves it, and the next one removes it.
#[test]
fn what_was_left_is_removed_and_what_is_in_use_is_not() {
    let folder = tempfile::tempdir().unwrap();
    for name in [
        ".generion-left",
        ".generion-used",
        "generion-left",
        ".other",
    ] {
        fs::write(folder.path().join(name), "plain text").unwrap();
    }
    fs::create_dir(folder.path().join(".generion-folder")).unwrap();
    let used = File::open(folder.path().join(".generion-used")).unwrap();
    used.lock().unwrap();
    let staged = StagedFile::in_folder(folder.path()).unwrap();
    let left = [
        ".generion-folder",
        ".generion-used",
        ".other",
        "generion-left",
    ];
    assert_eq!(names(folder.path()), left);
    drop((staged, used));
}

#[test]
fn a_folder_that_can_not_be_written_to_is_named() {
    for folder in ["/nowhere/at/all", "/proc"] {
        let error = StagedFile::in_folder(Path::new(folder)).unwrap_err();
        assert!(
            matches!(&error, FileError::Io { path, .. } if path == Path::new(folder)),
            "{error:?}"
        );
    }
}

fn read(file: &DocumentFile) -> Vec<u8> {
    let mut bytes = Vec::new();
    file.reader().unwrap().read_to_end(&mut bytes).unwrap();
    bytes
}

#[test]
fn a_document_is_read_as_often_as_it_takes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("document");
    fs::write(&path, "the document").unwrap();
    let file = DocumentFile::open(&path).unwrap();
    for _ in 0..3 {
        assert_eq!(read(&file), b"the document");
        file.require_unchanged(12).unwrap();
    }
    // Another one in its place is not this one, which is still there.
    fs::write(folder.path().join("other"), "another one").unwrap();
    fs::remove_file(&path).unwrap();
    assert_eq!(read(&file), b"the document");
}

/// By length, by time, and by what was read.
#[test]
fn a_document_that_is_written_to_is_another_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("document");
    type Change = (&'static str, fn(&Path));
    let changes: [Change; 5] = [
        ("it grew", |path| {
            let mut file = File::options().append(true).open(path).unwrap();
            file.write_all(b"!").unwrap();
        }),
        ("it was cut", |path| {
            File::options()
                .write(true)
                .open(path)
                .unwrap()
                .set_len(3)
                .unwrap();
        }),
        ("it was emptied", |path| fs::write(path, "").unwrap()),
        ("as long as before", |path| {
            fs::write(path, "THE DOCUMENT").unwrap()
        }),
        ("with the time of before", |path| {
            let modified = fs::metadata(path).unwrap().modified().unwrap();
            fs::write(path, "THE DOCUMENT").unwrap();
            File::options()
                .write(true)
                .open(path)
                .unwrap()
                .set_modified(modified)
                .unwrap();
        }),
    ];
    for (name, change) in changes {
        fs::write(&path, "the document").unwrap();
        // Times are counted in steps: one that is long past differs for sure.
        let long_ago = SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1);
        File::options()
            .write(true)
            .open(&path)
            .unwrap()
            .set_modified(long_ago)
            .unwrap();
        let file = DocumentFile::open(&path).unwrap();
        wait_for_the_clock(&path);
        change(&path);
        let count = read(&file).len() as u64;
        let error = file.require_unchanged(count).unwrap_err();
        assert!(
            matches!(error, FileError::Changed { .. }),
            "{name}: {error:?}"
        );
    }
    fs::write(&path, "the document").unwrap();
    let file = DocumentFile::open(&path).unwrap();
    let error = file.require_unchanged(11).unwrap_err();
    assert!(matches!(error, FileError::Changed { .. }), "{error:?}");
}

/// Until the file system's clock, which goes in steps, shows another time than the file's.
fn wait_for_the_clock(path: &Path) {
    use std::os::unix::fs::MetadataExt;

    let changed = |path: &Path| {
        let metadata = fs::metadata(path).unwrap();
        (metadata.ctime(), metadata.ctime_nsec())
    };
    let of_file = changed(path);
    let probe = path.with_extension("probe");
    loop {
        fs::write(&probe, "x").unwrap();
        if changed(&probe) > of_file {
            return fs::remove_file(probe).unwrap();
        }
    }
}

#[test]
fn what_is_no_regular_file_is_kept_while_it_is_read() {
    let (reader, mut writer) = io::pipe().unwrap();
    // Longer than a pipe holds.
    let document: Vec<u8> = (0..300_000_u32).map(|byte| byte as u8).collect();
    let copy = document.clone();
    let writing = std::thread::spawn(move || writer.write_all(&copy).unwrap());
    let path = format!("/dev/fd/{}", std::os::fd::AsRawFd::as_raw_fd(&reader));
    // The pipe ends with the last writer.
    let file = DocumentFile::open(Path::new(&path)).unwrap();
    writing.join().unwrap();
    assert_eq!(file.length(), 300_000);
    for _ in 0..2 {
        assert_eq!(read(&file), document);
        file.require_unchanged(300_000).unwrap();
    }
    // What the system makes up as it is read says that it has no length.
    let file = DocumentFile::open(Path::new("/proc/self/status")).unwrap();
    assert!(file.length() > 0);
    assert!(read(&file).starts_with(b"Name:"));
    let file = DocumentFile::open(Path::new("/dev/null")).unwrap();
    assert_eq!((file.length(), read(&file).len()), (0, 0));
}

#[test]
fn what_can_not_be_a_document_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let refused = |path: &Path| match DocumentFile::open(path) {
        Err(FileError::Io { source, .. }) => source.kind(),
        other => panic!("{other:?}"),
    };
    assert_eq!(refused(folder.path()), io::ErrorKind::IsADirectory);
    assert_eq!(
        refused(&folder.path().join("none")),
        io::ErrorKind::NotFound
    );
    let socket = folder.path().join("socket");
    let _listening = std::os::unix::net::UnixListener::bind(&socket).unwrap();
    assert_ne!(refused(&socket), io::ErrorKind::NotFound);

    // Where nobody is to be waited for, it has to be a regular file.
    let pipe = folder.path().join("pipe");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.unwrap().success());
    for path in [pipe.as_path(), &socket, Path::new("/dev/zero")] {
        let error = DocumentFile::open_regular(path).unwrap_err();
        assert!(
            matches!(&error, FileError::Io { source, .. } if source.kind() == io::ErrorKind::InvalidInput),
            "{error:?}"
        );
    }
}

//! The files of a store on the disk.

use std::{fs, path::Path};

use generion_interface::store::DocumentId;

/// The names of the files in a folder of the storage.
pub fn files(folder: &Path, kind: &str) -> Vec<String> {
    let folder = folder.join(kind);
    // The S3 server creates no empty folders.
    if !folder.exists() {
        return Vec::new();
    }
    std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect()
}

/// The number of uploads and deletions in progress, without staging files.
pub fn pending(folder: &Path) -> usize {
    let names = files(folder, "pending");
    names.iter().filter(|name| !name.contains('#')).count()
}

/// Asserts that no bytes and no traces of uploads are left.
#[track_caller]
pub fn assert_no_bytes(folder: &Path) {
    assert_eq!(files(folder, "blobs"), [""; 0]);
    assert_eq!(files(folder, "pending"), [""; 0]);
}

/// The blob that the metadata of a document names.
pub fn blob_of(path: &Path, document: DocumentId) -> String {
    let metadata = fs::read_to_string(path.join("documents").join(document.to_string()));
    let metadata: serde_json::Value = serde_json::from_str(&metadata.unwrap()).unwrap();
    metadata["blob"].as_str().unwrap().to_owned()
}

/// Copies all folders that a backup needs.
pub fn copy_all(from: &Path, to: &Path) {
    for kind in ["documents", "usage", "blobs"] {
        copy(&from.join(kind), &to.join(kind));
    }
}

/// Copies a folder with everything in it.
pub fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    // The S3 server creates no empty folders.
    let Ok(entries) = fs::read_dir(from) else {
        return;
    };
    for entry in entries {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        match entry.file_type().unwrap().is_dir() {
            true => copy(&entry.path(), &to),
            false => drop(fs::copy(entry.path(), to).unwrap()),
        }
    }
}

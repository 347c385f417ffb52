//! Documents outlive this software: the `age` tool (Debian package `age`, written in Go) opens them.

use std::{
    fs::{self, OpenOptions},
    io::Write,
    os::unix::fs::OpenOptionsExt,
    path::Path,
    process::{Command, Output},
};

use generion_crypto::{
    document::{decrypt, encrypt},
    record::{RecordElement, RecordKey},
};
use tempfile::TempDir;

use crate::support::{CREATOR, OWNER, address, rng};

/// Nothing, and sizes around the limits of chunks of 64 KiB.
const SIZES: [usize; 7] = [0, 8, 65_535, 65_536, 65_537, 131_072, 3_000_000];

fn key() -> RecordKey {
    RecordElement::random(&mut rng()).record_key(&OWNER, &CREATOR)
}

fn age(arguments: &[&str]) -> Output {
    match Command::new("age").args(arguments).output() {
        Ok(output) => output,
        Err(error) => panic!(
            "can't run `age` ({error}): install it (Debian package `age`), these tests need it"
        ),
    }
}

#[track_caller]
fn assert_success(output: &Output) {
    let message = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{message}");
}

fn path_in(folder: &TempDir, name: &str) -> String {
    let path = folder.path().join(name);
    path.into_os_string().into_string().unwrap()
}

fn write_identity(path: &Path, key: &RecordKey) {
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .unwrap();
    file.write_all(key.to_age_identity().as_bytes()).unwrap();
}

#[test]
fn the_age_tool_opens_our_documents_with_an_exported_key_only() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| path_in(&folder, name);
    write_identity(path("identity").as_ref(), &key());
    let other = RecordElement::random(&mut rng()).record_key(&OWNER, &address(9));
    write_identity(path("other").as_ref(), &other);
    for size in SIZES {
        let plaintext = vec![7; size];
        let ciphertext = fs::File::create(path("document.age")).unwrap();
        encrypt(&plaintext[..], ciphertext, &key().data_public_key()).unwrap();

        let opened = age(&[
            "--decrypt",
            "--identity",
            &path("identity"),
            &path("document.age"),
        ]);
        assert_success(&opened);
        assert!(opened.stdout == plaintext, "{size}");

        let refused = age(&[
            "--decrypt",
            "--identity",
            &path("other"),
            &path("document.age"),
        ]);
        assert!(!refused.status.success());
        let message = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(
            message.contains("no identity matched any of the recipients"),
            "{message}"
        );
    }
}

#[test]
fn we_open_what_the_age_tool_encrypts_to_a_records_key() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| path_in(&folder, name);
    let recipient = key().data_public_key().to_age_recipient();
    for size in SIZES {
        let plaintext = vec![7; size];
        fs::write(path("document"), &plaintext).unwrap();
        let output = age(&[
            "--encrypt",
            "--recipient",
            &recipient,
            "--output",
            &path("document.age"),
            &path("document"),
        ]);
        assert_success(&output);

        let mut opened = Vec::new();
        decrypt(
            fs::File::open(path("document.age")).unwrap(),
            &mut opened,
            &key(),
        )
        .unwrap();
        assert!(opened == plaintext, "{size}");
    }
}

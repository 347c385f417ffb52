//! What the source digest depends on, and what not.

use super::{Fixture, OTHER_ID};
use crate::{Error, compile::LINKER_ARGUMENTS, digest::FLAGS};

/// The digest before and after a change.
fn around(change: impl FnOnce(&mut Fixture)) -> (String, String) {
    let mut fixture = Fixture::new();
    let before = fixture.digest().unwrap();
    assert_eq!(before.len(), 64);
    change(&mut fixture);
    (before, fixture.digest().unwrap())
}

#[track_caller]
fn changes(change: impl FnOnce(&mut Fixture)) {
    let (before, after) = around(change);
    assert_ne!(before, after);
}

#[track_caller]
fn stays(change: impl FnOnce(&mut Fixture)) {
    let (before, after) = around(change);
    assert_eq!(before, after);
}

#[test]
fn changes_with_the_programs_files() {
    changes(|f| f.edit("programs/generion/src/state.rs", "State", "state"));
    changes(|f| f.write("programs/generion/src/state/new.rs", ""));
    changes(|f| {
        std::fs::rename(
            f.file("programs/generion/src/lib.rs"),
            f.file("programs/generion/src/b.rs"),
        )
        .unwrap()
    });
    changes(|f| f.edit("programs/generion/Cargo.toml", "0.1.0", "0.1.1"));
}

#[test]
fn changes_with_the_id_however_it_is_given() {
    changes(|f| f.write("programs/generion/program-id.txt", OTHER_ID));
    changes(|f| f.context.program_id = Some(OTHER_ID.to_owned()));
}

#[test]
fn changes_with_the_packages_that_the_program_is_built_from() {
    changes(|f| f.edit("Cargo.lock", "\"f0\"", "\"f1\""));
    changes(|f| f.edit("Cargo.lock", "\"a1\"", "\"a0\""));
    changes(|f| f.edit("Cargo.lock", "[\"hash 1.0.0\"]", "[\"hash 2.0.0\"]"));
}

#[test]
fn changes_with_what_the_workspace_says_about_the_program() {
    changes(|f| f.edit("Cargo.toml", "opt-level = 3", "opt-level = 2"));
    changes(|f| f.edit("Cargo.toml", "\"small\"", "\"large\""));
    changes(|f| f.edit("Cargo.toml", "edition = \"2024\"", "edition = \"2021\""));
    changes(|f| {
        f.edit(
            "Cargo.toml",
            "[profile.dev]",
            "[patch.crates-io]\nframework = { path = \"x\" }\n[profile.dev]",
        )
    });
}

#[test]
fn stays_for_what_concerns_others() {
    stays(|f| f.edit("Cargo.lock", "\"a2\"", "\"b2\""));
    stays(|f| f.edit("Cargo.lock", "name = \"client\"", "name = \"customer\""));
    stays(|f| f.edit("Cargo.toml", "clap = \"4\"", "clap = \"5\""));
    stays(|f| f.edit("Cargo.toml", "debug = 0", "debug = 1"));
    stays(|f| f.write("programs/generion/artifacts/manifest.json", "{}"));
    stays(|f| f.write("client/src/lib.rs", ""));
}

/// A flag that moves to another file has to take its place in the digest with it.
#[test]
fn covers_the_flags() {
    let flags = LINKER_ARGUMENTS.into_iter().chain([
        "-Ctarget-cpu=v4",
        "-Zbuild-std=std,panic_abort",
        "--sbf-out-dir",
    ]);
    for flag in flags {
        assert!(FLAGS.concat().contains(flag), "{flag}");
    }
}

#[test]
fn a_dependency_without_a_checksum_is_refused() {
    let fixture = Fixture::new();
    fixture.edit("Cargo.lock", "checksum = \"a1\"", "");
    match fixture.digest() {
        Err(Error::UncoveredDependency(name)) => assert_eq!(name, "hash 1.0.0"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_lock_file_that_does_not_fit_is_refused() {
    let reason = |from: &str, to: &str| {
        let fixture = Fixture::new();
        fixture.edit("Cargo.lock", from, to);
        match fixture.digest() {
            Err(Error::Malformed { path, reason }) if path == fixture.file("Cargo.lock") => reason,
            other => panic!("{other:?}"),
        }
    };
    assert!(reason("hash 1.0.0", "hash").starts_with("`hash` does not name one package"));
    assert!(
        reason("hash 1.0.0", "hash 3.0.0").starts_with("`hash 3.0.0` does not name one package")
    );
    assert!(
        reason("name = \"generion\"", "name = \"other\"")
            .starts_with("`generion` does not name one package")
    );
    assert!(reason("version = 4", "version =").contains("TOML parse error"));
}

//! Which binary is taken, and that a stale or damaged one never is.

use std::{fs, path::Path};

use super::{Fixture, OTHER_ID};
use crate::{
    Error, ProgramArtifact,
    artifact::{BINARY, Distrust, MANIFEST},
    program::{build_in, ensure},
};

fn quiet(fixture: &Fixture) -> crate::Result<ProgramArtifact> {
    ensure(&fixture.context, &mut |_| {})
}

fn distrust(fixture: &Fixture, folder: &Path) -> Distrust {
    let id = fixture.context.program_id().unwrap();
    ProgramArtifact::load(folder, &id, &fixture.digest().unwrap()).unwrap_err()
}

#[test]
fn the_committed_binary_is_taken_while_it_is_current() {
    let fixture = Fixture::new();
    let committed = fixture.commit();
    // There is no compiler.
    assert_eq!(quiet(&fixture).unwrap(), committed);
}

#[test]
fn a_stale_binary_is_not_taken_and_not_touched() {
    let fixture = Fixture::new();
    fixture.compiler("");
    let committed = fixture.commit();
    fixture.edit("programs/generion/src/lib.rs", "mod", "pub mod");
    assert_eq!(
        distrust(&fixture, &fixture.context.committed()),
        Distrust::Stale
    );

    let built = quiet(&fixture).unwrap();
    assert_eq!(fs::read(&built.binary).unwrap(), b"binary for default\n");
    assert_eq!(built.manifest.source_digest, fixture.digest().unwrap());
    assert_eq!(fs::read(&committed.binary).unwrap(), b"committed");

    // What was built is taken from then on, until the sources change again.
    assert_eq!(quiet(&fixture).unwrap(), built);
    assert_eq!(fixture.builds().len(), 1);
    fixture.edit("programs/generion/src/lib.rs", "pub mod", "mod");
    assert_eq!(quiet(&fixture).unwrap(), committed);
    fixture.edit("programs/generion/src/lib.rs", "mod", "pub(crate) mod");
    quiet(&fixture).unwrap();
    assert_eq!(fixture.builds().len(), 2);
}

/// What happened to a binary's folder, how to make it happen, and why the binary is refused then.
type Damage = (&'static str, fn(&Path), Distrust);

#[test]
fn a_damaged_binary_is_not_taken() {
    let damages: [Damage; 5] = [
        (
            "changed",
            |folder| fs::write(folder.join(BINARY), b"committeD").unwrap(),
            Distrust::Corrupt,
        ),
        (
            "truncated",
            |folder| fs::write(folder.join(BINARY), b"commit").unwrap(),
            Distrust::Corrupt,
        ),
        (
            "without its file",
            |folder| fs::remove_file(folder.join(BINARY)).unwrap(),
            Distrust::Missing,
        ),
        (
            "without its manifest",
            |folder| fs::remove_file(folder.join(MANIFEST)).unwrap(),
            Distrust::Missing,
        ),
        (
            "with half a manifest",
            |folder| fs::write(folder.join(MANIFEST), "{").unwrap(),
            Distrust::Manifest("EOF while parsing an object at line 1 column 1".to_owned()),
        ),
    ];
    for (what, damage, reason) in damages {
        let fixture = Fixture::new();
        fixture.compiler("");
        fixture.commit();
        damage(&fixture.context.committed());
        assert_eq!(
            distrust(&fixture, &fixture.context.committed()),
            reason,
            "{what}"
        );
        assert_eq!(
            fs::read(quiet(&fixture).unwrap().binary).unwrap(),
            b"binary for default\n",
            "{what}"
        );
    }
}

/// Storing replaces the binary first: whoever stops then leaves a new binary with the old manifest.
#[test]
fn an_interrupted_replacement_is_not_taken() {
    let fixture = Fixture::new();
    let committed = fixture.commit();
    let manifest = fs::read(fixture.context.committed().join(MANIFEST)).unwrap();
    fixture.store(
        &fixture.context.committed(),
        b"newer",
        &committed.program_id,
    );
    fs::write(fixture.context.committed().join(MANIFEST), manifest).unwrap();
    assert_eq!(
        distrust(&fixture, &fixture.context.committed()),
        Distrust::Corrupt
    );
}

#[test]
fn another_id_has_a_binary_of_its_own() {
    let mut fixture = Fixture::new();
    fixture.compiler("");
    let committed = fixture.commit();
    fixture.context.program_id = Some(OTHER_ID.to_owned());

    let other = build_in(&fixture.context, &mut |_| {}).unwrap();
    assert_eq!(
        other.binary,
        fixture.context.target.join(OTHER_ID).join(BINARY)
    );
    assert_eq!(other.manifest.program_id, OTHER_ID);
    assert_eq!(fixture.builds(), [OTHER_ID]);
    assert_eq!(quiet(&fixture).unwrap(), other);

    // The same text as the committed one is the committed one.
    fixture.context.program_id = Some(committed.program_id.to_string());
    assert_eq!(quiet(&fixture).unwrap(), committed);
    assert_eq!(fixture.builds().len(), 1);
}

#[test]
fn building_the_committed_id_renews_the_committed_binary() {
    let fixture = Fixture::new();
    fixture.compiler("");
    fixture.commit();
    let built = build_in(&fixture.context, &mut |_| {}).unwrap();
    assert_eq!(built.binary, fixture.context.committed().join(BINARY));
    assert_eq!(fs::read(&built.binary).unwrap(), b"binary for default\n");
    assert_eq!(fixture.builds(), ["default"]);
}

#[test]
fn a_text_that_is_no_address_is_refused() {
    let mut fixture = Fixture::new();
    fixture.context.program_id = Some("short".to_owned());
    match quiet(&fixture) {
        Err(Error::ProgramId { text, origin, .. }) => {
            assert_eq!(
                (text.as_str(), origin.as_str()),
                ("short", "GENERION_PROGRAM_ID")
            );
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_failed_build_leaves_nothing() {
    let fixture = Fixture::new();
    fixture.compiler("exit 3");
    match quiet(&fixture) {
        Err(Error::Build { reason }) => assert!(reason.contains("exit status: 3"), "{reason}"),
        other => panic!("{other:?}"),
    }
    assert!(
        !fixture
            .context
            .built(&fixture.context.program_id().unwrap())
            .exists()
    );
}

#[test]
fn what_an_earlier_build_left_is_not_this_ones_result() {
    let fixture = Fixture::new();
    fixture.compiler("");
    quiet(&fixture).unwrap();
    fixture.edit("programs/generion/src/lib.rs", "mod", "pub mod");
    fixture.compiler("exit 0");
    match quiet(&fixture) {
        Err(Error::Io { action, .. }) => assert_eq!(action, "read the built program"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn sources_that_change_under_the_compiler_give_no_binary() {
    let fixture = Fixture::new();
    fixture.compiler(&format!(
        "echo '// more' >> '{}'",
        fixture.file("programs/generion/src/lib.rs").display()
    ));
    assert!(matches!(quiet(&fixture), Err(Error::SourcesChanged)));
    assert!(
        !fixture
            .context
            .built(&fixture.context.program_id().unwrap())
            .exists()
    );
}

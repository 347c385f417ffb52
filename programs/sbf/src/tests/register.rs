//! Which digests a deployment may have.

use std::fs;

use super::{Fixture, OTHER_ID};
use crate::{Error, Manifest, ProgramArtifact, ProgramId, Register, register::FILE};

/// A binary for [`OTHER_ID`], as built in the target folder.
fn built(fixture: &Fixture, bytes: &[u8]) -> ProgramArtifact {
    let id = ProgramId::parse(OTHER_ID, "a test").unwrap();
    fixture.store(&fixture.context.built(&id), bytes, &id)
}

fn register(fixture: &Fixture) -> Register {
    Register::open(&fixture.context.root).unwrap()
}

#[test]
fn the_committed_binary_is_recorded_by_its_manifest() {
    let fixture = Fixture::new();
    let Manifest {
        sha256: recorded, ..
    } = fixture.commit().manifest;
    let committed = ProgramArtifact::open(&fixture.context.committed()).unwrap();
    register(&fixture).check(&committed.manifest).unwrap();

    let other = Manifest {
        sha256: "00".to_owned(),
        ..committed.manifest
    };
    match register(&fixture).check(&other) {
        Err(Error::DigestDiffers {
            recorded: known,
            found,
            ..
        }) => assert_eq!((known, &found[..]), (recorded, "00")),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_record_is_of_one_id_and_one_toolchain() {
    let fixture = Fixture::new();
    fixture.commit();
    let manifest = built(&fixture, b"first").manifest;
    let mut register = register(&fixture);
    assert!(
        matches!(register.check(&manifest), Err(Error::NotRecorded { program_id, .. }) if program_id == OTHER_ID)
    );

    let file = register.record(&manifest).unwrap().to_owned();
    assert_eq!(file, fixture.file(FILE));
    Register::open(&fixture.context.root)
        .unwrap()
        .check(&manifest)
        .unwrap();

    let mut elsewhere = manifest.clone();
    elsewhere.toolchain.id = "another".to_owned();
    assert!(matches!(
        register.check(&elsewhere),
        Err(Error::NotRecorded { .. })
    ));
}

#[test]
fn a_new_record_takes_the_place_of_the_old_one() {
    let fixture = Fixture::new();
    let [first, second] = [b"first ", b"second"].map(|bytes| built(&fixture, bytes).manifest);
    let mut register = register(&fixture);
    register.record(&first).unwrap();
    let refusal = register.check(&second).unwrap_err();
    assert!(matches!(&refusal, Error::DigestDiffers { .. }), "{refusal}");
    assert!(refusal.to_string().contains(&first.sha256), "{refusal}");
    assert!(refusal.to_string().contains(&second.sha256), "{refusal}");

    register.record(&second).unwrap();
    register.check(&second).unwrap();
    assert!(matches!(
        register.check(&first),
        Err(Error::DigestDiffers { .. })
    ));
    let text = fs::read(fixture.file(FILE)).unwrap();
    assert_eq!(
        serde_json::from_slice::<Vec<Manifest>>(&text).unwrap(),
        [second]
    );
}

#[test]
fn a_binary_that_is_not_its_manifests_is_not_opened() {
    let fixture = Fixture::new();
    let artifact = built(&fixture, b"whole");
    let folder = artifact.binary.parent().unwrap();
    assert_eq!(ProgramArtifact::open(folder).unwrap(), artifact);
    fs::write(&artifact.binary, b"other").unwrap();
    let error = ProgramArtifact::open(folder).unwrap_err().to_string();
    assert!(
        error.contains("it is not the binary that its manifest describes"),
        "{error}"
    );
}

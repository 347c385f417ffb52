//! Builds in two folders, compared with each other and with the committed binary.

use std::fs;

use super::Fixture;
use crate::{
    Comparison, Error,
    artifact::BINARY,
    program::{build_in, ensure},
    reproduce::verify_in,
};

fn verify(fixture: &Fixture) -> crate::Result<Comparison> {
    verify_in(&fixture.context, &mut |_| {}).map(|(_, comparison)| comparison)
}

#[test]
fn equal_builds_are_compared_with_the_committed_binary() {
    let fixture = Fixture::new();
    fixture.compiler("");
    assert_eq!(
        verify(&fixture).unwrap(),
        Comparison::None("there is none".to_owned())
    );
    build_in(&fixture.context, &mut |_| {}).unwrap();
    assert_eq!(verify(&fixture).unwrap(), Comparison::Same);
}

#[test]
fn a_build_that_depends_on_its_folder_is_refused() {
    let fixture = Fixture::new();
    fixture.compiler("more=$PWD");
    match verify(&fixture) {
        Err(Error::NotReproducible { second, .. }) => assert_eq!(second, "the one in a copy of it"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_committed_binary_that_its_sources_do_not_give_is_refused() {
    let fixture = Fixture::new();
    fixture.compiler("more=' with a back door'");
    build_in(&fixture.context, &mut |_| {}).unwrap();
    fixture.compiler("");
    match verify(&fixture) {
        Err(Error::NotReproducible { second, .. }) => assert_eq!(second, "the committed binary"),
        other => panic!("{other:?}"),
    }
    let committed = fixture.context.committed().join(BINARY);
    assert_eq!(
        fs::read(committed).unwrap(),
        b"binary for default with a back door\n"
    );
}

/// The tests then have to run against this build, and not against the committed binary.
#[test]
fn a_binary_of_another_toolchain_says_nothing() {
    let mut fixture = Fixture::new();
    fixture.compiler("");
    let committed = fixture.commit();
    match verify(&fixture).unwrap() {
        Comparison::OtherToolchain(reason) => {
            assert!(
                reason.starts_with("it was built with registry ")
                    && reason.contains(", this is platform-tools "),
                "{reason}"
            );
        }
        other => panic!("{other:?}"),
    }
    let builds = fixture.builds().len();
    assert_eq!(ensure(&fixture.context, &mut |_| {}).unwrap(), committed);
    fixture.context.fresh = true;
    let fresh = ensure(&fixture.context, &mut |_| {}).unwrap();
    assert_eq!(fs::read(&fresh.binary).unwrap(), b"binary for default\n");
    assert_eq!(fresh.manifest.toolchain.kind, "platform-tools");
    assert_eq!(fixture.builds().len(), builds, "the build is there already");
}

/// Other sources' binaries are not this toolchain's business.
#[test]
fn a_stale_binary_is_none_to_compare_with() {
    let fixture = Fixture::new();
    fixture.compiler("");
    fixture.commit();
    fixture.edit("programs/generion/src/lib.rs", "mod", "pub mod");
    let reason = "it was built from other sources".to_owned();
    assert_eq!(verify(&fixture).unwrap(), Comparison::None(reason));
}

//! Builds in two folders, compared with each other and with the committed binary.

use std::fs;

use super::Fixture;
use crate::{Comparison, Error, artifact::BINARY, build_in, reproduce::verify_in};

fn verify(fixture: &Fixture) -> crate::Result<Comparison> {
    verify_in(&fixture.context, &mut |_| {}).map(|(_, comparison)| comparison)
}

#[test]
fn equal_builds_are_compared_with_the_committed_binary() {
    let fixture = Fixture::new();
    fixture.compiler("");
    assert_eq!(
        verify(&fixture).unwrap(),
        Comparison::NotComparable("there is none".to_owned())
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

#[test]
fn a_binary_of_another_toolchain_says_nothing() {
    let fixture = Fixture::new();
    fixture.compiler("");
    fixture.commit();
    match verify(&fixture).unwrap() {
        Comparison::NotComparable(reason) => {
            assert!(reason.starts_with("it was built with llvm ("), "{reason}");
        }
        Comparison::Same => panic!("the bytes differ"),
    }
}

use std::path::PathBuf;

use generion_structure::{Declaration, check};

/// The root of the workspace.
pub fn root() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

/// The declaration of this workspace.
pub fn declaration() -> Declaration {
    Declaration::parse(include_str!("../../structure.toml")).unwrap()
}

/// The crates and modules of this workspace keep to `structure.toml`, and every exception there is needed.
#[test]
fn the_workspace_keeps_to_its_structure() {
    let report = check(&root(), &declaration()).unwrap();
    let findings: Vec<_> = report.findings.iter().map(ToString::to_string).collect();
    assert!(findings.is_empty(), "\n{}", findings.join("\n"));
    assert!(
        report.idle_exceptions.is_empty(),
        "these exceptions excuse nothing: {:#?}",
        report.idle_exceptions
    );
}

use generion_structure::Rule;

use crate::planted::{LOWER, MANIFEST, assert_sound, fault, report};

/// A manifest of the crate `lower` with this dependency.
fn with(section: &str, dependency: &str) -> String {
    format!("{LOWER}[{section}]\n{dependency} = \"1\"\n")
}

/// The forms in which code names a crate.
#[test]
fn a_dependency_that_sources_name_is_found_in_every_form() {
    let manifest = with("dependencies", "long-name");
    for form in [
        "use long_name::encode;\npub fn ask(_: u8) { encode() }\n",
        "use long_name as short;\npub fn ask(_: u8) { short::encode() }\n",
        "extern crate long_name;\npub fn ask(_: u8) {}\n",
        "pub fn ask(_: u8) { ::long_name::encode() }\n",
        "pub fn ask(_: u8) { println!(\"{}\", long_name::encode()) }\n",
        "#[long_name::traced]\npub fn ask(_: u8) {}\n",
        "pub fn ask(_: u8) { let _: Vec<long_name::Text> = Vec::new(); }\n",
    ] {
        assert_sound(&[("lower/Cargo.toml", &manifest), ("lower/src/rpc.rs", form)]);
    }
}

#[test]
fn a_dependency_that_no_source_names_is_found() {
    let manifest = with("dependencies", "hex");
    // A variable, a module of another crate and a comment of that name are not the crate.
    let rpc = "// hex::encode\npub fn ask(hex: u8) { let _ = (hex, std::hex::A); }\n";
    let (file, text) = fault(
        Rule::Dependencies,
        &[("lower/Cargo.toml", &manifest), ("lower/src/rpc.rs", rpc)],
    );
    assert_eq!(file, "lower/Cargo.toml");
    assert_eq!(text, "lower depends on hex, but no source of it names it");
}

#[test]
fn a_dependency_that_only_tests_name_is_found() {
    let manifest = with("dependencies", "hex");
    let rpc = "pub fn ask(_: u8) {}\n#[cfg(test)]\nfn it_asks() { hex::encode() }\n";
    let (_, text) = fault(
        Rule::Dependencies,
        &[("lower/Cargo.toml", &manifest), ("lower/src/rpc.rs", rpc)],
    );
    assert_eq!(
        text,
        "lower depends on hex, which only its tests name: that is a development dependency"
    );
    assert_sound(&[
        ("lower/Cargo.toml", &with("dev-dependencies", "hex")),
        ("lower/src/rpc.rs", rpc),
    ]);
}

#[test]
fn development_and_build_dependencies_are_named_by_tests_and_build_scripts() {
    let (_, text) = fault(
        Rule::Dependencies,
        &[("lower/Cargo.toml", &with("dev-dependencies", "hex"))],
    );
    assert_eq!(text, "lower depends on hex, but no test of it names it");
    let manifest = with("build-dependencies", "hex");
    let (_, text) = fault(
        Rule::Dependencies,
        &[
            ("lower/Cargo.toml", &manifest),
            ("lower/build.rs", "fn main() {}\n"),
            ("lower/src/rpc.rs", "pub fn ask(_: u8) { hex::encode() }\n"),
        ],
    );
    assert_eq!(
        text,
        "lower depends on hex to be built, but its build script does not name it"
    );
    assert_sound(&[
        ("lower/Cargo.toml", &manifest),
        ("lower/build.rs", "fn main() { hex::encode() }\n"),
    ]);
}

#[test]
fn a_dependency_of_the_workspace_that_no_package_takes_is_found() {
    let manifest = format!("{MANIFEST}[workspace.dependencies]\nhex = \"1\"\n");
    let (file, text) = fault(Rule::Dependencies, &[("Cargo.toml", &manifest)]);
    assert_eq!(file, "Cargo.toml");
    assert_eq!(text, "no package of the workspace depends on hex");
}

#[test]
fn an_exception_for_one_dependency_excuses_no_other() {
    let manifest = format!("{LOWER}[dependencies]\nhex = \"1\"\nbs58 = \"1\"\n");
    let exception = "[[exceptions]]\nrule = \"dependencies\"\npath = \"lower/Cargo.toml\"\ndependency = \"hex\"\n\
                     reason = \"it sets a feature\"\n";
    let report = report(&[("lower/Cargo.toml", &manifest)], exception);
    let [finding] = &report.findings[..] else {
        panic!("not one fault: {:#?}", report.findings)
    };
    assert_eq!(finding.dependency.as_deref(), Some("bs58"));
    assert!(report.idle_exceptions.is_empty());
}

use std::{fs, path::Path};

use generion_structure::{Declaration, Report, Rule, check};
use tempfile::TempDir;

pub const MANIFEST: &str = "[workspace]\nresolver = \"3\"\nmembers = [\"upper\", \"lower\"]\n";
const UPPER: &str = "[package]\nname = \"upper\"\nedition = \"2024\"\n[dependencies]\nlower = { path = \"../lower\" }\n";
pub const LOWER: &str = "[package]\nname = \"lower\"\nedition = \"2024\"\n";
const DECLARATION: &str = r#"
crates = [["upper"], ["lower"]]
[modules]
lower = [["crate"], ["flows"], ["rpc", "store"], ["store::key"]]
[file_size]
lines = 9
extensions = ["rs"]
data = ["lower/src/generated"]
"#;

/// A workspace of two crates that keeps to [`DECLARATION`], with these files in addition or in place of its own.
fn planted(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let sound = [
        ("Cargo.toml", MANIFEST),
        ("upper/Cargo.toml", UPPER),
        (
            "upper/src/main.rs",
            "use lower::run;\nfn main() { run() }\n",
        ),
        ("lower/Cargo.toml", LOWER),
        (
            "lower/src/lib.rs",
            "mod flows;\nmod rpc;\nmod store;\npub use flows::run;\n",
        ),
        (
            "lower/src/flows.rs",
            "use crate::rpc::ask;\npub fn run() { ask(crate::store::get()) }\n",
        ),
        ("lower/src/rpc.rs", "pub fn ask(_: u8) {}\n"),
        (
            "lower/src/store.rs",
            "mod key;\npub fn get() -> u8 { key::KEY }\n",
        ),
        ("lower/src/store/key.rs", "pub const KEY: u8 = 1;\n"),
    ];
    for (name, text) in sound.iter().chain(files) {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

pub fn report(files: &[(&str, &str)], exceptions: &str) -> Report {
    let declaration = format!("{DECLARATION}{exceptions}");
    check(
        planted(files).path(),
        &Declaration::parse(&declaration).unwrap(),
    )
    .unwrap()
}

/// The only fault of the workspace with these files: its first file and its text.
#[track_caller]
pub fn fault(rule: Rule, files: &[(&str, &str)]) -> (String, String) {
    let report = report(files, "");
    let [finding] = &report.findings[..] else {
        panic!("not one fault: {:#?}", report.findings)
    };
    assert_eq!(finding.rule, rule, "{finding}");
    (finding.files[0].display().to_string(), finding.text.clone())
}

#[track_caller]
pub fn assert_sound(files: &[(&str, &str)]) {
    let report = report(files, "");
    assert!(report.findings.is_empty(), "{:#?}", report.findings);
}

#[test]
fn a_sound_workspace_has_no_findings() {
    assert_sound(&[]);
}

#[test]
fn a_dependency_that_points_up_is_found() {
    let manifest = format!("{LOWER}[dependencies]\nupper = {{ path = \"../upper\" }}\n");
    let up = [
        ("lower/Cargo.toml", &manifest[..]),
        ("lower/src/rpc.rs", "pub fn ask(_: u8) { upper::run() }\n"),
        ("upper/Cargo.toml", "[package]\nname = \"upper\"\n"),
    ];
    let (file, text) = fault(Rule::Layers, &up);
    assert_eq!(file, "lower/Cargo.toml");
    assert_eq!(
        text,
        "lower depends on upper, which is not in a lower layer"
    );
}

#[test]
fn a_crate_or_module_without_a_layer_is_found() {
    let manifest = MANIFEST.replace("\"lower\"", "\"lower\", \"third\"");
    let third = [
        ("Cargo.toml", &manifest[..]),
        ("third/Cargo.toml", "[package]\nname = \"third\"\n"),
        ("third/src/lib.rs", ""),
    ];
    let (file, text) = fault(Rule::Layers, &third);
    assert_eq!(
        (&file[..], &text[..]),
        (
            "third/Cargo.toml",
            "no layer is declared for the crate third"
        )
    );

    let root = "mod flows;\nmod rpc;\nmod store;\nmod text;\npub use flows::run;\n";
    let module = [("lower/src/lib.rs", root), ("lower/src/text.rs", "")];
    let (file, text) = fault(Rule::Layers, &module);
    assert_eq!(
        (&file[..], &text[..]),
        (
            "lower/src/text.rs",
            "no layer is declared for the module text of lower"
        )
    );
}

/// Imports of a higher layer, in every form that code has.
#[test]
fn an_import_that_points_up_is_found() {
    let forms = [
        "use crate::flows::other;\npub fn ask(_: u8) { other() }\n",
        "use super::flows::{self, other};\npub fn ask(_: u8) { other() }\n",
        "use crate::flows;\npub fn ask(_: u8) { flows::other() }\n",
        "use crate::flows as above;\npub fn ask(_: u8) { above::other() }\n",
        "use crate::flows::*;\npub fn ask(_: u8) { other() }\n",
        "pub fn ask(_: u8) { crate::flows::other() }\n",
        "pub fn ask(_: u8) { println!(\"{:?}\", crate::flows::other()) }\n",
        "#[derive(Debug)]\n#[serde(with = crate::flows::other)]\npub struct A;\npub fn ask(_: u8) {}\n",
        "pub fn ask(_: u8) { let _: Vec<crate::flows::Other> = Vec::new(); }\n",
        "mod inner { pub use super::super::flows::other; }\npub fn ask(_: u8) {}\n",
    ];
    // Without the import in the other direction, which would make a circle of it.
    let flows = "pub struct Other;\npub fn other() {}\npub fn run() {}\n";
    for form in forms {
        let files = [("lower/src/flows.rs", flows), ("lower/src/rpc.rs", form)];
        let report = report(&files, "");
        let finding = report
            .findings
            .first()
            .unwrap_or_else(|| panic!("not found: {form}"));
        assert_eq!(
            (report.findings.len(), finding.rule),
            (1, Rule::Layers),
            "{form}"
        );
        assert!(
            finding.text.starts_with("lower/src/rpc.rs imports "),
            "{finding}"
        );
        assert!(
            finding
                .text
                .ends_with(" of lower/src/flows.rs, which is in a higher layer"),
            "{finding}"
        );
    }
}

/// What stands in a module of its own layer may be a child with a layer of its own.
#[test]
fn a_module_below_its_parent_must_not_import_from_it() {
    let key = "pub const KEY: u8 = 1;\npub fn up() { crate::rpc::ask(1) }\n";
    let (file, text) = fault(Rule::Layers, &[("lower/src/store/key.rs", key)]);
    assert_eq!(file, "lower/src/store/key.rs");
    assert!(
        text.contains("crate::rpc::ask of lower/src/rpc.rs"),
        "{text}"
    );
}

#[test]
fn a_circle_between_files_is_found() {
    let rpc = "pub fn ask(_: u8) {}\npub fn store() -> u8 { crate::store::get() }\n";
    let store = "mod key;\nuse crate::rpc;\npub fn get() -> u8 { rpc::ask(1); key::KEY }\n";
    let (_, text) = fault(
        Rule::Circles,
        &[("lower/src/rpc.rs", rpc), ("lower/src/store.rs", store)],
    );
    assert_eq!(
        text,
        "these files import each other: lower/src/rpc.rs, lower/src/store.rs\n    \
         lower/src/rpc.rs imports crate::store::get of lower/src/store.rs\n    \
         lower/src/store.rs imports rpc::ask of lower/src/rpc.rs"
    );
}

/// The root re-exports from a file, which imports from the root.
#[test]
fn a_circle_through_a_re_export_is_found() {
    let flows = "use crate::{rpc::ask, Amount};\npub fn run() { ask(crate::store::get()) }\npub type Amount2 = Amount;\n";
    let root = "mod flows;\nmod rpc;\nmod store;\npub use flows::run;\npub type Amount = u8;\n";
    let declaration = DECLARATION.replace("[\"crate\"], [\"flows\"]", "[\"crate\", \"flows\"]");
    let folder = planted(&[("lower/src/flows.rs", flows), ("lower/src/lib.rs", root)]);
    let report = check(folder.path(), &Declaration::parse(&declaration).unwrap()).unwrap();
    let [finding] = &report.findings[..] else {
        panic!("not one fault: {:#?}", report.findings)
    };
    assert_eq!(finding.rule, Rule::Circles);
    let files: Vec<_> = finding
        .files
        .iter()
        .map(|file| file.display().to_string())
        .collect();
    assert_eq!(files, ["lower/src/flows.rs", "lower/src/lib.rs"]);
}

/// The files of a test binary, which is a crate of its own.
#[test]
fn a_circle_between_files_of_tests_is_found() {
    let files = [
        ("lower/tests/it/main.rs", "mod people;\nmod places;\n"),
        (
            "lower/tests/it/people.rs",
            "use crate::places::TOWN;\npub const NAME: &str = TOWN;\n",
        ),
        (
            "lower/tests/it/places.rs",
            "pub const TOWN: &str = crate::people::NAME;\n",
        ),
    ];
    let (file, text) = fault(Rule::Circles, &files);
    assert_eq!(file, "lower/tests/it/people.rs");
    assert!(text.contains("imports crate::people::NAME"), "{text}");
}

/// Modules of a file that another crate names by its path lie beside that file, as those of a `mod.rs` do.
#[test]
fn a_circle_between_files_that_are_named_by_their_path_is_found() {
    let files = [
        (
            "lower/tests/it.rs",
            "#[path = \"../../upper/people.rs\"]\nmod people;\n",
        ),
        (
            "upper/people.rs",
            "mod places;\npub const NAME: &str = places::TOWN;\n",
        ),
        ("upper/places.rs", "pub const TOWN: &str = super::NAME;\n"),
    ];
    let (_, text) = fault(Rule::Circles, &files);
    assert!(text.contains("imports super::NAME"), "{text}");
}

#[test]
fn a_long_file_is_found_unless_it_is_data() {
    let long = "//\n".repeat(10);
    let (file, text) = fault(Rule::FileSize, &[("lower/src/bin.rs", &long)]);
    assert_eq!(file, "lower/src/bin.rs");
    assert_eq!(text, "lower/src/bin.rs has 10 lines, more than 9");
    assert_sound(&[("lower/src/bin.rs", &"//\n".repeat(9))]);
    assert_sound(&[
        ("lower/src/generated/list.rs", &long),
        ("lower/src/list.txt", &long),
    ]);
}

#[test]
fn a_mod_rs_is_found() {
    let folder = planted(&[]);
    let source = folder.path().join("lower/src");
    fs::rename(source.join("store.rs"), source.join("store/mod.rs")).unwrap();
    let report = check(folder.path(), &Declaration::parse(DECLARATION).unwrap()).unwrap();
    let [finding] = &report.findings[..] else {
        panic!("not one fault: {:#?}", report.findings)
    };
    assert_eq!(finding.rule, Rule::ModFile);
    assert_eq!(finding.files, [Path::new("lower/src/store/mod.rs")]);
}

/// A test may use what stands above its subject.
#[test]
fn code_for_tests_does_not_count() {
    let rpc = "pub fn ask(_: u8) {}\n#[cfg(test)]\nmod tests;\n#[cfg(test)]\nfn up() { crate::flows::run() }\n";
    let tests = "use super::*;\nuse crate::flows::run;\n#[test]\nfn it_runs() { run(); ask(1) }\n";
    assert_sound(&[("lower/src/rpc.rs", rpc), ("lower/src/rpc/tests.rs", tests)]);
    let manifest = format!("{LOWER}[dev-dependencies]\nupper = {{ path = \"../upper\" }}\n");
    assert_sound(&[
        ("lower/Cargo.toml", &manifest),
        ("lower/tests/it.rs", "use upper::run;\n"),
    ]);
}

#[test]
fn an_exception_excuses_its_place_and_no_other() {
    let long = "//\n".repeat(10);
    let files = [
        ("lower/src/one.rs", &long[..]),
        ("lower/src/two.rs", &long[..]),
    ];
    let exception =
        "[[exceptions]]\nrule = \"file-size\"\npath = \"lower/src/one.rs\"\nreason = \"a list\"\n";
    let report = report(&files, exception);
    let [finding] = &report.findings[..] else {
        panic!("not one fault: {:#?}", report.findings)
    };
    assert_eq!(finding.files, [Path::new("lower/src/two.rs")]);
    assert!(report.idle_exceptions.is_empty());
}

#[test]
fn an_exception_that_excuses_nothing_is_found() {
    let exception =
        "[[exceptions]]\nrule = \"circles\"\npath = \"lower\"\nreason = \"mended long ago\"\n";
    let report = report(&[], exception);
    assert!(report.findings.is_empty());
    assert_eq!(report.idle_exceptions[0].reason, "mended long ago");
}

/// Whoever shows an error joins its sources to it.
#[test]
fn an_error_that_repeats_its_source_is_found() {
    for planted in [
        "enum Fault { #[error(\"it failed: {source}\")] Disk { source: io::Error } }",
        "enum Fault { #[error(\"it failed: {0:?}\")] Disk(#[from] io::Error) }",
        "enum Fault { #[error(\"it failed: {}\", words(.1))] Disk(u8, #[source] io::Error) }",
        "#[error(\"{}\", why.kind())] struct Fault { #[source] why: io::Error }",
    ] {
        let (file, text) = fault(Rule::Errors, &[("lower/src/rpc.rs", &errors(planted))]);
        assert_eq!(file, "lower/src/rpc.rs");
        assert!(text.contains("the message of `Fault"), "{text}");
    }
}

#[test]
fn an_error_that_leaves_its_source_to_others_is_fine() {
    for sound in [
        "enum Fault { #[error(\"can't use {path}\")] Disk { path: PathBuf, source: io::Error } }",
        "enum Fault { #[error(transparent)] Disk(#[from] io::Error) }",
        "enum Fault { #[error(\"{} is in use\", .0.display())] Disk(PathBuf, #[source] io::Error) }",
        "enum Fault { #[error(\"it has version {0}\")] Version(u8) }",
    ] {
        assert_sound(&[("lower/src/rpc.rs", &errors(sound))]);
    }
}

fn errors(item: &str) -> String {
    format!("pub fn ask(_: u8) {{}}\n{item}\n")
}

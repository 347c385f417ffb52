//! The table in `README.md` has exactly the cases, and the rows, files and functions that it names exist.

use std::{collections::BTreeSet, fs, path::Path};

fn read(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The tests of a module: the functions that follow `#[test]`.
fn tests_of(module: &str, source: &str) -> Vec<String> {
    let parts = source.split("#[test]\n").skip(1);
    parts
        .map(|part| {
            let name = part
                .split_once("fn ")
                .and_then(|(_, rest)| rest.split_once('('));
            let (name, _) = name.expect("a function stands behind it");
            format!("{module}::{name}")
        })
        .collect()
}

/// The cells of a table's rows.
fn rows(text: &str) -> impl Iterator<Item = Vec<&str>> {
    text.lines()
        .filter_map(|line| line.strip_prefix("| ")?.strip_suffix(" |"))
        .map(|line| line.split(" | ").collect())
}

/// The table has each case once, and no others.
#[test]
fn the_table_of_cases_is_the_cases() {
    let readme = read("README.md");
    let cases: Vec<_> = rows(&readme)
        .filter(|cells| cells[0].starts_with('`'))
        .collect();
    let named: BTreeSet<String> = cases
        .iter()
        .map(|cells| cells[0].trim_matches('`').to_owned())
        .collect();
    assert_eq!(named.len(), cases.len(), "a case is named twice");

    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/hostile");
    let mut tests = BTreeSet::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let module = path.file_stem().unwrap().to_string_lossy().into_owned();
        // The tests of the node itself, and this module.
        if !["node", "table"].contains(&module.as_str()) {
            let source = fs::read_to_string(&path).unwrap();
            tests.extend(tests_of(&module, &source));
        }
    }
    assert!(!tests.is_empty());
    assert_eq!(named, tests);
}

/// The second column names rows of THREAT-MODEL.md, and no column is empty.
#[test]
fn every_case_names_a_row_of_the_threat_model() {
    let (readme, page) = (read("README.md"), read("../../docs/THREAT-MODEL.md"));
    let known: BTreeSet<&str> = rows(&page).map(|cells| cells[0]).collect();
    for cells in rows(&readme).filter(|cells| cells[0].starts_with('`')) {
        let [case, row, shows, check] = cells[..] else {
            panic!("{cells:?}")
        };
        assert!(
            known.contains(row),
            "{case} names the row {row:?}, which is not there"
        );
        assert!(!shows.is_empty() && !check.is_empty(), "{case}");
    }
}

/// The third column is the doc comment of the case.
#[test]
fn every_case_has_the_table_s_words_as_its_comment() {
    let readme = read("README.md");
    for cells in rows(&readme).filter(|cells| cells[0].starts_with('`')) {
        let case = cells[0].trim_matches('`');
        let (module, test) = case.split_once("::").expect("a module and a test");
        let source = read(&format!("tests/hostile/{module}.rs"));
        let (before, _) = source
            .split_once(&format!("#[test]\nfn {test}("))
            .unwrap_or_else(|| panic!("{case} is no test"));
        let mut comment: Vec<&str> = before
            .lines()
            .rev()
            .map_while(|line| line.strip_prefix("/// "))
            .collect();
        comment.reverse();
        assert_eq!(comment.join(" "), cells[2], "{case}");
    }
}

/// The folder that the first part of a path in the table stands for.
fn folder(name: &str) -> String {
    match name {
        "program" => "../../programs/generion/src".to_owned(),
        name => format!("../../client/{name}/src"),
    }
}

/// The last column names files that exist, and functions or types in them.
#[test]
fn every_check_is_where_the_table_says() {
    let readme = read("README.md");
    let mut count = 0;
    for cells in rows(&readme).filter(|cells| cells[0].starts_with('`')) {
        let mut source = None;
        for code in cells[3].split('`').skip(1).step_by(2) {
            let name = code.rsplit("::").next().unwrap_or(code);
            let is_name = name.chars().all(|c| c == '_' || c.is_alphanumeric());
            match (code.split_once('/'), &source) {
                (Some((first, rest)), _) if rest.ends_with(".rs") => {
                    source = Some(read(&format!("{}/{rest}", folder(first))));
                }
                (None, Some(source)) if is_name => {
                    assert!(source.contains(name), "{}: no {code} there", cells[0]);
                    count += 1;
                }
                _ => {}
            }
        }
    }
    assert!(count > 50, "the table names only {count} functions");
}

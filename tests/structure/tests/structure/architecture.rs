//! docs/ARCHITECTURE.md names files, functions and modules that are there.

use std::{fs, path::Path};

use super::workspace::{declaration, root};

/// The heading of the walk from the command line to the proof.
const WALK: &str = "## One value on its way: `buyer_key`\n";

fn page() -> String {
    fs::read_to_string(root().join("docs/ARCHITECTURE.md")).unwrap()
}

/// The texts in backticks.
fn code_spans(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

/// The numbered steps of the walk.
fn steps(page: &str) -> Vec<&str> {
    let (_, walk) = page.split_once(WALK).unwrap();
    let (walk, _) = walk.split_once("\n## ").unwrap();
    let starts = |line: &&str| line.starts_with(|c: char| c.is_ascii_digit());
    let starts: Vec<_> = walk
        .split_inclusive('\n')
        .scan(0, |end, line| {
            let start = *end;
            *end += line.len();
            Some((start, line))
        })
        .filter(|(_, line)| starts(line))
        .map(|(start, _)| start)
        .collect();
    let ends = starts.iter().skip(1).copied().chain([walk.len()]);
    let steps = starts.iter().zip(ends);
    steps.map(|(start, end)| &walk[*start..end]).collect()
}

/// Each step names a file, later names of a step being short for files of the same crate. The functions that a step names
/// are in its files, and `buyer_key` or the secret behind it is in the files of all but the first step, which is that of
/// the command line.
#[test]
fn the_walk_of_a_buyers_key_names_files_that_have_it() {
    let page = page();
    let steps = steps(&page);
    assert!(steps.len() >= 9, "{steps:?}");
    for (place, step) in steps.iter().enumerate() {
        let mut source = String::new();
        let mut folder = None;
        for path in code_spans(step).filter(|span| span.ends_with(".rs")) {
            if let Some((crate_folder, _)) = path.split_once("/src/") {
                folder = Some(root().join(crate_folder).join("src"));
            }
            let file = match path.contains("/src/") {
                true => root().join(path),
                false => folder.as_ref().unwrap().join(path),
            };
            source += &fs::read_to_string(&file).unwrap_or_else(|error| panic!("{path}: {error}"));
        }
        let words = |word: &str| source.contains(word);
        assert!(
            words("buyer_key") || words("PurchaseSecret") || words("PurchaseArgs") || place == 0,
            "{step}"
        );
        for name in code_spans(step).filter_map(|span| span.rsplit_once("::")) {
            assert!(
                words(&format!("{}(", name.1)) || words(&format!("{}<", name.1)),
                "{name:?}"
            );
        }
    }
}

/// Every path of the page that begins with a folder of the repository is there.
#[test]
fn paths_of_the_page_are_there() {
    let page = page();
    let is_folder = |name: &str| root().join(name).is_dir() && !name.is_empty();
    let paths: Vec<_> = code_spans(&page)
        .filter(|span| {
            span.split_once('/')
                .is_some_and(|(first, _)| is_folder(first))
        })
        .filter(|span| !span.contains(|c: char| c == '*' || c == ' ' || c.is_ascii_uppercase()))
        .collect();
    assert!(paths.len() > 50, "{paths:?}");
    for path in paths {
        assert!(root().join(path).exists(), "{path}");
    }
}

/// The table of layers names every module that `structure.toml` places.
#[test]
fn the_table_of_layers_is_that_of_the_declaration() {
    let page = page();
    for (package, layers) in declaration().modules {
        let folder = match &package[..] {
            "generion-client" => "client/sdk".to_owned(),
            "generion-cli" => "client/cli".to_owned(),
            other => format!("services/{}", other.trim_start_matches("generion-")),
        };
        assert!(Path::new(&root().join(&folder)).is_dir(), "{folder}");
        let row = format!("| `{folder}` | `");
        let mut row = page.lines().filter(|line| line.starts_with(&row));
        let row = row
            .next_back()
            .unwrap_or_else(|| panic!("no row for {folder}"));
        for module in layers.iter().flatten().filter(|module| *module != "crate") {
            assert!(
                code_spans(row).any(|span| span == module),
                "{folder}: {module}"
            );
        }
    }
}

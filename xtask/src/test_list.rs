//! `cargo xtask test-list`: the list of the program's tests in `docs/TESTING.md`, made from the tests' doc comments.

use std::{fs, path::Path};

use anyhow::{Context, Result, bail, ensure};

use crate::workspace::{Workspace, headline, progress};

/// The page with the list, and the folder of the tests.
const PAGE: &str = "docs/TESTING.md";
const TESTS: &str = "tests/program/tests/it";

/// The lines around the list.
const BEGIN: &str = "<!-- begin tests: written by `cargo xtask test-list` -->\n";
const END: &str = "<!-- end tests -->\n";

/// Writes the list.
///
/// # Errors
/// If a test has no doc comment, or a file can't be read or written.
pub fn run(workspace: &Workspace) -> Result<()> {
    headline("list the program's tests");
    let path = workspace.root().join(PAGE);
    let (_, renewed) = page(workspace.root())?;
    fs::write(&path, renewed).with_context(|| format!("cannot write {}", path.display()))?;
    progress(&format!("{}", path.display()));
    Ok(())
}

/// Compares the list with the tests.
///
/// # Errors
/// If the list is not current, or if it can't be made.
pub fn check(workspace: &Workspace) -> Result<()> {
    let (present, renewed) = page(workspace.root())?;
    ensure!(
        present == renewed,
        "the list of tests in {PAGE} is not current: run `cargo xtask test-list` and commit the page"
    );
    Ok(())
}

/// The page at present, and the page with a current list.
fn page(root: &Path) -> Result<(String, String)> {
    let present = read(&root.join(PAGE))?;
    let list = list(&root.join(TESTS))?;
    let renewed = replaced(&present, &list)
        .with_context(|| format!("{PAGE} lacks the lines around the list"))?;
    Ok((present, renewed))
}

/// `page` with another list.
fn replaced(page: &str, list: &str) -> Option<String> {
    let (before, rest) = page.split_once(BEGIN)?;
    let (_, after) = rest.split_once(END)?;
    Some(format!("{before}{BEGIN}{list}{END}{after}"))
}

/// All files of a folder that have tests, by name.
fn list(folder: &Path) -> Result<String> {
    let mut files = Vec::new();
    let entries =
        fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    for entry in entries {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files.sort();
    let mut text = String::new();
    for file in files {
        let name = file.file_stem().unwrap_or_default().to_string_lossy();
        let section = section(&name, &read(&file)?)
            .with_context(|| format!("cannot list {}", file.display()))?;
        text.push_str(&section);
    }
    Ok(text)
}

fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}

/// The section of a file: its purpose, and each test with its first sentence. Empty for a file without tests.
fn section(name: &str, source: &str) -> Result<String> {
    let mut about = Vec::new();
    let mut comment = Vec::new();
    let mut is_test = false;
    let mut tests = String::new();
    for line in source.lines().map(str::trim) {
        if let Some(text) = line.strip_prefix("//!") {
            about.push(text.trim());
        } else if let Some(text) = line.strip_prefix("///") {
            comment.push(text.trim());
        } else if line.starts_with("#[") {
            is_test |= line == "#[test]";
        } else {
            if is_test {
                let test = line
                    .strip_prefix("fn ")
                    .and_then(|rest| rest.split_once('('));
                let Some((test, _)) = test else {
                    bail!("no function follows #[test], but: {line}");
                };
                ensure!(!comment.is_empty(), "test {test} has no doc comment");
                let sentence = first_sentence(&comment);
                tests.push_str(&format!("* `{test}`: {sentence}\n"));
            }
            is_test = false;
            comment.clear();
        }
    }
    if tests.is_empty() {
        return Ok(String::new());
    }
    ensure!(!about.is_empty(), "the file has no doc comment");
    let about = first_sentence(&about);
    Ok(format!("\n#### `{name}`\n\n{about}\n\n{tests}"))
}

/// The first sentence of a comment.
fn first_sentence(lines: &[&str]) -> String {
    let paragraph: Vec<&str> = lines
        .iter()
        .take_while(|line| !line.is_empty())
        .copied()
        .collect();
    let text = paragraph.join(" ");
    match text.split_once(". ") {
        Some((first, _)) => format!("{first}."),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_current() {
        check(&Workspace::open().unwrap()).unwrap();
    }

    #[test]
    fn a_file_becomes_its_purpose_and_its_tests() {
        let source = "//! About `it`. More.\n\nfn helper() {}\n\n/// First\n/// sentence. Second one.\n#[test]\nfn one() {}\n\n\
                      /// Only sentence.\n#[test]\n#[ignore = \"slow\"]\nfn two() {}\n";
        let expected =
            "\n#### `it`\n\nAbout `it`.\n\n* `one`: First sentence.\n* `two`: Only sentence.\n";
        assert_eq!(section("it", source).unwrap(), expected);
    }

    #[test]
    fn a_file_without_tests_is_left_out() {
        assert_eq!(
            section("support", "/// Helps.\nfn help() {}\n").unwrap(),
            ""
        );
    }

    #[test]
    fn tests_and_files_need_a_comment() {
        for (source, complaint) in [
            (
                "//! It.\n#[test]\nfn bare() {}\n",
                "test bare has no doc comment",
            ),
            (
                "/// Yes.\n#[test]\nfn one() {}\n",
                "the file has no doc comment",
            ),
            (
                "//! It.\n/// Yes.\n#[test]\nmod one {}\n",
                "no function follows #[test], but: mod one {}",
            ),
        ] {
            assert_eq!(section("it", source).unwrap_err().to_string(), complaint);
        }
    }

    #[test]
    fn only_the_list_is_replaced() {
        let page = format!("a\n{BEGIN}old\n{END}b\n");
        assert_eq!(replaced(&page, "new\n"), Some(page.replace("old", "new")));
        assert_eq!(replaced("a\nb\n", "new\n"), None);
    }
}

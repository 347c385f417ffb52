//! Links in Markdown pages: each one within the repository leads to a file, and to a heading of that file.

use std::{
    collections::BTreeMap,
    fs,
    path::{Component, Path, PathBuf},
};

use anyhow::{Context, Result, bail};

use crate::workspace::Workspace;

/// Checks the links of all pages under version control.
///
/// # Errors
/// If a link leads nowhere, or a page can't be read.
pub fn check(workspace: &Workspace) -> Result<()> {
    let listed = workspace
        .command("git")
        .args(["ls-files", "*.md"])
        .output()
        .context("cannot start git")?
        .stdout;
    let listed = String::from_utf8(listed).context("a page's name is not UTF-8")?;
    let root = workspace.root();
    let mut pages = BTreeMap::new();
    for name in listed.lines() {
        let text =
            fs::read_to_string(root.join(name)).with_context(|| format!("cannot read {name}"))?;
        pages.insert(PathBuf::from(name), text);
    }
    let broken = broken(&pages, |file| root.join(file).exists());
    if !broken.is_empty() {
        bail!("these links lead nowhere:\n{}", broken.join("\n"));
    }
    Ok(())
}

/// The links that lead nowhere, each with its page. Paths are relative to the workspace.
fn broken(pages: &BTreeMap<PathBuf, String>, exists: impl Fn(&Path) -> bool) -> Vec<String> {
    let mut broken = Vec::new();
    for (page, text) in pages {
        for link in links(text) {
            let (file, heading) = link.split_once('#').unwrap_or((link, ""));
            let target = match file {
                "" => page.clone(),
                file => resolved(page, file),
            };
            let has_heading = || {
                pages
                    .get(&target)
                    .is_none_or(|text| anchors(text).any(|anchor| anchor == heading))
            };
            if !exists(&target) || !heading.is_empty() && !has_heading() {
                broken.push(format!("{}: {link}", page.display()));
            }
        }
    }
    broken
}

/// A relative link of a page, without `..`.
fn resolved(page: &Path, link: &str) -> PathBuf {
    let mut target = page.parent().unwrap_or(Path::new("")).to_owned();
    for part in Path::new(link).components() {
        match part {
            Component::ParentDir => {
                target.pop();
            }
            Component::CurDir => {}
            part => target.push(part),
        }
    }
    target
}

/// Lines outside of code blocks.
fn prose(page: &str) -> impl Iterator<Item = &str> {
    let mut in_code = false;
    page.lines().filter(move |line| {
        let fence = line.trim_start().starts_with("```");
        in_code ^= fence;
        !in_code && !fence
    })
}

/// Targets of the links within the repository.
fn links(page: &str) -> impl Iterator<Item = &str> {
    prose(page)
        // What is between backticks is no link.
        .flat_map(|line| line.split('`').step_by(2))
        .flat_map(|text| text.split("](").skip(1))
        .filter_map(|rest| Some(rest.split_once(')')?.0))
        .filter(|target| !target.contains("://") && !target.starts_with("mailto:"))
}

/// The anchors of the headings, as GitHub makes them.
fn anchors(page: &str) -> impl Iterator<Item = String> {
    prose(page).filter_map(|line| {
        let title = line.trim_start_matches('#').strip_prefix(' ')?;
        let kept = title
            .chars()
            .filter(|c| c.is_alphanumeric() || " -_".contains(*c));
        line.starts_with('#')
            .then(|| kept.collect::<String>().to_lowercase().replace(' ', "-"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "# A `b`, c\n[one](x.md#y), `[no](code)` and [two](#a-b-c)\n```sh\n# [no](block)\n```\n\
                        [out](https://example.com)\n[`three`](z.md)\n";

    #[test]
    fn no_link_leads_nowhere() {
        check(&Workspace::open().unwrap()).unwrap();
    }

    #[test]
    fn links_to_missing_files_and_headings_are_found() {
        let page = |text: &str| text.to_owned();
        let pages = BTreeMap::from([
            (
                "docs/a.md".into(),
                page("[1](../b.md#here) [2](#no) [3](c.md) [4](../b.md#gone)"),
            ),
            ("b.md".into(), page("# Here\n[5](docs/a.md)\n")),
        ]);
        let found = broken(&pages, |file| pages.contains_key(file));
        assert_eq!(
            found,
            [
                "docs/a.md: #no",
                "docs/a.md: c.md",
                "docs/a.md: ../b.md#gone"
            ]
        );
    }

    #[test]
    fn links_are_found_outside_of_code() {
        assert_eq!(
            links(PAGE).collect::<Vec<_>>(),
            ["x.md#y", "#a-b-c", "z.md"]
        );
    }

    #[test]
    fn headings_have_their_anchors() {
        assert_eq!(anchors(PAGE).collect::<Vec<_>>(), ["a-b-c"]);
    }
}

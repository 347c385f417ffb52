//! Links in Markdown pages: each one within the repository leads to a file, and to a heading of that file.

use std::{collections::BTreeMap, fs, path::Path};

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
    let mut pages = BTreeMap::new();
    for name in listed.lines() {
        let path = workspace.root().join(name);
        let text = fs::read_to_string(&path).with_context(|| format!("cannot read {name}"))?;
        pages.insert(path, text);
    }
    let mut broken = Vec::new();
    for (path, text) in &pages {
        for link in links(text) {
            let (file, heading) = link.split_once('#').unwrap_or((link, ""));
            let target = match file {
                "" => path.clone(),
                file => path.parent().unwrap_or(Path::new("")).join(file),
            };
            let found = target.canonicalize().is_ok_and(|target| {
                let page = pages.get(&target);
                heading.is_empty() || page.is_none_or(|page| anchors(page).any(|a| a == heading))
            });
            if !found {
                broken.push(format!("{}: {link}", path.display()));
            }
        }
    }
    if !broken.is_empty() {
        bail!("these links lead nowhere:\n{}", broken.join("\n"));
    }
    Ok(())
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

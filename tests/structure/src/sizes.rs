use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};

use crate::{
    declaration::FileSize,
    finding::{Finding, Rule},
};

/// Folders that are not the workspace's own, or that builds write.
const SKIPPED: [&str; 5] = ["target", "node_modules", "dist", "dist-test", ".git"];

/// Source files that are too long, and files named `mod.rs`.
pub(crate) fn check(root: &Path, limit: &FileSize) -> Result<Vec<Finding>> {
    let mut files = Vec::new();
    walk(root, &mut files)?;
    let mut findings = Vec::new();
    for file in files {
        let relative = file.strip_prefix(root)?.to_owned();
        let shown = relative.display();
        if file.file_name().is_some_and(|name| name == "mod.rs") {
            let text = format!("{shown}: name the file after its module, beside its folder");
            findings.push(Finding::new(Rule::ModFile, vec![relative.clone()], text));
        }
        let extension = file.extension().and_then(|extension| extension.to_str());
        let is_source =
            extension.is_some_and(|one| limit.extensions.iter().any(|other| other == one));
        let is_data = limit.data.iter().any(|data| relative.starts_with(data));
        if !is_source || is_data {
            continue;
        }
        let text =
            fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
        let lines = text.lines().count();
        if lines > limit.lines {
            let text = format!("{shown} has {lines} lines, more than {}", limit.lines);
            findings.push(Finding::new(Rule::FileSize, vec![relative], text));
        }
    }
    Ok(findings)
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    let entries =
        fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    for entry in entries {
        let entry = entry?;
        let kind = entry.file_type()?;
        let name = entry.file_name();
        if kind.is_dir() && !SKIPPED.iter().any(|skipped| name == *skipped) {
            walk(&entry.path(), files)?;
        } else if kind.is_file() {
            files.push(entry.path());
        }
    }
    Ok(())
}

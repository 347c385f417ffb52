//! The examples of FHIR R4 and of the International Patient Summary, as one file.

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use flate2::{Compression, write::GzEncoder};

use crate::workspace::{Workspace, progress};

const FILE: &str = "fixtures/fhir-examples.tsv.gz";
/// What defines FHIR itself, and packages of that.
const NO_DATA: [&str; 9] = [
    "SearchParameter-",
    "ValueSet-",
    "CodeSystem-",
    "StructureDefinition-",
    "ConceptMap-",
    "OperationDefinition-",
    "CompartmentDefinition-",
    "package",
    "ig-",
];
/// Larger files are definitions, or images.
const LARGEST: usize = 400_000;

/// Writes a line for each example: the name of its file, a tab, and its JSON without whitespace between its parts.
pub(super) fn write_examples(workspace: &Workspace, standard: &Path, ips: &Path) -> Result<()> {
    let mut lines = Vec::new();
    for (package, folder) in [("r4", standard), ("ips", &ips.join("example"))] {
        for file in files(folder)? {
            let text = fs::read_to_string(&file)
                .with_context(|| format!("cannot read {}", file.display()))?;
            let name = file
                .file_name()
                .and_then(|name| name.to_str())
                .unwrap_or_default();
            let is_data = !NO_DATA.iter().any(|start| name.starts_with(start));
            if is_data && text.len() <= LARGEST {
                lines.push(format!("{package}/{name}\t{}\n", without_whitespace(&text)));
            }
        }
    }
    let mut compressed = GzEncoder::new(Vec::new(), Compression::best());
    compressed.write_all(lines.concat().as_bytes())?;
    fs::write(workspace.root().join(FILE), compressed.finish()?)?;
    progress(&format!("{} examples in {FILE}", lines.len()));
    Ok(())
}

fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries =
        fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    let mut files: Vec<_> = entries
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<_>>()?;
    files.retain(|file| {
        file.extension()
            .is_some_and(|extension| extension == "json")
    });
    files.sort();
    Ok(files)
}

fn without_whitespace(json: &str) -> String {
    let (mut is_text, mut is_escaped) = (false, false);
    json.trim_start_matches('\u{feff}')
        .chars()
        .filter(|c| {
            let is_kept = is_text || !c.is_ascii_whitespace();
            match c {
                '"' if !is_escaped => is_text = !is_text,
                _ => {}
            }
            is_escaped = *c == '\\' && !is_escaped;
            is_kept
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whitespace_stays_within_texts() {
        assert_eq!(
            without_whitespace("{ \"a b\" :\n[ \"\\\" c\", 1.50 ] }"),
            "{\"a b\":[\"\\\" c\",1.50]}"
        );
    }
}

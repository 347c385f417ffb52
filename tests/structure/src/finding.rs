use std::{fmt, path::PathBuf};

use serde::Deserialize;

/// What a workspace has to keep to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rule {
    /// Dependencies between crates, and imports between the modules of a crate, point downwards in the declared order, in
    /// which every crate and module has a place.
    Layers,
    /// The files of a library, program or test binary import each other without circles.
    Circles,
    /// Sources name every dependency of their manifest: programs and libraries those of `[dependencies]`, tests those of
    /// `[dev-dependencies]`, the build script those of `[build-dependencies]`. A crate of the workspace names each of
    /// `[workspace.dependencies]`.
    Dependencies,
    /// Source files have no more lines than declared.
    FileSize,
    /// A module with children is `x.rs` beside the folder `x`, and no `x/mod.rs`.
    ModFile,
    /// The message of an error does not have the text of its source in it: whoever shows it joins both.
    Errors,
}

/// A place that breaks a rule.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// The broken rule.
    pub rule: Rule,
    /// The files concerned, relative to the workspace.
    pub files: Vec<PathBuf>,
    /// The dependency that it is about, by its name in the manifest; none for other rules.
    pub dependency: Option<String>,
    /// What is wrong, with the files' names.
    pub text: String,
}

impl Finding {
    pub(crate) const fn new(rule: Rule, files: Vec<PathBuf>, text: String) -> Self {
        Self {
            rule,
            files,
            dependency: None,
            text,
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {}", self.rule, self.text)
    }
}

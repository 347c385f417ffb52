use std::{collections::BTreeMap, path::PathBuf};

use anyhow::Result;
use serde::Deserialize;

use crate::finding::{Finding, Rule};

/// The declared structure of a workspace.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Declaration {
    /// The crates in layers, from the top to the bottom. A crate depends on crates of lower layers only.
    pub crates: Vec<Vec<String>>,
    /// For a crate with an order inside: its modules in layers, from the top to the bottom. A module imports from its own
    /// layer and from lower ones. `crate` is the root; a path such as `storage::key` places a module apart from its parent.
    #[serde(default)]
    pub modules: BTreeMap<String, Vec<Vec<String>>>,
    /// How long a source file may be.
    pub file_size: FileSize,
    /// Places that may break a rule.
    #[serde(default)]
    pub exceptions: Vec<Exception>,
}

/// How long a source file may be.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileSize {
    /// The most lines.
    pub lines: usize,
    /// The extensions of source files.
    pub extensions: Vec<String>,
    /// Files and folders of data, which may be longer, relative to the workspace.
    pub data: Vec<PathBuf>,
}

/// A place that may break a rule.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exception {
    /// The rule.
    pub rule: Rule,
    /// A file or folder, relative to the workspace: findings of which all files lie in it are excused.
    pub path: PathBuf,
    /// Of the findings about dependencies, the one about this dependency alone.
    pub dependency: Option<String>,
    /// Why.
    pub reason: String,
}

impl Declaration {
    /// Reads a declaration in TOML.
    ///
    /// # Errors
    /// If the text is something else.
    pub fn parse(text: &str) -> Result<Self> {
        Ok(toml::from_str(text)?)
    }
}

impl Exception {
    pub(crate) fn excuses(&self, finding: &Finding) -> bool {
        let is_named = |name: &String| finding.dependency.as_ref() == Some(name);
        self.rule == finding.rule
            && self.dependency.as_ref().is_none_or(is_named)
            && finding
                .files
                .iter()
                .all(|file| file.starts_with(&self.path))
    }
}

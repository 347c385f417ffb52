//! The files of a built app, in memory.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use axum::body::Bytes;

/// The page, which every visit starts with.
pub const PAGE: &str = "index.html";
/// The networks that the app can use. The operator who serves the app chooses them.
const NETWORKS: &str = "networks.json";

/// The files by their paths below the folder, with `/` between the names.
pub struct Files {
    files: BTreeMap<String, Bytes>,
    policy: String,
}

impl Files {
    /// Reads a folder. `networks` takes the place of its `networks.json`.
    ///
    /// # Errors
    /// The folder can't be read, or holds no built app.
    pub fn read(folder: &Path, networks: Option<&Path>) -> Result<Self> {
        let mut files = BTreeMap::new();
        add(folder, "", &mut files).with_context(|| {
            format!(
                "can't read the web app in {}: `cargo xtask web` builds it",
                folder.display()
            )
        })?;
        if let Some(path) = networks {
            let text = fs::read(path).with_context(|| format!("can't read {}", path.display()))?;
            files.insert(NETWORKS.to_owned(), text.into());
        }
        let page = files
            .get(PAGE)
            .and_then(|page| std::str::from_utf8(page).ok());
        let policy = page.and_then(policy).with_context(|| {
            format!(
                "{} holds no web app: {PAGE} with a content security policy is missing; `cargo xtask web` builds it",
                folder.display()
            )
        })?;
        let policy = policy.to_owned();
        Ok(Self { files, policy })
    }

    /// The file that a request's path leads to, with its path below the folder.
    pub fn find(&self, path: &str) -> Option<(&str, Bytes)> {
        let path = path.strip_prefix('/')?;
        let path = if path.is_empty() { PAGE } else { path };
        let (path, bytes) = self.files.get_key_value(path)?;
        Some((path, bytes.clone()))
    }

    /// The content security policy that the page names for itself.
    pub fn policy(&self) -> &str {
        &self.policy
    }
}

fn add(folder: &Path, prefix: &str, files: &mut BTreeMap<String, Bytes>) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let path: PathBuf = entry?.path();
        // The build's own names are plain; a request can't lead to others.
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else {
            continue;
        };
        let name = format!("{prefix}{name}");
        if path.is_dir() {
            add(&path, &format!("{name}/"), files)?;
        } else {
            let bytes = fs::read(&path).with_context(|| path.display().to_string())?;
            files.insert(name, bytes.into());
        }
    }
    Ok(())
}

/// The policy in a page's `meta` element.
fn policy(page: &str) -> Option<&str> {
    let (_, element) = page.split_once("http-equiv=\"Content-Security-Policy\"")?;
    let (_, content) = element.split_once("content=\"")?;
    content.split_once('"').map(|(policy, _)| policy)
}

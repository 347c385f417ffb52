//! The source digest: everything that decides what the program's binary is, but for the toolchain.
//!
//! SHA-256 over the program's files, its id, the packages that it is built from with their checksums, the parts of the
//! workspace's manifest that reach it, and how it is compiled: the flags and the recipe of the toolchain that is made
//! here. What other members of the workspace do to `Cargo.lock` does not change it.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use serde::Deserialize;
use sha2::{Digest, Sha256};
use toml::{Table, Value};

use crate::{
    context::{Context, PACKAGE},
    error::{Error, Result, io_error},
    id::{ID_FILE, ProgramId},
    recipe,
};

/// The source files that hold the flags of compiler and linker, with their comments: a list of the flags could leave one
/// out, and a stale binary would stay in use, while a build that was not needed takes half a minute.
pub(crate) const FLAGS: [&str; 2] = [include_str!("cargo.rs"), include_str!("compile.rs")];

/// The files and folders that the digest depends on.
pub(crate) fn inputs(context: &Context) -> Vec<PathBuf> {
    let program = context.program();
    let mut inputs = vec![
        context.root.join("Cargo.toml"),
        context.root.join("Cargo.lock"),
    ];
    inputs.extend(["Cargo.toml", ID_FILE, "src"].map(|name| program.join(name)));
    inputs
}

/// The digest of the working tree's program for `id`, in lower-case hex.
pub(crate) fn source_digest(context: &Context, id: &ProgramId) -> Result<String> {
    let program = context.program();
    let manifest = read_toml(&program.join("Cargo.toml"))?;
    let workspace = read_toml(&context.root.join("Cargo.toml"))?;

    let mut digest = Fields(Sha256::new());
    digest.field(b"generion/source-digest/v2");
    digest.field(id.as_str().as_bytes());
    for (name, path) in files(&program)? {
        digest.field(name.as_bytes());
        digest.field(&fs::read(&path).map_err(io_error("read", path))?);
    }
    for (package, checksum) in packages(&context.root.join("Cargo.lock"))? {
        digest.field(package.as_bytes());
        digest.field(checksum.as_bytes());
    }
    for (name, value) in inherited(&manifest, &workspace) {
        digest.field(name.as_bytes());
        digest.value(value);
    }
    for part in recipe::ALL.into_iter().chain(FLAGS) {
        digest.field(part.as_bytes());
    }
    Ok(hex::encode(digest.0.finalize()))
}

/// A hash over fields that can't run into one another.
struct Fields(Sha256);

impl Fields {
    fn field(&mut self, bytes: &[u8]) {
        self.0.update((bytes.len() as u64).to_le_bytes());
        self.0.update(bytes);
    }

    /// Tables go in by sorted key: how they iterate depends on a feature that another crate may switch on.
    fn value(&mut self, value: &Value) {
        match value {
            Value::Table(table) => {
                let sorted: BTreeMap<_, _> = table.iter().collect();
                self.field(b"table");
                self.field(&(sorted.len() as u64).to_le_bytes());
                for (key, value) in sorted {
                    self.field(key.as_bytes());
                    self.value(value);
                }
            }
            Value::Array(values) => {
                self.field(b"array");
                self.field(&(values.len() as u64).to_le_bytes());
                values.iter().for_each(|value| self.value(value));
            }
            other => {
                self.field(other.type_str().as_bytes());
                self.field(other.to_string().as_bytes());
            }
        }
    }
}

fn read_toml(path: &Path) -> Result<Table> {
    let text = fs::read_to_string(path).map_err(io_error("read", path))?;
    text.parse().map_err(|error| Error::Malformed {
        path: path.to_owned(),
        reason: format!("{error}"),
    })
}

/// The program's own files, by name relative to its folder, sorted.
fn files(program: &Path) -> Result<BTreeMap<String, PathBuf>> {
    let mut files = BTreeMap::new();
    let mut pending = vec![
        "Cargo.toml".to_owned(),
        ID_FILE.to_owned(),
        "src".to_owned(),
    ];
    while let Some(name) = pending.pop() {
        let path = program.join(&name);
        if !fs::metadata(&path)
            .map_err(io_error("read", &path))?
            .is_dir()
        {
            files.insert(name, path);
            continue;
        }
        for entry in fs::read_dir(&path).map_err(io_error("list", &path))? {
            let entry = entry.map_err(io_error("list", &path))?.file_name();
            pending.push(format!("{name}/{}", entry.to_string_lossy()));
        }
    }
    Ok(files)
}

/// The parts of the workspace's manifest that decide how the program is built, by name.
fn inherited<'a>(manifest: &Table, workspace: &'a Table) -> BTreeMap<String, &'a Value> {
    let mut names: Vec<String> = [
        "workspace.package",
        "workspace.resolver",
        "profile.release",
        "patch",
    ]
    .map(str::to_owned)
    .to_vec();
    let targets = manifest
        .get("target")
        .and_then(Value::as_table)
        .into_iter()
        .flat_map(|targets| targets.values());
    for section in std::iter::once(manifest).chain(targets.filter_map(Value::as_table)) {
        for kind in ["dependencies", "build-dependencies"] {
            let dependencies = section
                .get(kind)
                .and_then(Value::as_table)
                .into_iter()
                .flat_map(|table| table.keys());
            names.extend(
                dependencies.map(|dependency| format!("workspace.dependencies.{dependency}")),
            );
        }
    }
    let value = |name: &str| {
        let mut keys = name.splitn(3, '.');
        keys.try_fold(None, |table: Option<&'a Value>, key| {
            Some(table.map_or(workspace.get(key), |t| t.get(key)))
        })
    };
    names
        .into_iter()
        .filter_map(|name| Some((value(&name)??, name)))
        .map(|(value, name)| (name, value))
        .collect()
}

#[derive(Deserialize)]
struct Lock {
    package: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    version: String,
    source: Option<String>,
    checksum: Option<String>,
    #[serde(default)]
    dependencies: Vec<String>,
}

impl Package {
    /// Whether a lock file's `name`, `name version` or `name version (source)` means this one.
    fn is(&self, reference: &str) -> bool {
        let mut words = reference.splitn(3, ' ');
        words.next() == Some(&self.name)
            && words.next().is_none_or(|version| version == self.version)
            && words.next().is_none_or(|source| {
                Some(source.trim_matches(['(', ')'])) == self.source.as_deref()
            })
    }
}

/// Every package that the program is built from, as `name version` to checksum, without the program itself.
fn packages(lock: &Path) -> Result<BTreeMap<String, String>> {
    let malformed = |reason: String| Error::Malformed {
        path: lock.to_owned(),
        reason,
    };
    let text = fs::read_to_string(lock).map_err(io_error("read", lock))?;
    let Lock { package: all } =
        toml::from_str(&text).map_err(|error| malformed(error.to_string()))?;
    let find = |reference: &str| {
        let mut matching = all.iter().filter(|package| package.is(reference));
        match (matching.next(), matching.next()) {
            (Some(package), None) => Ok(package),
            _ => Err(malformed(format!(
                "`{reference}` does not name one package; run `cargo metadata` to repair it"
            ))),
        }
    };

    let mut packages = BTreeMap::new();
    let mut pending = find(PACKAGE)?.dependencies.iter().collect::<Vec<_>>();
    while let Some(reference) = pending.pop() {
        let package = find(reference)?;
        let key = format!("{} {}", package.name, package.version);
        if packages.contains_key(&key) {
            continue;
        }
        let checksum = package
            .checksum
            .clone()
            .ok_or_else(|| Error::UncoveredDependency(key.clone()))?;
        packages.insert(key, checksum);
        pending.extend(&package.dependencies);
    }
    Ok(packages)
}

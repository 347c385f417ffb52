//! The structure of a workspace: read from its manifests and sources, and compared with what is declared.
//!
//! [`check`] reports six kinds of faults ([`Rule`]): a dependency or an import that points up in the declared order, a
//! circle between the files of a library, program or test binary, a dependency that no source names, a source file that is too
//! long, a `mod.rs`, and an error whose message repeats its source. The order and the exceptions are data: [`Declaration`],
//! which this project keeps in `structure.toml` beside this crate.
//!
//! What counts as an import: `use` declarations, and paths in code, attributes and macro calls, that begin with `crate`,
//! `self`, `super`, or the name of a module in scope. An import counts for the file of the module in which the path finds
//! the item. An item that is imported from where it is re-exported therefore counts as an import of the re-exporting file.
//! For the order, and for circles in libraries and programs, code under `#[cfg(test)]` and development dependencies don't
//! count: a test may use what stands above its subject.
//!
//! A source names a dependency where a path begins with its name, in code, attributes and macro calls.
#![forbid(unsafe_code)]

mod circles;
mod declaration;
mod dependencies;
mod errors;
mod finding;
mod imports;
mod layers;
mod modules;
mod packages;
mod sizes;

use std::path::Path;

use anyhow::Result;

pub use declaration::{Declaration, Exception, FileSize};
pub use finding::{Finding, Rule};

/// What [`check`] found.
#[derive(Debug)]
pub struct Report {
    /// Faults that no exception excuses.
    pub findings: Vec<Finding>,
    /// Exceptions that excuse nothing, and so have to go.
    pub idle_exceptions: Vec<Exception>,
}

/// Compares the workspace in `root` with its declaration.
///
/// # Errors
/// If a manifest or a source file can't be read or parsed.
pub fn check(root: &Path, declaration: &Declaration) -> Result<Report> {
    let root = &root.canonicalize()?;
    let packages = packages::read(root)?;
    let mut findings = layers::dependencies(&packages, declaration);
    for package in &packages {
        let mut trees = Vec::new();
        for target in &package.targets {
            let tree = modules::read(root, &target.root)?;
            let imports = imports::of(&tree);
            findings.extend(circles::find(&tree, &imports));
            findings.extend(errors::find(&tree));
            if target.is_layered
                && let Some(order) = declaration.modules.get(&package.name)
            {
                findings.extend(layers::imports(package, &tree, &imports, order));
            }
            trees.push((target.kind, tree));
        }
        findings.extend(dependencies::of_package(package, &trees));
    }
    findings.extend(dependencies::of_workspace(root, &packages)?);
    findings.extend(sizes::check(root, &declaration.file_size)?);
    // A file that two targets of a package share is read twice.
    findings.sort();
    findings.dedup();

    let excused = |finding: &Finding| {
        let mut exceptions = declaration.exceptions.iter();
        exceptions.any(|exception| exception.excuses(finding))
    };
    let idle = |exception: &&Exception| !findings.iter().any(|finding| exception.excuses(finding));
    let idle_exceptions = declaration
        .exceptions
        .iter()
        .filter(idle)
        .cloned()
        .collect();
    Ok(Report {
        idle_exceptions,
        findings: findings
            .into_iter()
            .filter(|finding| !excused(finding))
            .collect(),
    })
}

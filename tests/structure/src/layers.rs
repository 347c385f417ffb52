use std::{collections::BTreeSet, path::PathBuf};

use crate::{
    declaration::Declaration,
    finding::{Finding, Rule},
    imports::Import,
    modules::Tree,
    packages::{Kind, Package},
};

/// Dependencies between crates that don't point downwards, and crates without a place in the order.
pub(crate) fn dependencies(packages: &[Package], declaration: &Declaration) -> Vec<Finding> {
    let place = |name: &str| {
        let mut layers = declaration.crates.iter();
        layers.position(|layer| layer.iter().any(|one| one == name))
    };
    let mut findings = Vec::new();
    for package in packages {
        let mut find = |text| {
            let files = vec![package.manifest.clone()];
            findings.push(Finding::new(Rule::Layers, files, text));
        };
        let Some(own) = place(&package.name) else {
            find(format!(
                "no layer is declared for the crate {}",
                package.name
            ));
            continue;
        };
        let counted = package.dependencies.iter();
        for dependency in counted.filter(|dependency| dependency.kind != Kind::Test) {
            let other = &dependency.package;
            let is_ours = packages.iter().any(|package| package.name == *other);
            if is_ours && place(other).is_some_and(|layer| layer <= own) {
                find(format!(
                    "{} depends on {other}, which is not in a lower layer",
                    package.name
                ));
            }
        }
    }
    findings
}

/// Imports inside a crate that point up in its order, and modules without a place in it.
pub(crate) fn imports(
    package: &Package,
    tree: &Tree,
    imports: &BTreeSet<Import>,
    order: &[Vec<String>],
) -> Vec<Finding> {
    let mut findings = Vec::new();
    let finding = |files: Vec<PathBuf>, text| Finding::new(Rule::Layers, files, text);
    for module in &tree.modules {
        if !module.is_test && place(order, &module.path).is_none() {
            let text = format!(
                "no layer is declared for the module {} of {}",
                module.path.join("::"),
                package.name
            );
            findings.push(finding(vec![module.file.clone()], text));
        }
    }
    for import in imports {
        let place = |module: usize| place(order, &tree.modules[module].path);
        if let (Some(own), Some(other)) = (place(import.importer), place(import.imported))
            && other < own
        {
            let (from, to) = (import.from.display(), import.to.display());
            let text = format!(
                "{from} imports {} of {to}, which is in a higher layer",
                import.path
            );
            findings.push(finding(vec![import.from.clone()], text));
        }
    }
    findings
}

/// The layer of a module: that of the longest declared path which leads to it.
fn place(order: &[Vec<String>], module: &[String]) -> Option<usize> {
    let is_above = |declared: &str| match declared {
        "crate" => module.is_empty(),
        path => {
            let names: Vec<&str> = path.split("::").collect();
            names.len() <= module.len() && names.iter().zip(module).all(|(one, other)| one == other)
        }
    };
    let declared = order.iter().enumerate().flat_map(|(layer, paths)| {
        let paths = paths.iter().filter(|path| is_above(path));
        paths.map(move |path| (path.split("::").count(), layer))
    });
    declared.max().map(|(_, layer)| layer)
}

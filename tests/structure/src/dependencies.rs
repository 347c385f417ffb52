//! Dependencies of manifests that no source names.

use std::{collections::BTreeSet, fs, path::Path};

use anyhow::{Context, Result};
use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use toml::Table;

use crate::{
    finding::{Finding, Rule},
    imports::attributes,
    modules::{Tree, is_test},
    packages::{Dependency, Kind, Package},
};

/// Dependencies of a package that nothing in it names.
pub(crate) fn of_package(package: &Package, trees: &[(Kind, Tree)]) -> Vec<Finding> {
    let mut named = Named::default();
    for (kind, tree) in trees {
        named.read(*kind, tree);
    }
    let dependencies = package.dependencies.iter();
    let faults = dependencies.filter_map(|dependency| {
        let text = named.fault(package, dependency)?;
        Some(Finding {
            dependency: Some(dependency.name.clone()),
            ..Finding::new(Rule::Dependencies, vec![package.manifest.clone()], text)
        })
    });
    faults.collect()
}

/// Dependencies that the workspace's manifest has for its packages, and that no package takes.
pub(crate) fn of_workspace(root: &Path, packages: &[Package]) -> Result<Vec<Finding>> {
    let file = root.join("Cargo.toml");
    let text =
        fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
    let manifest: Table =
        toml::from_str(&text).with_context(|| format!("cannot parse {}", file.display()))?;
    let declared = manifest
        .get("workspace")
        .and_then(|workspace| workspace.get("dependencies")?.as_table())
        .into_iter()
        .flat_map(Table::keys);
    let is_taken = |name: &str| {
        let mut dependencies = packages.iter().flat_map(|package| &package.dependencies);
        dependencies.any(|dependency| dependency.name == name)
    };
    let idle = declared.filter(|name| !is_taken(name));
    let findings = idle.map(|name| Finding {
        dependency: Some(name.clone()),
        ..Finding::new(
            Rule::Dependencies,
            vec!["Cargo.toml".into()],
            format!("no package of the workspace depends on {name}"),
        )
    });
    Ok(findings.collect())
}

/// What the sources of a package name before a `::`, by what they are built for.
#[derive(Default)]
struct Named {
    product: BTreeSet<String>,
    test: BTreeSet<String>,
    build: BTreeSet<String>,
}

impl Named {
    fn read(&mut self, kind: Kind, tree: &Tree) {
        for module in &tree.modules {
            for item in &module.items {
                let of_tests = module.is_test || is_test(attributes(item));
                let names = match kind {
                    Kind::Product if of_tests => &mut self.test,
                    Kind::Product => &mut self.product,
                    Kind::Test => &mut self.test,
                    Kind::Build => &mut self.build,
                };
                collect(item.to_token_stream(), names);
            }
        }
    }

    fn fault(&self, package: &Package, dependency: &Dependency) -> Option<String> {
        let name = &dependency.name;
        let ident = name.replace('-', "_");
        let (is_named, sources) = match dependency.kind {
            Kind::Product => (self.product.contains(&ident), "no source of it"),
            // Code that is no test may use it where it is a dependency of both kinds.
            Kind::Test => (
                self.test.contains(&ident) || self.product.contains(&ident),
                "no test of it",
            ),
            Kind::Build => (self.build.contains(&ident), "its build script does not"),
        };
        if is_named {
            return None;
        }
        let package = &package.name;
        Some(match dependency.kind {
            Kind::Product if self.test.contains(&ident) => format!(
                "{package} depends on {name}, which only its tests name: that is a development dependency"
            ),
            Kind::Build => {
                format!("{package} depends on {name} to be built, but {sources} name it")
            }
            _ => format!("{package} depends on {name}, but {sources} names it"),
        })
    }
}

/// Adds the names that paths begin with, and those of `use name` and `extern crate name`.
fn collect(tokens: TokenStream, names: &mut BTreeSet<String>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let is_colon = |index: Option<usize>| {
        let token = index.and_then(|index| tokens.get(index));
        matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == ':')
    };
    let is_word = |index: Option<usize>, words: &[&str]| {
        let token = index.and_then(|index| tokens.get(index));
        matches!(token, Some(TokenTree::Ident(ident)) if words.iter().any(|word| ident == word))
    };
    for (index, token) in tokens.iter().enumerate() {
        let before = |distance| index.checked_sub(distance);
        match token {
            TokenTree::Group(group) => collect(group.stream(), names),
            TokenTree::Ident(ident) => {
                let is_path = is_colon(Some(index + 1)) && is_colon(Some(index + 2));
                let is_inside = is_colon(before(1))
                    && is_colon(before(2))
                    && before(3).is_some_and(|index| matches!(tokens[index], TokenTree::Ident(_)));
                if (is_path && !is_inside) || is_word(before(1), &["use", "crate"]) {
                    names.insert(ident.to_string());
                }
            }
            _ => {}
        }
    }
}

use std::{collections::BTreeSet, path::PathBuf};

use petgraph::{algo::tarjan_scc, graphmap::DiGraphMap};

use crate::{
    finding::{Finding, Rule},
    imports::Import,
    modules::Tree,
};

/// The circles between the files of a crate: one finding for each group of files that reach each other.
pub(crate) fn find(tree: &Tree, imports: &BTreeSet<Import>) -> Vec<Finding> {
    let files: BTreeSet<&PathBuf> = tree.modules.iter().map(|module| &module.file).collect();
    let files: Vec<&PathBuf> = files.into_iter().collect();
    let index = |file: &PathBuf| files.binary_search(&file).unwrap_or_default();
    let mut graph = DiGraphMap::<usize, ()>::new();
    for import in imports {
        graph.add_edge(index(&import.from), index(&import.to), ());
    }
    let mut findings = Vec::new();
    for group in tarjan_scc(&graph) {
        if group.len() < 2 {
            continue;
        }
        let mut group: Vec<PathBuf> = group.into_iter().map(|one| files[one].clone()).collect();
        group.sort();
        let names: Vec<String> = group
            .iter()
            .map(|file| file.display().to_string())
            .collect();
        let mut text = format!("these files import each other: {}", names.join(", "));
        for import in imports {
            if group.contains(&import.from) && group.contains(&import.to) {
                let (from, to) = (import.from.display(), import.to.display());
                text += &format!("\n    {from} imports {} of {to}", import.path);
            }
        }
        findings.push(Finding {
            rule: Rule::Circles,
            files: group,
            text,
        });
    }
    findings
}

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
};

use petgraph::{
    algo::tarjan_scc,
    graph::{DiGraph, NodeIndex},
};

use crate::{
    finding::{Finding, Rule},
    imports::Import,
    modules::Tree,
};

/// The circles between the files of a crate: one finding for each group of files that reach each other.
pub(crate) fn find(tree: &Tree, imports: &BTreeSet<Import>) -> Vec<Finding> {
    let files: BTreeSet<&PathBuf> = tree.modules.iter().map(|module| &module.file).collect();
    let mut graph = DiGraph::<&PathBuf, ()>::new();
    let nodes: BTreeMap<&PathBuf, NodeIndex> = files
        .into_iter()
        .map(|file| (file, graph.add_node(file)))
        .collect();
    for import in imports {
        graph.add_edge(nodes[&import.from], nodes[&import.to], ());
    }
    let mut findings = Vec::new();
    for group in tarjan_scc(&graph) {
        if group.len() < 2 {
            continue;
        }
        let mut group: Vec<PathBuf> = group.into_iter().map(|node| graph[node].clone()).collect();
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
        findings.push(Finding::new(Rule::Circles, group, text));
    }
    findings
}

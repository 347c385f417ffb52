//! `cargo xtask fhir FOLDER`: writes the tables of FHIR R4 of both client libraries, from HL7's own definitions.
//!
//! FOLDER is the unpacked npm package `hl7.fhir.r4.examples`, version 4.0.1 (CC0), which contains the standard's
//! structure definitions, code systems and value sets in addition to its examples:
//!
//! ```sh
//! npm pack hl7.fhir.r4.examples@4.0.1
//! tar xzf hl7.fhir.r4.examples-4.0.1.tgz
//! cargo xtask fhir package
//! ```
//!
//! With a second folder, the unpacked npm package `hl7.fhir.uv.ips`, version 2.0.0 (CC0), it also writes the examples of both
//! packages into one file for the tests, `fixtures/fhir-examples.tsv.gz`.
//!
//! Each table is a text file of lines with fields that are separated by tabs. Its first lines describe it. The TypeScript
//! client gets the same tables as modules with one text each.

mod examples;
mod module;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail};
use clap::Args;
use serde_json::Value;

use self::{examples::write_examples, module::module};
use crate::workspace::{Workspace, headline, progress};

/// Options of the command.
#[derive(Args)]
pub struct Arguments {
    /// Folder with the unpacked npm package hl7.fhir.r4.examples, version 4.0.1
    folder: PathBuf,
    /// Folder with the unpacked npm package hl7.fhir.uv.ips, version 2.0.0: also collect both packages' examples
    summaries: Option<PathBuf>,
}

/// The folders of the tables in the workspace, for Rust and for TypeScript.
const TABLES: &str = "client/fhir/src/r4";
const MODULES: &str = "client/ts/src/fhir/r4";
const SOURCE: &str = "# Made by `cargo xtask fhir` from the npm package hl7.fhir.r4.examples 4.0.1, whose contents HL7 dedicated to\n\
                      # the public domain (CC0 1.0). Not to be edited by hand.\n";
const PROFILES: &str = "http://hl7.org/fhir/StructureDefinition/";
/// The URLs of HL7's own code systems. The package also contains parts of other code systems, and some that are only
/// examples.
const OWN: [&str; 2] = ["http://hl7.org/fhir/", "http://terminology.hl7.org/"];
const EXAMPLES: &str = "http://hl7.org/fhir/CodeSystem/example";
/// The type that a definition names in place of some primitive types.
const SYSTEM_TYPE: &str = "http://hl7.org/fhirpath/System.String";

/// Writes the tables.
pub fn run(workspace: &Workspace, arguments: Arguments) -> Result<()> {
    if let Some(summaries) = &arguments.summaries {
        headline("collect the examples");
        write_examples(workspace, &arguments.folder, summaries)?;
    }
    headline("read the definitions of FHIR R4");
    let definitions = Definitions::read(&arguments.folder)?;
    let mut value_sets = BTreeSet::new();
    let elements = definitions.elements(&mut value_sets)?;
    // What only de-identification asks, which is the Rust client's.
    for (name, table) in [
        (
            "mandatory",
            definitions.listed(
                "# The elements that values of a type must have: type, elements.\n",
                |element| element["min"].as_u64() != Some(0),
            )?,
        ),
        (
            "modifiers",
            definitions.listed(
                "# The elements that can change what others mean: type, elements.\n",
                |element| element["isModifier"] == true,
            )?,
        ),
    ] {
        let file = workspace.root().join(TABLES).join(format!("{name}.txt"));
        fs::write(&file, format!("{SOURCE}{table}"))
            .with_context(|| format!("cannot write {}", file.display()))?;
        progress(&format!("{}", file.display()));
    }
    for (name, table) in [
        ("elements", elements),
        ("value-sets", definitions.value_sets(&value_sets)?),
        ("code-systems", definitions.code_systems()),
        ("profiles", definitions.profiles()),
    ] {
        let table = format!("{SOURCE}{table}");
        let module = module(name, &table)?;
        for (folder, extension, text) in [(TABLES, "txt", &table), (MODULES, "ts", &module)] {
            let file = workspace
                .root()
                .join(folder)
                .join(format!("{name}.{extension}"));
            fs::write(&file, text).with_context(|| format!("cannot write {}", file.display()))?;
            progress(&format!("{}", file.display()));
        }
    }
    Ok(())
}

/// The package's definitions, by URL.
struct Definitions {
    structures: BTreeMap<String, Value>,
    code_systems: BTreeMap<String, Value>,
    value_sets: BTreeMap<String, Value>,
}

impl Definitions {
    fn read(folder: &Path) -> Result<Self> {
        let manifest = read(&folder.join("package.json"))?;
        if (text(&manifest, "name"), text(&manifest, "version"))
            != ("hl7.fhir.r4.examples", "4.0.1")
        {
            bail!("{} is not hl7.fhir.r4.examples 4.0.1", folder.display());
        }
        let mut definitions = Self {
            structures: BTreeMap::new(),
            code_systems: BTreeMap::new(),
            value_sets: BTreeMap::new(),
        };
        for entry in fs::read_dir(folder)? {
            let file = entry?.path();
            let name = file.file_name().and_then(|name| name.to_str());
            let all = match name.and_then(|name| name.split_once('-')) {
                Some(("StructureDefinition", _)) => &mut definitions.structures,
                Some(("CodeSystem", _)) => &mut definitions.code_systems,
                Some(("ValueSet", _)) => &mut definitions.value_sets,
                _ => continue,
            };
            let definition = read(&file)?;
            all.insert(text(&definition, "url").to_owned(), definition);
        }
        Ok(definitions)
    }

    /// The resources and complex types with their elements. Adds the value sets that codes must be from to `bound`.
    fn elements(&self, bound: &mut BTreeSet<String>) -> Result<String> {
        let mut table = String::from(
            "# A line with @ begins a type: its name, and the type whose elements it has as well. The others are its\n\
             # elements: name (* where it is a list, [x] where the type's name follows), types, and for codes = and the\n\
             # value set that they must be from.\n",
        );
        for definition in self.structures.values() {
            let is_data = matches!(text(definition, "kind"), "resource" | "complex-type");
            if is_data && text(definition, "derivation") != "constraint" {
                self.elements_of(definition, &mut table, bound)?;
            }
        }
        Ok(table)
    }

    /// A line for each type that has elements of a kind.
    fn listed(&self, head: &str, is_listed: impl Fn(&Value) -> bool) -> Result<String> {
        let mut types = BTreeMap::<&str, BTreeSet<String>>::new();
        for definition in self.structures.values() {
            let is_data = matches!(text(definition, "kind"), "resource" | "complex-type");
            if !is_data || text(definition, "derivation") == "constraint" {
                continue;
            }
            for element in list(&definition["snapshot"], "element") {
                let own = text(element, "path");
                let is_own = text(&element["base"], "path") == own;
                if let Some((of, name)) = own.rsplit_once('.')
                    && is_own
                    && is_listed(element)
                {
                    types.entry(of).or_default().insert(name.to_owned());
                }
            }
        }
        let mut table = String::from(head);
        for (of, names) in &types {
            line(&mut table, of, names);
        }
        Ok(table)
    }

    fn elements_of(
        &self,
        definition: &Value,
        table: &mut String,
        bound: &mut BTreeSet<String>,
    ) -> Result<()> {
        let elements = list(&definition["snapshot"], "element");
        // A type, and its groups of elements, which are types of their own in the table.
        let groups = elements.iter().filter(|element| {
            let path = text(element, "path");
            elements
                .iter()
                .any(|other| parent(text(other, "path")) == path)
        });
        for group in groups {
            let path = text(group, "path");
            let base = if path.contains('.') {
                text(&list(group, "type")[0], "code")
            } else {
                text(definition, "baseDefinition").trim_start_matches(PROFILES)
            };
            writeln!(table, "@{path}\t{base}")?;
            for element in elements
                .iter()
                .filter(|element| parent(text(element, "path")) == path)
            {
                let own = text(element, "path");
                if text(&element["base"], "path") != own {
                    continue;
                }
                let name = &own[path.len() + 1..];
                let star = if text(element, "max") == "1" { "" } else { "*" };
                write!(table, "{name}{star}")?;
                let has_parts = elements
                    .iter()
                    .any(|other| parent(text(other, "path")) == own);
                if let Some(same) = element["contentReference"].as_str() {
                    write!(table, "\t{}", same.trim_start_matches('#'))?;
                } else if has_parts {
                    write!(table, "\t{own}")?;
                } else {
                    for of in list(element, "type") {
                        write!(table, "\t{}", type_name(own, of))?;
                    }
                }
                if text(&element["binding"], "strength") == "required"
                    && list(element, "type")
                        .iter()
                        .any(|of| text(of, "code") == "code")
                {
                    let url = text(&element["binding"], "valueSet");
                    let url = url.split('|').next().unwrap_or_default();
                    bound.insert(url.to_owned());
                    write!(table, "\t={}", last_segment(url))?;
                }
                table.push('\n');
            }
        }
        Ok(())
    }

    fn value_sets(&self, bound: &BTreeSet<String>) -> Result<String> {
        let mut table = String::from(
            "# The value sets that elements must have their codes from: name, codes.\n",
        );
        for url in bound {
            let value_set = self
                .value_sets
                .get(url)
                .with_context(|| format!("there is no {url}"))?;
            let mut codes = BTreeSet::new();
            for include in list(&value_set["compose"], "include") {
                if include.get("filter").is_some() {
                    bail!("{url} takes codes by a filter");
                }
                let system = self.code_systems.get(text(include, "system"));
                match (include.get("concept"), system) {
                    (Some(_), _) => add_codes(include, &mut codes),
                    (None, Some(system)) => add_codes(system, &mut codes),
                    // Media types and currencies, which are code systems of others.
                    (None, None) => {}
                }
            }
            if !codes.is_empty() {
                line(&mut table, last_segment(url), &codes);
            }
        }
        Ok(table)
    }

    fn code_systems(&self) -> String {
        let mut table = String::from("# HL7's own code systems: URL, codes.\n");
        for (url, system) in &self.code_systems {
            let mut codes = BTreeSet::new();
            add_codes(system, &mut codes);
            let is_own = OWN.iter().any(|own| url.starts_with(own)) && !url.starts_with(EXAMPLES);
            // The package also contains old editions of the tables of HL7 version 2, under URLs that nothing refers to.
            if is_own && !codes.is_empty() && !url.contains('|') {
                line(&mut table, url, &codes);
            }
        }
        table
    }

    fn profiles(&self) -> String {
        let mut table = String::from(
            "# HL7's own profiles and extensions: what follows http://hl7.org/fhir/StructureDefinition/.\n",
        );
        for name in self
            .structures
            .keys()
            .filter_map(|url| url.strip_prefix(PROFILES))
        {
            table.push_str(name);
            table.push('\n');
        }
        table
    }
}

/// The name of a primitive type, which is in an extension if the definition names a type of FHIRPath.
fn type_name<'a>(element: &str, of: &'a Value) -> &'a str {
    match text(of, "code") {
        SYSTEM_TYPE if element == "Extension.url" => "uri",
        SYSTEM_TYPE if element == "Resource.id" => "id",
        SYSTEM_TYPE => "string",
        code => code,
    }
}

fn add_codes(of: &Value, codes: &mut BTreeSet<String>) {
    for concept in list(of, "concept") {
        codes.insert(text(concept, "code").to_owned());
        add_codes(concept, codes);
    }
}

fn line(table: &mut String, name: &str, codes: &BTreeSet<String>) {
    table.push_str(name);
    for code in codes {
        table.push('\t');
        table.push_str(code);
    }
    table.push('\n');
}

fn read(file: &Path) -> Result<Value> {
    let bytes = fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    serde_json::from_slice(&bytes).with_context(|| format!("{} is not JSON", file.display()))
}

fn text<'a>(of: &'a Value, name: &str) -> &'a str {
    of[name].as_str().unwrap_or_default()
}

fn list<'a>(of: &'a Value, name: &str) -> &'a [Value] {
    of[name].as_array().map_or(&[], Vec::as_slice)
}

fn parent(path: &str) -> &str {
    path.rsplit_once('.').map_or("", |(parent, _)| parent)
}

fn last_segment(url: &str) -> &str {
    url.rsplit_once('/').map_or(url, |(_, last)| last)
}

#[cfg(test)]
mod tests;

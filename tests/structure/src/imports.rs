//! Which files of a crate import from which.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
};

use proc_macro2::{TokenStream, TokenTree};
use syn::{
    Attribute, ImplItem, Item, ItemUse, Macro, Meta, Path, TraitItem, UseTree, Visibility,
    visit::{self, Visit},
};

use crate::modules::{Tree, is_test};

/// An import of one file from another.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Import {
    pub from: PathBuf,
    pub to: PathBuf,
    /// Index of the importing module.
    pub importer: usize,
    /// Index of the module that the item is imported from.
    pub imported: usize,
    /// The path as it is written.
    pub path: String,
}

/// The imports between the files of a crate.
pub(crate) fn of(tree: &Tree) -> BTreeSet<Import> {
    let mut imports = BTreeSet::new();
    for (index, module) in tree.modules.iter().enumerate() {
        if module.is_test {
            continue;
        }
        let mut collector = Collector {
            tree,
            module: index,
            aliases: BTreeMap::new(),
            imports: &mut imports,
        };
        for item in &module.items {
            if let Item::Use(item) = item {
                collector.note_aliases(item);
            }
        }
        for item in &module.items {
            collector.visit_item(item);
        }
    }
    imports
}

struct Collector<'a> {
    tree: &'a Tree,
    module: usize,
    /// Modules that `use` declarations bring into scope, by their names there.
    aliases: BTreeMap<String, usize>,
    imports: &'a mut BTreeSet<Import>,
}

/// One name that a `use` declaration imports.
struct Imported {
    path: Vec<String>,
    /// The name in scope; `None` for `*`.
    name: Option<String>,
}

impl Collector<'_> {
    fn note_aliases(&mut self, item: &ItemUse) {
        for imported in flat(item) {
            if let (Some(name), Some((module, true))) =
                (imported.name, self.resolve(&imported.path))
            {
                self.aliases.insert(name, module);
            }
        }
    }

    /// The deepest module that a path leads to, and whether the path ends there.
    fn resolve(&self, path: &[String]) -> Option<(usize, bool)> {
        let modules = &self.tree.modules;
        let mut rest = path.iter();
        let first = rest.next()?;
        let mut module = match &first[..] {
            "crate" => 0,
            "self" => self.module,
            "super" => modules[self.module].parent?,
            name => {
                let child = modules[self.module].children.get(name);
                *child.or_else(|| self.aliases.get(name))?
            }
        };
        while let Some(name) = rest.clone().next() {
            module = match modules[module].children.get(name) {
                Some(child) => *child,
                None if name == "super" => modules[module].parent?,
                None => return Some((module, false)),
            };
            rest.next();
        }
        Some((module, true))
    }

    fn import(&mut self, imported: usize, path: &[String]) {
        let modules = &self.tree.modules;
        let (from, to) = (&modules[self.module].file, &modules[imported].file);
        if from != to {
            self.imports.insert(Import {
                from: from.clone(),
                to: to.clone(),
                importer: self.module,
                imported,
                path: path.join("::"),
            });
        }
    }

    /// A path in code. One name alone was imported by a `use` declaration, or is of this module.
    fn path(&mut self, path: &[String]) {
        if path.len() > 1
            && let Some((module, false)) = self.resolve(path)
        {
            self.import(module, path);
        }
    }

    /// The paths in tokens that are not parsed: `a::b::c` anywhere.
    fn tokens(&mut self, tokens: TokenStream) {
        let mut path: Vec<String> = Vec::new();
        let mut colons = 0;
        for token in tokens {
            match token {
                TokenTree::Punct(punct) if punct.as_char() == ':' => colons += 1,
                TokenTree::Ident(ident) => {
                    if colons != 2 {
                        self.path(&std::mem::take(&mut path));
                    }
                    path.push(ident.to_string());
                    colons = 0;
                }
                other => {
                    self.path(&std::mem::take(&mut path));
                    colons = 0;
                    if let TokenTree::Group(group) = other {
                        self.tokens(group.stream());
                    }
                }
            }
        }
        self.path(&path);
    }
}

impl<'ast> Visit<'ast> for Collector<'_> {
    fn visit_item(&mut self, item: &'ast Item) {
        if !is_test(attributes(item)) {
            visit::visit_item(self, item);
        }
    }

    fn visit_impl_item(&mut self, item: &'ast ImplItem) {
        if !matches!(item, ImplItem::Fn(function) if is_test(&function.attrs)) {
            visit::visit_impl_item(self, item);
        }
    }

    fn visit_trait_item(&mut self, item: &'ast TraitItem) {
        if !matches!(item, TraitItem::Fn(function) if is_test(&function.attrs)) {
            visit::visit_trait_item(self, item);
        }
    }

    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        if item.leading_colon.is_some() {
            return;
        }
        for imported in flat(item) {
            match self.resolve(&imported.path) {
                Some((module, false)) => self.import(module, &imported.path),
                // All names of a module. A module's own name alone imports nothing from it.
                Some((module, true)) if imported.name.is_none() => {
                    self.import(module, &imported.path);
                }
                _ => {}
            }
        }
    }

    fn visit_path(&mut self, path: &'ast Path) {
        let names: Vec<_> = path
            .segments
            .iter()
            .map(|one| one.ident.to_string())
            .collect();
        if path.leading_colon.is_none() {
            self.path(&names);
        }
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, call: &'ast Macro) {
        visit::visit_macro(self, call);
        self.tokens(call.tokens.clone());
    }

    fn visit_attribute(&mut self, attribute: &'ast Attribute) {
        if let Meta::List(list) = &attribute.meta {
            self.tokens(list.tokens.clone());
        }
    }

    // `pub(in crate::a)` imports nothing.
    fn visit_visibility(&mut self, _visibility: &'ast Visibility) {}
}

/// The attributes of an item that is no module.
pub(crate) fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

/// The names that a `use` declaration imports.
fn flat(item: &ItemUse) -> Vec<Imported> {
    let mut all = Vec::new();
    if !is_test(&item.attrs) {
        flatten(&item.tree, &[], &mut all);
    }
    all
}

fn flatten(tree: &UseTree, before: &[String], all: &mut Vec<Imported>) {
    let with = |name: String| [before, &[name]].concat();
    match tree {
        UseTree::Path(path) => flatten(&path.tree, &with(path.ident.to_string()), all),
        UseTree::Name(name) if name.ident == "self" => all.push(Imported {
            path: before.to_vec(),
            name: before.last().cloned(),
        }),
        UseTree::Name(name) => all.push(Imported {
            path: with(name.ident.to_string()),
            name: Some(name.ident.to_string()),
        }),
        UseTree::Rename(rename) => {
            let path = match rename.ident.to_string() {
                own if own == "self" => before.to_vec(),
                name => with(name),
            };
            all.push(Imported {
                path,
                name: Some(rename.rename.to_string()),
            });
        }
        UseTree::Glob(_) => all.push(Imported {
            path: before.to_vec(),
            name: None,
        }),
        UseTree::Group(group) => {
            for tree in &group.items {
                flatten(tree, before, all);
            }
        }
    }
}

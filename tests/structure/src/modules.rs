//! The modules of a crate, from its root file on.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail};
use syn::{Attribute, Expr, Item, ItemMod, Lit, Meta};

/// The modules of a library or program. The first one is the root.
pub(crate) struct Tree {
    pub modules: Vec<Module>,
}

/// A module: a file, or a part of one.
pub(crate) struct Module {
    /// Names from the root on.
    pub path: Vec<String>,
    /// The file that holds it, relative to the workspace.
    pub file: PathBuf,
    pub parent: Option<usize>,
    /// By name.
    pub children: BTreeMap<String, usize>,
    /// Whether it, or a module around it, is built for tests only.
    pub is_test: bool,
    /// Everything in it but modules.
    pub items: Vec<Item>,
}

/// Reads the modules of the crate with this root file.
pub(crate) fn read(workspace: &Path, root: &Path) -> Result<Tree> {
    let mut reader = Reader {
        workspace,
        modules: Vec::new(),
    };
    let folder = root.parent().context("a file has a folder")?;
    let items = items_of(root)?;
    reader.add(
        None,
        Vec::new(),
        &Place {
            file: root.to_owned(),
            folder: folder.to_owned(),
        },
        false,
        items,
    )?;
    Ok(Tree {
        modules: reader.modules,
    })
}

/// Whether an item is built for tests only.
pub(crate) fn is_test(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| match &attribute.meta {
        Meta::List(list) => list.path.is_ident("cfg") && list.tokens.to_string() == "test",
        _ => false,
    })
}

/// Where a module is written.
struct Place {
    file: PathBuf,
    /// The folder of the files of its children.
    folder: PathBuf,
}

struct Reader<'a> {
    workspace: &'a Path,
    modules: Vec<Module>,
}

impl Reader<'_> {
    fn add(
        &mut self,
        parent: Option<usize>,
        path: Vec<String>,
        place: &Place,
        is_test: bool,
        items: Vec<Item>,
    ) -> Result<usize> {
        let index = self.modules.len();
        let (children, items) = items
            .into_iter()
            .partition::<Vec<_>, _>(|item| matches!(item, Item::Mod(_)));
        self.modules.push(Module {
            path: path.clone(),
            file: place.file.strip_prefix(self.workspace)?.to_owned(),
            parent,
            children: BTreeMap::new(),
            is_test,
            items,
        });
        for child in children {
            let Item::Mod(child) = child else { continue };
            let name = child.ident.to_string();
            let is_test = is_test || self::is_test(&child.attrs);
            let path = path.iter().cloned().chain([name.clone()]).collect();
            let (place, items) = content(child, place)?;
            let child = self.add(Some(index), path, &place, is_test, items)?;
            self.modules[index].children.insert(name, child);
        }
        Ok(index)
    }
}

/// Where a child of the module at `parent` is written, and what is in it.
fn content(child: ItemMod, parent: &Place) -> Result<(Place, Vec<Item>)> {
    let name = child.ident.to_string();
    if let Some((_, items)) = child.content {
        let place = Place {
            file: parent.file.clone(),
            folder: parent.folder.join(&name),
        };
        return Ok((place, items));
    }
    let beside = parent.folder.join(format!("{name}.rs"));
    let inside = parent.folder.join(&name).join("mod.rs");
    let named = named_path(&child.attrs);
    let is_named = named.is_some();
    let file = match named {
        Some(path) => parent.file.with_file_name(path),
        None if beside.exists() => beside,
        None if inside.exists() => inside,
        None => bail!(
            "{} declares the module {name}, which has no file",
            parent.file.display()
        ),
    };
    // The compiler takes a file that is named by `#[path]` for a `mod.rs`.
    let folder = if is_named || file.file_name().is_some_and(|name| name == "mod.rs") {
        file.parent().context("a file has a folder")?.to_owned()
    } else {
        file.with_extension("")
    };
    let items = items_of(&file)?;
    Ok((Place { file, folder }, items))
}

/// The value of `#[path = "…"]`.
fn named_path(attributes: &[Attribute]) -> Option<String> {
    attributes.iter().find_map(|attribute| {
        let Meta::NameValue(pair) = &attribute.meta else {
            return None;
        };
        match &pair.value {
            Expr::Lit(literal) if pair.path.is_ident("path") => match &literal.lit {
                Lit::Str(text) => Some(text.value()),
                _ => None,
            },
            _ => None,
        }
    })
}

fn items_of(file: &Path) -> Result<Vec<Item>> {
    let text =
        fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    let parsed =
        syn::parse_file(&text).with_context(|| format!("cannot parse {}", file.display()))?;
    Ok(parsed.items)
}

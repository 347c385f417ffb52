//! Messages of errors that repeat their sources. Whoever shows an error joins its sources to it, so that a message with the
//! text of its source in it would say it twice.

use proc_macro2::{TokenStream, TokenTree};
use syn::{
    Attribute, Field, Fields, ItemEnum, ItemStruct, Meta,
    visit::{self, Visit},
};

use crate::{
    finding::{Finding, Rule},
    modules::Tree,
};

/// The errors, made with `thiserror`, whose messages show their sources.
pub(crate) fn find(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for module in tree.modules.iter().filter(|module| !module.is_test) {
        let mut messages = Messages::default();
        for item in &module.items {
            messages.visit_item(item);
        }
        findings.extend(messages.repeating.into_iter().map(|name| {
            let text = format!(
                "{}: the message of `{name}` has the text of its source in it",
                module.file.display()
            );
            Finding::new(Rule::Errors, vec![module.file.clone()], text)
        }));
    }
    findings
}

#[derive(Default)]
struct Messages {
    repeating: Vec<String>,
}

impl Messages {
    fn check(&mut self, name: String, attributes: &[Attribute], fields: &Fields) {
        let Some(source) = fields.iter().enumerate().find_map(source_name) else {
            return;
        };
        let messages = attributes
            .iter()
            .filter_map(|attribute| match &attribute.meta {
                Meta::List(list) if list.path.is_ident("error") => Some(list.tokens.clone()),
                _ => None,
            });
        for message in messages {
            if shows(message, &source) {
                self.repeating.push(name.clone());
            }
        }
    }
}

impl<'ast> Visit<'ast> for Messages {
    fn visit_item_enum(&mut self, item: &'ast ItemEnum) {
        for variant in &item.variants {
            let name = format!("{}::{}", item.ident, variant.ident);
            self.check(name, &variant.attrs, &variant.fields);
        }
        visit::visit_item_enum(self, item);
    }

    fn visit_item_struct(&mut self, item: &'ast ItemStruct) {
        self.check(item.ident.to_string(), &item.attrs, &item.fields);
        visit::visit_item_struct(self, item);
    }
}

/// The field's name, or its place, if it is what `Error::source` returns.
fn source_name((place, field): (usize, &Field)) -> Option<String> {
    let is_marked = field
        .attrs
        .iter()
        .any(|attribute| attribute.path().is_ident("source") || attribute.path().is_ident("from"));
    match &field.ident {
        Some(name) if is_marked || name == "source" => Some(name.to_string()),
        None if is_marked => Some(place.to_string()),
        _ => None,
    }
}

/// Whether a format string and its arguments use a field.
fn shows(message: TokenStream, field: &str) -> bool {
    let (mut is_after_dot, mut is_first) = (false, true);
    for token in message {
        let text = token.to_string();
        let shown = match &token {
            TokenTree::Group(group) => shows(group.stream(), field),
            TokenTree::Literal(_) if is_first => [":", "}"]
                .iter()
                .any(|end| text.contains(&format!("{{{field}{end}"))),
            TokenTree::Literal(_) => is_after_dot && text == field,
            TokenTree::Ident(_) => text == field,
            TokenTree::Punct(_) => false,
        };
        if shown {
            return true;
        }
        is_after_dot = text == ".";
        is_first = false;
    }
    false
}

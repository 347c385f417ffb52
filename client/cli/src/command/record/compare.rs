//! A record beside its research copy.

use clap::Args;
use generion_client::deidentify::{Comparison, Difference, Line};
use serde::Serialize;

use crate::{
    args::name::Name,
    context::Context,
    output::{
        failure::Failure,
        report::{Output, Report},
        text::Text,
    },
};

#[derive(Args)]
pub struct CompareArgs {
    /// The record: its address, or the first characters of it
    original: Name,
    /// Its research copy: its address, or the first characters of it
    copy: Name,
}

impl CompareArgs {
    pub async fn run(self, context: &Context) -> Result<Output, Failure> {
        let original = context.record(&self.original).await?;
        let copy = context.record(&self.copy).await?;
        let owner = context.opener().await?;
        let compared = context
            .client
            .compare_copy(&*owner, &original, &copy)
            .await?;
        let refused = |why: String| {
            Failure::new(
                format!("record {copy} is no research copy of record {original}: {why}"),
                "The original comes first, then its copy. If that is how you named them, don't sell or share this copy, and tell its creator.",
            )
        };
        if !compared.is_by_same_creator {
            return Err(refused("it is by another creator".to_owned()));
        }
        if compared.is_named == Some(false) {
            return Err(refused("the record names another one".to_owned()));
        }
        let comparison = compared
            .comparison
            .map_err(|error| refused(error.to_string()))?;
        Output::found(&Compared {
            original: original.to_string(),
            copy: copy.to_string(),
            is_named: compared.is_named,
            kept: comparison.count(Difference::Kept),
            generalized: comparison.count(Difference::Generalized),
            dropped: comparison.count(Difference::Dropped),
            values: values(comparison),
        })
    }
}

fn values(comparison: Comparison) -> Vec<Value> {
    let lines = comparison.lines.into_iter();
    lines
        .map(
            |Line {
                 path,
                 difference,
                 original,
                 copy,
             }| Value {
                path,
                difference: difference.to_string(),
                original,
                copy,
            },
        )
        .collect()
}

/// An original and its copy, value by value.
#[derive(Serialize)]
struct Compared {
    original: String,
    copy: String,
    /// Whether the original names the copy; `null`: it names none.
    is_named: Option<bool>,
    kept: usize,
    generalized: usize,
    dropped: usize,
    values: Vec<Value>,
}

/// A value of the original.
#[derive(Serialize)]
struct Value {
    path: String,
    difference: String,
    original: String,
    /// What the copy has in its place; `null`: nothing.
    copy: Option<String>,
}

impl Report for Compared {
    fn describe(&self, text: &mut Text) {
        text.field("record", &self.original)
            .field("research copy", &self.copy)
            .field(
                "named",
                match self.is_named {
                    Some(_) => "the record names this copy",
                    None => "the record names no copy",
                },
            )
            .field(
                "values",
                format!(
                    "{} dropped, {} generalized, {} kept; the copy holds nothing else",
                    self.dropped, self.generalized, self.kept
                ),
            );
        let rows = self.values.iter().map(|value| {
            [
                value.difference.clone(),
                value.path.clone(),
                shortened(&value.original),
                value.copy.as_deref().map(shortened).unwrap_or_default(),
            ]
        });
        text.table(["", "ELEMENT", "RECORD", "COPY"], rows, "no values");
    }
}

/// Characters of a value that the table shows; JSON has all of them.
const SHOWN: usize = 60;

fn shortened(value: &str) -> String {
    let mut short: String = value.chars().take(SHOWN).collect();
    if value.chars().nth(SHOWN).is_some() {
        short.push('…');
    }
    short
}

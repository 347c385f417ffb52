//! Known answers for other implementations. They follow from fixed seeds, so each run generates the same files.
//!
//! The random bytes are part of the vectors, so that another implementation can use the same bytes. Intermediate values
//! are computed independently with curve25519-dalek and hash functions only, and compared with those of our client.

mod accounts;
mod addresses;
mod attestations;
mod capsules;
mod cards;
mod contents;
mod deliveries;
mod documents;
mod events;
mod facts;
mod fhir_facts;
mod instructions;
mod keys;
mod locators;
mod records;
mod requests;
mod settle_keys;
mod signatures;
mod store_urls;
mod studies;
mod support;
mod terms;

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::{Context, Result};
use serde_json::Value;

/// All files by name.
pub fn files() -> BTreeMap<&'static str, String> {
    let files = [
        ("accounts.json", accounts::all()),
        ("addresses.json", addresses::all()),
        ("attestations.json", attestations::all()),
        ("capsule-proofs.json", capsules::proofs()),
        ("capsules.json", capsules::all()),
        ("cards.json", cards::all()),
        ("contents.json", contents::all()),
        ("deliveries.json", deliveries::all()),
        ("documents.json", documents::all()),
        ("events.json", events::all()),
        ("facts.json", facts::all()),
        ("fhir-facts.json", fhir_facts::all()),
        ("instructions.json", instructions::all()),
        ("keys.json", keys::all()),
        ("locators.json", locators::all()),
        ("records.json", records::all()),
        ("settle-keys.json", settle_keys::all()),
        ("store-requests.json", requests::all()),
        ("store-urls.json", store_urls::all()),
        ("studies.json", studies::all()),
        ("terms.json", terms::all()),
        ("weights.json", deliveries::weights()),
    ];
    files
        .into_iter()
        .map(|(name, value)| (name, text(&value)))
        .collect()
}

/// Sorts all keys, whichever features of serde_json other crates enable.
fn text(value: &Value) -> String {
    let mut value = value.clone();
    value.sort_all_objects();
    serde_json::to_string_pretty(&value).expect("a JSON value") + "\n"
}

/// Writes all files to a folder, and removes all other files in it.
///
/// # Errors
/// The folder can't be written to.
pub fn write(folder: &Path) -> Result<()> {
    let files = files();
    fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        if !name
            .to_str()
            .is_some_and(|name| files.contains_key(name) || name == "README.md")
        {
            fs::remove_file(entry.path())
                .with_context(|| format!("cannot remove {}", entry.path().display()))?;
        }
    }
    for (name, content) in files {
        let file = folder.join(name);
        fs::write(&file, content).with_context(|| format!("cannot write {}", file.display()))?;
    }
    Ok(())
}

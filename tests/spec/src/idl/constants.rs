//! The constants of the program: values from the compiled crate, and docs from its source.

use anyhow::{Result, ensure};
use generion::constants;
use serde_json::{Value, json};

/// The source file with the constants and their docs.
const SOURCE: &str = include_str!("../../../../programs/generion/src/constants.rs");

macro_rules! values {
    ($($name:ident: $kind:literal),* $(,)?) => {
        [$((stringify!($name), $kind, json!(constants::$name).to_string())),*]
    };
}

/// All constants, by name.
pub(super) fn all() -> Result<Value> {
    let mut values = values! {
        ACCOUNT_VERSION: "u8",
        APPLICATION_SEED: "bytes",
        CAPSULE_DOMAIN: "bytes",
        CREATOR_DELETE_DELAY: "i64",
        DELIVERY_DOMAIN: "bytes",
        LABEL_LEN: "u32",
        MAX_DELIVERY_BATCH: "u32",
        MAX_DELIVERY_WINDOW: "u32",
        MAX_GROUPS: "u8",
        MAX_LETTER_LEN: "u32",
        MAX_LOCATOR_LEN: "u32",
        MAX_OPEN_DISCLOSURES: "u32",
        MAX_ORDER_RECORDS: "u32",
        MAX_STUDY_TAIL: "u32",
        MAX_STUDY_URL_LEN: "u32",
        MIN_DELIVERY_WINDOW: "u32",
        ORDER_SEED: "bytes",
        PURCHASE_SEED: "bytes",
        RECORD_DOMAIN: "bytes",
        RECORD_SEED: "bytes",
        REFUND_GRACE: "i64",
        SEAT_SEED: "bytes",
        SETTLE_WINDOW: "i64",
        SHARE_SEED: "bytes",
        STUDY_NOTICE: "i64",
        STUDY_SEED: "bytes",
        TERMS_DOMAIN: "bytes",
        USER_SEED: "bytes",
        VAULT_SEED: "bytes",
    };
    values.sort();
    let mut documented = documented(SOURCE);
    documented.sort();
    let names = |names: &mut dyn Iterator<Item = &str>| names.collect::<Vec<_>>().join(" ");
    let (listed, declared) = (
        names(&mut values.iter().map(|(name, ..)| *name)),
        names(&mut documented.iter().map(|(name, _)| *name)),
    );
    ensure!(
        listed == declared,
        "tests/spec/src/idl/constants.rs lists {listed}, the program has {declared}"
    );
    let constants = values
        .into_iter()
        .zip(documented)
        .map(|((name, kind, value), (_, docs))| {
            json!({"name": name, "docs": docs, "type": kind, "value": value})
        });
    Ok(constants.collect())
}

/// The names and docs of the public constants in a source file.
fn documented(source: &str) -> Vec<(&str, Vec<&str>)> {
    let (mut docs, mut all) = (Vec::new(), Vec::new());
    for line in source.lines() {
        if let Some(text) = line.strip_prefix("/// ") {
            docs.push(text);
        } else if let Some((name, _)) = line
            .strip_prefix("pub const ")
            .and_then(|rest| rest.split_once(':'))
        {
            all.push((name, std::mem::take(&mut docs)));
        } else {
            docs.clear();
        }
    }
    all
}

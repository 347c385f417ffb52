//! The last step of the interface description: adds the facts about accounts, instructions and constants that Anchor's
//! macros don't print.
//!
//! If Anchor's format has a key for a fact, this step uses it: a tail becomes a vector at the end of its account, which is
//! its form on the wire, addresses become `pda`, and constants `constants`. Readers of Anchor's format ignore the other
//! keys, which `idl/README.md` lists.

mod constants;
mod facts;

use std::collections::BTreeSet;

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Map, Value, json};

use facts::{ACCOUNTS, Account, INSTRUCTIONS, Instruction, Tail};

/// Type aliases that Anchor prints as if they were types. Both are 32 bytes.
const BYTES_32: [&str; 2] = ["Point", "Scalar"];
/// Types without references after this step: the wire forms of integers, and the empty arguments.
const UNUSED: [&str; 4] = ["NoArgs", "PodI64", "PodU32", "PodU64"];

/// Arguments that fill the rest of an instruction without a length prefix: name, docs, and the type of an item.
const REMAINDERS: [(&str, &str, &str); 3] = [
    (
        "Capsules",
        "The capsules of a delivery: the rest of the instruction, without a length prefix.",
        r#"{"defined": {"name": "Capsule"}}"#,
    ),
    (
        "Disclosures",
        "The disclosures of a participant: the rest of the instruction, without a length prefix.",
        r#"{"defined": {"name": "RequiredDisclosure"}}"#,
    ),
    (
        "Rest",
        "The rest of the instruction, without a length prefix.",
        r#""u8""#,
    ),
];

/// Completes the description that Anchor printed.
///
/// # Errors
/// The description lacks an item that this step completes, or contains one that it does not know.
pub fn complete(idl: &mut Value) -> Result<()> {
    inline_bytes(idl);
    for account in ACCOUNTS {
        complete_account(idl, account)?;
    }
    complete_instructions(idl)?;
    // Anchor refers to these types without describing them.
    let types = list(idl, "types")?;
    for (name, about, item) in REMAINDERS {
        types.retain(|one| one["name"] != name);
        types.push(json!({
            "name": name,
            "docs": [about],
            "type": {"kind": "struct", "fields": []},
            "remainder": serde_json::from_str::<Value>(item)?,
        }));
    }
    types.retain(|one| !UNUSED.iter().any(|name| one["name"] == *name));
    types.sort_by_cached_key(|one| one["name"].to_string());
    idl["constants"] = constants::all()?;
    for account in list(idl, "accounts")? {
        let name = account["name"].as_str().unwrap_or_default();
        ensure!(
            ACCOUNTS.iter().any(|known| known.name == name),
            "account {name} is new: describe its address and tail in tests/spec/src/idl/facts.rs"
        );
    }
    check_references(idl)
}

fn complete_account(idl: &mut Value, account: &Account) -> Result<()> {
    let entry = item(idl, "accounts", account.name)?;
    entry.insert("size".into(), account.size.into());
    let seeds: Vec<_> = account.seeds.iter().map(facts::Seed::to_json).collect();
    entry.insert("pda".into(), json!({"seeds": seeds}));
    let Some(tail) = &account.tail else {
        return Ok(());
    };
    let Tail {
        field,
        about,
        kind,
        item_size,
        max_items,
    } = tail;
    entry.insert(
        "tail".into(),
        json!({"field": field, "offset": account.size, "item_size": item_size, "max_items": max_items}),
    );
    let layout = item(idl, "types", account.name)?;
    // With its tail, the account is not a C struct but Borsh, which is the default of the format.
    layout.remove("serialization");
    layout.remove("repr");
    let fields = layout["type"]["fields"]
        .as_array_mut()
        .with_context(|| format!("account {} has no fields", account.name))?;
    let kind: Value = serde_json::from_str(kind)?;
    fields.push(json!({"name": field, "docs": [about], "type": kind}));
    Ok(())
}

fn complete_instructions(idl: &mut Value) -> Result<()> {
    for instruction in list(idl, "instructions")? {
        let args = instruction["args"].as_array_mut().context("no args")?;
        args.retain(|arg| arg["type"]["defined"]["name"] != "NoArgs");
    }
    for Instruction {
        name,
        addresses,
        computed,
        records,
    } in INSTRUCTIONS
    {
        let entry = item(idl, "instructions", name)?;
        let addresses = addresses.iter().map(|address| ("pda", address));
        let computed = computed.iter().map(|address| ("computed_pda", address));
        for (key, (account, seeds)) in addresses.chain(computed) {
            let accounts = entry["accounts"].as_array_mut().context("no accounts")?;
            let target = accounts
                .iter_mut()
                .find(|one| one["name"] == *account)
                .with_context(|| format!("{name} has no account {account}"))?;
            let seeds: Vec<_> = seeds.iter().map(facts::Seed::to_json).collect();
            target[key] = json!({"seeds": seeds});
        }
        if let Some(records) = records {
            entry.insert(
                "remaining_accounts".into(),
                json!({
                    "name": "records",
                    "docs": [records.about],
                    "writable": records.writable,
                    "min": records.min,
                    "max": records.max,
                }),
            );
        }
    }
    Ok(())
}

/// Replaces references to [`BYTES_32`] by arrays of bytes, and vectors of bytes by the type `bytes` of the format.
fn inline_bytes(value: &mut Value) {
    if value["vec"] == "u8" {
        *value = "bytes".into();
        return;
    }
    let name = &value["defined"]["name"];
    if BYTES_32.iter().any(|alias| name == alias) {
        *value = json!({"array": ["u8", 32]});
        return;
    }
    match value {
        Value::Array(items) => items.iter_mut().for_each(inline_bytes),
        Value::Object(fields) => fields.values_mut().for_each(inline_bytes),
        _ => {}
    }
}

/// Checks that the description refers to exactly the types that it describes.
fn check_references(idl: &mut Value) -> Result<()> {
    let names = |list: &mut Vec<Value>| -> BTreeSet<String> {
        let names = list.iter().filter_map(|one| one["name"].as_str());
        names.map(str::to_owned).collect()
    };
    let described = names(list(idl, "types")?);
    let mut referred = names(list(idl, "accounts")?);
    referred.append(&mut names(list(idl, "events")?));
    collect_references(idl, &mut referred);
    if described != referred {
        let different: Vec<_> = described.symmetric_difference(&referred).collect();
        bail!(
            "these types are referred to and not described, or the other way round: {different:?}"
        );
    }
    Ok(())
}

fn collect_references(value: &Value, into: &mut BTreeSet<String>) {
    if let Some(name) = value["defined"]["name"].as_str() {
        into.insert(name.to_owned());
    }
    match value {
        Value::Array(items) => items.iter().for_each(|one| collect_references(one, into)),
        Value::Object(fields) => fields
            .values()
            .for_each(|one| collect_references(one, into)),
        _ => {}
    }
}

fn list<'a>(idl: &'a mut Value, name: &str) -> Result<&'a mut Vec<Value>> {
    idl.get_mut(name)
        .and_then(Value::as_array_mut)
        .with_context(|| format!("the description has no {name}"))
}

/// The entry of a list with a name.
fn item<'a>(idl: &'a mut Value, of: &str, name: &str) -> Result<&'a mut Map<String, Value>> {
    list(idl, of)?
        .iter_mut()
        .find(|one| one["name"] == name)
        .and_then(Value::as_object_mut)
        .with_context(|| format!("{name} is not among the description's {of}"))
}

use std::collections::BTreeMap;

use generion::GenerionError;
use generion_spec::idl;
use serde_json::{Value, json};
use solana_address::Address;

use crate::reader::{Reader, bytes_of};

fn committed() -> Reader {
    let text = include_str!("../../../../idl/generion.json");
    Reader(serde_json::from_str(text).unwrap())
}

fn vectors(name: &str) -> Value {
    serde_json::from_str(&generion_spec::vectors::files()[name]).unwrap()
}

fn cases(file: &Value) -> &[Value] {
    file["cases"].as_array().unwrap()
}

fn data(case: &Value) -> Vec<u8> {
    hex::decode(case["data"].as_str().unwrap()).unwrap()
}

fn text<'a>(of: &'a Value, field: &str) -> &'a str {
    of[field].as_str().unwrap()
}

/// The names in a list of the description.
fn names(of: &Reader, list: &str) -> Vec<String> {
    let list = of.0[list].as_array().unwrap();
    list.iter()
        .map(|one| text(one, "name").to_owned())
        .collect()
}

/// The sorted names of the cases of the vectors, without duplicates.
fn covered(file: &Value, field: &str) -> Vec<String> {
    let mut names: Vec<_> = cases(file)
        .iter()
        .map(|one| text(one, field).to_owned())
        .collect();
    names.sort();
    names.dedup();
    names
}

#[test]
fn accounts_with_their_tails_are_read_by_it() {
    let (reader, file) = (committed(), vectors("accounts.json"));
    for case in cases(&file) {
        let name = text(case, "account");
        let data = data(case);
        assert_eq!(
            reader.read("accounts", name, &data),
            case["fields"],
            "{name}"
        );
        let described = reader.item("accounts", name);
        let size = described["size"].as_u64().unwrap() as usize;
        let tail = &described["tail"];
        if tail.is_null() {
            assert_eq!(data.len(), size, "{name}");
            continue;
        }
        assert_eq!(tail["offset"], described["size"]);
        let items = &data[size + 4..];
        let count = u32::from_le_bytes(data[size..size + 4].try_into().unwrap());
        assert_eq!(
            items.len() as u64,
            u64::from(count) * tail["item_size"].as_u64().unwrap(),
            "{name}"
        );
        assert!(
            u64::from(count) <= tail["max_items"].as_u64().unwrap(),
            "{name}"
        );
        let last = reader.item("types", name)["type"]["fields"]
            .as_array()
            .unwrap()
            .last()
            .unwrap();
        assert_eq!(last["name"], tail["field"]);
    }
    assert_eq!(covered(&file, "account"), names(&reader, "accounts"));
}

#[test]
fn events_are_read_by_it() {
    let (reader, file) = (committed(), vectors("events.json"));
    for case in cases(&file) {
        let name = text(case, "event");
        assert_eq!(
            reader.read("events", name, &data(case)),
            case["fields"],
            "{name}"
        );
    }
    assert_eq!(covered(&file, "event"), names(&reader, "events"));
}

#[test]
fn instructions_are_read_by_it() {
    let (reader, file) = (committed(), vectors("instructions.json"));
    for case in cases(&file) {
        let name = text(case, "instruction");
        assert_eq!(
            reader.read_instruction(name, &data(case)),
            case["args"],
            "{name}"
        );

        let described = reader.item("instructions", name);
        let declared = described["accounts"].as_array().unwrap();
        let given = case["accounts"].as_array().unwrap();
        let flag = |of: &Value, name: &str| of[name].as_bool().unwrap_or(false);
        for (account, given) in declared.iter().zip(given) {
            assert_eq!(account["name"], given["name"], "{name}");
            for property in ["signer", "writable"] {
                assert_eq!(
                    flag(account, property),
                    flag(given, property),
                    "{name} {account}"
                );
            }
            if let Some(address) = account.get("address") {
                assert_eq!(*address, given["address"], "{name}");
            }
            if let Some(pda) = account.get("pda") {
                assert_eq!(pda["seeds"][0]["kind"], "const", "{name}");
            }
        }
        let records = &given[declared.len()..];
        let Some(remaining) = described.get("remaining_accounts") else {
            assert!(records.is_empty(), "{name}");
            continue;
        };
        assert!(!records.is_empty(), "{name}");
        for record in records {
            assert_eq!(record["name"], remaining["name"]);
            assert_eq!(
                flag(record, "writable"),
                flag(remaining, "writable"),
                "{name}"
            );
            assert!(!flag(record, "signer"));
        }
    }
    let mut described = names(&reader, "instructions");
    described.sort();
    assert_eq!(covered(&file, "instruction"), described);
}

#[test]
fn addresses_are_derived_by_it() {
    let (reader, file) = (committed(), vectors("addresses.json"));
    for case in cases(&file) {
        let name = text(case, "account");
        // A vault is no account of the program, and a seat is a Purchase at other seeds: the format has no place for them.
        if OTHER_ADDRESSES.contains(&name) {
            continue;
        }
        let seeds = reader.item("accounts", name)["pda"]["seeds"]
            .as_array()
            .unwrap();
        let seeds: Vec<Vec<u8>> = seeds
            .iter()
            .map(|seed| {
                if seed["kind"] == "const" {
                    return bytes_of(&seed["value"]);
                }
                let given = text(&case["seeds"], text(seed, "name"));
                let kind = &seed["type"];
                match kind.as_str() {
                    Some("pubkey") => given.parse::<Address>().unwrap().to_bytes().to_vec(),
                    Some("u64") => given.parse::<u64>().unwrap().to_le_bytes().to_vec(),
                    None if *kind == json!({"array": ["u8", 32]}) => hex::decode(given).unwrap(),
                    _ => panic!("a seed of type {kind}"),
                }
            })
            .collect();
        let seeds: Vec<&[u8]> = seeds.iter().map(Vec::as_slice).collect();
        let program = text(case, "program_id").parse().unwrap();
        let (address, bump) = Address::find_program_address(&seeds, &program);
        assert_eq!(address.to_string(), text(case, "address"), "{name}");
        assert_eq!(case["bump"], bump);
    }
    let mut covered = covered(&file, "account");
    covered.retain(|name| !OTHER_ADDRESSES.contains(&name.as_str()));
    assert_eq!(covered, names(&reader, "accounts"));
}

/// Addresses that are derived, and are not those of a kind of account.
const OTHER_ADDRESSES: [&str; 2] = ["Vault", "Seat"];

/// The address in an instruction has the seeds of the account, by the names that the instruction uses.
#[test]
fn instructions_derive_the_accounts_addresses() {
    let reader = committed();
    let shape = |pda: &Value| -> Vec<Value> {
        let seeds = pda["seeds"].as_array().unwrap().iter();
        seeds
            .map(|seed| seed.get("value").cloned().unwrap_or(json!("variable")))
            .collect()
    };
    let known: Vec<_> = names(&reader, "accounts")
        .iter()
        .map(|name| shape(&reader.item("accounts", name)["pda"]))
        .collect();
    let bytes = |text: &str| json!(text.as_bytes());
    let known: Vec<_> = known
        .into_iter()
        .chain([
            vec![bytes("vault"), json!("variable")],
            vec![bytes("seat"), json!("variable"), json!("variable")],
        ])
        .collect();
    let mut derived = 0;
    for instruction in reader.0["instructions"].as_array().unwrap() {
        for account in instruction["accounts"].as_array().unwrap() {
            if let Some(pda) = account.get("pda").or_else(|| account.get("computed_pda")) {
                assert!(
                    known.contains(&shape(pda)),
                    "{} {account}",
                    instruction["name"]
                );
                derived += 1;
            }
        }
    }
    // User three times, Share and Order once, Purchase twice, and Record, whose last seed the caller computes.
    assert_eq!(derived, 18);
}

#[test]
fn errors_have_the_programs_numbers() {
    let reader = committed();
    let described = reader.0["errors"].as_array().unwrap();
    assert_eq!(described.len(), GenerionError::ALL.len());
    for (described, error) in described.iter().zip(GenerionError::ALL) {
        assert_eq!(text(described, "name"), format!("{error:?}"));
        assert_eq!(described["code"], error.code());
        assert_eq!(text(described, "msg"), error.text());
    }
}

#[test]
fn constants_have_the_programs_values() {
    let reader = committed();
    let constants = reader.0["constants"].as_array().unwrap();
    let values: BTreeMap<_, _> = constants
        .iter()
        .map(|one| (text(one, "name"), text(one, "value")))
        .collect();
    assert_eq!(values["MAX_LOCATOR_LEN"], "512");
    assert_eq!(values["REFUND_GRACE"], "300");
    assert_eq!(
        values["USER_SEED"],
        format!("{:?}", b"user").replace(' ', "")
    );
    for constant in constants {
        assert!(constant["docs"][0].is_string(), "{constant} has no docs");
    }
}

#[test]
fn a_description_that_lacks_or_adds_something_is_refused() {
    let without = |list: &str, name: &str| {
        let mut printed = printed();
        printed[list]
            .as_array_mut()
            .unwrap()
            .retain(|one| one["name"] != name);
        idl::complete(&mut printed).unwrap_err().to_string()
    };
    assert_eq!(
        without("accounts", "Share"),
        "Share is not among the description's accounts"
    );
    assert_eq!(
        without("types", "Record"),
        "Record is not among the description's types"
    );
    assert_eq!(
        without("types", "Capsule"),
        "these types are referred to and not described, or the other way round: [\"Capsule\"]"
    );
    assert_eq!(
        without("instructions", "deliver"),
        "deliver is not among the description's instructions"
    );

    let mut more = printed();
    more["accounts"]
        .as_array_mut()
        .unwrap()
        .push(json!({"name": "New", "discriminator": [0]}));
    let error = idl::complete(&mut more).unwrap_err().to_string();
    assert!(error.starts_with("account New is new"), "{error}");
}

/// The output of Anchor, reconstructed from the committed description by removing what the last step adds.
fn printed() -> Value {
    let mut description = committed().0;
    let mut accounts = description["accounts"].take();
    for account in accounts.as_array_mut().unwrap() {
        let tail = account["tail"]["field"].clone();
        let name = account["name"].clone();
        for added in ["pda", "size", "tail"] {
            account.as_object_mut().unwrap().remove(added);
        }
        let types = description["types"].as_array_mut().unwrap();
        let layout = types.iter_mut().find(|one| one["name"] == name).unwrap();
        layout["type"]["fields"]
            .as_array_mut()
            .unwrap()
            .retain(|field| field["name"] != tail);
    }
    description["accounts"] = accounts;
    let mut again = description.clone();
    idl::complete(&mut again).unwrap();
    assert_eq!(again, committed().0);
    description
}

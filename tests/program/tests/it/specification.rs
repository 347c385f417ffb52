//! `docs/PROTOCOL.md` against the program's interface description (`idl/generion.json`). `cargo xtask test` compares
//! the description with the sources.

use std::collections::BTreeMap;

use generion::GenerionError;
use serde_json::Value;

const PAGE: &str = include_str!("../../../../docs/PROTOCOL.md");
const IDL: &str = include_str!("../../../../idl/generion.json");

fn idl() -> Value {
    serde_json::from_str(IDL).expect("the description is JSON")
}

/// The text under a heading, up to the next of the same level or above.
#[track_caller]
fn section(heading: &str) -> &'static str {
    let level = heading.bytes().take_while(|byte| *byte == b'#').count();
    let (_, rest) = PAGE
        .split_once(&format!("\n{heading}"))
        .unwrap_or_else(|| panic!("no section {heading}"));
    let end = rest.match_indices("\n#").find(|(at, _)| {
        let marks = rest[at + 1..].bytes().take_while(|byte| *byte == b'#');
        marks.count() <= level
    });
    &rest[..end.map_or(rest.len(), |(at, _)| at)]
}

/// The cells of all rows of a section's tables, heads and rules left out.
fn rows(section: &str) -> Vec<Vec<&str>> {
    let rows = section.lines().filter_map(|line| {
        let inner = line.strip_prefix('|')?.strip_suffix('|')?;
        Some(inner.split('|').map(str::trim).collect::<Vec<_>>())
    });
    rows.filter(|row: &Vec<&str>| !row[0].starts_with('-') && !row[0].is_empty())
        .collect()
}

/// What stands in backticks.
fn code(cell: &str) -> Vec<&str> {
    cell.split('`').skip(1).step_by(2).collect()
}

fn text<'a>(value: &'a Value, field: &str) -> &'a str {
    value[field]
        .as_str()
        .unwrap_or_else(|| panic!("no {field} in {value}"))
}

fn list<'a>(value: &'a Value, field: &str) -> &'a [Value] {
    value[field].as_array().map_or(&[], Vec::as_slice)
}

fn hex(discriminator: &Value) -> String {
    let bytes = discriminator.as_array().expect("bytes").iter();
    bytes
        .map(|byte| format!("{:02x}", byte.as_u64().expect("a byte")))
        .collect()
}

/// A named type's fields, in order.
fn fields<'a>(idl: &'a Value, name: &str) -> &'a [Value] {
    let found = list(idl, "types")
        .iter()
        .find(|one| text(one, "name") == name);
    list(
        &found.unwrap_or_else(|| panic!("no type {name}"))["type"],
        "fields",
    )
}

/// A type as the page writes it, and its bytes where they are fixed.
fn described(idl: &Value, of: &Value) -> (String, Option<usize>) {
    let plain = |name: &str, size| (name.to_owned(), size);
    match of {
        Value::String(name) => match name.as_str() {
            "u8" => plain(name, Some(1)),
            "u32" => plain(name, Some(4)),
            "u64" | "i64" => plain(name, Some(8)),
            "pubkey" => plain("[u8; 32]", Some(32)),
            "string" => plain("String", None),
            "bytes" => plain("Vec<u8>", None),
            other => panic!("the page has no word for {other}"),
        },
        _ if of.get("array").is_some() => {
            let len = of["array"][1].as_u64().expect("a length") as usize;
            let (item, size) = described(idl, &of["array"][0]);
            (format!("[{item}; {len}]"), size.map(|size| size * len))
        }
        _ if of.get("vec").is_some() => (format!("Vec<{}>", described(idl, &of["vec"]).0), None),
        _ if of.get("option").is_some() => {
            (format!("Option<{}>", described(idl, &of["option"]).0), None)
        }
        _ => match of["defined"]["name"].as_str().expect("a defined type") {
            "Point" | "Scalar" => plain("[u8; 32]", Some(32)),
            name => {
                let sizes = fields(idl, name)
                    .iter()
                    .map(|field| described(idl, &field["type"]).1);
                let size: Option<usize> = sizes.sum();
                (format!("[u8; {}]", size.unwrap_or_default()), size)
            }
        },
    }
}

/// The page lists every error with its number, name and text.
#[test]
fn errors_have_the_published_numbers_names_and_texts() {
    let page: Vec<(u32, &str, &str)> = rows(section("## 9. Errors"))
        .into_iter()
        .filter_map(|row| Some((row[0].parse().ok()?, code(row.get(1)?)[0], row[2])))
        .collect();
    let program: Vec<(u32, String, &str)> = GenerionError::ALL
        .iter()
        .map(|error| (error.code(), format!("{error:?}"), error.text()))
        .collect();
    let program: Vec<(u32, &str, &str)> = program
        .iter()
        .map(|(number, name, text)| (*number, name.as_str(), *text))
        .collect();
    assert_eq!(page, program);
}

/// The page has every account's fields with their offsets and sizes.
#[test]
fn accounts_have_the_published_fields_at_the_published_places() {
    let idl = idl();
    for account in list(&idl, "accounts") {
        let name = text(account, "name");
        let heading = format!("### {name} `{}`", hex(&account["discriminator"]));
        let page: Vec<(usize, usize, String)> = rows(section(&heading))
            .into_iter()
            .filter(|row| row[0] != "offset")
            .filter_map(|row| {
                let field = code(row[2]).first().map(|name| (*name).to_owned())?;
                Some((
                    row[0].parse().expect("an offset"),
                    row[1].parse().expect("a size"),
                    field,
                ))
            })
            .collect();
        // Discriminator, version and bump stand in a table of their own.
        let mut offset = 8;
        let mut layout = vec![];
        for field in fields(&idl, name) {
            let Some(size) = described(&idl, &field["type"]).1 else {
                continue; // the tail
            };
            layout.push((offset, size, text(field, "name").to_owned()));
            offset += size;
        }
        assert_eq!(page, layout[2..], "{name}");
        let common =
            [(8, 1, "version"), (9, 1, "bump")].map(|(at, size, name)| (at, size, name.to_owned()));
        assert_eq!(layout[..2], common, "{name}");
        assert_eq!(account["size"], offset, "{name}");

        let all = rows(section(&heading));
        let behind: Vec<_> = all.iter().filter(|row| code(row[2]).is_empty()).collect();
        let tail = &account["tail"];
        let expected = match tail.is_null() {
            true => vec![],
            false => vec![
                (offset.to_string(), "4".to_owned()),
                (
                    (offset + 4).to_string(),
                    format!("{} each", tail["item_size"]),
                ),
            ],
        };
        let behind = behind.iter().filter(|row| row[0] != "offset");
        let behind: Vec<_> = behind
            .map(|row| (row[0].to_owned(), row[1].to_owned()))
            .collect();
        assert_eq!(behind, expected, "the tail of {name}");
    }
}

/// The page has the size of every account.
#[test]
fn sizes_of_accounts_are_the_published_ones() {
    let idl = idl();
    let sizes: BTreeMap<&str, usize> = rows(section("## 4. Accounts"))
        .into_iter()
        .filter(|row| row.len() == 4 && row[1].starts_with("`\""))
        .map(|row| {
            let digits: String = row[2].chars().take_while(char::is_ascii_digit).collect();
            (row[0], digits.parse().expect("a size"))
        })
        .collect();
    let accounts = list(&idl, "accounts");
    assert_eq!(sizes.len(), accounts.len());
    for account in accounts {
        let name = text(account, "name");
        let fixed = account["size"].as_u64().expect("a size") as usize;
        let tail = if account["tail"].is_null() { 0 } else { 4 };
        assert_eq!(sizes[name], fixed + tail, "{name}");
    }
}

/// The page has every instruction with its tag, arguments, accounts and events, and names existing errors only.
#[test]
fn instructions_have_the_published_tags_arguments_accounts_errors_and_events() {
    let idl = idl();
    let errors: Vec<String> = GenerionError::ALL
        .iter()
        .map(|error| format!("{error:?}"))
        .collect();
    let instructions = list(&idl, "instructions");
    let headings = section("## 5. Instructions").matches("\n### ").count();
    assert_eq!(headings, instructions.len());
    for instruction in instructions {
        let name = text(instruction, "name");
        let tag = &instruction["discriminator"];
        assert_eq!(
            tag.as_array().map(Vec::len),
            Some(1),
            "one byte is {name}'s tag"
        );
        let page: BTreeMap<&str, &str> = rows(section(&format!("### {} `{name}`", tag[0])))
            .into_iter()
            .map(|row| (row[0], row[1]))
            .collect();

        let args = match list(instruction, "args") {
            [args] => fields(&idl, text(&args["type"]["defined"], "name")),
            _ => &[],
        };
        // Proof and capsules of a delivery are told by their parts, and what fills the rest of the data in words.
        let told = match name {
            "deliver" | "join_study" => 2,
            "create_study" => 11,
            "apply" => 1,
            _ => usize::MAX,
        };
        let args: Vec<String> = args
            .iter()
            .take(told)
            .map(|field| {
                let kind = described(&idl, &field["type"]).0;
                format!("{}: {kind}", text(field, "name"))
            })
            .collect();
        match name {
            _ if args.is_empty() => assert_eq!(page["arguments"], "none", "{name}"),
            _ => {
                let typed = code(page["arguments"])
                    .into_iter()
                    .filter(|one| one.contains(": "))
                    .take(told);
                assert_eq!(typed.collect::<Vec<_>>(), args, "{name}");
            }
        }

        let accounts: Vec<String> = list(instruction, "accounts")
            .iter()
            .map(|account| {
                let flag = |name: &str| account[name].as_bool().unwrap_or(false);
                let (signs, written) = (flag("signer"), flag("writable"));
                let name = match text(account, "name") {
                    "system_program" => "system program".to_owned(),
                    name => format!("`{name}`"),
                };
                [
                    Some(name.as_str()),
                    signs.then_some("s"),
                    written.then_some("w"),
                ]
                .into_iter()
                .flatten()
                .collect::<Vec<_>>()
                .join(" ")
            })
            .collect();
        let published = without_brackets(page["accounts"]);
        let declared: Vec<&str> = published
            .split(", ")
            .map(str::trim)
            .filter(|account| !account.contains("`records`"))
            .collect();
        assert_eq!(declared, accounts, "{name}");
        let trailing = &instruction["remaining_accounts"];
        let named = |what| page["accounts"].contains(what);
        assert_eq!(named("`records`"), !trailing.is_null(), "{name}");
        assert_eq!(named("`records` w"), trailing["writable"] == true, "{name}");

        for rule in code(page["refuses"]) {
            assert!(
                errors.iter().any(|error| error == rule),
                "{name} refuses {rule}"
            );
        }
        for event in code(page["event"]) {
            let events = list(&idl, "events").iter();
            assert!(
                events.into_iter().any(|one| text(one, "name") == event),
                "{name} logs {event}"
            );
        }
    }
}

/// A list of accounts without its remarks.
fn without_brackets(cell: &str) -> String {
    let mut depth = 0;
    let kept = cell.chars().filter(|char| match char {
        '(' => {
            depth += 1;
            false
        }
        ')' => {
            depth -= 1;
            false
        }
        _ => depth == 0,
    });
    let kept: String = kept.collect();
    let kept = kept.replace(", and to close: ", ", ").replace("  ", " ");
    kept.split(',')
        .map(str::trim)
        .collect::<Vec<_>>()
        .join(", ")
}

/// The page lists every error under some instruction.
#[test]
fn every_error_is_refused_by_an_instruction() {
    let mut never: Vec<String> = GenerionError::ALL
        .iter()
        .map(|error| format!("{error:?}"))
        .collect();
    for row in rows(section("## 5. Instructions")) {
        if row[0] == "refuses" {
            never.retain(|error| !code(row[1]).contains(&error.as_str()));
        }
    }
    assert_eq!(never, [""; 0]);
}

/// The page has every event with its discriminator and fields.
#[test]
fn events_have_the_published_discriminators_and_fields() {
    let idl = idl();
    let page: BTreeMap<&str, (String, Vec<String>)> = rows(section("## 8. Events"))
        .into_iter()
        .filter(|row| row[0] != "event")
        .map(|row| {
            // Addresses, points and hashes have 32 bytes, and the page not always a type for them.
            let untyped = |field: &str| field.trim_end_matches(": [u8; 32]").to_owned();
            // What a field is called in formulas stands behind some, one letter each.
            let named = code(row[2]).into_iter().filter(|field| field.len() > 1);
            let fields = named.map(untyped).collect();
            (code(row[0])[0], (code(row[1])[0].to_owned(), fields))
        })
        .collect();
    let events: BTreeMap<&str, (String, Vec<String>)> = list(&idl, "events")
        .iter()
        .map(|event| {
            let name = text(event, "name");
            let fields =
                fields(&idl, name)
                    .iter()
                    .map(|field| match described(&idl, &field["type"]) {
                        (_, Some(32)) => text(field, "name").to_owned(),
                        (kind, _) => format!("{}: {kind}", text(field, "name")),
                    });
            (name, (hex(&event["discriminator"]), fields.collect()))
        })
        .collect();
    assert_eq!(page, events);
}

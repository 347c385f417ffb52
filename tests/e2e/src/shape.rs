//! The shapes of the commands' JSON output, on which programs rely. `client/cli/json-shapes.json` has a shape for every
//! command, and every output in these tests is compared with it. With `UPDATE_JSON_SHAPES` set, the tests add new output to
//! the shapes instead.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::{self, File},
    io::{Read, Seek, Write},
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The kinds of values at a place in a document. Kinds that are `None` or `false` don't occur there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Shape {
    /// `null`.
    #[serde(skip_serializing_if = "is_false")]
    pub null: bool,
    /// `true` or `false`.
    #[serde(skip_serializing_if = "is_false")]
    pub boolean: bool,
    /// A number without a fraction.
    #[serde(skip_serializing_if = "is_false")]
    pub integer: bool,
    /// A text.
    #[serde(skip_serializing_if = "is_false")]
    pub string: bool,
    /// A list, with the shape of its items.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub list: Option<Box<Shape>>,
    /// An object with exactly these fields.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object: Option<BTreeMap<String, Shape>>,
    /// An object with arbitrary keys, with the shape of its values.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub map: Option<Box<Shape>>,
}

/// Places of objects with arbitrary keys: the accounts of a change, by their role.
const MAPS: [&str; 1] = ["it.entries[].accounts"];

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
const fn is_false(value: &bool) -> bool {
    !*value
}

impl Shape {
    /// Extends the shape with another document.
    ///
    /// # Errors
    /// If an object has other fields than before; the message names them.
    fn learn(&mut self, value: &Value, place: &str) -> Result<(), String> {
        match value {
            Value::Null => self.null = true,
            Value::Bool(_) => self.boolean = true,
            Value::Number(number) if number.is_f64() => {
                return Err(format!("{place} is {number}, which is no integer"));
            }
            Value::Number(_) => self.integer = true,
            Value::String(_) => self.string = true,
            Value::Array(values) => {
                let inner = self.list.get_or_insert_default();
                for value in values {
                    inner.learn(value, &format!("{place}[]"))?;
                }
            }
            Value::Object(fields) if MAPS.contains(&place) => {
                let inner = self.map.get_or_insert_default();
                for (name, value) in fields {
                    inner.learn(value, &format!("{place}.{name}"))?;
                }
            }
            Value::Object(fields) => {
                let is_new = self.object.is_none();
                let known = self.object.get_or_insert_default();
                let found: BTreeSet<_> = fields.keys().cloned().collect();
                let expected: BTreeSet<_> = known.keys().cloned().collect();
                if !is_new && found != expected {
                    return Err(format!(
                        "{place} has the fields {found:?}, not {expected:?}"
                    ));
                }
                for (name, value) in fields {
                    let field = known.entry(name.clone()).or_default();
                    field.learn(value, &format!("{place}.{name}"))?;
                }
            }
        }
        Ok(())
    }
}

/// The path of the file with the shapes.
fn path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../client/cli/json-shapes.json")
}

/// The shapes of all commands, by their words, such as `record create`.
pub fn shapes() -> BTreeMap<String, Shape> {
    let text = fs::read_to_string(path()).expect("client/cli/json-shapes.json is there");
    serde_json::from_str(&text).expect("it holds shapes")
}

/// The command among the words of a command line.
pub fn command(words: &[&str]) -> String {
    let verbs = words.iter().take_while(|word| !word.starts_with('-'));
    let count = match words.first() {
        Some(&("deliver" | "history" | "completions" | "man")) => 1,
        _ => 2,
    };
    let mut command: Vec<_> = verbs.take(count).copied().collect();
    // Other names of the same.
    match &mut command[..] {
        [_, verb @ "get"] => *verb = "show",
        ["order", verb @ "delete"] => *verb = "close",
        ["user", verb @ "set"] => *verb = "set-key",
        ["record", verb @ "ids"] => *verb = "addresses",
        _ => {}
    }
    // It prints another report then.
    let others = ["--all", "--facts"];
    command.extend(words.iter().filter(|word| others.contains(word)));
    command.join(" ")
}

/// Compares a command's output with its shape.
#[track_caller]
pub fn check(words: &[&str], printed: &Value) {
    let mut command = command(words);
    if printed.get("dry_run").is_some() {
        command.push_str(" --dry-run");
    }
    if std::env::var_os("UPDATE_JSON_SHAPES").is_some() {
        update(&command, printed);
        return;
    }
    let Some(known) = shapes().remove(&command) else {
        panic!(
            "`{command}` has no shape: run the tests with UPDATE_JSON_SHAPES=1 and look at what changes"
        );
    };
    let mut learnt = known.clone();
    if let Err(reason) = learnt.learn(printed, "it") {
        panic!("`{command}` printed another shape than programs know: {reason}");
    }
    assert_eq!(
        learnt, known,
        "`{command}` printed what programs don't know"
    );
}

fn update(command: &str, printed: &Value) {
    let mut file = File::options()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(path())
        .expect("the shapes can be written");
    // Tests are processes of their own.
    file.lock().expect("the shapes can be locked");
    let mut text = String::new();
    file.read_to_string(&mut text).expect("the shapes are text");
    let mut shapes: BTreeMap<String, Shape> = match text.is_empty() {
        true => BTreeMap::new(),
        false => serde_json::from_str(&text).expect("the file holds shapes"),
    };
    let shape = shapes.entry(command.to_owned()).or_default();
    if let Err(reason) = shape.learn(printed, "it") {
        panic!("`{command}`: {reason}; remove its shape if that is meant");
    }
    let text = serde_json::to_string_pretty(&shapes).expect("shapes are JSON") + "\n";
    file.rewind().expect("a file can be rewound");
    file.set_len(0).expect("a file can be cut");
    file.write_all(text.as_bytes())
        .expect("the shapes can be written");
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn of(values: &[Value]) -> Result<Shape, String> {
        let mut shape = Shape::default();
        for value in values {
            shape.learn(value, "it")?;
        }
        Ok(shape)
    }

    #[test]
    fn a_field_that_comes_or_goes_is_noticed() {
        let known = json!({ "id": 1, "transaction": { "signature": "x" } });
        for other in [
            json!({ "id": 1 }),
            json!({ "id": 1, "transaction": { "signature": "x", "slot": 1 } }),
            json!({ "id": 1.5, "transaction": null }),
        ] {
            assert!(of(&[known.clone(), other]).is_err());
        }
    }

    #[test]
    fn the_fields_of_a_map_come_and_go() {
        let entry = |accounts: Value| json!({ "entries": [{ "accounts": accounts }] });
        let (one, other) = (
            entry(json!({ "record": "x" })),
            entry(json!({ "share": "y" })),
        );
        assert_eq!(of(&[one.clone(), other]), of(std::slice::from_ref(&one)));
        assert_ne!(
            of(&[one.clone(), entry(json!({ "record": 1 }))]),
            of(&[one])
        );
    }

    #[test]
    fn a_field_of_another_kind_is_noticed() {
        let known = of(&[json!({ "id": 1 })]).unwrap();
        for other in [
            json!({ "id": "1" }),
            json!({ "id": null }),
            json!({ "id": [1] }),
        ] {
            assert_ne!(of(&[json!({ "id": 1 }), other]).unwrap(), known);
        }
        assert_eq!(
            of(&[json!({ "id": 1 }), json!({ "id": 2 })]).unwrap(),
            known
        );
    }

    #[test]
    fn a_command_is_its_first_words() {
        assert_eq!(
            command(&["record", "create", "a.json", "--owner", "x"]),
            "record create"
        );
        assert_eq!(command(&["order", "delete", "x"]), "order close");
        assert_eq!(command(&["deliver", "x"]), "deliver");
        assert_eq!(command(&["deliver", "--all"]), "deliver --all");
        assert_eq!(command(&["user", "show", "x"]), "user show");
    }
}

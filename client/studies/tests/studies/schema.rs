//! `docs/study.schema.json` says what the reader takes. The test has a validator of the few keywords that the schema uses: a
//! whole one would bring other features of crates that the node links, and have everything compiled anew.

use generion_studies::description::Description;
use regex::Regex;
use serde_json::{Value, json};

use crate::support::description;

fn schema() -> Value {
    serde_json::from_str(include_str!("../../../../docs/study.schema.json")).unwrap()
}

/// Whether the schema takes a value. A keyword that it does not know is a failure of the test.
fn takes(root: &Value, schema: &Value, value: &Value) -> bool {
    let keywords = schema.as_object().unwrap();
    keywords
        .iter()
        .all(|(keyword, rule)| match keyword.as_str() {
            "$schema" | "$comment" | "$defs" | "title" | "description" | "properties" => true,
            "$ref" => {
                let place = rule.as_str().unwrap().strip_prefix('#').unwrap();
                takes(root, root.pointer(place).unwrap(), value)
            }
            "type" => match rule.as_str().unwrap() {
                "object" => value.is_object(),
                "array" => value.is_array(),
                "string" => value.is_string(),
                "integer" => value.is_u64(),
                other => panic!("type {other}"),
            },
            "enum" => rule.as_array().unwrap().contains(value),
            "minimum" => value
                .as_u64()
                .is_none_or(|number| number >= rule.as_u64().unwrap()),
            "maximum" => value
                .as_u64()
                .is_none_or(|number| number <= rule.as_u64().unwrap()),
            "minLength" => length(value) >= rule.as_u64().unwrap(),
            "maxLength" => length(value) <= rule.as_u64().unwrap(),
            "pattern" => {
                let pattern = Regex::new(rule.as_str().unwrap()).unwrap();
                value.as_str().is_none_or(|text| pattern.is_match(text))
            }
            "items" => value
                .as_array()
                .is_none_or(|items| items.iter().all(|item| takes(root, rule, item))),
            "required" => value.as_object().is_none_or(|members| {
                let mut names = rule.as_array().unwrap().iter();
                names.all(|name| members.contains_key(name.as_str().unwrap()))
            }),
            "minProperties" => value
                .as_object()
                .is_none_or(|members| members.len() as u64 >= rule.as_u64().unwrap()),
            "propertyNames" => value
                .as_object()
                .is_none_or(|members| members.keys().all(|name| takes(root, rule, &json!(name)))),
            "additionalProperties" => value.as_object().is_none_or(|members| {
                members.iter().all(|(name, member)| {
                    match schema.pointer(&format!("/properties/{name}")) {
                        Some(known) => takes(root, known, member),
                        None => rule.is_object() && takes(root, rule, member),
                    }
                })
            }),
            other => panic!("keyword {other}"),
        })
}

fn length(value: &Value) -> u64 {
    value
        .as_str()
        .map_or(u64::MAX, |text| text.chars().count() as u64)
}

/// Every place of a value, as JSON pointers.
fn places(value: &Value, at: &str, found: &mut Vec<String>) {
    found.push(at.to_owned());
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                places(member, &format!("{at}/{name}"), found);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                places(item, &format!("{at}/{index}"), found);
            }
        }
        _ => {}
    }
}

/// The whole sample, with everything that may be absent.
fn sample() -> Value {
    let mut description = description();
    description.fhirpath = Some("Observation.exists()".to_owned());
    serde_json::to_value(description).unwrap()
}

#[test]
fn reader_and_schema_take_the_same() {
    let schema = schema();
    let agree = |value: &Value, what: &str| {
        let is_read = serde_json::from_value::<Description>(value.clone());
        let is_taken = takes(&schema, &schema, value);
        assert_eq!(is_read.is_ok(), is_taken, "{what}: {:?}", is_read.err());
        is_taken
    };
    assert!(agree(&sample(), "the sample"));
    let mut all = Vec::new();
    places(&sample(), "", &mut all);
    let values = [
        json!(null),
        json!(true),
        json!(0),
        json!(255),
        json!(256),
        json!(-1),
        json!(1.5),
        json!(""),
        json!("open"),
        json!("Open"),
        json!("ab".repeat(32)),
        json!("a=b"),
        json!("a="),
        json!(format!("a={}", "b".repeat(127))),
        json!("11111111111111111111111111111111"),
        json!([]),
        json!({}),
    ];
    let mut refused = 0;
    for place in &all {
        for value in &values {
            let mut changed = sample();
            *changed.pointer_mut(place).unwrap() = value.clone();
            refused += u32::from(!agree(&changed, &format!("{place} is {value}")));
        }
        // The member is absent, or there is another one beside it.
        if let Some((above, name)) = place.rsplit_once('/') {
            let mut without = sample();
            let mut with = sample();
            let is_object =
                |value: &mut Value,
                 above: &str,
                 change: &dyn Fn(&mut serde_json::Map<String, Value>)| {
                    let members = value.pointer_mut(above).and_then(Value::as_object_mut);
                    members.map(change).is_some()
                };
            if is_object(&mut without, above, &|members| drop(members.remove(name)))
                && is_object(&mut with, above, &|members| {
                    drop(members.insert("x".into(), json!(1)))
                })
            {
                agree(&without, &format!("without {place}"));
                refused += u32::from(!agree(&with, &format!("another name beside {place}")));
            }
        }
    }
    assert!(refused > 400, "{refused} changes were refused");
}

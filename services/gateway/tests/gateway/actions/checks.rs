//! The checks themselves: what is not of the specification's form does not pass.

use serde_json::{Value, json};

use super::specification::{Check, actions_json, error, get_response, post_response};

fn action() -> Value {
    json!({
        "type": "action",
        "icon": "https://gateway.example/icon.svg",
        "title": "Title",
        "description": "Description",
        "label": "Buy records",
        "links": { "actions": [{
            "type": "transaction",
            "href": "/v1/actions/orders/1?key={key}",
            "label": "Buy",
            "parameters": [{ "name": "key", "pattern": "^x$", "patternDescription": "An x" }],
        }] },
    })
}

fn transaction() -> Value {
    let completed = json!({
        "type": "completed", "icon": "https://gateway.example/icon.svg", "title": "Title", "description": "Done",
        "label": "Done",
    });
    json!({
        "type": "transaction",
        "transaction": "AA==",
        "links": { "next": { "type": "inline", "action": completed } },
    })
}

/// What the specification's own examples look like passes. With one field missing, changed or added it does not.
#[test]
fn a_form_with_one_fault_does_not_pass() {
    let whole: [(Value, Check); 4] = [
        (action(), get_response),
        (transaction(), post_response),
        (json!({ "message": "Text" }), error),
        (
            json!({ "rules": [{ "pathPattern": "/a/*/b/**", "apiPath": "/c/*/d/**" }] }),
            actions_json,
        ),
    ];
    for (value, check) in &whole {
        assert_eq!(check(value), Ok(()));
    }
    let faults: [(usize, &str, Value); 18] = [
        (0, "/type", json!("completed")),
        (0, "/icon", json!("/icon.svg")),
        (0, "/icon", json!("data:image/png;base64,AA==")),
        (0, "/title", Value::Null),
        (0, "/description", json!(1)),
        (0, "/label", json!("Buy these records with one click")),
        (0, "/links/actions", json!({})),
        (0, "/links/actions/0/type", json!("link")),
        (0, "/links/actions/0/href", Value::Null),
        (0, "/links/actions/0/parameters/0/name", json!("")),
        (
            0,
            "/links/actions/0/parameters/0/patternDescription",
            Value::Null,
        ),
        (1, "/type", json!("action")),
        (1, "/transaction", Value::Null),
        (1, "/links/next/type", json!("external")),
        (1, "/links/next/action/type", json!("over")),
        (1, "/links/next/action/icon", json!("icon.svg")),
        (2, "/message", json!({ "text": "Text" })),
        (3, "/rules/0/pathPattern", json!("/a/**/b")),
    ];
    for (which, place, fault) in faults {
        let (mut value, check) = whole[which].clone();
        *value.pointer_mut(place).unwrap() = fault.clone();
        assert!(check(&value).is_err(), "{place}: {fault}");
    }
    for (mut value, check) in whole {
        value["other"] = json!(1);
        assert!(check(&value).is_err(), "{value}");
    }
}

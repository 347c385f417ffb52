//! The specification's types as checks: `index.d.ts` of `@solana/actions-spec` 2.4.2, with what its text says beside them, and
//! the headers of `@solana/actions`. Nothing here is taken from the gateway.

use reqwest::{Response, Url};
use serde_json::Value;

/// What is wrong with a value, and where.
pub type Checked = Result<(), String>;
pub type Check = fn(&Value) -> Checked;

/// `ACTIONS_CORS_HEADERS`, `X-Action-Version`, and the local ledger's id after CAIP-2.
const HEADERS: [(&str, &str); 6] = [
    ("access-control-allow-origin", "*"),
    ("access-control-allow-methods", "GET,POST,PUT,OPTIONS"),
    (
        "access-control-allow-headers",
        "Content-Type, Authorization, Content-Encoding, Accept-Encoding, X-Accept-Action-Version, X-Accept-Blockchain-Ids",
    ),
    (
        "access-control-expose-headers",
        "X-Action-Version, X-Blockchain-Ids",
    ),
    ("x-action-version", "2.4"),
    // The first 32 letters of the genesis hash.
    (
        "x-blockchain-ids",
        "solana:H7FThooFDNTNq13qgRiW3UZcvt5zAYqt",
    ),
];

/// Every answer has every header, each once. `kind` is the content type.
pub fn check_headers(response: &Response, kind: &str) {
    let url = response.url();
    for (name, value) in HEADERS.into_iter().chain([("content-type", kind)]) {
        let values: Vec<_> = response.headers().get_all(name).iter().collect();
        assert_eq!(values, [value], "{url}: {name}");
    }
}

/// `ActionGetResponse`.
pub fn get_response(value: &Value) -> Checked {
    action(value)?;
    // `type` is optional for backwards compatibility.
    match value.get("type") {
        None => Ok(()),
        Some(kind) => one_of(kind, &["action"]),
    }
}

/// `Action`.
fn action(value: &Value) -> Checked {
    object(
        value,
        &[
            ("icon", web_address),
            ("title", text),
            ("description", text),
            ("label", label),
        ],
        &[
            ("type", text),
            ("disabled", boolean),
            ("links", linked_actions),
            ("error", error),
        ],
    )
}

fn linked_actions(value: &Value) -> Checked {
    object(
        value,
        &[("actions", |value| list(value, linked_action))],
        &[],
    )
}

/// `LinkedAction`.
fn linked_action(value: &Value) -> Checked {
    object(
        value,
        &[
            ("type", |value| {
                one_of(value, &["transaction", "message", "post", "external-link"])
            }),
            ("href", text),
            ("label", label),
        ],
        &[("parameters", |value| list(value, parameter))],
    )
}

/// `ActionParameter` of a general input type: the gateway has no form with options.
fn parameter(value: &Value) -> Checked {
    object(
        value,
        &[("name", text)],
        &[
            ("type", |value| {
                let kinds = [
                    "text",
                    "email",
                    "url",
                    "number",
                    "date",
                    "datetime-local",
                    "textarea",
                ];
                one_of(value, &kinds)
            }),
            ("label", text),
            ("required", boolean),
            ("pattern", text),
            ("patternDescription", text),
            ("min", number),
            ("max", number),
        ],
    )?;
    match (value.get("pattern"), value.get("patternDescription")) {
        (Some(_), None) => Err(format!("{value}: a pattern needs a description")),
        _ => Ok(()),
    }
}

/// `ActionPostResponse`.
pub fn post_response(value: &Value) -> Checked {
    let next: Check = |value| object(value, &[("next", next_link)], &[]);
    match value["type"].as_str() {
        Some("transaction") => object(
            value,
            &[("type", text), ("transaction", text)],
            &[("message", text), ("links", next)],
        ),
        Some("external-link") => object(
            value,
            &[("type", text), ("externalLink", web_address)],
            &[("message", text), ("links", next)],
        ),
        Some("post") => object(
            value,
            &[("type", text)],
            &[("message", text), ("links", next)],
        ),
        _ => Err(format!("{value}: no response of a POST")),
    }
}

/// `NextActionLink`.
fn next_link(value: &Value) -> Checked {
    match value["type"].as_str() {
        Some("post") => object(value, &[("type", text), ("href", text)], &[]),
        Some("inline") => object(value, &[("type", text), ("action", next_action)], &[]),
        _ => Err(format!("{value}: no link to a next Action")),
    }
}

/// `NextAction`: an Action, or one that is completed and has no links.
fn next_action(value: &Value) -> Checked {
    action(value)?;
    one_of(&value["type"], &["action", "completed"])?;
    match value["type"] == "completed" && value.get("links").is_some() {
        true => Err(format!("{value}: a completed Action has no links")),
        false => Ok(()),
    }
}

/// `ActionError`.
pub fn error(value: &Value) -> Checked {
    object(value, &[("message", text)], &[])
}

/// `ActionsJson`.
pub fn actions_json(value: &Value) -> Checked {
    let rule: Check = |value| {
        object(
            value,
            &[("pathPattern", pattern), ("apiPath", pattern)],
            &[],
        )
    };
    let rules: [(&str, Check); 1] = [("rules", |_| Ok(()))];
    object(value, &rules, &[])?;
    list(&value["rules"], rule)
}

/// A path with `*` and `**`, the latter at its end.
fn pattern(value: &Value) -> Checked {
    text(value)?;
    let path = value.as_str().unwrap_or_default();
    let before_the_end = path.strip_suffix("**").unwrap_or(path);
    let is_pattern = path.starts_with('/') && !before_the_end.contains("**") && !path.contains('?');
    is_pattern
        .then_some(())
        .ok_or_else(|| format!("{value}: no pattern of paths"))
}

/// An object with these fields, and with no other ones.
fn object(value: &Value, required: &[(&str, Check)], optional: &[(&str, Check)]) -> Checked {
    let Some(fields) = value.as_object() else {
        return Err(format!("{value}: no object"));
    };
    for (name, check) in required {
        let field = fields
            .get(*name)
            .ok_or_else(|| format!("{value}: lacks {name}"))?;
        check(field).map_err(|error| format!("{name}: {error}"))?;
    }
    for (name, field) in fields {
        let mut known = required.iter().chain(optional);
        let Some((_, check)) = known.find(|(known, _)| known == name) else {
            return Err(format!("{value}: {name} is no field"));
        };
        check(field).map_err(|error| format!("{name}: {error}"))?;
    }
    Ok(())
}

fn list(value: &Value, check: Check) -> Checked {
    let items = value
        .as_array()
        .ok_or_else(|| format!("{value}: no list"))?;
    items.iter().try_for_each(check)
}

fn text(value: &Value) -> Checked {
    match value.as_str() {
        Some(text) if !text.is_empty() => Ok(()),
        _ => Err(format!("{value}: no text")),
    }
}

/// "All labels should not exceed 5 word phrases."
fn label(value: &Value) -> Checked {
    text(value)?;
    let words = value.as_str().unwrap_or_default().split(' ').count();
    (words <= 5)
        .then_some(())
        .ok_or_else(|| format!("{value}: {words} words"))
}

/// "The value must be an absolute HTTP or HTTPS URL."
fn web_address(value: &Value) -> Checked {
    let url = value.as_str().and_then(|text| Url::parse(text).ok());
    match url {
        Some(url) if matches!(url.scheme(), "http" | "https") && url.has_host() => Ok(()),
        _ => Err(format!("{value}: no absolute address")),
    }
}

fn boolean(value: &Value) -> Checked {
    value
        .is_boolean()
        .then_some(())
        .ok_or_else(|| format!("{value}: no boolean"))
}

fn number(value: &Value) -> Checked {
    value
        .is_number()
        .then_some(())
        .ok_or_else(|| format!("{value}: no number"))
}

fn one_of(value: &Value, values: &[&str]) -> Checked {
    let is_known = value.as_str().is_some_and(|text| values.contains(&text));
    is_known
        .then_some(())
        .ok_or_else(|| format!("{value}: none of {values:?}"))
}

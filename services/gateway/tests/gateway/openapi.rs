//! The OpenAPI document, and the reference beside it.

use std::{fs, path::PathBuf};

use generion_gateway::http::{problem::ProblemCode, router::document};

fn docs(file: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../docs")
        .join(file)
}

/// The committed document is what the code makes. Where a change is meant, `cargo run --bin generion-gateway openapi` writes
/// it again.
#[test]
fn the_committed_document_is_current() {
    let committed = fs::read_to_string(docs("gateway/openapi.json")).unwrap();
    let current = document().to_pretty_json().unwrap();
    assert!(
        committed.trim_end() == current.trim_end(),
        "docs/gateway/openapi.json is not current: write it again with `generion-gateway openapi`"
    );
}

/// Every operation has an id of its own, a summary, and an answer that succeeds; no reference leads nowhere.
#[test]
fn the_document_is_whole() {
    let document = serde_json::to_value(document()).unwrap();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    let mut ids = std::collections::BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let name = format!("{method} {path}");
            assert!(
                ids.insert(operation["operationId"].as_str().unwrap().to_owned()),
                "{name}"
            );
            assert!(!operation["summary"].as_str().unwrap().is_empty(), "{name}");
            let responses = operation["responses"].as_object().unwrap();
            assert!(
                responses.keys().any(|status| status.starts_with('2')),
                "{name}"
            );
            assert!(
                responses.contains_key("429") && responses.contains_key("500"),
                "{name}"
            );
        }
    }
    let text = document.to_string();
    for reference in text.split("\"$ref\":\"#").skip(1) {
        let pointer = reference.split('"').next().unwrap();
        assert!(document.pointer(pointer).is_some(), "{pointer}");
    }
}

/// Each code of a refusal is in the reference with its status and meaning, and codes are distinct.
#[test]
fn the_reference_lists_every_code() {
    let reference = fs::read_to_string(docs("GATEWAY.md")).unwrap();
    let mut codes = std::collections::BTreeSet::new();
    for code in ProblemCode::all() {
        assert!(codes.insert(code.name()), "{code:?}");
    }
    for code in ProblemCode::OWN {
        let row = format!(
            "| `{}` | {} | {} |",
            code.name(),
            code.status().as_u16(),
            code.documentation()
        );
        assert!(
            reference.contains(&row),
            "docs/GATEWAY.md lacks the row\n{row}"
        );
    }
}

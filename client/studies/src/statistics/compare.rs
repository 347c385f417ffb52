use serde_json::Value;

use super::report::Report;

/// Where two reports differ, in words, with the place of each difference: for a third party that has compiled the report anew.
/// Empty: they are the same.
pub fn differences(published: &Report, recomputed: &Report) -> Vec<String> {
    let value = |report| serde_json::to_value(report).expect("a report has no map");
    let mut found = Vec::new();
    compare("report", &value(published), &value(recomputed), &mut found);
    found
}

fn compare(place: &str, published: &Value, recomputed: &Value, found: &mut Vec<String>) {
    match (published, recomputed) {
        (Value::Object(left), Value::Object(right)) => {
            let names = left
                .keys()
                .chain(right.keys().filter(|name| !left.contains_key(*name)));
            for name in names {
                let (left, right) = (left.get(name), right.get(name));
                let of = |value: Option<&Value>| value.cloned().unwrap_or_default();
                compare(&format!("{place}.{name}"), &of(left), &of(right), found);
            }
        }
        (Value::Array(left), Value::Array(right)) => {
            if left.len() != right.len() {
                found.push(format!(
                    "{place}: {} entries are published, and {} follow from the documents",
                    left.len(),
                    right.len()
                ));
            }
            for (index, (left, right)) in left.iter().zip(right).enumerate() {
                compare(&format!("{place}[{index}]"), left, right, found);
            }
        }
        _ if published != recomputed => found.push(format!(
            "{place}: {published} is published, and {recomputed} follows from the documents"
        )),
        _ => {}
    }
}

//! The consent before a sale.

use generion_client::state::User;
use generion_e2e::Town;
use serde_json::Value;

use crate::{OBSERVATION, number, text, verified_record};

/// A seller sees what a document reveals, and `--yes` alone does not agree to it.
#[test]
fn selling_shows_what_would_be_revealed() {
    let town = Town::found();
    let [patient, clinic] = ["patient", "clinic"].map(|role| town.person(role));
    patient.does(&["user", "set-key"]);
    let named = verified_record(&town, &clinic, &patient, OBSERVATION);
    let anonymous =
        br#"{"resourceType":"Observation","status":"final","valueQuantity":{"value":7.2}}"#;
    let anonymous = verified_record(&town, &clinic, &patient, anonymous);
    let order = |record: &str, more: &[&str]| {
        let words = "order create --price 0.1SOL --window 1h --label x --record";
        let words = words.split(' ').chain(more.iter().copied());
        // The record follows the option that requires it.
        let mut words: Vec<_> = words.map(str::to_owned).collect();
        words.insert(9, record.to_owned());
        words
    };
    fn borrowed(words: &[String]) -> Vec<&str> {
        words.iter().map(String::as_str).collect()
    }

    let failed = patient.fails(&borrowed(&order(&named, &[])));
    assert!(failed.message.contains("narratives (1)"), "{failed:?}");
    assert!(
        failed.message.contains("references to other records"),
        "{failed:?}"
    );
    assert!(failed.advice.contains("--reveal-identifiers"), "{failed:?}");
    let user = town.addresses().user(&patient.address);
    assert_eq!(town.read::<User>(&user).next_order_id, 0);

    let done = patient.does(&borrowed(&order(&named, &["--reveal-identifiers"])));
    assert!(
        text(&done, "/revealed/0/summary").starts_with("Observation: identifiers (2), "),
        "{done}"
    );
    // The list has some values of each kind, those of the patient first, and the number of the others.
    assert_eq!(
        text(&done, "/revealed/0/values/0/kind"),
        "references to other records"
    );
    assert_eq!(text(&done, "/revealed/0/values/0/text"), "Patient/example");
    let (listed, more) = (
        values(&done).len(),
        number(&done, "/revealed/0/more_values"),
    );
    assert!(listed <= 20 && more > 0, "{done}");

    // The whole list.
    let all = patient.does(&borrowed(&order(
        &named,
        &["--reveal-identifiers", "--full"],
    )));
    assert_eq!(number(&all, "/revealed/0/more_values"), 0);
    assert_eq!(values(&all).len() as u64, listed as u64 + more);
    assert!(
        values(&all)
            .iter()
            .any(|value| value["path"] == "Observation.text.div"),
        "{all}"
    );

    let done = patient.does(&borrowed(&order(&anonymous, &[])));
    assert_eq!(
        text(&done, "/revealed/0/summary"),
        "Observation: nothing but known codes, quantities, units, statuses and years"
    );
    assert_eq!(done["revealed"][0]["is_identifying"], false);
}

/// The listed values of the first record.
fn values(done: &Value) -> &[Value] {
    done["revealed"][0]["values"]
        .as_array()
        .expect("it is a list")
}

/// Buyers see labels in every script as they are written, with control characters escaped.
#[test]
fn labels_of_strangers_are_shown_as_they_are_written() {
    let town = Town::found();
    let [patient, clinic, buyer] = ["patient", "clinic", "buyer"].map(|role| town.person(role));
    patient.does(&["user", "set-key"]);
    let record = verified_record(
        &town,
        &clinic,
        &patient,
        br#"{"resourceType":"Observation"}"#,
    );
    for (label, shown) in [
        ("Mu\u{308}ller, अनीता शर्मा", "Mu\u{308}ller, अनीता शर्मा"),
        ("สมชาย, رضا\u{200c}زاده", "สมชาย, رضا\u{200c}زاده"),
        (
            "free\u{1b}[2J\u{9b}2J\u{202e}lag",
            "free\\u{1b}[2J\\u{9b}2J\\u{202e}lag",
        ),
    ] {
        let sale = "order create --price 0.1SOL --window 1h --record";
        let sale: Vec<_> = sale
            .split(' ')
            .chain([record.as_str(), "--label", label])
            .collect();
        let order = text(&patient.does(&sale), "/order/address");
        assert_eq!(
            text(&buyer.does(&["order", "show", &order]), "/label"),
            label
        );
        for words in [&["order", "show", order.as_str()][..], &["order", "list"]] {
            for (format, shown) in [("display", shown.to_owned()), ("json", json(shown))] {
                let mut command = buyer.command(words);
                let printed = command.args(["--output", format]).output().unwrap();
                let printed = String::from_utf8(printed.stdout).unwrap();
                assert!(printed.contains(&shown), "{words:?}: {printed:?}");
                let drives = |c: char| c.is_control() && c != '\n' || c == '\u{202e}';
                assert!(!printed.contains(drives), "{words:?}: {printed:?}");
            }
        }
    }
}

/// The JSON form of a text that is escaped for people.
fn json(shown: &str) -> String {
    shown
        .replace("\\u{1b}", "\\u001b")
        .replace("\\u{9b}", "\\u009b")
        .replace("\\u{202e}", "\\u202e")
}

/// A seller must agree to every value that is not known to be harmless.
#[test]
fn selling_what_nobody_recognised_has_to_be_agreed_to() {
    let town = Town::found();
    let [patient, clinic] = ["patient", "clinic"].map(|role| town.person(role));
    patient.does(&["user", "set-key"]);
    for (document, said) in [
        (
            r#"{"resourceType":"Observation","status":"final","subject":{"display":"Mara Quill"}}"#,
            "Observation: names (1)",
        ),
        (
            r#"{"resourceType":"Patient","id":"MRN-00482913"}"#,
            "Patient: ids of records (1)",
        ),
        (
            r#"{"resourceType":"Patient","Name":[{"Text":"Mara Quill"}]}"#,
            "FHIR R4 has no element Patient.Name",
        ),
        (
            r#"{"resourceType":"Patient","gender":"female","gender":null}"#,
            "Patient.gender is there twice",
        ),
        (
            r#"{"resourceType":"LabReport","ssn":"078-05-1120"}"#,
            "FHIR R4 has no resource type LabReport",
        ),
        ("%PDF-1.7", "it is not JSON, or is damaged in line 1"),
    ] {
        let record = verified_record(&town, &clinic, &patient, document.as_bytes());
        let words = "order create --price 0.1SOL --window 1h --label x --record";
        let words: Vec<_> = words.split(' ').chain([record.as_str()]).collect();
        let failed = patient.fails(&words);
        assert!(failed.message.contains(said), "{document}: {failed:?}");
        assert!(failed.advice.contains("--reveal-identifiers"), "{failed:?}");
    }
    let user = town.addresses().user(&patient.address);
    assert_eq!(town.read::<User>(&user).next_order_id, 0);
}

use generion_client::state::User;
use generion_e2e::Town;

use crate::{OBSERVATION, text, verified_record};

/// A seller is told what a document says about whom it is about, and `--yes` alone does not agree to that.
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
        // The record follows the flag that asks for it.
        let mut words: Vec<_> = words.map(str::to_owned).collect();
        words.insert(9, record.to_owned());
        words
    };
    fn borrowed(words: &[String]) -> Vec<&str> {
        words.iter().map(String::as_str).collect()
    }

    let failed = patient.fails(&borrowed(&order(&named, &[])));
    assert!(failed.message.contains("narratives"), "{failed:?}");
    assert!(
        failed.message.contains("references to other records"),
        "{failed:?}"
    );
    assert!(failed.advice.contains("--reveal-identifiers"), "{failed:?}");
    let user = town.addresses().user(&patient.address);
    assert_eq!(town.read::<User>(&user).next_order_id, 0);

    let done = patient.does(&borrowed(&order(&named, &["--reveal-identifiers"])));
    assert!(
        text(&done, "/revealed/0/summary").starts_with("Observation: "),
        "{done}"
    );

    let done = patient.does(&borrowed(&order(&anonymous, &[])));
    assert_eq!(
        text(&done, "/revealed/0/summary"),
        "Observation: no direct identifiers were found"
    );
}

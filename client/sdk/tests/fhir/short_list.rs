use std::collections::HashSet;

use generion_client::{RevealedKind, RevealedResource};
use serde_json::{Value, json};

use crate::resource;

fn bundle(resources: impl IntoIterator<Item = Value>) -> RevealedResource {
    let entries: Vec<_> = resources
        .into_iter()
        .map(|resource| json!({ "resource": resource }))
        .collect();
    resource(
        json!({ "resourceType": "Bundle", "type": "collection", "entry": entries }).to_string(),
    )
}

/// As in the bundle of a synthetic patient: a hundred encounters with their doctors, and the patient somewhere among them.
#[test]
fn the_list_begins_with_the_subject_and_has_some_of_each_kind() {
    let encounter = |number: usize| {
        json!({
            "resourceType": "Encounter",
            "id": format!("e{number}"),
            "text": { "status": "generated", "div": format!("<div><p>Visit <b>{number}</b></p></div>") },
            "status": "finished",
            "subject": { "reference": "Patient/1", "display": "Mara Quill" },
            "participant": [{ "individual": { "reference": format!("Practitioner/{number}"), "display": format!("Dr. {number}") } }],
            "period": { "start": format!("2020-01-01T00:00:{:02}Z", number % 60) },
            "extension": [{ "url": "https://clinic.example/StructureDefinition/ward", "valueString": format!("Ward {number}") }],
            "serviceProvider": { "display": "Clinic at the Lake" },
        })
    };
    let patient = json!({
        "resourceType": "Patient",
        "name": [{ "family": "Quill", "given": ["Mara"] }],
        "birthDate": "1931-05-02",
        "address": [{ "city": "Graubach" }],
    });
    let before = (0..50).map(encounter);
    let revealed = bundle(before.chain([patient]).chain((50..100).map(encounter)));

    // All is there: 100 doctors, 100 visits and wards, and so on, but equal values once.
    let counts = revealed.counts();
    assert_eq!(counts[&RevealedKind::Narrative], 100);
    assert_eq!(counts[&RevealedKind::Reference], 101);
    assert_eq!(counts[&RevealedKind::UncheckedExtension], 1);
    let clinic: Vec<_> = revealed
        .values
        .iter()
        .filter(|value| value.text == "Clinic at the Lake")
        .collect();
    assert_eq!(clinic.len(), 1);
    assert_eq!(clinic[0].occurrences, 100);

    let list = revealed.some_of_each();
    assert!(list.len() <= 20);
    let own = list
        .iter()
        .take_while(|value| value.is_subject)
        .map(|value| (value.kind, value.brief()));
    assert_eq!(
        own.collect::<Vec<_>>()[..4],
        [
            (RevealedKind::Name, "Mara Quill".to_owned()),
            (RevealedKind::Name, "Quill".to_owned()),
            (RevealedKind::Name, "Mara".to_owned()),
            (RevealedKind::Address, "Graubach".to_owned()),
        ]
    );
    // No kind is missing, and none has more than three.
    let kinds: HashSet<_> = list.iter().map(|value| value.kind).collect();
    assert_eq!(kinds, counts.keys().copied().collect());
    for kind in kinds {
        assert!(
            list.iter().filter(|value| value.kind == kind).count() <= 3,
            "{kind:?}"
        );
    }
    // Markup and URLs are stripped to what they say; the whole is in the full list.
    let brief = |kind| {
        list.iter()
            .find(|value| value.kind == kind)
            .map(|value| value.brief())
    };
    assert_eq!(brief(RevealedKind::Narrative).as_deref(), Some("Visit 0"));
    assert_eq!(
        brief(RevealedKind::UncheckedExtension).as_deref(),
        Some("ward")
    );
}

#[test]
fn long_texts_are_cut_and_say_so() {
    let text = "é".repeat(10_000);
    let revealed =
        resource(json!({ "resourceType": "DiagnosticReport", "conclusion": text }).to_string());
    assert_eq!(revealed.values[0].text, format!("{}…", "é".repeat(1000)));
    assert_eq!(revealed.values[0].brief(), format!("{}…", "é".repeat(60)));
    // What begins alike is not equal.
    let alike = |end: &str| json!({ "text": format!("{text}{end}") });
    let revealed = resource(
        json!({ "resourceType": "Observation", "note": [alike("a"), alike("b"), alike("a")] })
            .to_string(),
    );
    let occurrences: Vec<_> = revealed
        .values
        .iter()
        .map(|value| value.occurrences)
        .collect();
    assert_eq!(occurrences, [2, 1]);
}

#[test]
fn a_narrative_without_words_is_shown_as_it_is() {
    let div = r#"<div><img alt="Mara Quill"/></div>"#;
    let revealed = resource(json!({ "resourceType": "Basic", "text": { "div": div } }).to_string());
    assert_eq!(revealed.values[0].text, div);
}

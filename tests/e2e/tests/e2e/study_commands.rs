//! `generion study`, by sponsor and participants.

use generion_client::accounts::{OrderAccount, PurchaseAccount, StudyAccount};
use generion_e2e::{Person, Town};
use serde_json::{Value, json};
use solana_address::Address;

use crate::{CONDITION, OBSERVATION, number, text, verified_record};

const REWARD: u64 = 50_000_000;

/// Patient, clinic and sponsor, of whom the clinic needs no key.
fn people(town: &Town) -> [Person; 3] {
    let people = ["patient", "clinic", "buyer"].map(|role| town.person(role));
    people[0].does(&["user", "set-key"]);
    people[2].does(&["user", "set-key"]);
    people
}

/// The draft of a study for observations by a clinic.
pub fn draft(clinic: &Person, admission: &str, title: &str) -> Value {
    json!({
        "admission": admission,
        "reward": REWARD,
        "delivery_window": 3_600,
        "records": 1,
        "creators": [clinic.address.to_string()],
        "requirements": [{ "group": 0, "fact": "resource=Observation" }],
        "texts": { "en": {
            "title": title,
            "purpose": "Finds out how blood pressure changes with age.",
            "sponsor": "Institute of the Heart",
            "contact": "heart@example.org",
            "asked": "One observation.",
            "use": "Statistics that name nobody.",
            "retention": "Five years.",
            "criteria": "An observation by the clinic.",
        } },
    })
}

/// Describes and creates a study. Returns its address.
fn create(town: &Town, sponsor: &Person, draft: &Value) -> String {
    town.write("draft.json", draft.to_string().as_bytes());
    let describe = [
        "study",
        "describe",
        "draft.json",
        "--to",
        "study.txt",
        "--force",
    ];
    let described = sponsor.does(&describe);
    let at = "https://sponsor.example/study.txt";
    let created = sponsor.does(&[
        "study",
        "create",
        "study.txt",
        "--closes",
        "1day",
        "--description-url",
        at,
    ]);
    assert_eq!(text(&created, "/study/url"), at, "not that of the node");
    let study = text(&created, "/study/address");
    assert_eq!(study, text(&described, "/study"));
    assert_eq!(
        text(&created, "/study/description_sha256"),
        text(&described, "/sha256")
    );
    study
}

/// Delivers all seats of a participant.
fn deliver(participant: &Person) {
    let output = participant.command(&["deliver", "--all"]).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let done: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(number(&done, "/totals/earned_lamports"), REWARD, "{done}");
}

#[test]
fn an_open_study_from_its_description_to_its_end() {
    let town = Town::found();
    let [patient, clinic, sponsor] = people(&town);
    let record = verified_record(&town, &clinic, &patient, OBSERVATION);
    let other = verified_record(&town, &clinic, &patient, CONDITION);
    assert_eq!(patient.does(&["study", "list"])["studies"], json!([]));
    let study = create(
        &town,
        &sponsor,
        &draft(&clinic, "open", "Many\u{1b}[2J\u{202e} hearts"),
    );

    // Without a budget, and then for the last seat alone.
    let join = ["study", "join", "study.txt"];
    let failed = patient.fails(&join);
    assert!(failed.message.contains("no further seat"), "{failed:?}");
    assert_eq!(
        patient.does(&["study", "list", "--open"])["studies"],
        json!([])
    );
    sponsor.does(&["study", "fund", &study, "0.055SOL"]);
    let failed = patient.fails(&join);
    assert!(failed.message.contains("one further seat"), "{failed:?}");
    let funded = sponsor.does(&["study", "fund", &study, "1SOL"]);
    assert!(number(&funded, "/seats") > 2, "{funded}");

    let listed = patient.does(&["study", "list", "--open"]);
    assert_eq!(text(&listed, "/studies/0/address"), study);
    assert_eq!(listed["studies"][0]["seats_left"], funded["seats"]);
    let nobody = clinic.address.to_string();
    let none = patient.does(&["study", "list", "--sponsor", &nobody]);
    assert_eq!(none["studies"], json!([]));
    let shown = patient.does(&["study", "show", &study]);
    assert!(shown["description"].is_null());
    assert_eq!(shown["study"], listed["studies"][0]);
    let show = ["study", "show", &study, "--description", "study.txt"];
    assert_eq!(
        text(&patient.does(&show), "/description/title"),
        "Many\u{1b}[2J\u{202e} hearts"
    );
    // The sponsor's words drive no terminal.
    for format in ["display", "json"] {
        let mut command = patient.command(&show);
        let printed = command.args(["--output", format]).output().unwrap().stdout;
        let printed = String::from_utf8(printed).unwrap();
        let drives = |c: char| c.is_control() && c != '\n' || c == '\u{202e}';
        assert!(
            printed.contains("hearts") && !printed.contains(drives),
            "{printed:?}"
        );
    }

    let matched = patient.does(&["study", "match", "study.txt"]);
    assert_eq!(
        matched["matches"],
        json!([{ "record": record, "facts": ["resource=Observation"] }])
    );
    assert_eq!(text(&matched, "/others/0/record"), other);
    let failed = patient.fails(&["study", "join", "study.txt", "--record", &other]);
    assert!(failed.message.contains("does not match"), "{failed:?}");
    let failed = patient.fails(&["study", "join", "study.txt", "--dry-run"]);
    assert!(failed.message.contains("no dry run"), "{failed:?}");
    let failed = patient.fails(&["study", "apply", "study.txt"]);
    assert!(failed.message.contains("join it"), "{failed:?}");

    let joined = patient.does(&join);
    let seat = text(&joined, "/seat/address");
    assert_eq!(
        joined["disclosed"],
        json!([format!("record {record}: resource=Observation")])
    );
    let again = patient.does(&join);
    assert_eq!(text(&again, "/seat/address"), seat);
    assert!(again["transaction"].is_null() && again["disclosed"] == json!([]));
    let failed = patient.fails(&["study", "leave", &study]);
    assert!(failed.message.contains(&seat), "{failed:?}");
    deliver(&patient);
    let settled: PurchaseAccount = town.read(&seat.parse().unwrap());
    assert!(settled.state.is_settled());

    // Its end.
    let failed = sponsor.fails(&["study", "close", &study]);
    assert_eq!(failed.rule.as_deref(), Some("StudyNotOver"));
    let failed = sponsor.fails(&["study", "withdraw", "0"]);
    assert_eq!(failed.rule.as_deref(), Some("StudyNotOver"));
    let later = sponsor.does(&["study", "update", &study, "--closes", "2days"]);
    assert!(number(&later, "/closes_at") > town.unix_time() as u64 + 86_400);
    let failed = sponsor.fails(&["study", "update", &study, "--closes", "1day"]);
    assert!(failed.advice.contains("Nothing was sent"), "{failed:?}");
    let ended = sponsor.does(&["study", "update", &study, "--end"]);
    town.move_clock(i64::try_from(number(&ended, "/closes_at")).unwrap());
    let left = sponsor.does(&["study", "show", "0"]);
    let left = number(&left, "/study/budget_lamports");
    let back = sponsor.does(&["study", "withdraw", "0"]);
    assert_eq!(number(&back, "/withdrawn_lamports"), left);
    sponsor.does(&["study", "close", "0"]);
    assert_eq!(town.list::<StudyAccount>(&[]), []);
}

#[test]
fn a_study_by_selection_from_the_application_to_the_payment() {
    let town = Town::found();
    let [patient, clinic, sponsor] = people(&town);
    verified_record(&town, &clinic, &patient, OBSERVATION);
    let study = create(&town, &sponsor, &draft(&clinic, "selection", "Hearts"));
    sponsor.does(&["study", "fund", &study, "1SOL"]);
    let none = sponsor.does(&["study", "applications", &study]);
    assert_eq!(none["applications"], json!([]));
    let wallet = patient.address.to_string();
    let failed = sponsor.fails(&["study", "admit", &study, &wallet]);
    assert!(failed.message.contains("has no application"), "{failed:?}");
    let failed = patient.fails(&["study", "leave", &study]);
    assert!(failed.message.contains("no application"), "{failed:?}");
    let failed = patient.fails(&["study", "join", "study.txt"]);
    assert!(failed.message.contains("apply for it"), "{failed:?}");

    let apply = ["study", "apply", "study.txt", "--words", "I smoke."];
    let applied = patient.does(&apply);
    assert_eq!(text(&applied, "/state"), "applied");
    let again = patient.does(&apply);
    assert_eq!(again["address"], applied["address"]);
    assert!(again["transaction"].is_null());
    // The participant thinks better of it, and then worse.
    let left = patient.does(&["study", "leave", &study]);
    assert_eq!(left["application"], applied["address"]);
    assert!(number(&left, "/returned_lamports") > 0);
    assert_eq!(town.list::<OrderAccount>(&[]).len(), 0);
    let order: Address = text(&left, "/orders/0").parse().unwrap();
    assert_eq!(town.lamports(&order), 0);
    patient.does(&apply);

    // Letters are for the sponsor alone.
    let failed = patient.fails(&["study", "applications", &study]);
    assert!(failed.message.contains("has not the key"), "{failed:?}");
    let read = sponsor.does(&["study", "applications", &study]);
    let application = &read["applications"][0];
    assert_eq!(application["right"], true, "{read}");
    assert_eq!(text(application, "/words"), "I smoke.");
    assert_eq!(text(application, "/participant"), wallet);
    let admitted = sponsor.does(&["study", "admit", &study, &wallet]);
    let seat: PurchaseAccount = town.read(&text(&admitted, "/seat").parse().unwrap());
    assert_eq!(seat.state.price, REWARD);
    assert_eq!(text(&patient.does(&apply), "/state"), "admitted");
    deliver(&patient);
}

/// A draft that is not as the schema says is refused before it is signed, and a file that another wallet signed before anything
/// is sent.
#[test]
fn what_is_no_description_of_the_sponsors_is_refused() {
    let town = Town::found();
    let [patient, clinic, sponsor] = people(&town);
    let describe = ["study", "describe", "draft.json", "--to", "study.txt"];
    let good = draft(&clinic, "open", "Hearts");
    for (name, value) in [
        ("admission", json!("anybody")),
        ("reward", json!(0.5)),
        ("texts", json!({})),
        ("study", json!(clinic.address.to_string())),
        ("unknown", json!(1)),
    ] {
        let mut bad = good.clone();
        bad[name] = value;
        town.write("draft.json", bad.to_string().as_bytes());
        let failed = sponsor.fails(&describe);
        assert!(failed.message.contains("no description"), "{failed:?}");
        assert!(!town.folder.join("study.txt").exists());
    }
    town.write("draft.json", good.to_string().as_bytes());
    sponsor.does(&describe);
    let failed = sponsor.fails(&describe);
    assert!(failed.advice.contains("--force"), "{failed:?}");
    let create = ["study", "create", "study.txt", "--closes", "1day"];
    let failed = patient.fails(&create);
    assert!(failed.message.contains("not signed by"), "{failed:?}");
    let mut changed = std::fs::read(town.folder.join("study.txt")).unwrap();
    let at = changed
        .windows(6)
        .position(|word| word == b"Hearts")
        .unwrap();
    changed[at] = b'P';
    town.write("study.txt", &changed);
    let failed = sponsor.fails(&create);
    assert!(failed.message.contains("not signed by"), "{failed:?}");
    for nonsense in [&b""[..], b"{}", &[b'x'; 70_000]] {
        town.write("study.txt", nonsense);
        let failed = sponsor.fails(&create);
        assert!(failed.message.contains("study.txt"), "{failed:?}");
    }
    assert_eq!(town.list::<StudyAccount>(&[]), []);
}

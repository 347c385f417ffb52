//! Records of trusted creators among records of strangers.

use generion_e2e::Town;
use serde_json::Value;

use crate::{number, text, write_record};

fn listed(list: &Value) -> Vec<(String, bool)> {
    let records = list["records"].as_array().unwrap();
    let of = |record: &Value| {
        let trusted = record["trusted_creator"].as_bool().unwrap();
        (text(record, "/address"), trusted)
    };
    records.iter().map(of).collect()
}

/// A list shows the records of trusted creators first.
#[test]
fn what_was_asked_for_comes_before_what_was_not() {
    let town = Town::found();
    let [patient, clinic, stranger] = ["patient", "clinic", "doctor"].map(|role| town.person(role));
    patient.does(&["user", "set-key"]);
    let asked = write_record(&town, &clinic, &patient, b"asked for");
    let spam: Vec<_> = (0..5)
        .map(|number| {
            let document = format!("advertisement {number}");
            write_record(&town, &stranger, &patient, document.as_bytes())
        })
        .collect();

    // The newest records come first, to the second of the ledger's clock, and the pages have each record once.
    let all = patient.does(&["record", "list"]);
    assert_eq!(
        (number(&all, "/total"), number(&all, "/trusted_total")),
        (6, 0)
    );
    let records = all["records"].as_array().unwrap().iter();
    let times: Vec<_> = records
        .map(|record| number(record, "/created_at"))
        .collect();
    assert!(times.is_sorted_by(|a, b| a >= b), "{times:?}");
    let mut paged = Vec::new();
    for page in ["1", "2", "3", "4"] {
        let list = patient.does(&["record", "list", "--limit", "2", "--page", page]);
        assert_eq!(number(&list, "/total"), 6);
        paged.extend(listed(&list));
    }
    assert_eq!(paged, listed(&all));

    // Records of trusted creators come first.
    let wallet = clinic.address.to_string();
    let trusted = patient.does(&["user", "trust", &wallet, "--name", "City Hospital"]);
    assert_eq!(trusted["changed"], true);
    assert_eq!(text(&trusted, "/creators/0/name"), "City Hospital");
    let list = patient.does(&["record", "list", "--limit", "2"]);
    assert_eq!(listed(&list)[0], (asked.clone(), true));
    assert!(spam.contains(&listed(&list)[1].0) && !listed(&list)[1].1);
    assert_eq!(number(&list, "/trusted_total"), 1);
    let only = patient.does(&["record", "list", "--trusted"]);
    assert_eq!(listed(&only), [(asked.clone(), true)]);
    let output = patient
        .command(&["record", "list"])
        .args(["--output", "display"])
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    let (before, behind) = told.split_once("By creators that you don't trust").unwrap();
    assert!(
        before.contains(&asked) && !behind.contains(&asked),
        "{told}"
    );
    assert!(spam.iter().all(|record| behind.contains(record)), "{told}");

    // The trust is stored, and can be removed.
    assert_eq!(
        patient.does(&["user", "trusted"])["creators"],
        trusted["creators"]
    );
    assert_eq!(
        patient.does(&["user", "trust", &wallet, "--name", "City Hospital"])["changed"],
        false
    );
    assert_eq!(
        patient.does(&["user", "distrust", &wallet])["creators"],
        serde_json::json!([])
    );
    assert_eq!(listed(&patient.does(&["record", "list"])), listed(&all));
}

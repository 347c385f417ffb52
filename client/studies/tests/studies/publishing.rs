//! A second report tells nothing about those who came in between.

use generion_studies::statistics::{Annex, Entry, Published, Report, TooFewNew};

use crate::{statistics::people, support::STUDY};

fn published(entries: &[Entry]) -> Published {
    let annex = Annex::new([7; 32], Vec::new());
    Report::compile(STUDY, [5; 32], &annex, entries).1
}

fn cell(result: Result<(), TooFewNew>) -> (String, usize) {
    let TooFewNew { cell, wallets } = result.unwrap_err();
    (cell, wallets)
}

#[test]
fn the_same_report_may_be_published_again() {
    let first = published(&people(30, 0, "female"));
    assert_eq!(first.allows(&first), Ok(()));
    assert_eq!(Published::default().allows(&first), Ok(()));
    // What is kept is read back as it was.
    let json = serde_json::to_string(&first).unwrap();
    assert_eq!(serde_json::from_str::<Published>(&json).unwrap(), first);
}

#[test]
fn one_more_wallet_would_be_the_difference() {
    let first = published(&people(30, 0, "female"));
    for more in [1, 10] {
        let next = published(&people(30 + more, 0, "female"));
        assert_eq!(cell(first.allows(&next)), ("all".to_owned(), more));
    }
}

/// Eleven wallets more in all, but only some of them in a row that both reports show.
#[test]
fn every_cell_counts() {
    let mut entries = people(30, 0, "female");
    entries.extend(people(30, 30, "male"));
    let first = published(&entries);
    entries.extend(people(20, 60, "female"));
    entries.extend(people(2, 80, "male"));
    let next = published(&entries);
    let (name, wallets) = cell(first.allows(&next));
    assert!(wallets < 11, "{name}: {wallets}");
}

/// A record that vanished is a difference, too.
#[test]
fn nothing_may_vanish() {
    let all = people(60, 0, "female");
    let first = published(&all);
    assert_eq!(
        cell(first.allows(&published(&all[..40]))),
        ("all".to_owned(), 0)
    );
    let mut replaced = all[1..].to_vec();
    replaced.extend(people(20, 60, "female"));
    assert_eq!(
        cell(first.allows(&published(&replaced))),
        ("all".to_owned(), 20)
    );
}

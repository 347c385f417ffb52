use generion_history::{GapKind, LostEvent, Moment};

use generion_history::ChangeDetails;

use super::*;
use crate::output::style::Style;

fn address(byte: u8) -> Address {
    Address::new_from_array([byte; 32])
}

fn entry(kind: ChangeKind, source: Source, details: ChangeDetails) -> Entry {
    Entry {
        slot: 7,
        time: Some(60),
        signature: "1".repeat(64).parse().unwrap(),
        position: 0,
        kind,
        source,
        through: None,
        failure: None,
        signers: vec![address(9)],
        fee: 5_000,
        details,
    }
}

/// A record that its owner wrote, its verification by somebody's program, and its deletion, the log of which is cut.
fn history(gaps: Vec<Gap>) -> History {
    let details = || ChangeDetails {
        owner: Some(address(1)),
        creator: Some(address(1)),
        record: Some(address(2)),
        ..ChangeDetails::default()
    };
    let created = ChangeDetails {
        verified: Some(true),
        ..details()
    };
    let verified = Entry {
        time: None,
        through: Some(address(8)),
        ..entry(ChangeKind::RecordVerified, Source::Complete, details())
    };
    let cut = Source::InstructionAlone(LostEvent::LogTruncated);
    History {
        address: address(2),
        kind: Some(SubjectKind::Record),
        entries: vec![
            entry(ChangeKind::RecordCreated, Source::Complete, created),
            verified,
            entry(ChangeKind::RecordDeleted, cut, details()),
        ],
        gaps,
        failed_transactions: 2,
        nodes: vec![
            "https://a.example".to_owned(),
            "https://b.example".to_owned(),
        ],
    }
}

fn lines(history: &History, range: &HistoryRange) -> Vec<String> {
    let mut text = Text::default();
    let shown = Shown {
        self_issued: HashMap::new(),
        explorer: Explorer::Unknown,
        is_own_node: false,
    };
    HistoryView::new(history, range, &shown).describe(&mut text);
    text.laid_out(&Style::default())
        .lines()
        .map(str::to_owned)
        .collect()
}

#[test]
fn marks_and_gaps_are_shown() {
    let missing = |from_slot, to_slot, account| Gap {
        kind: GapKind::ChangeMissing,
        account,
        signature: None,
        from_slot,
        to_slot,
        missing: "its key".to_owned(),
    };
    let gaps = vec![
        missing(None, Some(3), Some(address(2))),
        missing(Some(3), Some(3), None),
        missing(Some(3), Some(4), None),
        missing(Some(4), None, None),
    ];
    let lines = lines(&history(gaps), &HistoryRange::default());
    let [
        ..,
        created,
        verified,
        deleted,
        failed,
        first,
        second,
        third,
        fourth,
        last,
        shown,
    ] = &lines[..]
    else {
        panic!("{lines:#?}");
    };
    assert!(
        created.starts_with("1970-01-01T00:01:00Z  RecordCreated"),
        "{created}"
    );
    assert!(created.ends_with("  SELF-ISSUED"), "{created}");
    assert!(verified.starts_with("slot 7 "), "{verified}");
    let through = format!("  through program {}", address(8));
    assert!(verified.ends_with(&through), "{verified}");
    // The instruction names the wallet that deleted the record; the made-up one does not.
    assert!(deleted.contains("  unknown  "), "{deleted}");
    assert!(
        deleted.ends_with(", from the instruction alone: its log is cut short"),
        "{deleted}"
    );
    assert!(
        failed.starts_with("2 failed transactions not shown"),
        "{failed}"
    );
    let gap = |line: &str| line.strip_prefix("GAP").unwrap().trim_start().to_owned();
    assert_eq!(gap(first), format!("up to slot 3, {}: its key", address(2)));
    assert_eq!(gap(second), "slot 3: its key");
    assert_eq!(gap(third), "slots 3 to 4: its key");
    assert_eq!(gap(fourth), "from slot 4 on: its key");
    assert!(last.starts_with("This history is not complete"), "{last}");
    assert_eq!(
        shown,
        "Confirmed by https://a.example and https://b.example."
    );
}

/// Only of accounts that were read from their beginning to the present.
#[test]
fn what_is_complete_is_said_to_be() {
    let is_said = |history: &History, range: &HistoryRange| {
        let lines = lines(history, range);
        lines.iter().any(|line| line.starts_with("Complete:"))
    };
    let range = HistoryRange::default();
    assert!(is_said(&history(vec![]), &range));
    let wallet = History {
        kind: Some(SubjectKind::Wallet),
        ..history(vec![])
    };
    assert!(!is_said(&wallet, &range));
    let since = Some(Moment::Slot(1));
    for part in [
        HistoryRange {
            since,
            ..range.clone()
        },
        HistoryRange {
            until: since,
            ..range
        },
    ] {
        assert!(!is_said(&history(vec![]), &part));
    }
}

#[test]
fn one_nodes_word_is_said_to_be_one() {
    let alone = History {
        nodes: vec!["https://a.example".to_owned()],
        ..history(vec![])
    };
    let lines = lines(&alone, &HistoryRange::default());
    let last = lines.last().unwrap();
    assert!(
        last.starts_with("From one node only: https://a.example"),
        "{last}"
    );
}

#[test]
fn a_sale_is_shown_as_it_was_locked_and_settled() {
    let details = |lamports, settle_by| ChangeDetails {
        purchase: Some(address(2)),
        count: Some(2),
        lamports,
        settle_by: Some(settle_by),
        ..ChangeDetails::default()
    };
    let history = History {
        entries: vec![
            entry(ChangeKind::Delivered, Source::Complete, details(None, 0)),
            entry(ChangeKind::Delivered, Source::Complete, details(None, 60)),
            entry(ChangeKind::Settled, Source::Complete, details(Some(5), 0)),
        ],
        kind: Some(SubjectKind::Purchase),
        ..history(vec![])
    };
    let lines = lines(&history, &HistoryRange::default());
    let ends = |end: &str| lines.iter().any(|line| line.ends_with(end));
    assert!(ends("  2 records"), "{lines:#?}");
    assert!(
        ends("  2 records, locked, to be settled by 1970-01-01T00:01:00Z"),
        "{lines:#?}"
    );
    assert!(ends("  0.000000005 SOL to the seller"), "{lines:#?}");
}

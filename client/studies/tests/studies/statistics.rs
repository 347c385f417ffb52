//! The figures: known answers, and what is suppressed.

use generion_studies::statistics::{
    Annex, AnnexRecord, Count, Entry, Report, Series, csv, differences, page,
};
use solana_address::Address;

use crate::support::{CLINIC, HBA1C, LABORATORY, STUDY, fact};

fn number(kind: u8, index: usize) -> Address {
    let mut bytes = [kind; 32];
    bytes[..8].copy_from_slice(&(index as u64).to_le_bytes());
    Address::new_from_array(bytes)
}

/// HbA1c of a wallet.
fn entry(wallet: usize, record: usize, value: &str, gender: &str) -> Entry {
    let mut facts = vec![
        fact(&format!("code={HBA1C}")),
        fact("year=2026"),
        fact(&format!("value={value}")),
    ];
    if !gender.is_empty() {
        facts.push(fact(&format!("gender={gender}")));
    }
    Entry {
        wallet: number(1, wallet),
        record: number(2, record),
        creator: CLINIC,
        facts,
    }
}

fn annex(entries: &[Entry]) -> Annex {
    let records = entries.iter().map(|entry| AnnexRecord {
        record: entry.record,
        wallet: entry.wallet,
        document: [0; 32],
    });
    Annex::new([7; 32], records.collect())
}

pub fn report(entries: &[Entry]) -> Report {
    Report::compile(STUDY, [5; 32], &annex(entries), entries).0
}

/// n wallets with one record each, with the values 5.0, 5.1, ...
pub fn people(n: usize, first: usize, gender: &str) -> Vec<Entry> {
    (first..first + n)
        .map(|index| {
            entry(
                index,
                index,
                &format!("{}.{} %", 5 + index / 10, index % 10),
                gender,
            )
        })
        .collect()
}

fn series(report: &Report) -> &Series {
    &report.codes[0].series[0]
}

fn rows(report: &Report, by: &str) -> Vec<(String, Option<usize>)> {
    let table = report.tables.iter().find(|table| table.by == by).unwrap();
    let rows = table.rows.iter();
    rows.map(|row| (row.value.clone(), row.count.map(|count| count.wallets)))
        .collect()
}

/// The figures of 5.0 to 8.9 in steps of 0.1, as R computes them: mean 6.95, sd 1.169, quantile 5.975, 6.95, 7.925. The range
/// over n is 0.0975, so they are rounded to 0.1.
#[test]
fn figures_are_those_of_other_tools() {
    let report = report(&people(40, 0, ""));
    assert_eq!(
        report.count,
        Some(Count {
            wallets: 40,
            records: 40
        })
    );
    let code = &report.codes[0];
    assert_eq!(
        (code.code.as_str(), code.count.unwrap().records),
        (HBA1C, 40)
    );
    let series = series(&report);
    assert_eq!(
        (series.unit.as_str(), report.codes.len(), code.series.len()),
        ("%", 1, 1)
    );
    let figures = series.figures.as_ref().unwrap();
    assert_eq!((figures.n, figures.rounded_to.as_str()), (40, "0.1"));
    assert_eq!(figures.sd, "1.2");
    assert_eq!((figures.q1.as_str(), figures.q3.as_str()), ("6.0", "7.9"));
    assert!(
        ["6.9", "7.0"].contains(&figures.mean.as_str()),
        "{}",
        figures.mean
    );
    let counts: Vec<_> = figures.bins.iter().map(|bin| bin.n).collect();
    assert_eq!(counts.iter().sum::<usize>(), 40);
    assert!(
        counts.len() > 1 && counts.iter().all(|n| *n >= 11),
        "{counts:?}"
    );
    assert_eq!(
        (&figures.bins[0].from, &figures.bins.last().unwrap().to),
        (&None, &None)
    );
    for pair in figures.bins.windows(2) {
        assert_eq!(pair[0].to, pair[1].from);
    }
}

#[test]
fn equal_values_have_no_histogram() {
    let entries: Vec<_> = (0..20)
        .map(|index| entry(index, index, "7.2 %", ""))
        .collect();
    let report = report(&entries);
    let figures = series(&report).figures.as_ref().unwrap();
    assert_eq!(
        (figures.mean.as_str(), figures.sd.as_str()),
        ("7.20", "0.00")
    );
    assert!(figures.bins.is_empty());
}

#[test]
fn large_and_small_numbers_are_rounded_to_powers_of_ten() {
    let of = |factor: &str| -> Vec<Entry> {
        (0..20)
            .map(|index| entry(index, index, &format!("{}{factor} [iU]", index + 10), ""))
            .collect()
    };
    let large = report(&of("00000"));
    let figures = series(&large).figures.clone().unwrap();
    assert_eq!(
        (figures.rounded_to.as_str(), figures.median.as_str()),
        ("100000", "2000000")
    );
    let negative: Vec<_> = (0..20)
        .map(|index| entry(index, index, &format!("-0.00{} mmol/L", index + 10), ""))
        .collect();
    let small = report(&negative);
    let figures = series(&small).figures.clone().unwrap();
    assert_eq!(figures.rounded_to, "0.0001");
    assert!(figures.mean.starts_with("-0.0"), "{}", figures.mean);
}

#[test]
fn fewer_than_eleven_wallets_are_nothing() {
    let ten = report(&people(10, 0, "female"));
    assert_eq!((ten.count, ten.tables.len(), ten.codes.len()), (None, 0, 0));
    // Eleven records of fewer wallets are no more.
    let mut entries = people(10, 0, "female");
    entries.push(entry(0, 99, "7 %", "female"));
    assert_eq!(report(&entries).count, None);
    assert!(report(&people(11, 0, "female")).count.is_some());
    // The same record twice is one.
    let mut twice = people(11, 0, "female");
    twice.extend(people(11, 0, "female"));
    assert_eq!(report(&twice), report(&people(11, 0, "female")));
}

#[test]
fn no_wallet_is_more_than_a_third() {
    let with = |more: usize| {
        let mut entries = people(12, 0, "");
        entries.extend((0..more).map(|index| entry(0, 100 + index, "6 %", "")));
        report(&entries)
    };
    // 12 wallets, one of them with 1 + 4 of 16 values; then with 1 + 5 of 17: 18 > 17.
    assert!(with(4).count.is_some());
    assert_eq!(with(5).count, None);
}

/// Female 30, male 14, other 3: without a second suppression the total would reveal the three.
#[test]
fn a_total_reveals_no_suppressed_row() {
    let mut entries = people(30, 0, "female");
    entries.extend(people(14, 30, "male"));
    entries.extend(people(3, 44, "other"));
    let report = report(&entries);
    let gender = |name: &str, count| (name.to_owned(), count);
    assert_eq!(
        rows(&report, "gender"),
        [
            gender("female", Some(30)),
            gender("male", None),
            gender("other", None)
        ]
    );
    let by_gender = &series(&report)
        .tables
        .iter()
        .find(|table| table.by == "gender")
        .unwrap()
        .rows;
    let shown: Vec<_> = by_gender
        .iter()
        .map(|row| (row.count.is_some(), row.figures.is_some()))
        .collect();
    assert_eq!(shown, [(true, true), (false, false), (false, false)]);
    let text = csv(&report);
    assert!(
        text.contains(",gender,male,suppressed,suppressed,,,"),
        "{text}"
    );
}

/// Two small rows may be five wallets together: then the next one goes as well.
#[test]
fn suppressed_rows_together_are_a_cell() {
    let mut entries = people(30, 0, "female");
    entries.extend(people(12, 30, "male"));
    entries.extend(people(3, 42, "other"));
    entries.extend(people(2, 45, "unknown"));
    let shown: Vec<_> = rows(&report(&entries), "gender")
        .into_iter()
        .filter(|row| row.1.is_some())
        .collect();
    assert_eq!(shown, [("female".to_owned(), Some(30))]);
    // Enough of them hide each other.
    let mut entries = people(30, 0, "female");
    entries.extend(people(12, 30, "male"));
    entries.extend(people(6, 42, "other"));
    entries.extend(people(6, 48, ""));
    let shown: Vec<_> = rows(&report(&entries), "gender")
        .into_iter()
        .filter(|row| row.1.is_some())
        .collect();
    assert_eq!(
        shown,
        [
            ("female".to_owned(), Some(30)),
            ("male".to_owned(), Some(12))
        ]
    );
}

#[test]
fn units_are_never_mixed() {
    let mut entries = people(20, 0, "");
    entries
        .extend((20..40).map(|index| entry(index, index, &format!("{} mmol/mol", index + 20), "")));
    let report = report(&entries);
    let units: Vec<_> = report.codes[0]
        .series
        .iter()
        .map(|series| (series.unit.as_str(), series.figures.as_ref().unwrap().n))
        .collect();
    assert_eq!(units, [("%", 20), ("mmol/mol", 20)]);
}

/// What is only said to be above or below something has no exact value. Two such records would be the difference of two
/// shown figures.
#[test]
fn values_that_are_not_exact_are_left_out_and_reveal_nothing() {
    let mut entries = people(30, 0, "");
    entries.extend((30..42).map(|index| entry(index, index, ">14 %", "")));
    let shown = report(&entries);
    assert_eq!(series(&shown).figures.as_ref().unwrap().n, 30);
    entries.truncate(32);
    let hidden = report(&entries);
    assert_eq!(
        hidden.codes[0].count,
        Some(Count {
            wallets: 32,
            records: 32
        })
    );
    assert_eq!(
        (series(&hidden).count, &series(&hidden).figures),
        (None, &None)
    );
}

/// Nearly everybody has a code: who doesn't would be the difference.
#[test]
fn a_code_that_nearly_all_have_is_suppressed() {
    let mut entries = people(30, 0, "");
    entries[0].facts.push(fact("code=http://example.org|rare"));
    entries[1].facts.clear();
    let report = report(&entries);
    let counts: Vec<_> = report.codes.iter().map(|code| code.count).collect();
    assert_eq!(counts, [None, None]);
    assert!(report.codes.iter().all(|code| code.series.is_empty()));
}

#[test]
fn components_are_quantities_of_their_codes() {
    let entries: Vec<_> = (0..20)
        .map(|index| Entry {
            facts: vec![
                fact("code=http://loinc.org|85354-9"),
                fact(&format!(
                    "component=http://loinc.org|8480-6={} mm[Hg]",
                    110 + index
                )),
                fact("component=http://loinc.org|8462-4=http://example.org|high"),
            ],
            ..entry(index, index, "1 %", "")
        })
        .collect();
    let report = report(&entries);
    let found: Vec<_> = report
        .codes
        .iter()
        .map(|code| (code.code.as_str(), code.series.len()))
        .collect();
    let codes = ["8462-4", "8480-6", "85354-9"].map(|code| format!("http://loinc.org|{code}"));
    assert_eq!(found, [(&*codes[0], 0), (&*codes[1], 1), (&*codes[2], 0)]);
    assert_eq!(report.codes[1].series[0].unit, "mm[Hg]");
}

/// The order in which records were collected changes nothing: a third party has another one.
#[test]
fn a_third_party_comes_to_the_same_report() {
    let mut entries = people(60, 0, "female");
    entries[7].creator = LABORATORY;
    let published = report(&entries);
    let json = serde_json::to_string(&published).unwrap();
    let read: Report = serde_json::from_str(&json).unwrap();
    entries.reverse();
    let recomputed = report(&entries);
    assert_eq!(differences(&read, &recomputed), Vec::<String>::new());
    entries[3] = entry(56, 56, "11 %", "female");
    let changed = differences(&read, &report(&entries));
    assert!(
        changed
            .iter()
            .any(|line| line.contains("codes[0].series[0].figures.")),
        "{changed:?}"
    );
    entries.pop();
    let changed = differences(&read, &report(&entries));
    assert!(
        changed.iter().any(|line| line.starts_with("report.annex")),
        "{changed:?}"
    );
}

#[test]
fn the_annex_is_salted() {
    let entries = people(20, 0, "");
    let annex = annex(&entries);
    let mut other = annex.clone();
    other.salt[0] ^= 1;
    assert_ne!(annex.hash(), other.hash());
    assert_eq!(
        serde_json::from_str::<Annex>(&annex.to_json()).unwrap(),
        annex
    );
    let mut reversed = annex.records.clone();
    reversed.reverse();
    assert_eq!(Annex::new(annex.salt, reversed), annex);
}

/// The page loads nothing, shows what strangers wrote as text, and has the plots.
#[test]
fn the_page_stands_alone() {
    let mut entries = people(40, 0, "female");
    for entry in &mut entries {
        entry
            .facts
            .push(fact("code=http://evil.example|<script>alert(1)</script>"));
    }
    let report = report(&entries);
    let html = page(&report, "HbA1c & \"more\" <b>");
    assert!(html.contains("<h1>HbA1c &amp; &quot;more&quot; &lt;b&gt;</h1>"));
    assert!(!html.contains("<script"), "a code is text");
    assert!(html.contains("<svg") && html.contains("</svg>"));
    for loading in ["src=", "href=", "url(", "@import", "<link", "<iframe"] {
        assert!(!html.contains(loading), "{loading}");
    }
    let nothing = page(&super::statistics::report(&people(3, 0, "")), "HbA1c");
    assert!(nothing.contains("Too little was collected"));
}

#[test]
fn csv_is_text_for_a_spreadsheet() {
    let mut entries = people(20, 0, "");
    for entry in &mut entries {
        entry.facts.push(fact("gender==1+1,\"x\""));
    }
    let text = csv(&report(&entries));
    assert!(text.starts_with("code,unit,by,value,wallets,records,n,"));
    assert!(
        text.contains(",gender,\"'=1+1,\"\"x\"\"\",20,20,"),
        "{text}"
    );
    let columns = |line: &str| line.matches(',').count();
    let plain = text.lines().filter(|line| !line.contains('"'));
    assert!(plain.clone().count() > 5);
    assert!(plain.map(columns).all(|count| count == 12));
}

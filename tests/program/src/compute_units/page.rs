//! The tables of `docs/PERFORMANCE.md`, which are between marker lines on that page.

use std::{fmt::Write, fs, io, path::PathBuf};

use super::{
    files::{committed_file, in_workspace},
    peers::Peer,
    shared::{
        ADMIT, CLOSE_PURCHASE, CREATE_ORDER, CREATE_RECORD, CREATE_STUDY, DELIVER, JOIN_STUDY, MAX,
        PURCHASE, REFUND, SET_ENCRYPTION_KEY, SETTLE, SHORT_LOCATOR, VERIFY_RECORD, Written,
        record_case, records, refund_case, with_create_order,
    },
    table::{Row, Table},
};
use crate::vm::MAX_TRANSACTION_BYTES;
use generion::constants::LABEL_LEN;

/// The path of the page.
pub fn page_file() -> PathBuf {
    in_workspace("docs/PERFORMANCE.md")
}

/// The page as it is, and as it must be with the committed tables.
///
/// # Errors
/// If a file can't be read, or the page lacks a marker line.
pub fn page() -> io::Result<(String, String)> {
    let present = fs::read_to_string(page_file())?;
    let tables = Tables {
        generion: Table::read(&committed_file())?,
        floor: Table::read(&Peer::Floor.committed_file())?,
        anchor_v1: Table::read(&Peer::AnchorV1.committed_file())?,
    };
    let mut page = present.clone();
    for (name, table) in [
        ("targets", tables.targets()),
        ("peers", tables.peers()),
        ("cases", tables.cases()),
    ] {
        page = replace(&page, name, &table)
            .ok_or_else(|| io::Error::other(format!("the page has no marker lines for {name}")))?;
    }
    Ok((present, page))
}

/// Replaces the text between the marker lines with this name.
fn replace(page: &str, name: &str, table: &str) -> Option<String> {
    let begin = format!("<!-- begin {name}: written by `cargo xtask compute-units` -->\n");
    let end = format!("<!-- end {name} -->\n");
    let (before, rest) = page.split_once(&begin)?;
    let (_, after) = rest.split_once(&end)?;
    Some(format!("{before}{begin}{table}{end}{after}"))
}

/// The tables that the page is made from.
struct Tables {
    generion: Table,
    floor: Table,
    anchor_v1: Table,
}

/// A number with separators between thousands.
fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn line(table: &mut String, cells: &[&str]) {
    writeln!(table, "| {} |", cells.join(" | ")).expect("a string takes all");
}

/// The median of a case, or a dash if the program has no such case.
fn median(table: &Table, instruction: &str, case: &str) -> String {
    table
        .row(instruction, case)
        .map_or("-".to_owned(), |row| thousands(row.compute_units.median))
}

impl Tables {
    fn generion_row(&self, instruction: &str, case: &str) -> &Row {
        self.generion
            .row(instruction, case)
            .unwrap_or_else(|| panic!("{instruction}, {case} is not measured"))
    }

    fn targets(&self) -> String {
        let mut table = String::new();
        let columns = ["what", "target", "Generion", "floor", ""];
        line(&mut table, &columns);
        line(&mut table, &["---", "---:", "---:", "---:", "---"]);
        for (what, instruction, case, target) in targets() {
            let units = self.generion_row(instruction, &case).compute_units.median;
            let cells = [
                &what,
                &thousands(target),
                &thousands(units),
                &median(&self.floor, instruction, &case),
                verdict(units, target),
            ];
            line(&mut table, &cells);
        }
        let [generion, floor] = [&self.generion, &self.floor].map(each_further);
        let cells = [
            "`deliver`, each further record of nine, on average",
            &thousands(FURTHER),
            &thousands(generion),
            &thousands(floor),
            verdict(generion, FURTHER),
        ];
        line(&mut table, &cells);
        for (what, case) in [
            (
                "bytes of a legacy transaction that delivers 9 records",
                "9 records, locks",
            ),
            (
                "8 records beside one compute-budget instruction",
                "8 records, locks, beside 1 compute-budget",
            ),
            (
                "8 records beside two",
                "8 records, locks, beside 2 compute-budget",
            ),
        ] {
            let bytes = self.generion_row(DELIVER, case).transaction_bytes as u64;
            let floor = self.floor.row(DELIVER, case);
            let floor = floor.map_or(0, |row| row.transaction_bytes as u64);
            let limit = MAX_TRANSACTION_BYTES as u64;
            let cells = [
                what,
                &thousands(limit),
                &thousands(bytes),
                &thousands(floor),
                verdict(bytes, limit),
            ];
            line(&mut table, &cells);
        }
        let joins = self.generion_row(JOIN_STUDY, &with_create_order(1, LABEL_LEN));
        let bytes = joins.transaction_bytes as u64;
        let cells = [
            "bytes of `create_order` and `join_study`, 1 fact, longest label",
            &thousands(JOIN_BYTES),
            &thousands(bytes),
            "-",
            verdict(bytes, JOIN_BYTES),
        ];
        line(&mut table, &cells);
        let bytes = self.generion.program_bytes as u64;
        let cells = [
            "bytes of the program's binary",
            &thousands(BINARY),
            &thousands(bytes),
            &thousands(self.floor.program_bytes as u64),
            verdict(bytes, BINARY),
        ];
        line(&mut table, &cells);
        table
    }

    /// The cases that Generion and another program have in common.
    fn peers(&self) -> String {
        let mut table = String::new();
        let columns = ["instruction", "case", "Generion", "floor", "Anchor v1"];
        line(&mut table, &columns);
        line(&mut table, &["---", "---", "---:", "---:", "---:"]);
        for Row {
            instruction, case, ..
        } in &self.generion.rows
        {
            let [floor, anchor_v1] =
                [&self.floor, &self.anchor_v1].map(|peer| median(peer, instruction, case));
            if floor == "-" && anchor_v1 == "-" {
                continue;
            }
            let generion = median(&self.generion, instruction, case);
            let instruction = format!("`{instruction}`");
            line(
                &mut table,
                &[&instruction, case, &generion, &floor, &anchor_v1],
            );
        }
        let [generion, floor, anchor_v1] = [&self.generion, &self.floor, &self.anchor_v1]
            .map(|table| thousands(table.program_bytes as u64));
        line(
            &mut table,
            &["", "bytes of the binary", &generion, &floor, &anchor_v1],
        );
        table
    }

    fn cases(&self) -> String {
        let mut table = String::new();
        let columns = [
            "instruction",
            "case",
            "min",
            "median",
            "max",
            "transaction bytes",
            "account bytes",
            "rent in lamports",
        ];
        line(&mut table, &columns);
        line(
            &mut table,
            &["---", "---", "---:", "---:", "---:", "---:", "---:", "---:"],
        );
        for row in &self.generion.rows {
            let created = |number: u64| match number {
                0 => String::new(),
                number => thousands(number),
            };
            let units = row.compute_units;
            let cells = [
                &format!("`{}`", row.instruction),
                &row.case,
                &thousands(units.min),
                &thousands(units.median),
                &thousands(units.max),
                &thousands(row.transaction_bytes as u64),
                &created(row.account_bytes as u64),
                &created(row.rent_lamports),
            ];
            line(&mut table, &cells.map(String::as_str));
        }
        table
    }
}

/// The target for each further record of a batch, in compute units.
const FURTHER: u64 = 3_900;

/// The average cost of each record but the first in a batch of nine, rounded up.
fn each_further(table: &Table) -> u64 {
    let [one, nine] = [1, 9].map(|count| {
        let case = format!("{}, locks", records(count));
        let row = table.row(DELIVER, &case);
        row.map_or(0, |row| row.compute_units.median)
    });
    (nine - one).div_ceil(8)
}

/// The target for the length of a transaction that joins a study, in bytes.
const JOIN_BYTES: u64 = 790;

/// The target for the length of the binary, in bytes.
const BINARY: u64 = 70_000;

/// The targets for medians: text, instruction, case and compute units.
fn targets() -> Vec<(String, &'static str, String, u64)> {
    let mut targets = vec![
        (
            "`set_encryption_key`",
            SET_ENCRYPTION_KEY,
            "first key".to_owned(),
            2_300,
        ),
        (
            "`create_record`, short locator",
            CREATE_RECORD,
            record_case(SHORT_LOCATOR, Written::ByClinic),
            6_750,
        ),
        (
            "`verify_record`",
            VERIFY_RECORD,
            "by the owner".to_owned(),
            700,
        ),
        ("`purchase`", PURCHASE, records(1), 3_600),
        ("`refund`", REFUND, refund_case(1), 1_100),
        ("`close_purchase`", CLOSE_PURCHASE, records(1), 700),
        ("`settle`", SETTLE, records(1), 3_300),
    ]
    .into_iter()
    .map(|(what, instruction, case, target)| (what.to_owned(), instruction, case, target))
    .collect::<Vec<_>>();
    for count in [1, 2, 3, 9, MAX] {
        let (what, target) = (
            format!("`create_order`, {}", records(count)),
            2_400 + 180 * count as u64,
        );
        targets.push((what, CREATE_ORDER, records(count), target));
    }
    for count in 1..=9 {
        let case = format!("{}, locks", records(count));
        let target = 13_750 + FURTHER * (count as u64 - 1);
        targets.push((
            format!("`deliver`, {}", records(count)),
            DELIVER,
            case,
            target,
        ));
    }
    for groups in 1..=3 {
        let plural = if groups == 1 { "" } else { "s" };
        targets.push((
            format!("`create_order` and `join_study`, 1 record, {groups} fact{plural}"),
            JOIN_STUDY,
            with_create_order(groups, 0),
            8_200 + 1_050 * (u64::from(groups) - 1),
        ));
    }
    targets.push(("`admit`".to_owned(), ADMIT, records(1), 3_500));
    targets.push((
        "`create_study`".to_owned(),
        CREATE_STUDY,
        "1 requirement, 1 creator".to_owned(),
        3_500,
    ));
    targets
}

fn verdict(figure: u64, target: u64) -> &'static str {
    if figure <= target {
        "met"
    } else {
        "**missed**"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_separated() {
        let numbers = [0, 999, 1_000, 45_018, 1_234_567].map(thousands);
        assert_eq!(numbers, ["0", "999", "1,000", "45,018", "1,234,567"]);
    }

    #[test]
    fn only_what_is_between_the_marker_lines_is_replaced() {
        let page =
            "a\n<!-- begin x: written by `cargo xtask compute-units` -->\nold\n<!-- end x -->\nb\n";
        let renewed = replace(page, "x", "new\n").unwrap();
        assert_eq!(renewed, page.replace("old", "new"));
        assert_eq!(replace(page, "y", "new\n"), None);
    }
}

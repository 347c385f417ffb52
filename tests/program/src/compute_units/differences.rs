use std::fmt::Write;

use super::table::{Row, Table};

/// The differences between a table and an older one, one line for each figure. `None` if the tables are equal.
pub fn differences(old: &Table, new: &Table) -> Option<String> {
    if old == new {
        return None;
    }
    let mut lines = Lines::default();
    if old.program_id != new.program_id {
        lines.text(&format!(
            "measured for program id {}, was {}",
            new.program_id, old.program_id
        ));
    }
    for (name, old, new) in [
        (
            "program bytes",
            old.program_bytes as u64,
            new.program_bytes as u64,
        ),
        ("key sets", old.key_sets, new.key_sets),
        (
            "lamports per byte",
            old.lamports_per_byte,
            new.lamports_per_byte,
        ),
    ] {
        lines.figure("", "", name, old, new);
    }
    for row in &new.rows {
        match old.row(&row.instruction, &row.case) {
            Some(before) => lines.row(before, row),
            None => lines.text(&format!(
                "{}, {}: new, {} compute units",
                row.instruction, row.case, row.compute_units.median
            )),
        }
    }
    for row in &old.rows {
        if new.row(&row.instruction, &row.case).is_none() {
            lines.text(&format!("{}, {}: gone", row.instruction, row.case));
        }
    }
    if lines.0.is_empty() {
        lines.text("the same rows in another order");
    }
    let header = format!(
        "{:<20} {:<50} {:<18} {:>9} {:>9} {:>11}",
        "instruction", "case", "figure", "old", "new", "difference"
    );
    Some(format!("{header}\n{}", lines.0))
}

#[derive(Default)]
struct Lines(String);

impl Lines {
    fn text(&mut self, text: &str) {
        self.0.push_str(text);
        self.0.push('\n');
    }

    fn figure(&mut self, instruction: &str, case: &str, name: &str, old: u64, new: u64) {
        if old == new {
            return;
        }
        let difference = i128::from(new) - i128::from(old);
        writeln!(
            self.0,
            "{instruction:<20} {case:<50} {name:<18} {old:>9} {new:>9} {difference:>+11}"
        )
        .expect("a string takes all");
    }

    fn row(&mut self, old: &Row, new: &Row) {
        let figures = |row: &Row| {
            let units = row.compute_units;
            [
                ("units, median", units.median),
                ("units, minimum", units.min),
                ("units, maximum", units.max),
                ("transaction bytes", row.transaction_bytes as u64),
                ("account bytes", row.account_bytes as u64),
                ("rent in lamports", row.rent_lamports),
            ]
        };
        for ((name, old), (_, figure)) in figures(old).into_iter().zip(figures(new)) {
            self.figure(&new.instruction, &new.case, name, old, figure);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compute_units::table::Spread;

    fn table(cases: &[(&str, u64)]) -> Table {
        let rows = cases.iter().map(|(case, median)| Row {
            instruction: "refund".to_owned(),
            case: (*case).to_owned(),
            compute_units: Spread {
                min: 1,
                median: *median,
                max: 9_000,
            },
            transaction_bytes: 300,
            account_bytes: 0,
            rent_lamports: 0,
        });
        Table {
            program_id: "id".to_owned(),
            program_bytes: 5,
            key_sets: 256,
            lamports_per_byte: 6_960,
            rows: rows.collect(),
        }
    }

    #[test]
    fn equal_tables_have_no_differences() {
        assert_eq!(differences(&table(&[("a", 1)]), &table(&[("a", 1)])), None);
    }

    #[test]
    fn changed_new_and_lost_rows_are_shown() {
        let text = differences(
            &table(&[("same", 1), ("changed", 700), ("lost", 3)]),
            &table(&[("same", 1), ("changed", 640), ("added", 4)]),
        )
        .unwrap();
        let lines: Vec<String> = text
            .lines()
            .skip(1)
            .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
            .collect();
        assert_eq!(
            lines,
            [
                "refund changed units, median 700 640 -60",
                "refund, added: new, 4 compute units",
                "refund, lost: gone",
            ]
        );
    }

    #[test]
    fn another_order_is_a_difference() {
        let text = differences(&table(&[("a", 1), ("b", 2)]), &table(&[("b", 2), ("a", 1)]));
        assert!(text.unwrap().contains("another order"));
    }
}

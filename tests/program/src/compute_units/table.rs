use std::{fmt::Write, fs, io, path::Path};

use serde::{Deserialize, Serialize};

use super::sheet::Sample;

/// The cost of a program's instructions, case by case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    /// The id that the program was built for, in base58. With another id the addresses differ, and with them the cost
    /// of finding their bumps.
    pub program_id: String,
    /// Bytes of the program's binary.
    pub program_bytes: usize,
    /// The number of sets of keys that each case was measured with.
    pub key_sets: u64,
    /// The rent for a byte in lamports, on the ledger of the measurement. An account pays for 128 bytes more than it
    /// has.
    pub lamports_per_byte: u64,
    /// A row for each case.
    pub rows: Vec<Row>,
}

/// The cost of a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// The instruction's name.
    pub instruction: String,
    /// Distinguishes the case from other cases of the instruction.
    pub case: String,
    /// Compute units of the whole transaction.
    pub compute_units: Spread,
    /// Bytes of the transaction on the wire, signatures included.
    pub transaction_bytes: usize,
    /// Bytes of the account that it creates, or 0 if it creates none.
    pub account_bytes: usize,
    /// The rent minimum of that account, in lamports.
    pub rent_lamports: u64,
}

/// How a figure depends on the keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spread {
    /// The smallest.
    pub min: u64,
    /// The median: of an even number of figures, the lower of the two in the middle.
    pub median: u64,
    /// The largest.
    pub max: u64,
}

impl Spread {
    /// The statistics of at least one figure.
    ///
    /// # Panics
    /// If there is no figure.
    pub fn of(mut figures: Vec<u64>) -> Self {
        figures.sort_unstable();
        Self {
            min: figures[0],
            median: figures[(figures.len() - 1) / 2],
            max: figures[figures.len() - 1],
        }
    }
}

/// A row for each case, from the samples of each set of keys.
///
/// # Panics
/// If two sets differ in their cases, or in anything but compute units.
pub(super) fn rows(sets: &[Vec<Sample>]) -> Vec<Row> {
    let first = &sets[0];
    assert!(
        sets.iter().all(|set| set.len() == first.len()),
        "all sets of keys have the same cases"
    );
    let row = |(index, sample): (usize, &Sample)| {
        let figures = sets.iter().enumerate().map(|(number, set)| {
            let other = &set[index];
            let expected = Sample {
                compute_units: other.compute_units,
                ..sample.clone()
            };
            assert_eq!(*other, expected, "key set {number} differs from the first");
            other.compute_units
        });
        Row {
            instruction: sample.instruction.to_owned(),
            case: sample.case.clone(),
            compute_units: Spread::of(figures.collect()),
            transaction_bytes: sample.transaction_bytes,
            account_bytes: sample.account_bytes,
            rent_lamports: sample.rent_lamports,
        }
    };
    first.iter().enumerate().map(row).collect()
}

impl Table {
    /// Reads a table that [`Self::write`] wrote.
    ///
    /// # Errors
    /// If the file can't be read, or is not such a table.
    pub fn read(file: &Path) -> io::Result<Self> {
        Ok(serde_json::from_slice(&fs::read(file)?)?)
    }

    /// Writes the table as JSON, one line for each row, so that a difference shows row by row.
    ///
    /// # Errors
    /// If the file can't be written.
    pub fn write(&self, file: &Path) -> io::Result<()> {
        fs::write(file, self.to_json())
    }

    fn to_json(&self) -> String {
        let line = |row| serde_json::to_string(row).expect("rows are plain data");
        let rows: Vec<String> = self
            .rows
            .iter()
            .map(|row| format!("    {}", line(row)))
            .collect();
        let mut json = String::new();
        let Self {
            program_id,
            program_bytes,
            key_sets,
            lamports_per_byte,
            ..
        } = self;
        write!(
            json,
            "{{\n  \"program_id\": \"{program_id}\",\n  \"program_bytes\": {program_bytes},\n  \"key_sets\": {key_sets},\n  \
             \"lamports_per_byte\": {lamports_per_byte},\n  \"rows\": [\n{}\n  ]\n}}\n",
            rows.join(",\n")
        )
        .expect("a string takes all");
        json
    }

    /// The row of a case.
    pub fn row(&self, instruction: &str, case: &str) -> Option<&Row> {
        self.rows
            .iter()
            .find(|row| row.instruction == instruction && row.case == case)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(case: &str, compute_units: u64) -> Sample {
        Sample {
            instruction: "deliver",
            case: case.to_owned(),
            compute_units,
            transaction_bytes: 400,
            account_bytes: 0,
            rent_lamports: 0,
        }
    }

    #[test]
    fn a_spread_has_the_lower_of_two_middles() {
        let spread = |figures: &[u64]| {
            let Spread { min, median, max } = Spread::of(figures.to_vec());
            (min, median, max)
        };
        assert_eq!(spread(&[7]), (7, 7, 7));
        assert_eq!(spread(&[9, 1, 5]), (1, 5, 9));
        assert_eq!(spread(&[9, 1, 6, 5]), (1, 5, 9));
    }

    #[test]
    fn a_table_survives_its_file() {
        let sets = [3, 1, 2].map(|units| vec![sample("1 record", units), sample("2 records", 7)]);
        let table = Table {
            program_id: "id".to_owned(),
            program_bytes: 5,
            key_sets: 3,
            lamports_per_byte: 6_960,
            rows: rows(&sets),
        };
        assert_eq!(
            table.rows[0].compute_units,
            Spread {
                min: 1,
                median: 2,
                max: 3
            }
        );
        let json = table.to_json();
        assert_eq!(serde_json::from_str::<Table>(&json).unwrap(), table);
        assert_eq!(json.lines().count(), 7 + 2 + 1);
    }

    #[test]
    #[should_panic(expected = "key set 1 differs from the first")]
    fn bytes_do_not_depend_on_keys() {
        let other = Sample {
            transaction_bytes: 401,
            ..sample("1 record", 3)
        };
        rows(&[vec![sample("1 record", 3)], vec![other]]);
    }
}

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use solana_address::Address;

use super::{
    annex::Annex,
    cells::{Cell, MIN_WALLETS, shown},
    entry::Entry,
    published::Published,
    quantity::{Figures, figures},
};
use crate::text::{hex32, shown as text};

/// What a table is made by.
const BY: [&str; 4] = ["creator", "gender", "birth-decade", "year"];
/// The row of records that say nothing about it.
const NOT_STATED: &str = "not stated";

/// How many there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Count {
    /// Distinct wallets.
    pub wallets: usize,
    /// Distinct records.
    pub records: usize,
}

impl Count {
    fn of(cell: &Cell) -> Self {
        Self {
            wallets: cell.wallets().len(),
            records: cell.records().len(),
        }
    }
}

/// A row of a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// What all records of the row have.
    pub value: String,
    /// How many there are. `None`: suppressed, which is not zero.
    pub count: Option<Count>,
    /// The figures, of a quantity. `None`: it is none, or suppressed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub figures: Option<Figures>,
}

/// Records, each in one row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    /// What the table is made by: `creator`, `gender`, `birth-decade` or `year`.
    pub by: String,
    /// The rows, sorted by their values.
    pub rows: Vec<Row>,
}

/// A quantity in one unit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Series {
    /// The UCUM code of the unit.
    pub unit: String,
    /// How many records have it, with its exact value. `None`: suppressed.
    pub count: Option<Count>,
    /// The figures. `None`: suppressed.
    pub figures: Option<Figures>,
    /// The figures by creator, sex, decade of birth and year. Empty if suppressed.
    pub tables: Vec<Table>,
}

/// All that is about one code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeTable {
    /// The code, `system|code`.
    pub code: String,
    /// How many records have it. `None`: suppressed.
    pub count: Option<Count>,
    /// The quantities of the code, by their units. Empty if suppressed.
    pub series: Vec<Series>,
}

/// The statistics of a study, to be published.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// Version of the report's form.
    pub version: u32,
    /// The study.
    #[serde(with = "text")]
    pub study: Address,
    /// SHA-256 of the description's file, which participants agreed to.
    #[serde(with = "hex32")]
    pub description: [u8; 32],
    /// The least number of wallets behind a figure.
    pub min_wallets: usize,
    /// SHA-256 of the annex, which lists the records and is not published.
    #[serde(with = "hex32")]
    pub annex: [u8; 32],
    /// How many there are in all. `None`: too few for any figure.
    pub count: Option<Count>,
    /// The records by creator, sex, decade of birth and year.
    pub tables: Vec<Table>,
    /// The records by code.
    pub codes: Vec<CodeTable>,
}

impl Report {
    /// The only version.
    pub const VERSION: u32 = 1;

    /// Compiles the report of a study, and what has been published by it, which the sponsor keeps. The order of the entries
    /// does not matter.
    pub fn compile(
        study: Address,
        description: [u8; 32],
        annex: &Annex,
        entries: &[Entry],
    ) -> (Self, Published) {
        let mut entries: Vec<_> = entries.iter().collect();
        entries.sort_by_key(|entry| entry.record);
        entries.dedup_by_key(|entry| entry.record);
        let mut published = Published::default();
        let all = cell(&entries);
        let mut report = Self {
            version: Self::VERSION,
            study,
            description,
            min_wallets: MIN_WALLETS,
            annex: annex.hash(),
            count: None,
            tables: Vec::new(),
            codes: Vec::new(),
        };
        if !all.may_be_shown() {
            return (report, published);
        }
        report.count = Some(Count::of(&all));
        published.add("all".to_owned(), &all);
        let compiler = Compiler { entries, all };
        report.tables = compiler.tables(&mut published);
        report.codes = compiler.codes(&mut published);
        (report, published)
    }
}

struct Compiler<'a> {
    entries: Vec<&'a Entry>,
    all: Cell,
}

impl Compiler<'_> {
    /// The records by what an entry says about `by`.
    fn cells(&self, by: &str) -> BTreeMap<String, Cell> {
        let mut cells = BTreeMap::<String, Cell>::new();
        for entry in &self.entries {
            let value = value(entry, by);
            let cell = cells.entry(value).or_default();
            cell.values.push((entry.wallet, entry.record, None));
        }
        cells
    }

    fn tables(&self, published: &mut Published) -> Vec<Table> {
        let table = |by: &&str| {
            let cells = self.cells(by);
            let shown = shown(&cells, |_, cell| cell.may_be_shown());
            let rows = cells.into_iter().map(|(value, cell)| {
                let count = shown.contains(&value).then(|| Count::of(&cell));
                if count.is_some() {
                    published.add(format!("{by}={value}"), &cell);
                }
                Row {
                    value,
                    count,
                    figures: None,
                }
            });
            Table {
                by: (*by).to_owned(),
                rows: rows.collect(),
            }
        };
        BY.iter().map(table).collect()
    }

    fn codes(&self, published: &mut Published) -> Vec<CodeTable> {
        let mut by_code = BTreeMap::<&str, Vec<&Entry>>::new();
        for entry in &self.entries {
            for code in entry.codes() {
                by_code.entry(code).or_default().push(entry);
            }
        }
        let tables = by_code.into_iter().map(|(code, entries)| {
            let of_code = cell(&entries);
            let is_shown = self.all.may_show_part(&of_code);
            let series = match is_shown {
                true => {
                    published.add(format!("code={code}"), &of_code);
                    self.series(code, &entries, published)
                }
                false => Vec::new(),
            };
            CodeTable {
                code: code.to_owned(),
                count: is_shown.then(|| Count::of(&of_code)),
                series,
            }
        });
        tables.collect()
    }

    /// The quantities of a code. Each record is in the cell of a unit, or in the one of those without an exact value.
    fn series(&self, code: &str, entries: &[&Entry], published: &mut Published) -> Vec<Series> {
        let mut cells = BTreeMap::<Option<String>, Cell>::new();
        for entry in entries {
            let mut push = |unit: Option<String>, value| {
                let cell = cells.entry(unit).or_default();
                cell.values.push((entry.wallet, entry.record, value));
            };
            let quantities = entry.quantities(code);
            if quantities.is_empty() {
                push(None, None);
            }
            for quantity in quantities {
                match quantity.value {
                    Some(value) => push(Some(quantity.unit), Some(value)),
                    None => push(None, None),
                }
            }
        }
        let shown = shown(&cells, |_, cell| self.all.may_show_part(cell));
        let series = cells.into_iter().filter_map(|(unit, cell)| {
            let is_shown = shown.contains(&unit);
            let unit = unit?;
            let name = format!("code={code}/unit={unit}");
            let figures = is_shown
                .then(|| figures_of(&name, &cell, published))
                .flatten();
            Some(Series {
                count: is_shown.then(|| Count::of(&cell)),
                tables: match is_shown {
                    true => self.by(&name, &cell, published),
                    false => Vec::new(),
                },
                figures,
                unit,
            })
        });
        series.collect()
    }

    /// The figures of a series by creator, sex, decade of birth and year. A row is shown only if neither the series nor the
    /// table of all records reveals a smaller one beside it.
    fn by(&self, name: &str, series: &Cell, published: &mut Published) -> Vec<Table> {
        let table = |by: &&str| {
            let whole = self.cells(by);
            let of_record: BTreeMap<_, _> = self
                .entries
                .iter()
                .map(|entry| (entry.record, value(entry, by)))
                .collect();
            let mut cells = BTreeMap::<String, Cell>::new();
            for value in &series.values {
                let row = of_record[&value.1].clone();
                cells.entry(row).or_default().values.push(*value);
            }
            let shown = shown(&cells, |row, cell| whole[row].may_show_part(cell));
            let rows = cells.into_iter().map(|(value, cell)| {
                let is_shown = shown.contains(&value);
                let name = format!("{name}/{by}={value}");
                Row {
                    count: is_shown.then(|| Count::of(&cell)),
                    figures: is_shown
                        .then(|| figures_of(&name, &cell, published))
                        .flatten(),
                    value,
                }
            });
            Table {
                by: (*by).to_owned(),
                rows: rows.collect(),
            }
        };
        BY.iter().map(table).collect()
    }
}

fn figures_of(name: &str, cell: &Cell, published: &mut Published) -> Option<Figures> {
    let (figures, bins) = figures(cell)?;
    published.add(name.to_owned(), cell);
    for filled in bins {
        let (from, to) = (filled.bin.from, filled.bin.to);
        let range = format!("{}..{}", from.unwrap_or_default(), to.unwrap_or_default());
        published.add(format!("{name}/{range}"), &filled.cell);
    }
    Some(figures)
}

fn value(entry: &Entry, by: &str) -> String {
    match by {
        "creator" => entry.creator.to_string(),
        _ => entry.first(by).unwrap_or(NOT_STATED).to_owned(),
    }
}

fn cell(entries: &[&Entry]) -> Cell {
    let values = entries.iter();
    Cell {
        values: values
            .map(|entry| (entry.wallet, entry.record, None))
            .collect(),
    }
}

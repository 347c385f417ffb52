//! Tables for people: whole, or made to fit a terminal.

use std::iter::repeat_n;

use generion_client::rpc::text::printable;
use solana_address::Address;
use solana_signature::Signature;
use textwrap::{Options, WordSplitter, wrap};
use unicode_width::UnicodeWidthStr;

use crate::output::{field::field, style::Style};

/// Between two columns.
const GAP: usize = 2;
/// The characters that are shown of an address: 70 bits, which distinguish it from others.
const HEAD: usize = 8;
const TAIL: usize = 4;
/// The least width that the last column is wrapped to.
const NARROWEST: usize = 20;
/// The margin before the columns that don't fit, which stand below the others.
const MARGIN: usize = 4;
/// The sign for an omission.
const ELLIPSIS: char = '…';

/// Rows under headings.
#[derive(Debug)]
pub struct Table {
    headings: Vec<String>,
    rows: Vec<Vec<String>>,
    empty: String,
}

impl Table {
    /// `empty` is printed where there are no rows.
    pub fn new<const N: usize>(
        headings: [&str; N],
        rows: impl IntoIterator<Item = [String; N]>,
        empty: &str,
    ) -> Self {
        let rows = rows.into_iter();
        Self {
            headings: headings.map(str::to_owned).to_vec(),
            rows: rows
                .map(|row| row.map(|cell| printable(&cell)).to_vec())
                .collect(),
            empty: empty.to_owned(),
        }
    }

    /// The lines of the table.
    pub fn lines(&self, style: &Style) -> Vec<String> {
        if self.rows.is_empty() {
            return vec![self.empty.clone()];
        }
        if !style.fits_terminal {
            return laid_out(&self.headings, &self.rows, None);
        }
        let (mut lines, headings, mut rows) = self.without_common();
        let Some(columns) = style.columns else {
            lines.extend(laid_out(&headings, &rows, None));
            return lines;
        };
        if total(&widths(&headings, &rows)) > columns {
            for cell in rows.iter_mut().flatten() {
                *cell = shortened(cell);
            }
        }
        lines.extend(laid_out(&headings, &rows, Some(columns)));
        lines
    }

    /// The columns that are the same in all rows, as lines of their own, and the table without them. The first column stays: it
    /// names the subject of the row.
    fn without_common(&self) -> (Vec<String>, Vec<String>, Vec<Vec<String>>) {
        let (mut lines, mut kept) = (Vec::new(), vec![0]);
        for column in 1..self.headings.len() {
            let value = &self.rows[0][column];
            let is_common =
                self.rows.len() > 1 && self.rows.iter().all(|row| row[column] == *value);
            match is_common {
                false => kept.push(column),
                true if value.is_empty() => {}
                true => lines.push(field(&self.headings[column].to_lowercase(), value)),
            }
        }
        let pick = |row: &Vec<String>| kept.iter().map(|column| row[*column].clone()).collect();
        (
            lines,
            pick(&self.headings),
            self.rows.iter().map(pick).collect(),
        )
    }
}

/// The columns' widths.
fn widths(headings: &[String], rows: &[Vec<String>]) -> Vec<usize> {
    let of_column = |column: usize| {
        let cells = rows.iter().map(|row| row[column].width());
        cells.fold(headings[column].width(), usize::max)
    };
    (0..headings.len()).map(of_column).collect()
}

fn total(widths: &[usize]) -> usize {
    widths.iter().sum::<usize>() + GAP * (widths.len() - 1)
}

/// Columns that line up. A table that is too wide is wrapped in the last column, if enough of that column is left; otherwise
/// the last columns stand below the others.
fn laid_out(headings: &[String], rows: &[Vec<String>], columns: Option<usize>) -> Vec<String> {
    let widths = widths(headings, rows);
    let columns = columns.unwrap_or(usize::MAX);
    let indent = total(&widths) - widths.last().copied().unwrap_or_default();
    let is_wrapped = columns.saturating_sub(indent) >= NARROWEST;
    let beside = match is_wrapped {
        true => widths.len() - 1,
        false => (1..widths.len())
            .rev()
            .find(|count| total(&widths[..*count]) <= columns)
            .unwrap_or(1),
    };
    let mut lines = Vec::new();
    for row in std::iter::once(headings).chain(rows.iter().map(Vec::as_slice)) {
        let (first, rest) = row.split_at(beside);
        let mut line = String::new();
        for (cell, width) in first.iter().zip(&widths) {
            line.push_str(cell);
            line.extend(repeat_n(' ', width - cell.width() + GAP));
        }
        let rest = rest.join(&" ".repeat(GAP));
        let margin = match is_wrapped {
            true => indent,
            false => {
                lines.push(std::mem::take(&mut line).trim_end().to_owned());
                line = " ".repeat(MARGIN);
                MARGIN
            }
        };
        let room = columns.saturating_sub(margin);
        let parts = match rest.width() > room {
            true => wrap(
                &rest,
                Options::new(room).word_splitter(WordSplitter::NoHyphenation),
            ),
            false => vec![rest.as_str().into()],
        };
        for part in parts {
            line.push_str(&part);
            lines.push(line.trim_end().to_owned());
            line = " ".repeat(margin);
        }
    }
    lines
}

/// A text with the addresses, keys and signatures in it shortened in the middle.
fn shortened(text: &str) -> String {
    let words = text.split(' ').map(|word| {
        let (word, mark) = match word.strip_suffix([',', ':']) {
            Some(bare) => word.split_at(bare.len()),
            None => (word, ""),
        };
        match is_long_name(word) {
            // All of it is ASCII.
            true => format!(
                "{}{ELLIPSIS}{}{mark}",
                &word[..HEAD],
                &word[word.len() - TAIL..]
            ),
            false => format!("{word}{mark}"),
        }
    });
    words.collect::<Vec<_>>().join(" ")
}

/// Whether a word is an address, a signature, or 32 bytes in hex.
fn is_long_name(word: &str) -> bool {
    word.is_ascii()
        && word.len() >= 32
        && (word.parse::<Address>().is_ok()
            || word.parse::<Signature>().is_ok()
            || word.len() == 64 && word.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PIPED: Style = Style {
        verbose: false,
        fits_terminal: false,
        columns: None,
    };

    const fn terminal(columns: usize) -> Style {
        Style {
            verbose: false,
            fits_terminal: true,
            columns: Some(columns),
        }
    }

    fn a(seed: u8) -> String {
        Address::new_from_array([seed; 32]).to_string()
    }

    fn owned<const N: usize>(row: [&str; N]) -> [String; N] {
        row.map(str::to_owned)
    }

    #[test]
    fn columns_line_up() {
        let rows = [owned(["1000", "x\ny"]), owned(["2", ""])];
        let table = Table::new(["A", "LABEL"], rows, "none");
        assert_eq!(table.lines(&PIPED), ["A     LABEL", "1000  x\\ny", "2"]);

        // Widths are the columns that a text takes on a terminal.
        let rows = [
            owned(["Mu\u{308}ller", "x"]),
            owned(["สมชาย ใจดี", "y"]),
            owned(["山田 太郎", "z"]),
        ];
        let table = Table::new(["NAME", "B"], rows, "none");
        let expected = [
            "NAME       B",
            "Mu\u{308}ller     x",
            "สมชาย ใจดี  y",
            "山田 太郎  z",
        ];
        assert_eq!(table.lines(&PIPED), expected);
        assert_eq!(table.lines(&terminal(80)), expected);
    }

    #[test]
    fn an_empty_table_says_so() {
        let table = Table::new(["A"], [], "no records");
        assert_eq!(table.lines(&PIPED), ["no records"]);
        assert_eq!(table.lines(&terminal(80)), ["no records"]);
    }

    #[test]
    fn what_is_the_same_in_all_rows_is_said_once() {
        let (one, two, owner) = (a(1), a(2), a(3));
        let rows = [
            [one, owner.clone(), String::new(), "open".to_owned()],
            [two, owner.clone(), String::new(), "closed".to_owned()],
        ];
        let table = Table::new(["ORDER", "SELLER", "LABEL", "STATE"], rows.clone(), "none");
        let lines = table.lines(&terminal(80));
        assert_eq!(lines[0], format!("seller             {owner}"));
        assert!(lines[1].starts_with("ORDER ") && lines[1].ends_with("  STATE"));
        assert_eq!(lines.len(), 4, "{lines:?}");
        // Programs get all columns, and one row has nothing to repeat.
        let piped = table.lines(&PIPED);
        assert!(piped[0].contains("SELLER") && piped[2].contains(&owner));
        let one = Table::new(["ORDER", "SELLER"], [[a(1), owner]], "none");
        assert!(one.lines(&terminal(120))[0].contains("SELLER"));
    }

    #[test]
    fn addresses_are_shortened_where_they_do_not_fit_and_nowhere_else() {
        let row = |seed| {
            [
                a(seed),
                a(seed + 1),
                format!("of order {}, {seed} SOL", a(9)),
            ]
        };
        let table = Table::new(["PURCHASE", "BUYER", "DETAILS"], [row(1), row(3)], "none");
        let fitting = table.lines(&terminal(200));
        assert_eq!(fitting, table.lines(&PIPED));
        let narrow = table.lines(&terminal(80));
        let short = |address: &str| format!("{}…{}", &address[..8], &address[address.len() - 4..]);
        for (line, seed) in narrow[1..].iter().zip([1, 3]) {
            assert!(line.width() <= 80, "{line}");
            let expected = [short(&a(seed)), short(&a(seed + 1)), short(&a(9)) + ", "];
            for part in expected {
                assert!(line.contains(&part), "{line} lacks {part}");
            }
        }
        let key = "ab".repeat(32);
        let signature = Signature::from([7; 64]).to_string();
        for long in [&key, &signature] {
            assert_eq!(shortened(long), short(long));
        }
        for other in [
            "",
            "short",
            "bought/file.json",
            &"word ".repeat(20),
            &"ä".repeat(40),
        ] {
            assert_eq!(shortened(other), other);
        }
    }

    #[test]
    fn what_is_too_long_is_wrapped_in_the_last_column() {
        let details = "one two three four five six seven eight nine ten";
        let rows = [owned(["1", details]), owned(["2", "short"])];
        let table = Table::new(["ID", "DETAILS"], rows, "none");
        assert_eq!(
            table.lines(&terminal(30)),
            [
                "ID  DETAILS",
                "1   one two three four five",
                "    six seven eight nine ten",
                "2   short"
            ]
        );
        // Too little is left beside the first column: it stands below.
        let rows = [owned(["something long", details]), owned(["2", ""])];
        let table = Table::new(["ID", "DETAILS"], rows, "none");
        assert_eq!(
            table.lines(&terminal(30)),
            [
                "ID",
                "    DETAILS",
                "something long",
                "    one two three four five",
                "    six seven eight nine ten",
                "2",
                ""
            ]
        );
    }
}

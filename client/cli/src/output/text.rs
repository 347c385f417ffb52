//! Text for people: lines, named values and tables.

use std::fmt::Display;

use generion_client::rpc::text::printable;
use unicode_width::UnicodeWidthStr;

/// Text for people, line by line.
#[derive(Default)]
pub struct Text(String);

impl Text {
    /// All of it.
    pub fn into_string(self) -> String {
        self.0
    }

    /// Its lines.
    #[cfg(test)]
    pub fn lines(&self) -> std::str::Lines<'_> {
        self.0.lines()
    }

    /// A line of our own words.
    pub fn line(&mut self, line: impl Display) -> &mut Self {
        self.0.push_str(&line.to_string());
        self.0.push('\n');
        self
    }

    /// A named value.
    pub fn field(&mut self, name: &str, value: impl Display) -> &mut Self {
        self.line(format_args!("{name:<18} {}", printable(&value.to_string())))
    }

    /// Rows under headings, or `empty` where there are none.
    pub fn table<const N: usize>(
        &mut self,
        headings: [&str; N],
        rows: impl IntoIterator<Item = [String; N]>,
        empty: &str,
    ) -> &mut Self {
        let mut lines = vec![headings.map(str::to_owned)];
        lines.extend(rows.into_iter().map(|row| row.map(|cell| printable(&cell))));
        if lines.len() == 1 {
            return self.line(empty);
        }
        let width = |column: usize| {
            lines
                .iter()
                .map(|row| row[column].width())
                .max()
                .unwrap_or_default()
        };
        let widths: [usize; N] = std::array::from_fn(width);
        for row in &lines {
            let mut line = String::new();
            for (cell, width) in row.iter().zip(widths) {
                line.push_str(cell);
                line.extend(std::iter::repeat_n(' ', width - cell.width() + 2));
            }
            self.line(line.trim_end());
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up() {
        let mut text = Text::default();
        text.table(
            ["A", "LABEL"],
            [
                ["1000".to_owned(), "x\ny".to_owned()],
                ["2".to_owned(), String::new()],
            ],
            "none",
        );
        assert_eq!(text.0, "A     LABEL\n1000  x\\ny\n2\n");

        // By the columns that a text takes on a terminal.
        let mut text = Text::default();
        text.table(
            ["NAME", "B"],
            [
                ["Mu\u{308}ller".to_owned(), "x".to_owned()],
                ["สมชาย ใจดี".to_owned(), "x".to_owned()],
                ["山田 太郎".to_owned(), "x".to_owned()],
            ],
            "none",
        );
        assert_eq!(
            text.0,
            "NAME       B\nMu\u{308}ller     x\nสมชาย ใจดี  x\n山田 太郎  x\n"
        );
    }

    #[test]
    fn an_empty_table_says_so() {
        let mut text = Text::default();
        text.table(["A"], [], "no records");
        assert_eq!(text.0, "no records\n");
    }
}

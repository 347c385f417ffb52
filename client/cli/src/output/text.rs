//! Text for people: lines, named values and tables.

use std::fmt::Display;

use crate::output::{field::field, style::Style, table::Table};

/// Text for people. How it is laid out is decided when it is known where it goes.
#[derive(Default)]
pub struct Text(Vec<Part>);

enum Part {
    Line(String),
    /// A line that is shown with `--verbose` only.
    Detail(String),
    Table(Table),
}

impl Text {
    /// Adds a line.
    pub fn line(&mut self, line: impl Display) -> &mut Self {
        self.push(Part::Line(line.to_string()))
    }

    /// Adds a named value.
    pub fn field(&mut self, name: &str, value: impl Display) -> &mut Self {
        self.push(Part::Line(field(name, value)))
    }

    /// A named value that most people have no use for: shown with `--verbose`.
    pub fn detail(&mut self, name: &str, value: impl Display) -> &mut Self {
        self.push(Part::Detail(field(name, value)))
    }

    /// Adds a table, or the line `empty` if it has no rows.
    pub fn table<const N: usize>(
        &mut self,
        headings: [&str; N],
        rows: impl IntoIterator<Item = [String; N]>,
        empty: &str,
    ) -> &mut Self {
        self.push(Part::Table(Table::new(headings, rows, empty)))
    }

    /// Another text behind this one, with an empty line between them.
    pub fn then(&mut self, other: Self) {
        if !self.0.is_empty() && !other.0.is_empty() {
            self.line("");
        }
        self.0.extend(other.0);
    }

    fn push(&mut self, part: Part) -> &mut Self {
        self.0.push(part);
        self
    }

    /// All of it, each line with its end.
    pub fn laid_out(&self, style: &Style) -> String {
        let lines = self.0.iter().flat_map(|part| match part {
            Part::Line(line) => vec![line.clone()],
            Part::Detail(line) if style.verbose => vec![line.clone()],
            Part::Detail(_) => Vec::new(),
            Part::Table(table) => table.lines(style),
        });
        lines.map(|line| line + "\n").collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn details_are_for_those_who_ask() {
        let mut text = Text::default();
        text.field("record", "one")
            .detail("facts root", "abc")
            .line("end");
        let shown = |verbose| {
            text.laid_out(&Style {
                verbose,
                ..Style::default()
            })
        };
        assert_eq!(shown(false), "record             one\nend\n");
        assert_eq!(
            shown(true),
            "record             one\nfacts root         abc\nend\n"
        );
    }
}

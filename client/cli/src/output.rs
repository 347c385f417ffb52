//! What commands print: text for people, JSON for programs.

use std::{
    fmt::{Display, Write as _},
    io::{self, Write},
};

use generion_client::rpc::text::{is_escaped, printable};
use serde::Serialize;
use unicode_width::UnicodeWidthStr;

use crate::{cli::Format, failure::Failure};

/// What a command found or did. Its JSON is the type's fields: addresses in base58, hashes and keys in hex, amounts in
/// lamports as integers named `*_lamports`, times in Unix seconds named `*_at`.
pub trait Report: Serialize {
    /// The same for people.
    fn describe(&self, text: &mut Text);
}

/// A report in both forms, ready to print.
pub struct Output {
    text: String,
    json: String,
    json_compact: String,
    /// Standard output belongs to a document.
    beside_document: bool,
    /// Nothing was done but looked up.
    is_found: bool,
    failure: Option<Failure>,
}

impl Output {
    pub fn new(report: &impl Report) -> Result<Self, Failure> {
        let unwritable = |error: serde_json::Error| {
            Failure::new(
                format!("the result can't be written as JSON: {error}"),
                "Report this.",
            )
        };
        let json = serde_json::to_string_pretty(report).map_err(unwritable)?;
        let json_compact = serde_json::to_string(report).map_err(unwritable)?;
        let mut text = Text::default();
        report.describe(&mut text);
        Ok(Self {
            text: text.0,
            json,
            json_compact,
            beside_document: false,
            is_found: false,
            failure: None,
        })
    }

    /// What was looked up. A reader may stop in the middle of it (`| head -1`): nothing was done that it would have to
    /// know of.
    pub fn found(report: &impl Report) -> Result<Self, Failure> {
        Ok(Self {
            is_found: true,
            ..Self::new(report)?
        })
    }

    /// What is the same in every form.
    pub fn verbatim(text: String) -> Self {
        Self {
            json: text.clone(),
            json_compact: text.clone(),
            text,
            beside_document: false,
            is_found: true,
            failure: None,
        }
    }

    /// A command that prints by itself.
    pub fn nothing() -> Self {
        Self::verbatim(String::new())
    }

    /// Goes to standard error if a document went to standard output.
    pub fn beside(mut self, document: bool) -> Self {
        self.beside_document = document;
        self
    }

    /// A command that did a part of what it was to do.
    pub fn with_failure(mut self, failure: Option<Failure>) -> Self {
        self.failure = failure;
        self
    }

    /// Prints it, and hands over the failure behind it if there is one.
    pub fn print(self, format: Format) -> Result<(), Failure> {
        let text = match format {
            Format::Display => self.text,
            Format::Json => printable_json(&self.json),
            Format::JsonCompact => printable_json(&self.json_compact),
        };
        let stream: &mut dyn Write = if self.beside_document {
            &mut io::stderr()
        } else {
            &mut io::stdout()
        };
        match write_lines(stream, &text) {
            Ok(()) => {}
            Err(error) if self.is_found && error.kind() == io::ErrorKind::BrokenPipe => {}
            Err(error) if self.is_found => {
                return Err(Failure::new(
                    format!("what was found can't be printed: {error}"),
                    "Nothing was changed: make sure that standard output can be written to, and try again.",
                ));
            }
            Err(error) => {
                return Err(Failure::new(
                    format!("the command did its work, but its result can't be printed: {error}"),
                    "Don't repeat it blindly: look at the ledger first.",
                ));
            }
        }
        self.failure.map_or(Ok(()), Err)
    }
}

fn write_lines(stream: &mut dyn Write, text: &str) -> io::Result<()> {
    let text = text.trim_end();
    if text.is_empty() {
        Ok(())
    } else {
        writeln!(stream, "{text}").and_then(|()| stream.flush())
    }
}

/// Text for people, line by line.
#[derive(Default)]
pub struct Text(String);

impl Text {
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

/// JSON that shows nothing deceptive on a terminal either: what [`printable`] escapes is escaped as JSON has it, which reads
/// the same.
pub fn printable_json(json: &str) -> String {
    let mut shown = String::with_capacity(json.len());
    let mut before = None;
    for c in json.chars() {
        // Line ends are JSON's own here: in a text they are escaped already.
        if c != '\n' && is_escaped(c, before) {
            let mut units = [0; 2];
            for unit in c.encode_utf16(&mut units) {
                // Writing to a string can't fail.
                let _ = write!(shown, "\\u{unit:04x}");
            }
        } else {
            shown.push(c);
        }
        before = Some(c);
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_strangers_wrote_can_not_drive_the_terminal_from_json_either() {
        let text = "a\nb\x1b[2Jc\u{9b}2J\u{202e}d\0\u{e0041}";
        let name = "Mu\u{308}ller अनीता शर्मा رضا\u{200c}زاده สมชาย";
        let json = serde_json::to_string_pretty(&[text, name]).unwrap();
        let shown = printable_json(&json);
        assert!(shown.contains(name), "{shown}");
        assert!(
            shown.contains("\\u009b2J\\u202ed\\u0000\\udb40\\udc41"),
            "{shown}"
        );
        assert_eq!(
            serde_json::from_str::<[String; 2]>(&shown).unwrap(),
            [text, name]
        );
    }

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

//! Reports of commands, ready to print as text for people and JSON for programs.

use std::io::{self, Write};

use serde::Serialize;

use crate::output::{
    failure::Failure, format::Format, json::printable_json, style::StyleOptions, text::Text,
};

/// The report of a command. Its JSON has the type's fields: addresses in base58, hashes and keys in hex, amounts in
/// lamports as integers named `*_lamports`, times in Unix seconds named `*_at`.
pub trait Report: Serialize {
    /// Writes the report as text for people.
    fn describe(&self, text: &mut Text);
}

/// A report in both forms, ready to print.
pub struct Output {
    text: Text,
    json: String,
    json_compact: String,
    /// Whether a document goes to standard output, so that the report goes to standard error.
    beside_document: bool,
    /// Whether the command only read something.
    is_found: bool,
    /// There was nothing to find.
    is_empty: bool,
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
            text,
            json,
            json_compact,
            beside_document: false,
            is_found: false,
            is_empty: false,
            failure: None,
        })
    }

    /// The report of a command that only reads. Its reader may stop early (`| head -1`) without missing that something
    /// was done.
    pub fn found(report: &impl Report) -> Result<Self, Failure> {
        Ok(Self {
            is_found: true,
            ..Self::new(report)?
        })
    }

    /// The accounts that were looked up, and whether there are any.
    pub fn listed(report: &impl Report, is_empty: bool) -> Result<Self, Failure> {
        Ok(Self {
            is_empty,
            ..Self::found(report)?
        })
    }

    /// Whether there was nothing to find, which may be because the program itself isn't there.
    pub const fn is_empty(&self) -> bool {
        self.is_empty
    }

    /// Output that is the same in every form.
    pub fn verbatim(text: String) -> Self {
        let mut lines = Text::default();
        lines.line(text.trim_end());
        Self {
            json: text.clone(),
            json_compact: text,
            text: lines,
            beside_document: false,
            is_found: true,
            is_empty: false,
            failure: None,
        }
    }

    /// No output: the command has printed it already.
    pub fn nothing() -> Self {
        Self::verbatim(String::new())
    }

    /// Another one behind this one: its text, and its JSON as an object of its own.
    pub fn then(mut self, other: Self) -> Self {
        self.text.then(other.text);
        Self {
            text: self.text,
            json: self.json + "\n" + &other.json,
            json_compact: self.json_compact + "\n" + &other.json_compact,
            beside_document: self.beside_document || other.beside_document,
            is_found: self.is_found && other.is_found,
            is_empty: self.is_empty && other.is_empty,
            failure: self.failure.or(other.failure),
        }
    }

    /// Whether the command did only a part of its work.
    pub const fn has_failure(&self) -> bool {
        self.failure.is_some()
    }

    /// Prints the report to standard error if a document went to standard output.
    pub fn beside(mut self, document: bool) -> Self {
        self.beside_document = document;
        self
    }

    /// Adds the failure of a command that did only a part of its work.
    pub fn with_failure(mut self, failure: Option<Failure>) -> Self {
        self.failure = failure;
        self
    }

    /// Prints the report, and returns the failure if there is one.
    pub fn print(self, format: Format, style: StyleOptions) -> Result<(), Failure> {
        let text = match format {
            Format::Display => self.text.laid_out(&match self.beside_document {
                true => style.style(&io::stderr()),
                false => style.style(&io::stdout()),
            }),
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
                    format!("the result can't be printed: {error}"),
                    "Nothing was changed. Make sure that standard output can be written to, and try again.",
                ));
            }
            Err(error) => {
                return Err(Failure::new(
                    format!("the command succeeded, but its result can't be printed: {error}"),
                    "Don't run it again before you have checked the ledger.",
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

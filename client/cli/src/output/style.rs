//! The layout of text for people: for the terminal, or whole.

use std::io::IsTerminal;
use std::os::fd::AsFd;

use terminal_size::{Width, terminal_size_of};

/// The layout of text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Style {
    /// Whether to show the details that most people don't need, too.
    pub verbose: bool,
    /// Whether tables are made to fit a terminal. Elsewhere, and with `--wide`, every cell is printed whole: a program may read
    /// the output.
    pub fits_terminal: bool,
    /// The terminal's columns; `None`: unknown.
    pub columns: Option<usize>,
}

/// The layout that the user asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StyleOptions {
    pub verbose: bool,
    pub wide: bool,
}

impl StyleOptions {
    /// The style for a stream.
    pub fn style(self, stream: &(impl AsFd + IsTerminal)) -> Style {
        let fits_terminal = stream.is_terminal() && !self.wide;
        let columns = fits_terminal.then(|| terminal_size_of(stream)).flatten();
        Style {
            verbose: self.verbose,
            fits_terminal,
            columns: columns.map(|(Width(columns), _)| columns.into()),
        }
    }
}

//! How text for people is laid out: for the terminal that it goes to, or whole.

use std::io::IsTerminal;
use std::os::fd::AsFd;

use terminal_size::{Width, terminal_size_of};

/// How text is laid out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Style {
    /// What most people have no use for is shown as well.
    pub verbose: bool,
    /// Whether tables are made to fit a terminal. Elsewhere, and with `--wide`, every cell is printed whole: programs read
    /// what is piped to them.
    pub fits_terminal: bool,
    /// The terminal's columns; `None`: it does not tell.
    pub columns: Option<usize>,
}

/// What the user asked for.
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

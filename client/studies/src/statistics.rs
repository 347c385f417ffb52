//! The statistics of what a study collected. They follow from facts alone, which are attested and can be recomputed from the
//! documents: so everybody who is given the documents comes to the same figures.
//!
//! What is published tells nothing about single persons:
//!
//! * A *cell* is the wallets and values behind a figure. It is shown if it has at least [`MIN_WALLETS`] wallets, and if no wallet
//!   has more than a third of its values. Records don't count: one wallet may have many.
//! * Of the cells of a table, so many more are suppressed that the suppressed ones together are a cell that could be shown.
//!   Otherwise the total would reveal them. Suppressed is not zero.
//! * Quantities of different units are never mixed. Figures are rounded so far that one value does not show, and the bins of a
//!   histogram are cells, too; the outer ones are open, so that nobody sees the least or greatest value.
//! * A second report of the same study is refused if a cell has changed by fewer than [`MIN_WALLETS`] wallets
//!   ([`Published::allows`]), because the difference would be a cell.

mod annex;
mod cells;
mod compare;
mod csv;
mod entry;
mod page;
mod plot;
mod published;
mod quantity;
mod report;

pub use self::{
    annex::{Annex, AnnexRecord},
    cells::MIN_WALLETS,
    compare::differences,
    csv::csv,
    entry::{Entry, Quantity},
    page::page,
    published::{Published, TooFewNew},
    quantity::{Bin, Figures},
    report::{CodeTable, Count, Report, Row, Series, Table},
};

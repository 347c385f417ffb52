//! Studies without a ledger: descriptions, matching, letters, statistics.

mod descriptions;
mod letters;
mod matching;
mod publishing;
mod schema;
mod statistics;
mod support;

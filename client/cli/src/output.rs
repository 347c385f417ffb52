//! The output: reports and failures, as text for people or as JSON for programs.

pub mod count;
pub mod dry_run;
pub mod failure;
pub mod field;
pub mod format;
pub mod json;
pub mod paid_out;
pub mod progress;
pub mod qr;
pub mod redaction;
pub mod report;
pub mod style;
pub mod table;
pub mod text;
pub mod time;
pub mod view;
pub mod waiting;

//! Health links: what a link says, and how an owner finds the own links again (docs/PROTOCOL.md, sections 2 and 7).
//!
//! The links are *SMART Health Links* (HL7 SMART Health Cards and Links 1.0.0, STU 1, page *Health Links Specification*).

mod payload;
mod secret;

pub use self::{
    payload::{HealthLink, HealthLinkError, MAX_LABEL_UNITS, MAX_URL_CHARACTERS, UnfitLink},
    secret::{LinkNoteError, LinkSecret, NotedLink},
};

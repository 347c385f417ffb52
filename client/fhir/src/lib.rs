//! What is known of FHIR R4 (4.0.1): its elements, its codes, the form of other terminologies' codes, and units. No I/O: the
//! tables in `r4/` are part of the crate. `cargo xtask fhir` writes them, from HL7's own definitions.

#![forbid(unsafe_code)]

mod definitions;
pub mod terminology;
pub mod units;

pub use definitions::{Definitions, Element, ElementType, Primitive, Type, definitions};

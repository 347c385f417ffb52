//! Facts: single statements about a document that a record's creator attests (docs/PROTOCOL.md, section 3). A record has the
//! root of the tree of its facts. This module has facts and the disclosure of a single fact, which contain no secret. Only
//! those who can open the record can make the tree, with the crate `generion-crypto`.

pub use generion::proof::disclosure::{Disclosure, LEAVES, leaf_hash, node_hash};
pub use generion_facts::{Fact, InvalidFact, MAX_FACT_LEN};

//! The program's rules, money and proofs as the pure functions that they are, natively: the state transitions at their
//! limits, the verifiers against a second prover, the arguments byte by byte. `tests/program` has the instructions in the
//! machine. Mutation testing (docs/MUTATION.md) measures what these tests notice.
#![allow(clippy::arithmetic_side_effects)]

mod arguments;
mod capsule_proofs;
mod curve;
mod delivery_proofs;
mod disclosures;
mod errors;
mod limits;
mod money;
mod orders;
mod purchases;
mod records;
// By its path: the digest of the committed binary covers this package's manifest, so a dependency of its tests would make
// the binary stale.
#[path = "../../../../tests/reference-proofs/src/lib.rs"]
mod reference_proofs;
mod studies;
mod support;
mod users;

//! What the steps of a run came to.

use std::collections::BTreeMap;

use crate::{refusal::Refusal, step::Kind};

/// How often each instruction ended in each way. `None`: it succeeded.
pub type Tally = BTreeMap<(Kind, Option<Refusal>), usize>;

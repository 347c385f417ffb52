//! Puts the program on a ledger, as a sequence of steps that each begin with a look at the ledger.
//!
//! A [`Deployment`] says what should stand there: these bytes, at this program id, upgradeable by this authority.
//! [`Deployment::observe`] reads what does stand there, [`plan::Plan`] is the difference and its price, and
//! [`Deployment::run`] takes the steps and verifies the result. Nothing is kept between runs. The buffer that the bytes
//! are written into has an address that follows from the authority, the program id and the bytes, so that whoever runs
//! the same deployment again finds it and writes only what is missing.
#![forbid(unsafe_code)]

mod buffers;
pub mod cluster;
mod deployment;
mod error;
mod ledger;
pub mod plan;
pub mod record;
mod send;
mod steps;

pub use buffers::{close_buffers, open_buffers};
pub use deployment::{Deployment, Event, Outcome};
pub use error::{DeployError, Result};
pub use ledger::{BufferState, Node, Observed, ProgramState};
pub use steps::{Signers, buffer_address};

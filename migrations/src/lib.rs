//! Deploys a program to a ledger, step by step. Each step begins with a look at the ledger.
//!
//! A [`Deployment`] says what the ledger should have: a binary, at a program id, upgradeable by an authority.
//! [`Deployment::observe`] reads the present state, [`plan::Plan`] lists the steps from there and their price, and
//! [`Deployment::run`] takes the steps and verifies the result. Nothing is kept between runs. The address of the buffer
//! that the binary is written to follows from the authority, the program id and the binary, so a second run of the same
//! deployment finds the buffer and writes only the missing parts.
#![forbid(unsafe_code)]

mod buffers;
mod deployment;
pub mod deployment_log;
mod error;
mod ledger;
pub mod plan;
mod steps;
mod transaction;

pub use buffers::{close_buffers, open_buffers};
pub use deployment::{Deployment, Event, Outcome};
pub use error::{DeployError, Result};
pub use ledger::{BufferState, Node, Observed, ProgramState};
pub use steps::{Signers, buffer_address};

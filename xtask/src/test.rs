//! `cargo xtask test`: every check and test, step by step.

mod outcome;
mod steps;
mod typescript;

use std::time::Instant;

use anyhow::{Context, Result};
use clap::builder::PossibleValuesParser;

use crate::{
    system::{self, TESTS},
    workspace::{Workspace, headline, progress},
};

use outcome::Outcome;
use steps::STEPS;

/// Which steps to run.
#[derive(clap::Args)]
pub struct Arguments {
    /// Only these steps, in their usual order
    #[arg(long, value_name = "STEP", num_args = 1.., value_parser = PossibleValuesParser::new(STEPS.map(|step| step.name)))]
    only: Vec<String>,
}

/// Runs the steps up to the first that fails.
pub fn run(workspace: &Workspace, Arguments { only }: Arguments) -> Result<()> {
    let start = Instant::now();
    system::ensure(workspace, TESTS)?;
    let mut passed = Vec::new();
    for step in STEPS
        .iter()
        .filter(|step| only.is_empty() || only.iter().any(|name| name == step.name))
    {
        headline(&format!("{}: {}", step.name, step.about));
        let begin = Instant::now();
        let outcome = (step.run)(workspace).with_context(|| {
            format!(
                "the step `{0}` failed; run it alone with `cargo xtask test --only {0}`",
                step.name
            )
        })?;
        let seconds = begin.elapsed().as_secs_f32();
        match outcome {
            Outcome::Passed => progress(&format!("{} passed in {seconds:.1} s", step.name)),
            Outcome::Skipped(reason) => progress(&format!("{} skipped: {reason}", step.name)),
        }
        passed.push((step.name, seconds));
    }
    headline(&format!(
        "all steps done in {:.0} s",
        start.elapsed().as_secs_f32()
    ));
    for (name, seconds) in passed {
        progress(&format!("{name:<10} {seconds:>6.1} s"));
    }
    Ok(())
}

//! `cargo xtask test`: every check and test, step by step.

mod background;
mod outcome;
mod steps;
mod typescript;

use std::{io, time::Instant};

use anyhow::{Context, Result};
use clap::builder::PossibleValuesParser;

use crate::{
    system::{self, TESTS},
    workspace::{Workspace, headline, progress},
};

use background::Background;
use outcome::{Outcome, build_programs};
use steps::{STEPS, Step};

/// Which steps to run.
#[derive(clap::Args)]
pub struct Arguments {
    /// Only these steps, in their usual order
    #[arg(long, value_name = "STEP", num_args = 1.., value_parser = PossibleValuesParser::new(STEPS.map(|step| step.name)))]
    only: Vec<String>,
}

/// Two steps that run at the same time, because each leaves a processor idle for most of its time. The first one's output is on
/// the screen. The second one runs in the background, and its output ends the run.
const SIDE_BY_SIDE: [&str; 2] = ["typescript", "tests"];

/// A step that passed, and how many seconds it took.
type Passed = (&'static str, f32);

/// Runs the steps up to the first that fails.
pub fn run(workspace: &Workspace, Arguments { only }: Arguments) -> Result<()> {
    let start = Instant::now();
    system::ensure(workspace, TESTS)?;
    let is_wanted = |step: &&Step| only.is_empty() || only.iter().any(|name| name == step.name);
    let wanted: Vec<&Step> = STEPS.iter().filter(is_wanted).collect();
    let mut passed = Vec::new();
    let mut steps = wanted.as_slice();
    while let [step, rest @ ..] = steps {
        steps = match rest {
            [next, rest @ ..] if [step.name, next.name] == SIDE_BY_SIDE => {
                passed.extend(run_side_by_side(workspace, step, next)?);
                rest
            }
            _ => {
                passed.push(run_step(workspace, step)?);
                rest
            }
        };
    }
    if passed.len() > 1 {
        headline(&format!(
            "all steps done in {:.0} s",
            start.elapsed().as_secs_f32()
        ));
        for (name, seconds) in passed {
            progress(&format!("{name:<10} {seconds:>6.1} s"));
        }
    }
    Ok(())
}

fn run_step(workspace: &Workspace, step: &Step) -> Result<Passed> {
    headline(&format!("{}: {}", step.name, step.about));
    let begin = Instant::now();
    let outcome = (step.run)(workspace).with_context(|| failed(step))?;
    let seconds = begin.elapsed().as_secs_f32();
    match outcome {
        Outcome::Passed => progress(&format!("{} passed in {seconds:.1} s", step.name)),
        Outcome::Skipped(reason) => progress(&format!("{} skipped: {reason}", step.name)),
    }
    Ok((step.name, seconds))
}

/// Runs `step` and, in the background, `last`. Both run to their end, so that one run names the failures of both.
fn run_side_by_side(workspace: &Workspace, step: &Step, last: &Step) -> Result<[Passed; 2]> {
    headline(&format!("build: what {} and {} run", step.name, last.name));
    build_programs(workspace)?;
    let begin = Instant::now();
    let log = workspace
        .target()?
        .join(format!("generion/{}.log", last.name));
    let mut alone = workspace.cargo(["xtask", "test", "--only", last.name]);
    let background = Background::start(&mut alone, log)?;
    progress(&format!(
        "{} runs beside {}: {}",
        last.name,
        step.name,
        background.log().display()
    ));
    let first = run_step(workspace, step);
    let second = background
        .show(&mut io::stderr())
        .with_context(|| failed(last));
    let second = second.map(|()| (last.name, begin.elapsed().as_secs_f32()));
    match (first, second) {
        (Ok(first), Ok(second)) => Ok([first, second]),
        (Err(first), Err(second)) => Err(first.context(format!("{second:#}"))),
        (Err(error), Ok(_)) | (Ok(_), Err(error)) => Err(error),
    }
}

fn failed(step: &Step) -> String {
    format!(
        "the step `{0}` failed; run it alone with `cargo xtask test --only {0}`",
        step.name
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_two_side_by_side_end_the_run() {
        let names = STEPS.map(|step| step.name);
        assert!(names.ends_with(&SIDE_BY_SIDE), "{names:?}");
    }
}

//! `cargo xtask agave-test`: runs the suites that need a validator on Agave's validator instead of the local one. It is
//! no step of `cargo xtask test`: solana-test-validator takes most of an hour to build.

use std::{fs, path::PathBuf, process::Stdio};

use anyhow::{Context, Result};

use crate::{
    system::{self, AGAVE, WORKSPACE},
    tool,
    workspace::{Workspace, headline, show},
};

/// solana-test-validator, as `cargo install` takes it.
const AGAVE_VALIDATOR: &str = "4.2.2";
const VALIDATOR: &str = "solana-test-validator";

/// Tests that move the ledger's clock. The validator needs a snapshot for that, and makes one every 100 slots: with
/// shorter slots, the tests wait less for it.
const MOVE_THE_CLOCK: [&str; 6] = [
    "agent_faults::a_clock_that_is_wrong_by_a_month",
    "guides::the_buyers_guide",
    "guides::the_clinics_guide",
    "history::other_endings_are_told",
    "localnet::the_clock_moves_by_a_command",
    "story::an_undelivered_purchase_is_refunded",
];
const SHORT_SLOT_TICKS: &str = "16";

/// Which validator.
#[derive(clap::Args)]
pub struct Arguments {
    /// An installed solana-test-validator [default: install it into the cache folder]
    #[arg(long, value_name = "FILE")]
    validator: Option<PathBuf>,
    /// Only run tests whose names contain one of these
    tests: Vec<String>,
}

/// Runs the end-to-end tests, the validator suite and the deployments, one test after the other.
pub fn run(workspace: &Workspace, Arguments { validator, tests }: Arguments) -> Result<()> {
    system::ensure(workspace, WORKSPACE)?;
    let validator = match validator {
        Some(validator) => fs::canonicalize(&validator)
            .with_context(|| format!("cannot find {}", validator.display()))?,
        None => {
            system::ensure(workspace, AGAVE)?;
            tool::installed_binary(workspace, "agave-validator", VALIDATOR, AGAVE_VALIDATOR)?
        }
    };
    headline("build the programs");
    show(
        workspace
            .cargo(["build", "--locked", "--workspace", "--bins"])
            .stdin(Stdio::null()),
    )?;
    let target = workspace.target()?;
    let programs = target.join("generion/agave");
    fs::create_dir_all(&programs).with_context(|| format!("cannot make {}", programs.display()))?;
    for (name, real) in [
        ("generion", "generion"),
        ("generion-store", "generion-store"),
        ("generion-localnet", "agave-as-localnet"),
    ] {
        let link = programs.join(name);
        // A link of an earlier run may lead elsewhere.
        let _ = fs::remove_file(&link);
        // Programs look for others beside their own file. A symbolic link would lead them to another folder.
        let real = target.join("debug").join(real);
        fs::hard_link(&real, &link).with_context(|| format!("cannot make {}", link.display()))?;
    }
    let suites = |names: &[String], environment: &[(&str, &str)], skipped: &[&str]| {
        show(
            workspace
                .cargo(["test", "--locked", "--workspace", "--no-fail-fast"])
                .args(["--test", "e2e", "--test", "suite", "--test", "deploy"])
                .args(["--", "--test-threads", "1"])
                .args(skipped.iter().flat_map(|test| ["--skip", test]))
                .args(names)
                .env("GENERION_PROGRAMS", &programs)
                .env("GENERION_TEST_VALIDATOR", &validator)
                .envs(environment.iter().copied())
                .stdin(Stdio::null()),
        )
    };
    headline("the suites on Agave's validator");
    let usual = suites(&tests, &[], &MOVE_THE_CLOCK);
    let asked_for =
        |test: &&str| tests.is_empty() || tests.iter().any(|name| test.contains(name.as_str()));
    let names: Vec<String> = MOVE_THE_CLOCK
        .into_iter()
        .filter(|test| asked_for(test))
        .map(str::to_owned)
        .collect();
    if names.is_empty() {
        return usual;
    }
    headline("the tests that move its clock");
    let short_slots = [("GENERION_TEST_TICKS_PER_SLOT", SHORT_SLOT_TICKS)];
    usual.and(suites(&names, &short_slots, &[]))
}

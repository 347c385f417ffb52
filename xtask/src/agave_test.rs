//! `cargo xtask agave-test`: the suites that need a validator, on Agave's own instead of the local one. It is no step of
//! `cargo xtask test`: solana-test-validator takes most of an hour to build.

use std::{fs, path::PathBuf, process::Stdio};

use anyhow::{Context, Result};

use crate::{
    system::{self, AGAVE, WORKSPACE},
    tool,
    workspace::{Workspace, headline, progress, show},
};

/// solana-test-validator, as `cargo install` takes it.
const AGAVE_VALIDATOR: &str = "4.2.2";
const VALIDATOR: &str = "solana-test-validator";

/// Tests that move the ledger's clock, which Agave's validator has no means for.
const NEED_A_CLOCK: [&str; 6] = [
    "an_undelivered_purchase_is_refunded",
    "the_clock_moves_by_a_command",
    "a_clock_that_is_wrong_by_a_year",
    "other_endings_are_told",
    "the_buyers_guide",
    "the_clinics_guide",
];

/// Which validator.
#[derive(clap::Args)]
pub struct Arguments {
    /// A solana-test-validator that is there [default: it is installed into the cache folder]
    #[arg(long, value_name = "FILE")]
    validator: Option<PathBuf>,
    /// Only tests whose names hold one of these
    tests: Vec<String>,
}

/// Runs both suites, one test after the other.
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
        ("surfpool", "agave-as-surfpool"),
    ] {
        let link = programs.join(name);
        // One of an earlier run may lead elsewhere.
        let _ = fs::remove_file(&link);
        // A program looks for others beside its own file, which a symbolic link would lead away from.
        let real = target.join("debug").join(real);
        fs::hard_link(&real, &link).with_context(|| format!("cannot make {}", link.display()))?;
    }
    headline("the suites on Agave's validator");
    progress(&format!(
        "without {}, which move the clock",
        NEED_A_CLOCK.join(", ")
    ));
    show(
        workspace
            .cargo(["test", "--locked", "--workspace", "--no-fail-fast"])
            .args(["--test", "e2e", "--test", "suite"])
            .args(["--", "--test-threads", "1"])
            .args(NEED_A_CLOCK.iter().flat_map(|test| ["--skip", test]))
            .args(tests)
            .env("GENERION_PROGRAMS", &programs)
            .env("GENERION_TEST_VALIDATOR", &validator)
            .stdin(Stdio::null()),
    )
}

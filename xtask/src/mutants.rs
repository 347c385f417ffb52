//! `cargo xtask mutants`: mutation testing of the program and the cryptography (docs/MUTATION.md).

use std::{collections::BTreeSet, fs, path::Path, process::Stdio, time::Instant};

use anyhow::{Context, Result, bail, ensure};

use crate::{
    tool,
    workspace::{Workspace, headline, progress},
};

/// The version of cargo-mutants that is installed.
const CARGO_MUTANTS: &str = "27.1.0";

/// The packages that are mutated.
const PACKAGES: [&str; 2] = ["generion", "generion-crypto"];

/// The packages whose tests run both of them behind the program's own dispatch, without building it for the chain.
const TESTS: [&str; 2] = ["generion-native", "generion-fuzz"];

/// The files that are run by no test of their own package, only by those of [`TESTS`].
const HANDLERS: [&str; 3] = [
    "programs/generion/src/lib.rs",
    "programs/generion/src/instructions/*.rs",
    "programs/generion/src/ledger/native.rs",
];

/// The page with a reason for each survivor.
const REASONS: &str = "docs/MUTATION.md";

/// Options of the command.
#[derive(clap::Args)]
pub struct Arguments {
    /// Test only mutants in these files (globs)
    #[arg(long, value_name = "FILE")]
    file: Vec<String>,
    /// Number of mutants to test at a time
    #[arg(long, default_value_t = 1)]
    jobs: u32,
}

/// Makes each change that cargo-mutants knows, one at a time, and fails if no test notices a change and the page gives
/// no reason for that.
pub fn run(workspace: &Workspace, Arguments { file, jobs }: Arguments) -> Result<()> {
    let mutants = tool::installed(workspace, "cargo-mutants", CARGO_MUTANTS)?;
    let output = workspace.target()?.join("mutants");
    fs::create_dir_all(&output).with_context(|| format!("cannot make {}", output.display()))?;
    let test = |more: &[&str]| -> Result<Results> {
        let mut command = workspace.command(&mutants);
        command
            .args(["mutants", "--no-shuffle", "--colors", "never", "--output"])
            .arg(&output)
            .args(["--jobs", &jobs.to_string()])
            // A folder of its own, so that the next run starts with compiled dependencies.
            .env("CARGO_TARGET_DIR", output.join("build"))
            // A mutant changes one function of a crate: an incremental build takes 1.3 s, a full one 3.2 s.
            .env("CARGO_INCREMENTAL", "1")
            .stdin(Stdio::null());
        command.args(PACKAGES.iter().flat_map(|package| ["--package", package]));
        command.args(file.iter().flat_map(|file| ["--file", file]));
        let status = command.args(more).status();
        let status = status.with_context(|| format!("cannot start {}", mutants.display()))?;
        // 2: some mutants survived, 3: some made a test hang. Other codes mean that there is no result.
        ensure!(
            matches!(status.code(), Some(0 | 2 | 3)),
            "cargo-mutants ended with {status}"
        );
        Results::read(&output.join("mutants.out"))
    };

    let begin = Instant::now();
    headline("change the code, and run the tests of the package that it is in");
    // These tests are quicker to build, and notice most mutants.
    let handlers = HANDLERS.iter().flat_map(|file| ["--exclude", file]);
    let first = test(&handlers.collect::<Vec<_>>())?;
    headline(
        "change what survived, and the handlers, and run the handlers and the fuzz targets over their corpus",
    );
    let packages = TESTS.iter().flat_map(|package| ["--test-package", package]);
    let rest = test(
        &["--iterate"]
            .into_iter()
            .chain(packages)
            .collect::<Vec<_>>(),
    )?;
    headline("mutants");
    progress(&format!("{} noticed", first.noticed + rest.noticed));
    progress(&format!(
        "{} do not compile",
        first.unviable + rest.unviable
    ));
    progress(&format!("{} survive", rest.survivors));
    progress(&format!(
        "{:.0} minutes",
        begin.elapsed().as_secs_f32() / 60.0
    ));

    let page = workspace.root().join(REASONS);
    let page = fs::read_to_string(&page).with_context(|| format!("cannot read {REASONS}"))?;
    judge(&rest.names, &reasons(&page), file.is_empty())
}

/// The result of a run.
#[derive(Default)]
struct Results {
    noticed: usize,
    unviable: usize,
    /// The mutants that no test noticed, and those that made a test hang.
    survivors: usize,
    /// The same without their positions. Some mutants occur several times.
    names: BTreeSet<String>,
}

impl Results {
    fn read(folder: &Path) -> Result<Self> {
        let lines = |name: &str| -> Result<Vec<String>> {
            let file = folder.join(name);
            let text = fs::read_to_string(&file)
                .with_context(|| format!("cannot read {}", file.display()))?;
            Ok(text.lines().map(str::to_owned).collect())
        };
        let mut survivors = lines("missed.txt")?;
        survivors.extend(lines("timeout.txt")?);
        Ok(Self {
            noticed: lines("caught.txt")?.len(),
            unviable: lines("unviable.txt")?.len(),
            survivors: survivors.len(),
            names: survivors
                .iter()
                .map(|line| without_position(line))
                .collect(),
        })
    }
}

/// Turns `file:line:column: what` into `file: what`, because positions change with every edit.
fn without_position(line: &str) -> String {
    match line.splitn(4, ':').collect::<Vec<_>>()[..] {
        [file, _, _, what] => format!("{file}:{what}"),
        _ => line.to_owned(),
    }
}

/// The mutants that a page gives reasons for: its list items that begin with one in code type.
fn reasons(page: &str) -> BTreeSet<String> {
    let items = page.lines().filter_map(|line| line.strip_prefix("- `"));
    items
        .filter_map(|item| Some(item.split_once("`: ")?.0.to_owned()))
        .collect()
}

/// Fails if a survivor has no reason, and, if all mutants were tested, if a reason has no survivor.
fn judge(survivors: &BTreeSet<String>, reasons: &BTreeSet<String>, all: bool) -> Result<()> {
    let unexplained: Vec<_> = survivors.difference(reasons).cloned().collect();
    if !unexplained.is_empty() {
        bail!(
            "no test notices these, and {REASONS} has no reason for it:\n{}",
            unexplained.join("\n")
        );
    }
    let outdated: Vec<_> = reasons.difference(survivors).cloned().collect();
    if all && !outdated.is_empty() {
        bail!(
            "{REASONS} explains what does not survive any more:\n{}",
            outdated.join("\n")
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(names: &[&str]) -> BTreeSet<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn a_mutant_is_named_without_its_position() {
        assert_eq!(
            without_position("a/b.rs:12:9: replace f -> Option<()> with Some(()) in x::y"),
            "a/b.rs: replace f -> Option<()> with Some(()) in x::y"
        );
    }

    #[test]
    fn survivors_and_reasons_must_be_the_same() {
        let page = "# Title\n- `a.rs: replace | with ^ in f`: no bit is in both.\n- other\n";
        let reasons = reasons(page);
        assert_eq!(reasons, set(&["a.rs: replace | with ^ in f"]));
        let (explained, other) = (reasons.clone(), set(&["b.rs: delete !"]));
        assert!(judge(&explained, &reasons, true).is_ok());
        assert!(judge(&other, &reasons, true).is_err());
        assert!(judge(&set(&[]), &reasons, true).is_err());
        assert!(judge(&set(&[]), &reasons, false).is_ok());
    }
}

//! `cargo xtask fuzz`: the fuzz targets, built with libFuzzer and run (docs/FUZZING.md).

mod coverage;
mod target;

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    sync::Mutex,
    thread,
    time::Instant,
};

use anyhow::{Context, Result, bail, ensure};

use crate::{
    system,
    workspace::{Workspace, headline, progress, show},
};

use coverage::Coverage;
use target::{Limit, Target};

/// The lowest number of inputs for each target in `cargo xtask test`.
pub const RUNS: u64 = 100_000;

/// libFuzzer's instrumentation, as cargo-fuzz sets it. The stable compiler has these options.
const GUIDED: [&str; 5] = [
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
];

/// Options of the command.
#[derive(clap::Args)]
pub struct Arguments {
    /// Run only these targets, by the names of their files in fuzz/fuzz_targets
    #[arg(value_name = "TARGET")]
    targets: Vec<String>,
    /// Number of inputs for each target
    #[arg(long, default_value_t = RUNS)]
    runs: u64,
    /// Seconds for each target, instead of a number of inputs
    #[arg(long, conflicts_with = "runs")]
    seconds: Option<u64>,
    /// Seed of the random generator
    #[arg(long, default_value_t = 1)]
    seed: u32,
    /// Renew the committed corpus: the fewest inputs that reach as much code as all that were found
    #[arg(long)]
    keep: bool,
}

/// Runs the requested targets.
pub fn run(workspace: &Workspace, arguments: Arguments) -> Result<()> {
    let Arguments {
        targets: wanted,
        runs,
        seconds,
        seed,
        keep,
    } = arguments;
    headline("fuzz");
    system::ensure(workspace, system::FUZZ)?;
    let fuzz = Fuzz::new(workspace, seed)?;
    let names = names(workspace, &wanted)?;
    let limit = seconds.map_or(Limit::Runs(runs), Limit::Seconds);
    let seeds = if keep {
        Some(fuzz.write_seeds()?)
    } else {
        None
    };
    let targets = fuzz.build(&names, seeds.as_deref())?;
    fuzz.run(&targets, limit)?;
    if keep {
        for target in &targets {
            let inputs = target.keep()?;
            progress(&format!("{:<14} {inputs} inputs kept", target.name));
        }
    }
    Ok(())
}

/// The step of `cargo xtask test`: each target with [`RUNS`] inputs, which are the same in every run.
pub fn check(workspace: &Workspace) -> Result<()> {
    system::ensure(workspace, system::FUZZ)?;
    let fuzz = Fuzz::new(workspace, 1)?;
    let targets = fuzz.build(&names(workspace, &[])?, None)?;
    fuzz.run(&targets, Limit::Runs(RUNS))
}

/// The names of the `wanted` targets, or of all targets.
fn names(workspace: &Workspace, wanted: &[String]) -> Result<Vec<String>> {
    let folder = workspace.root().join("fuzz/fuzz_targets");
    let cannot = || format!("cannot read {}", folder.display());
    let mut all = Vec::new();
    for entry in fs::read_dir(&folder).with_context(cannot)? {
        let path = entry.with_context(cannot)?.path();
        all.extend(
            path.file_stem()
                .map(|name| name.to_string_lossy().into_owned()),
        );
    }
    all.sort();
    if let Some(unknown) = wanted.iter().find(|name| !all.contains(name)) {
        bail!(
            "there is no fuzz target `{unknown}`; there are {}",
            all.join(", ")
        );
    }
    Ok(if wanted.is_empty() {
        all
    } else {
        wanted.to_vec()
    })
}

/// The folders and tools of a run.
struct Fuzz<'a> {
    workspace: &'a Workspace,
    /// A target folder of its own, because the compiler flags differ.
    folder: PathBuf,
    /// The target triple of this machine. Naming it keeps the flags away from build scripts and macros.
    triple: String,
    seed: u32,
    /// The tools that measure coverage, if the machine has them.
    coverage: Option<Coverage>,
}

impl<'a> Fuzz<'a> {
    fn new(workspace: &'a Workspace, seed: u32) -> Result<Self> {
        let version = workspace.command("rustc").arg("-vV").output()?;
        let version = String::from_utf8(version.stdout)?;
        let field = |name: &str| {
            let line = version.lines().find_map(|line| line.strip_prefix(name));
            line.with_context(|| format!("`rustc -vV` says no {name}"))
        };
        Ok(Self {
            workspace,
            folder: workspace.target()?.join("fuzz"),
            triple: field("host: ")?.to_owned(),
            seed,
            coverage: Coverage::find(workspace, field("LLVM version: ")?)?,
        })
    }

    /// Builds the targets. Each gets a folder for new inputs, which is empty or holds its seeds.
    fn build(&self, names: &[String], seeds: Option<&Path>) -> Result<Vec<Target>> {
        let flags = match self.coverage {
            Some(_) => [&GUIDED[..], &[coverage::FLAG]].concat(),
            None => GUIDED.to_vec(),
        };
        let mut build = self.workspace.cargo(["build", "--locked", "--quiet"]);
        build
            .args(["--package", "generion-fuzz", "--features", "libfuzzer"])
            .args([
                "--profile",
                "fuzz",
                "--target",
                &self.triple,
                "--target-dir",
            ])
            .arg(&self.folder)
            .env_remove("CARGO_ENCODED_RUSTFLAGS")
            .env("RUSTFLAGS", flags.join(" "))
            // Passes the flags only to the packages that they are for.
            .env("RUSTC_WRAPPER", self.workspace.root().join("fuzz/rustc.sh"));
        let begin = Instant::now();
        show(&mut build)?;
        progress(&format!("built in {:.0} s", begin.elapsed().as_secs_f32()));

        let programs = self.folder.join(&self.triple).join("fuzz");
        let targets = names.iter().map(|name| Target {
            name: name.clone(),
            program: programs.join(name),
            corpus: self.workspace.root().join("fuzz/corpus").join(name),
            found: self.folder.join("found").join(name),
            profile: self.folder.join("profiles").join(format!("{name}.profraw")),
            failure: self.folder.join("failures").join(name),
            seed: self.seed,
        });
        let targets: Vec<_> = targets.collect();
        for target in &targets {
            target.prepare(seeds)?;
        }
        Ok(targets)
    }

    /// Runs the targets, as many at a time as the machine has processors.
    fn run(&self, targets: &[Target], limit: Limit) -> Result<()> {
        let waiting = Mutex::new(targets.iter());
        let workers = thread::available_parallelism().map_or(1, usize::from);
        let results: Mutex<BTreeMap<&str, Result<()>>> = Mutex::default();
        thread::scope(|scope| {
            for _ in 0..workers.min(targets.len()) {
                scope.spawn(|| {
                    loop {
                        let Some(target) = waiting.lock().expect("nobody panics").next() else {
                            return;
                        };
                        let result = target.run(limit).map(|report| progress(&report));
                        let mut results = results.lock().expect("nobody panics");
                        results.insert(&target.name, result);
                    }
                });
            }
        });
        let failed: Vec<_> = results
            .into_inner()
            .expect("nobody panics")
            .into_values()
            .filter_map(Result::err)
            .collect();
        for error in &failed {
            eprintln!("{error:#}");
        }
        ensure!(failed.is_empty(), "{} fuzz targets failed", failed.len());
        match &self.coverage {
            Some(coverage) => coverage.report(self.workspace, &self.folder, targets),
            None => Ok(()),
        }
    }

    /// Writes the seeds of the targets. Returns their folder.
    fn write_seeds(&self) -> Result<PathBuf> {
        let folder = self.folder.join("seeds");
        let mut seeds = self.workspace.cargo(["run", "--locked", "--quiet"]);
        seeds
            .args(["--package", "generion-fuzz", "--example", "seeds", "--"])
            .arg(&folder);
        show(&mut seeds)?;
        Ok(folder)
    }
}

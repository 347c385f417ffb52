//! A fuzz target, as a program.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use anyhow::{Context, Result, bail, ensure};

use crate::workspace::succeeds;

/// The length of the longest input, in bytes. A transaction has at most 1,232, and a locator 512.
const MAX_LEN: usize = 2048;

/// When to stop running a target.
#[derive(Clone, Copy)]
pub enum Limit {
    Runs(u64),
    Seconds(u64),
}

pub struct Target {
    pub name: String,
    pub program: PathBuf,
    /// The committed inputs.
    pub corpus: PathBuf,
    /// The folder for inputs that reach new code. It is empty at first.
    pub found: PathBuf,
    /// The profile that coverage is measured from.
    pub profile: PathBuf,
    /// The beginning of the path of a failing input; libFuzzer adds a suffix.
    pub failure: PathBuf,
    pub seed: u32,
}

impl Target {
    /// Empties the folder for new inputs, and copies the seeds into it, if there are any.
    pub fn prepare(&self, seeds: Option<&Path>) -> Result<()> {
        empty(&self.found)?;
        for parent in [&self.profile, &self.failure] {
            fs::create_dir_all(parent.parent().context("it is in a folder")?)?;
        }
        if let Some(seeds) = seeds {
            copy_files(&seeds.join(&self.name), &self.found)?;
        }
        Ok(())
    }

    /// Runs the target. Returns a line that says how many inputs it ran.
    pub fn run(&self, limit: Limit) -> Result<String> {
        let mut command = self.command();
        match limit {
            Limit::Runs(runs) => command.arg(format!("-runs={runs}")),
            Limit::Seconds(seconds) => command.arg(format!("-max_total_time={seconds}")),
        };
        command
            .arg(format!("-seed={}", self.seed))
            .args(["-print_final_stats=1", "-timeout=20", "-rss_limit_mb=1024"])
            .arg(format!("-artifact_prefix={}-", self.failure.display()))
            // With a time limit, libFuzzer would read the inputs again that it wrote itself.
            .arg("-reload=0")
            .arg(format!("-seed_inputs=@{}", self.list()?.display()))
            .arg(&self.found);
        let log = self.output(&mut command)?;
        let runs = number(&log, "stat::number_of_executed_units:")?;
        if let Limit::Runs(wanted) = limit {
            ensure!(
                runs >= wanted,
                "{}: {runs} inputs were run, not {wanted}",
                self.name
            );
        }
        let last = log.lines().rev().find(|line| line.contains("DONE"));
        let reached = last.and_then(|line| line.split_once("cov: ")?.1.split(' ').next());
        Ok(format!(
            "{:<14} {runs:>9} inputs, {} edges reached",
            self.name,
            reached.unwrap_or("no")
        ))
    }

    /// Writes a list of the committed inputs, sorted by name, so that libFuzzer reads them in the same order on every
    /// machine. Returns the path of the list.
    fn list(&self) -> Result<PathBuf> {
        let cannot = || format!("cannot read {}", self.corpus.display());
        let mut inputs = Vec::new();
        for entry in fs::read_dir(&self.corpus).with_context(cannot)? {
            inputs.push(entry.with_context(cannot)?.path().display().to_string());
        }
        inputs.sort();
        let list = self.found.with_extension("list");
        fs::write(&list, inputs.join(","))
            .with_context(|| format!("cannot write {}", list.display()))?;
        Ok(list)
    }

    /// Replaces the committed corpus by the fewest inputs, of the corpus and the new ones, that reach the same code.
    /// Returns their number.
    pub fn keep(&self) -> Result<usize> {
        let merged = self.found.with_extension("merged");
        empty(&merged)?;
        let mut command = self.command();
        command
            .args(["-set_cover_merge=1", "-use_counters=0"])
            .args([&merged, &self.corpus, &self.found]);
        self.output(&mut command)?;
        empty(&self.corpus)?;
        copy_files(&merged, &self.corpus)
    }

    fn command(&self) -> Command {
        // libFuzzer makes inputs from the numbers that the code compares, and some of them are addresses. So keep
        // addresses the same in every run, if the machine allows that.
        const FIXED: [&str; 2] = ["setarch", "--addr-no-randomize"];
        let mut command = match succeeds(Command::new(FIXED[0]).args([FIXED[1], "true"])) {
            true => {
                let mut command = Command::new(FIXED[0]);
                command.arg(FIXED[1]).arg(&self.program);
                command
            }
            false => {
                let mut command = Command::new(&self.program);
                command.arg("-use_cmp=0");
                command
            }
        };
        command
            .arg(format!("-max_len={MAX_LEN}"))
            .env("LLVM_PROFILE_FILE", &self.profile)
            .stdin(Stdio::null());
        command
    }

    /// The output of libFuzzer, if it succeeds.
    fn output(&self, command: &mut Command) -> Result<String> {
        let Output { status, stderr, .. } = command
            .output()
            .with_context(|| format!("cannot start {}", self.program.display()))?;
        let log = String::from_utf8_lossy(&stderr).into_owned();
        if !status.success() {
            let lines: Vec<_> = log.lines().collect();
            let tail = lines[lines.len().saturating_sub(40)..].join("\n");
            bail!(
                "{tail}\n{} failed ({status}); have `{}` read the input that is named above to see it again",
                self.name,
                self.program.display()
            );
        }
        Ok(log)
    }
}

fn number(log: &str, name: &str) -> Result<u64> {
    let value = log.lines().find_map(|line| line.strip_prefix(name));
    value
        .and_then(|value| value.trim().parse().ok())
        .with_context(|| format!("libFuzzer printed no `{name}`"))
}

/// Makes an empty folder.
fn empty(folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder).with_context(|| format!("cannot empty {}", folder.display()))?;
    }
    fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))
}

/// Copies all files of a folder. Returns their number.
fn copy_files(from: &Path, to: &Path) -> Result<usize> {
    let cannot = || format!("cannot copy {} to {}", from.display(), to.display());
    let mut files = 0;
    for entry in fs::read_dir(from).with_context(cannot)? {
        let entry = entry.with_context(cannot)?;
        fs::copy(entry.path(), to.join(entry.file_name())).with_context(cannot)?;
        files += 1;
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inputs_are_listed_by_name() {
        let folder = std::env::temp_dir().join(format!("generion-inputs-{}", std::process::id()));
        let path = |name: &str| folder.join(name);
        let target = Target {
            name: "target".to_owned(),
            program: path("program"),
            corpus: path("corpus"),
            found: path("found"),
            profile: path("profiles/target"),
            failure: path("failures/target"),
            seed: 1,
        };
        target.prepare(None).unwrap();
        fs::create_dir(&target.corpus).unwrap();
        for name in ["b", "c", "a"] {
            fs::write(target.corpus.join(name), name).unwrap();
        }
        let list = fs::read_to_string(target.list().unwrap()).unwrap();
        let expected = ["a", "b", "c"].map(|name| target.corpus.join(name).display().to_string());
        fs::remove_dir_all(&folder).unwrap();
        assert_eq!(list, expected.join(","));
    }

    #[test]
    fn the_number_of_inputs_is_read_from_the_log() {
        let log = "#2\tINITED\nstat::number_of_executed_units: 100000\nstat::peak_rss_mb: 28\n";
        assert_eq!(
            number(log, "stat::number_of_executed_units:").unwrap(),
            100_000
        );
        assert!(number("stat::peak_rss_mb: 28", "stat::number_of_executed_units:").is_err());
    }
}

//! Running other programs.

use std::process::{Command, Output, Stdio};

use crate::error::CommandLine;

/// Lines of a failed command's output that a message quotes.
const QUOTED_LINES: usize = 20;

/// What a user sets for cargo and means for every cargo that runs; the rest of `CARGO_*` is of one run of it.
const KEPT: [&str; 9] = [
    "CARGO_HOME",
    "CARGO_TARGET_DIR",
    "CARGO_BUILD_JOBS",
    "CARGO_TERM_",
    "CARGO_HTTP_",
    "CARGO_NET_",
    "CARGO_REGISTRY_",
    "CARGO_REGISTRIES_",
    "CARGO_SOURCE_",
];

/// What cargo and rustup tell the programs that they start, besides `CARGO_*`.
const TOLD_BY_CARGO: [&str; 10] = [
    "RUSTUP_TOOLCHAIN",
    "MAKEFLAGS",
    "MFLAGS",
    "OUT_DIR",
    "TARGET",
    "HOST",
    "NUM_JOBS",
    "OPT_LEVEL",
    "PROFILE",
    "RUSTC",
];

/// Takes from a command's environment what a cargo that started this process put there.
///
/// A nested cargo takes those for its user's wishes: it would build with another toolchain or other flags, and
/// `anchor` refuses to run under `RUSTUP_TOOLCHAIN`.
pub fn without_outer_cargo(command: &mut Command) -> &mut Command {
    let told = |name: &str| {
        TOLD_BY_CARGO.contains(&name)
            || name.starts_with("CARGO") && !KEPT.iter().any(|kept| name.starts_with(kept))
    };
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(told) {
            command.env_remove(name);
        }
    }
    command
}

/// Runs a command to its end and returns what it printed. The error quotes the command and its last words.
pub(crate) fn run(command: &mut Command) -> Result<String, String> {
    let Output {
        status,
        stdout,
        stderr,
    } = command
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("{} could not be started: {error}", CommandLine(command)))?;
    if status.success() {
        return Ok(String::from_utf8_lossy(&stdout).into_owned());
    }
    let words =
        String::from_utf8_lossy(if stderr.is_empty() { &stdout } else { &stderr }).into_owned();
    let lines: Vec<&str> = words.lines().collect();
    let last = lines[lines.len().saturating_sub(QUOTED_LINES)..].join("\n    ");
    Err(format!(
        "{} ended with {status}\n    {last}",
        CommandLine(command)
    ))
}

/// Runs a command that reports on this process's stderr, such as a compiler.
pub(crate) fn run_visibly(command: &mut Command) -> Result<(), String> {
    let status = command
        .stdin(Stdio::null())
        .stdout(std::io::stderr())
        .status()
        .map_err(|error| format!("{} could not be started: {error}", CommandLine(command)))?;
    if status.success() {
        Ok(())
    } else {
        Err(format!(
            "{} ended with {status}, its messages are above",
            CommandLine(command)
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What cargo told this test must not reach a program that is started for the user.
    #[test]
    fn an_outer_cargo_is_not_heard() {
        assert!(
            std::env::var_os("CARGO_PKG_NAME").is_some(),
            "cargo runs the tests"
        );
        let seen = run(without_outer_cargo(&mut Command::new("env"))).unwrap();
        let heard: Vec<&str> = seen
            .lines()
            .filter(|line| {
                line.starts_with("CARGO_") && !KEPT.iter().any(|kept| line.starts_with(kept))
            })
            .collect();
        assert!(heard.is_empty(), "{heard:?}");
        assert!(seen.contains("PATH="));
    }

    #[test]
    fn a_failed_command_is_quoted_with_its_last_words() {
        let script = "for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21; do echo line $i >&2; done; exit 7";
        let reason = run(Command::new("sh").args(["-c", script])).unwrap_err();
        assert!(reason.starts_with("`sh -c for i"), "{reason}");
        assert!(reason.contains("ended with exit status: 7"), "{reason}");
        assert!(
            reason.contains("\n    line 2\n") && !reason.contains("    line 1\n"),
            "{reason}"
        );
        let reason = run(&mut Command::new("no-such-program")).unwrap_err();
        assert!(
            reason.starts_with("`no-such-program` could not be started"),
            "{reason}"
        );
    }
}

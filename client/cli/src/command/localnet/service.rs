use std::{
    env,
    path::{Path, PathBuf},
    process::{ExitStatus, Stdio},
    time::Duration,
};

use generion_client::rpc::text::quoted;
use rustix::process::{Pid, Signal, kill_process};
use tokio::{
    io::{AsyncBufReadExt, BufReader, Lines},
    process::{Child, ChildStdin, ChildStdout, Command},
    time::timeout,
};

use crate::output::failure::Failure;

/// The longest time that a program may take to stop before it is killed.
const STOP_TIMEOUT: Duration = Duration::from_secs(10);

/// A server program that runs as long as this one.
pub struct Service {
    name: &'static str,
    child: Child,
    /// The program stops when this pipe closes, even if this process is killed.
    stdin: Option<ChildStdin>,
    stdout: Lines<BufReader<ChildStdout>>,
}

impl Service {
    /// Starts a program, which shares this one's standard error.
    pub fn start(name: &'static str, flags: Vec<String>) -> Result<Self, Failure> {
        let path = find(name)?;
        let start_error = |error| {
            Failure::new(
                format!("can't start {}: {error}", path.display()),
                "Check the program and its permissions.",
            )
        };
        let mut command = Command::new(&path);
        command
            .args(flags)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            // In a process group of its own, so that Ctrl-C reaches only this process, which then stops the program in
            // order.
            .process_group(0)
            .kill_on_drop(true);
        if env::var_os("RUST_LOG").is_none() {
            command.env("RUST_LOG", "warn");
        }
        let mut child = command.spawn().map_err(start_error)?;
        let stdin = child.stdin.take();
        let stdout = child
            .stdout
            .take()
            .ok_or_else(|| start_error(std::io::ErrorKind::BrokenPipe.into()))?;
        Ok(Self {
            name,
            child,
            stdin,
            stdout: BufReader::new(stdout).lines(),
        })
    }

    /// The line that it prints when it is ready.
    pub async fn first_line(&mut self) -> Result<String, Failure> {
        match self.stdout.next_line().await {
            Ok(Some(line)) => Ok(line),
            _ => Err(self.ended().await),
        }
    }

    /// The failure when another program of this name was started.
    pub fn unexpected(&self, line: &str) -> Failure {
        let name = self.name;
        Failure::new(
            format!("{name} is not Generion's: it printed {}", quoted(line)),
            format!("Put Generion's own {name} beside this program, or first on the PATH."),
        )
    }

    /// Waits until it exits by itself.
    pub async fn ended(&mut self) -> Failure {
        let how = match self.child.wait().await {
            Ok(status) => describe(status),
            Err(error) => error.to_string(),
        };
        let advice = "Read its messages above; localnet was stopped with it.";
        Failure::new(format!("{} exited: {how}", self.name), advice)
    }

    /// Asks it to stop, and kills it if it doesn't.
    pub async fn stop(mut self) {
        drop(self.stdin.take());
        // The process id stays taken until the child has been waited for, so it can't belong to another process.
        let pid = self
            .child
            .id()
            .and_then(|id| i32::try_from(id).ok())
            .and_then(Pid::from_raw);
        if let Some(pid) = pid {
            // An error means that it has just exited, which is fine.
            let _ = kill_process(pid, Signal::TERM);
        }
        if timeout(STOP_TIMEOUT, self.child.wait()).await.is_err() {
            let _ = self.child.kill().await;
        }
    }
}

fn describe(status: ExitStatus) -> String {
    match status.code() {
        Some(code) => format!("exit code {code}"),
        None => status.to_string(),
    }
}

/// Finds a program beside this one, where a build puts it, or on the PATH.
fn find(name: &str) -> Result<PathBuf, Failure> {
    let beside = env::current_exe()
        .ok()
        .and_then(|path| path.parent().map(Path::to_owned));
    let path = env::var_os("PATH").unwrap_or_default();
    beside.into_iter().chain(env::split_paths(&path)).map(|folder| folder.join(name)).find(|path| path.is_file()).ok_or_else(
        || {
            Failure::new(
                format!("the program {name} is neither beside this one nor on the PATH"),
                "Build it with `cargo build -p generion-localnet -p generion-store -p generion-gateway -p generion-web`, or put it on the PATH.",
            )
        },
    )
}

//! Programs that a test starts, and that end with it.

use std::{
    io::{BufRead, BufReader, Write},
    process::{Child, Command, ExitStatus, Stdio},
    sync::mpsc::{Receiver, RecvTimeoutError, channel},
    time::{Duration, Instant},
};

use serde_json::Value;

/// How long something observable may take.
const PATIENCE: Duration = Duration::from_secs(120);

/// A program that runs, and the lines that it prints.
#[derive(Debug)]
pub struct Running {
    child: Child,
    lines: Receiver<String>,
    /// All lines so far.
    pub said: Vec<String>,
}

impl Running {
    /// Starts it. Its standard input stays open until it is dropped, or has this text.
    pub fn start(mut command: Command, input: Option<&str>) -> Self {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .expect("the program starts");
        if let Some(input) = input {
            let mut stdin = child.stdin.take().expect("it is piped");
            stdin.write_all(input.as_bytes()).expect("it reads");
        }
        let stdout = child.stdout.take().expect("it is piped");
        let (sender, lines) = channel();
        // Drained, so that it never waits for its reader.
        std::thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                let _ = sender.send(line);
            }
        });
        Self {
            child,
            lines,
            said: Vec::new(),
        }
    }

    /// The next line.
    pub fn line(&mut self) -> String {
        match self.lines.recv_timeout(PATIENCE) {
            Ok(line) => {
                self.said.push(line.clone());
                line
            }
            Err(RecvTimeoutError::Timeout) => panic!("it says nothing more than {:#?}", self.said),
            Err(RecvTimeoutError::Disconnected) => panic!("it ended after {:#?}", self.said),
        }
    }

    /// Reads JSON lines until one is what is waited for.
    pub fn wait_for(&mut self, what: &str, is_it: impl Fn(&Value) -> bool) -> Value {
        let started = Instant::now();
        loop {
            assert!(
                started.elapsed() < PATIENCE,
                "still not: {what}; it said {:#?}",
                self.said
            );
            let line = self.line();
            if let Ok(value) = serde_json::from_str(&line)
                && is_it(&value)
            {
                return value;
            }
        }
    }

    /// Ends it as Ctrl-C would, and reads the JSON that it ends with.
    pub fn interrupt(mut self) -> Value {
        self.signal("-INT");
        let status = self.child.wait().expect("it ends");
        let rest: Vec<_> = self.lines.iter().collect();
        assert!(status.success(), "{status}: {rest:#?}");
        let text = rest.join("\n");
        // Objects of one line each may come before.
        let start = rest.iter().rposition(|line| line == "{").unwrap_or(0);
        serde_json::from_str(&rest[start..].join("\n"))
            .unwrap_or_else(|error| panic!("{error}: {text}"))
    }

    /// Its process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Kills it without warning.
    pub fn kill(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        self.child.wait().expect("it has ended");
    }

    /// Waits for its end.
    pub fn ended(&mut self) -> ExitStatus {
        let started = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().expect("it can be waited for") {
                // To the end of what it printed, which the thread may still be reading.
                self.said.extend(self.lines.iter());
                return status;
            }
            assert!(started.elapsed() < PATIENCE, "it does not end");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Sends it a signal, by `kill`'s name.
    pub fn signal(&self, signal: &str) {
        let sent = Command::new("kill")
            .args([signal, &self.child.id().to_string()])
            .status()
            .expect("there is kill");
        assert!(sent.success());
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.kill();
    }
}

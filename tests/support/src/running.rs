use std::{
    io::{BufRead, BufReader, Write},
    process::{Child, Command, ExitStatus, Stdio},
    sync::{
        Mutex,
        mpsc::{Receiver, RecvTimeoutError, channel},
    },
    time::{Duration, Instant},
};

use serde_json::Value;

/// How long a program may take to print the next line, or to end.
const TIME_LIMIT: Duration = Duration::from_secs(120);

/// A running program, and the lines that it prints. It is killed when it is dropped.
#[derive(Debug)]
pub struct Running {
    child: Child,
    /// In a mutex only so that tests can share a running program between threads.
    lines: Mutex<Receiver<String>>,
    /// The lines that it printed so far.
    pub printed: Vec<String>,
}

impl Running {
    /// Starts a program. Its standard input holds `input`; without it, standard input stays open.
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
            lines: Mutex::new(lines),
            printed: Vec::new(),
        }
    }

    /// Waits for the next line.
    pub fn line(&mut self) -> String {
        match self.lines().recv_timeout(TIME_LIMIT) {
            Ok(line) => {
                self.printed.push(line.clone());
                line
            }
            Err(RecvTimeoutError::Timeout) => panic!("it prints nothing after {:#?}", self.printed),
            Err(RecvTimeoutError::Disconnected) => panic!("it ended after {:#?}", self.printed),
        }
    }

    /// Reads lines of JSON until one fulfils a condition.
    pub fn wait_for(&mut self, what: &str, condition: impl Fn(&Value) -> bool) -> Value {
        let started = Instant::now();
        loop {
            assert!(
                started.elapsed() < TIME_LIMIT,
                "still not so: {what}; it printed {:#?}",
                self.printed
            );
            let line = self.line();
            if let Ok(value) = serde_json::from_str(&line)
                && condition(&value)
            {
                return value;
            }
        }
    }

    /// Interrupts it, as Ctrl-C does. Returns the JSON that it prints at its end.
    pub fn interrupt(mut self) -> Value {
        self.signal("-INT");
        let status = self.child.wait().expect("it ends");
        let rest: Vec<_> = self.lines().iter().collect();
        assert!(status.success(), "{status}: {rest:#?}");
        let text = rest.join("\n");
        // Objects of one line each may precede it.
        let start = rest.iter().rposition(|line| line == "{").unwrap_or(0);
        serde_json::from_str(&rest[start..].join("\n"))
            .unwrap_or_else(|error| panic!("{error}: {text}"))
    }

    /// Closes its standard input.
    pub fn close_input(&mut self) {
        self.child.stdin = None;
    }

    /// The process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Kills it.
    pub fn kill(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        self.child.wait().expect("it has ended");
    }

    /// Waits until it has ended.
    pub fn ended(&mut self) -> ExitStatus {
        let started = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().expect("it can be waited for") {
                // The thread may still be reading what it printed last.
                let rest: Vec<_> = self.lines().iter().collect();
                self.printed.extend(rest);
                return status;
            }
            assert!(started.elapsed() < TIME_LIMIT, "it does not end");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn lines(&mut self) -> &Receiver<String> {
        self.lines.get_mut().expect("no thread panicked")
    }

    /// Sends a signal by the name that `kill` takes, such as `-TERM`.
    pub fn signal(&self, signal: &str) {
        let sent = Command::new("kill")
            .args([signal, &self.child.id().to_string()])
            .status()
            .expect("`kill` can be run");
        assert!(sent.success());
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.kill();
    }
}

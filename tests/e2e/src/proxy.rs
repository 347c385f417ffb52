//! A node's JSON-RPC through a proxy that counts what it is asked, and lets it wait.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Condvar, Mutex},
    thread,
    time::{Duration, Instant},
};

use serde_json::Value;

use crate::http::{Server, forward, json};

/// How long a test waits for requests that have to come.
const PATIENCE: Duration = Duration::from_secs(60);

/// What is asked again with the same bytes while a transaction has not landed.
const REPEATED: [&str; 2] = ["sendTransaction", "getTransaction"];

/// In front of a node.
#[derive(Debug)]
pub struct Proxy {
    /// Where it listens.
    pub url: String,
    calls: Arc<Mutex<BTreeMap<String, usize>>>,
}

impl Proxy {
    /// One that answers as the node does, each time after so long.
    pub fn before(node: &str, latency: Duration) -> Self {
        Self::asking(node, move |_| thread::sleep(latency))
    }

    /// One that answers a method only once so many requests with it wait side by side: whoever makes them one after the
    /// other gets no answer. From then on it answers at once.
    pub fn gathering(node: &str, method: &'static str, count: usize) -> Self {
        let gate = (Mutex::new(0), Condvar::new());
        Self::asking(node, move |asked| {
            if asked != method {
                return;
            }
            let (waiting, came) = &gate;
            let mut waiting = waiting.lock().expect("no panic");
            *waiting += 1;
            came.notify_all();
            let (all, timeout) = came
                .wait_timeout_while(waiting, PATIENCE, |waiting| *waiting < count)
                .expect("no panic");
            if timeout.timed_out() {
                eprintln!("only {all} requests with {method} wait side by side, not {count}");
                std::process::abort();
            }
        })
    }

    fn asking(node: &str, before: impl Fn(&str) + Send + Sync + 'static) -> Self {
        let node = node.to_owned();
        let calls: Arc<Mutex<BTreeMap<String, usize>>> = Arc::default();
        let counted = calls.clone();
        let seen: Mutex<BTreeSet<String>> = Mutex::default();
        let server = Server::start(move |request| {
            let question: Value = serde_json::from_slice(&request.body).expect("JSON-RPC");
            let method = question["method"].as_str().expect("a method").to_owned();
            // The same transaction once more, because it has not landed yet, is no further call.
            let is_repeated = REPEATED.contains(&method.as_str())
                && !seen
                    .lock()
                    .expect("no panic")
                    .insert(question["params"].to_string());
            if !is_repeated {
                let mut calls = counted.lock().expect("no panic");
                *calls.entry(method.clone()).or_default() += 1;
            }
            before(&method);
            json(&forward(&node, &request.body))
        });
        Self {
            url: server.url,
            calls,
        }
    }

    /// What was asked since this was asked last, by method.
    pub fn take_calls(&self) -> BTreeMap<String, usize> {
        core::mem::take(&mut self.calls.lock().expect("no panic"))
    }

    /// Does something, and tells what it asked and how long it took.
    pub fn measure<T>(&self, what: impl FnOnce() -> T) -> (T, BTreeMap<String, usize>, Duration) {
        self.take_calls();
        let started = Instant::now();
        let done = what();
        (done, self.take_calls(), started.elapsed())
    }
}

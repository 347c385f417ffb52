//! A proxy in front of a node's JSON-RPC that counts requests and can delay them.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Condvar, Mutex},
    thread,
    time::{Duration, Instant},
};

use serde_json::Value;

use crate::http::{Server, forward, json};

/// The time that a test waits for requests that must come.
const PATIENCE: Duration = Duration::from_secs(60);

/// Methods that a client repeats with the same bytes until a transaction is confirmed.
const REPEATED: [&str; 2] = ["sendTransaction", "getTransaction"];

/// A proxy in front of a node.
#[derive(Debug)]
pub struct Proxy {
    /// The proxy's URL.
    pub url: String,
    counted: Arc<Mutex<Counted>>,
}

/// The requests since the last count.
#[derive(Debug, Default)]
struct Counted {
    calls: BTreeMap<String, usize>,
    /// The repeated requests so far.
    seen: BTreeSet<String>,
}

impl Proxy {
    /// A proxy that gives the node's answers after a delay.
    pub fn before(node: &str, latency: Duration) -> Self {
        Self::asking(node, move |_| thread::sleep(latency))
    }

    /// A proxy that calls a function before it answers a method.
    pub fn acting(
        node: &str,
        method: &'static str,
        act: impl Fn() + Send + Sync + 'static,
    ) -> Self {
        Self::asking(node, move |asked| {
            if asked == method {
                act();
            }
        })
    }

    /// A proxy that, after the first `free` requests of a method, answers only when so many of them wait at the same time.
    /// A client that sends them one after the other gets no answer. From then on the proxy answers at once.
    pub fn gathering(node: &str, method: &'static str, free: usize, count: usize) -> Self {
        let gate = (Mutex::new(0), Condvar::new());
        let count = free + count;
        Self::asking(node, move |asked| {
            if asked != method {
                return;
            }
            let (waiting, came) = &gate;
            let mut waiting = waiting.lock().expect("no panic");
            *waiting += 1;
            if *waiting <= free {
                return;
            }
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
        let counted: Arc<Mutex<Counted>> = Arc::default();
        let count = counted.clone();
        let server = Server::start(move |request| {
            let question: Value = serde_json::from_slice(&request.body).expect("JSON-RPC");
            let method = question["method"].as_str().expect("a method").to_owned();
            // The same transaction once more, because it has not landed yet, is no further call.
            count
                .lock()
                .expect("no panic")
                .note(&method, &question["params"]);
            before(&method);
            json(&forward(&node, &request.body))
        });
        Self {
            url: server.url,
            counted,
        }
    }

    /// The requests since the last call of this function, by method.
    pub fn take_calls(&self) -> BTreeMap<String, usize> {
        core::mem::take(&mut *self.counted.lock().expect("no panic")).calls
    }

    /// Runs a function. Returns its result, its requests and its duration.
    pub fn measure<T>(&self, what: impl FnOnce() -> T) -> (T, BTreeMap<String, usize>, Duration) {
        self.take_calls();
        let started = Instant::now();
        let done = what();
        (done, self.take_calls(), started.elapsed())
    }
}

impl Counted {
    fn note(&mut self, method: &str, parameters: &Value) {
        // The same transaction once more, because it has not landed yet, is no further call.
        if REPEATED.contains(&method) && !self.seen.insert(parameters.to_string()) {
            return;
        }
        *self.calls.entry(method.to_owned()).or_default() += 1;
    }
}

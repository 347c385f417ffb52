//! A program that knows the gateway alone, as integrators write it: HTTP and JSON, and no node.

use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use reqwest::{Client, Response};
use serde_json::Value;
use tokio::time::{Instant, sleep, timeout};

/// The longest time until the gateway sees a change of the ledger.
const LIMIT: Duration = Duration::from_secs(30);

/// The gateway, over HTTP.
pub struct Portal {
    http: Client,
    url: String,
}

impl Portal {
    /// The gateway at an address.
    pub fn new(url: &str) -> Self {
        Self {
            http: Client::new(),
            url: url.to_owned(),
        }
    }

    /// The answer of a path.
    ///
    /// # Errors
    /// A refusal.
    pub async fn get(&self, path: &str) -> Result<Value> {
        let request = self.http.get(format!("{}{path}", self.url));
        json(request.send().await?).await
    }

    /// The answer of a path, as soon as `is_wanted` accepts it.
    ///
    /// # Errors
    /// It is not so for too long.
    pub async fn get_when(&self, path: &str, is_wanted: impl Fn(&Value) -> bool) -> Result<Value> {
        let started = Instant::now();
        loop {
            let answer = self.get(path).await;
            match answer {
                Ok(answer) if is_wanted(&answer) => return Ok(answer),
                answer if started.elapsed() > LIMIT => bail!("{path} answers {answer:?}"),
                _ => sleep(Duration::from_millis(20)).await,
            }
        }
    }

    /// The answer of a path to a body.
    ///
    /// # Errors
    /// A refusal.
    pub async fn post(&self, path: &str, body: &Value) -> Result<Value> {
        let request = self.http.post(format!("{}{path}", self.url)).json(body);
        json(request.send().await?).await
    }

    /// The events of an address from now on.
    ///
    /// # Errors
    /// A refusal.
    pub async fn follow(&self, address: &str) -> Result<Events> {
        let url = format!("{}/v1/events?address={address}", self.url);
        let response = self.http.get(url).send().await?;
        ensure!(response.status() == 200, "the events are refused");
        let mut events = Events {
            response,
            text: String::new(),
        };
        // Once its first lines are here, nothing is missed.
        events.line().await?;
        Ok(events)
    }
}

async fn json(response: Response) -> Result<Value> {
    let (url, status) = (response.url().clone(), response.status());
    let body = response.text().await?;
    ensure!(status == 200, "{url} answers {status}: {body}");
    serde_json::from_str(&body).with_context(|| format!("{url} answers {body}"))
}

/// A stream of events.
pub struct Events {
    response: Response,
    text: String,
}

impl Events {
    /// The next event.
    ///
    /// # Errors
    /// The stream ends, or none comes.
    pub async fn next(&mut self) -> Result<Value> {
        loop {
            let line = self.line().await?;
            if let Some(event) = line.strip_prefix("data: ") {
                return serde_json::from_str(event).with_context(|| line.clone());
            }
        }
    }

    async fn line(&mut self) -> Result<String> {
        loop {
            if let Some((line, rest)) = self.text.split_once('\n') {
                let (line, rest) = (line.trim_end().to_owned(), rest.to_owned());
                self.text = rest;
                return Ok(line);
            }
            let chunk = timeout(LIMIT, self.response.chunk())
                .await
                .context("no event comes")??;
            let chunk = chunk.context("the events have ended")?;
            self.text.push_str(&String::from_utf8_lossy(&chunk));
        }
    }
}

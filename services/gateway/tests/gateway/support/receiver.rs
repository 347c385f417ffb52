//! A receiver of webhooks, on loopback, and what delivers to it.

use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::State,
    http::HeaderMap,
    response::Response,
};
use generion_gateway::{
    events::EventFilter,
    sponsor::Signer,
    storage::Storage,
    webhooks::{
        Reach, ReceiverUrl, RetrySchedule, WebhookMetrics, WebhookOptions, WebhookSecret,
        WebhookSubscription, Webhooks,
    },
};
use serde_json::Value;
use tokio::{net::TcpListener, sync::Notify, task::JoinHandle};

/// What webhooks are signed with.
pub const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// A message as it came.
#[derive(Clone, Debug)]
pub struct Received {
    pub headers: HeaderMap,
    pub body: String,
    pub at: Instant,
}

impl Received {
    pub fn header(&self, name: &str) -> &str {
        self.headers[name].to_str().unwrap()
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    /// The slot, of an event.
    pub fn slot(&self) -> String {
        self.json()["slot"].as_str().unwrap().to_owned()
    }

    /// Verifies the signature by HMAC with the specification's own library.
    pub fn verify(&self) {
        let webhook = standardwebhooks::Webhook::new(SECRET).unwrap();
        webhook.verify(self.body.as_bytes(), &self.headers).unwrap();
    }
}

/// How a receiver answers.
pub enum Answer {
    /// With a status.
    Status(u16),
    /// With a redirect to an address.
    Redirect(String),
    /// With a status and a body without an end.
    Endless(u16),
    /// Not at all.
    Silence,
    /// With a status, once it is told so.
    Held(Arc<Notify>, u16),
}

type Answering = dyn Fn(usize) -> Answer + Send + Sync;

#[derive(Clone)]
struct Shared {
    received: Arc<Mutex<Vec<Received>>>,
    answer: Arc<Answering>,
}

/// A receiver that keeps what it gets; it ends when this is dropped.
pub struct Receiver {
    pub url: String,
    shared: Shared,
    serving: JoinHandle<()>,
}

impl Receiver {
    /// A receiver that answers the first message (number 0) and all others as `answer` says.
    pub async fn start(answer: impl Fn(usize) -> Answer + Send + Sync + 'static) -> Self {
        let shared = Shared {
            received: Arc::default(),
            answer: Arc::new(answer),
        };
        let router = Router::new().fallback(take).with_state(shared.clone());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let serving = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self {
            url,
            shared,
            serving,
        }
    }

    /// A receiver that takes everything.
    pub async fn that_takes_all() -> Self {
        Self::start(|_| Answer::Status(204)).await
    }

    /// What it has got so far.
    pub fn received(&self) -> Vec<Received> {
        self.shared.received.lock().unwrap().clone()
    }

    /// Waits until it has got so many messages.
    pub async fn wait_for(&self, count: usize) -> Vec<Received> {
        let what = format!("{count} messages");
        until(&what, async || self.received().len() >= count).await;
        self.received()
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn take(State(shared): State<Shared>, headers: HeaderMap, body: Bytes) -> Response {
    let number = {
        let mut received = shared.received.lock().unwrap();
        received.push(Received {
            headers,
            body: String::from_utf8(body.to_vec()).unwrap(),
            at: Instant::now(),
        });
        received.len() - 1
    };
    let answer = |status: u16| Response::builder().status(status);
    match (shared.answer)(number) {
        Answer::Status(status) => answer(status).body(Body::empty()),
        Answer::Redirect(to) => answer(307).header("location", to).body(Body::empty()),
        Answer::Endless(status) => {
            let endless = futures::stream::pending::<Result<Bytes, std::io::Error>>();
            answer(status).body(Body::from_stream(endless))
        }
        Answer::Silence => std::future::pending().await,
        Answer::Held(until, status) => {
            until.notified().await;
            answer(status).body(Body::empty())
        }
    }
    .unwrap()
}

/// Waits until a condition holds.
pub async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let waiting = async {
        while !holds().await {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let waited = tokio::time::timeout(Duration::from_secs(60), waiting).await;
    waited.unwrap_or_else(|_| panic!("{what} takes too long"));
}

/// Sends all events to a receiver, signed by HMAC.
pub fn subscription(name: &str, url: &str) -> WebhookSubscription {
    WebhookSubscription {
        name: name.to_owned(),
        url: ReceiverUrl::parse(url, Reach::Private).unwrap(),
        secrets: vec![WebhookSecret::parse(SECRET).unwrap()],
        is_signed_by_signer: false,
        filter: EventFilter::default(),
        reach: Reach::Private,
    }
}

/// A schedule with two further attempts.
pub const WAITS: [Duration; 2] = [Duration::from_millis(20), Duration::from_millis(60)];

/// Delivers, until this is dropped.
pub struct Delivering {
    pub metrics: WebhookMetrics,
    delivering: JoinHandle<()>,
}

impl Delivering {
    /// Begins to deliver, with a schedule and a time-out that tests have time for.
    pub fn start(
        storage: &Storage,
        subscriptions: Vec<WebhookSubscription>,
        signer: Option<Signer>,
    ) -> Self {
        let options = WebhookOptions {
            schedule: RetrySchedule::new(WAITS.to_vec()),
            timeout: Duration::from_secs(1),
            look_again: Duration::from_millis(20),
        };
        let metrics = WebhookMetrics::default();
        let webhooks = Webhooks::new(
            storage.clone(),
            subscriptions,
            signer,
            options,
            metrics.clone(),
        );
        let webhooks = webhooks.unwrap();
        Self {
            metrics,
            delivering: tokio::spawn(async move { webhooks.run().await }),
        }
    }

    /// Begins to deliver to one receiver, and waits until the subscription has begun.
    pub async fn to(storage: &Storage, receiver: &Receiver) -> Self {
        let delivering = Self::start(storage, vec![subscription("one", &receiver.url)], None);
        begun(storage, 1).await;
        delivering
    }
}

impl Drop for Delivering {
    fn drop(&mut self) {
        self.delivering.abort();
    }
}

/// Waits until so many subscriptions have begun.
pub async fn begun(storage: &Storage, count: usize) {
    let what = format!("the beginning of {count} webhooks");
    until(&what, async || {
        storage.webhooks().await.unwrap().len() == count
    })
    .await;
}

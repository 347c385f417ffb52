//! What applies to every route: methods, headers, limits, browsers, and clients that mean harm.

use std::{num::NonZero, time::Duration};

use generion_gateway::{config::Config, storage::Storage};
use generion_http_server::origins::Origins;
use reqwest::{Method, Response, StatusCode};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use crate::support::{
    Database,
    gateway::{Gateway, refusal},
};

/// Long enough for an answer on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);
const PATH: &str = "/v1/records";

/// A gateway over an empty index.
struct World {
    gateway: Gateway,
    _database: Database,
}

impl World {
    async fn with(config: Config) -> Self {
        let database = Database::sqlite();
        let storage = Storage::open(&database.url).await.unwrap();
        Self {
            gateway: Gateway::start_with(&storage, config).await,
            _database: database,
        }
    }

    async fn start() -> Self {
        Self::with(Gateway::config()).await
    }

    async fn send(&self, method: Method, path: &str, headers: &[(&str, &str)]) -> Response {
        let url = format!("{}{path}", self.gateway.url);
        let mut request = self.gateway.client.request(method, url);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.send().await.unwrap()
    }

    /// Sends bytes, and reads all that comes until the gateway hangs up.
    async fn raw(&self, bytes: &[u8]) -> String {
        let mut stream = self.connect().await;
        // The gateway may answer and hang up before all is sent.
        let _ = stream.write_all(bytes).await;
        let mut answer = Vec::new();
        let reading = stream.read_to_end(&mut answer);
        let _ = timeout(PATIENCE, reading)
            .await
            .expect("the gateway hangs up");
        String::from_utf8_lossy(&answer).into_owned()
    }

    async fn connect(&self) -> TcpStream {
        let host = self.gateway.url.strip_prefix("http://").unwrap();
        TcpStream::connect(host).await.unwrap()
    }
}

fn header<'a>(response: &'a Response, name: &str) -> &'a str {
    response.headers()[name].to_str().unwrap()
}

/// A read has an entity tag, and is not sent again to who has it.
#[tokio::test]
async fn who_has_an_answer_does_not_get_it_again() {
    let world = World::start().await;
    let first = world.send(Method::GET, PATH, &[]).await;
    assert_eq!(header(&first, "cache-control"), "no-cache");
    let tag = header(&first, "etag").to_owned();
    for known in [tag.clone(), format!("\"x\", W/{tag}"), "*".to_owned()] {
        let again = world
            .send(Method::GET, PATH, &[("if-none-match", &known)])
            .await;
        assert_eq!(again.status(), StatusCode::NOT_MODIFIED, "{known}");
        assert_eq!(header(&again, "etag"), tag);
        assert!(again.bytes().await.unwrap().is_empty());
    }
    let other = world
        .send(Method::GET, PATH, &[("if-none-match", "\"x\"")])
        .await;
    assert_eq!(other.status(), StatusCode::OK);
    let refused = world.send(Method::GET, "/v1/records/x", &[]).await;
    assert_eq!(header(&refused, "cache-control"), "no-store");
}

/// HEAD has the headers of GET and no body; other methods are refused with those that there are.
#[tokio::test]
async fn methods_that_a_route_has_not_are_refused() {
    let world = World::start().await;
    let get = world.send(Method::GET, PATH, &[]).await;
    let head = world.send(Method::HEAD, PATH, &[]).await;
    assert_eq!(head.status(), StatusCode::OK);
    for name in ["etag", "content-type", "cache-control", "content-length"] {
        assert_eq!(header(&head, name), header(&get, name), "{name}");
    }
    for method in [
        Method::DELETE,
        Method::PATCH,
        Method::from_bytes(b"INVENTED").unwrap(),
    ] {
        let refused = world.send(method, PATH, &[]).await;
        assert!(header(&refused, "allow").contains("GET"));
        assert_eq!(refusal(refused).await, (405, "method_not_allowed".into()));
    }
    for path in [
        "/",
        "/v2/records",
        "/v1/records/",
        "/v1/../etc/passwd",
        "/v1//records",
    ] {
        assert_eq!(world.gateway.refusal(path).await.0, 404, "{path}");
    }
}

/// Preflight requests are answered, and origins that the operator does not list read nothing.
#[tokio::test]
async fn web_apps_read_what_the_operator_allows_them() {
    let origins = Origins::Listed(vec!["https://app.example".to_owned()]);
    let world = World::with(Config {
        origins,
        ..Gateway::config()
    })
    .await;
    let allowed = world
        .send(Method::OPTIONS, PATH, &[("origin", "https://app.example")])
        .await;
    assert_eq!(allowed.status(), StatusCode::NO_CONTENT);
    assert_eq!(
        header(&allowed, "access-control-allow-origin"),
        "https://app.example"
    );
    assert!(header(&allowed, "access-control-allow-methods").contains("GET"));
    let read = world
        .send(Method::GET, PATH, &[("origin", "https://app.example")])
        .await;
    assert!(header(&read, "access-control-expose-headers").contains("generion-slot"));
    let other = world
        .send(Method::GET, PATH, &[("origin", "https://other.example")])
        .await;
    assert!(!other.headers().contains_key("access-control-allow-origin"));
}

/// A client has a rate, whatever it says of itself in headers; behind a named proxy each client has its own.
#[tokio::test]
async fn a_spoofed_address_brings_no_further_requests() {
    let mut config = Gateway::config();
    config.limits.per_second = NonZero::<u32>::MIN;
    config.limits.burst = NonZero::new(3).unwrap();
    let world = World::with(config.clone()).await;
    let ask = async |world: &World, from: &str| {
        let answer = world
            .send(Method::GET, PATH, &[("x-forwarded-for", from)])
            .await;
        answer.status().as_u16()
    };
    let mut answers = Vec::new();
    for last in 0..20 {
        answers.push(ask(&world, &format!("203.0.113.{last}")).await);
    }
    assert_eq!(answers[..3], [200; 3]);
    // A second may pass meanwhile.
    assert!(
        answers.iter().filter(|status| **status == 429).count() >= 10,
        "{answers:?}"
    );
    let refused = world.send(Method::GET, PATH, &[]).await;
    if refused.status() == 429 {
        assert!(header(&refused, "retry-after").parse::<u64>().unwrap() >= 1);
        assert_eq!(refusal(refused).await, (429, "too_many_requests".into()));
    }

    config.proxies = vec!["127.0.0.1/32".parse().unwrap()];
    let world = World::with(config).await;
    for last in 0..10 {
        assert_eq!(ask(&world, &format!("203.0.113.{last}")).await, 200);
    }
    // What a client writes before the proxy's own entry counts for nothing, and a network of IPv6 is one client.
    let mut refused = 0;
    for last in 0..20 {
        refused += u32::from(ask(&world, &format!("10.0.0.{last}, 2001:db8::{last}")).await == 429);
    }
    assert!(refused >= 10, "{refused}");
}

/// Heads that are too large, or no HTTP at all, are refused, and the gateway goes on.
#[tokio::test]
async fn oversized_and_malformed_requests_are_refused() {
    let world = World::start().await;
    let long = "a".repeat(40_000);
    for (request, status) in [
        (
            format!("GET {PATH} HTTP/1.1\r\nhost: x\r\nx: {long}\r\n\r\n"),
            "431",
        ),
        (
            format!("GET {PATH}?label={long} HTTP/1.1\r\nhost: x\r\n\r\n"),
            "4",
        ),
        ("\0\u{1}\u{2} nonsense\r\n\r\n".to_owned(), "400"),
        (
            format!("GET {PATH} HTTP/1.1\r\nhost: x\r\ncontent-length: x\r\n\r\n"),
            "400",
        ),
    ] {
        let answer = world.raw(request.as_bytes()).await;
        let expected = format!("HTTP/1.1 {status}");
        assert!(answer.starts_with(&expected), "{expected}: {answer:.80}");
    }
    assert_eq!(world.gateway.get(PATH).await.status(), 200);
}

/// A client whose head trickles in is cut off, and one that is silent as well; others are served meanwhile.
#[tokio::test]
async fn slow_clients_are_cut_off() {
    let mut config = Gateway::config();
    config.connections.idle_timeout = Duration::from_millis(500);
    config.connections.first_byte_timeout = Duration::from_millis(500);
    let world = World::with(config).await;
    let mut trickling = world.connect().await;
    let mut silent = world.connect().await;
    let trickle = async {
        // It ends when the gateway has hung up.
        let head = format!("GET {PATH} HTTP/1.1\r\nx: ");
        let _ = trickling.write_all(head.as_bytes()).await;
        while trickling.write_all(b"x").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    timeout(PATIENCE, trickle)
        .await
        .expect("the gateway hangs up");
    let mut rest = Vec::new();
    let _ = timeout(PATIENCE, silent.read_to_end(&mut rest))
        .await
        .expect("the gateway hangs up");
    assert!(rest.is_empty());
    assert_eq!(world.gateway.get(PATH).await.status(), 200);
}

/// Health says which build is running; without a snapshot the gateway is not ready; metrics are the operator's alone.
#[tokio::test]
async fn the_operator_sees_health_readiness_and_metrics() {
    let world = World::start().await;
    let health = world.gateway.json("/health").await;
    assert_eq!(health["status"], "ok");
    assert_eq!(health["program_id"], generion::ID.to_string());
    assert_eq!(
        world.gateway.refusal("/health/ready").await,
        (503, "not_ready".into())
    );
    assert_eq!(world.gateway.refusal("/metrics").await.0, 404);
    let metrics = world
        .gateway
        .client
        .get(format!("{}/metrics", world.gateway.admin_url));
    let metrics = metrics.send().await.unwrap().text().await.unwrap();
    for line in [
        r#"generion_gateway_refusals_total{code="not_ready"} 1"#,
        r#"generion_gateway_answers_total{method="GET",status="200"} 1"#,
        "generion_gateway_index_slot 0",
    ] {
        assert!(metrics.contains(line), "{line}: {metrics}");
    }
}

/// The page that shows the API loads nothing from elsewhere, and may not.
#[tokio::test]
async fn the_page_of_the_api_loads_nothing_from_elsewhere() {
    let world = World::start().await;
    let page = world.gateway.get("/docs/").await;
    assert_eq!(page.status(), 200);
    let policy = header(&page, "content-security-policy").to_owned();
    assert!(
        policy.contains("default-src 'none'") && policy.contains("script-src 'self';"),
        "{policy}"
    );
    let html = page.text().await.unwrap();
    assert!(!html.contains("://"), "{html}");
    assert!(!html.contains("<script>"), "{html}");
    for file in [
        "swagger-ui-bundle.js",
        "swagger-initializer.js",
        "swagger-ui.css",
    ] {
        assert_eq!(
            world.gateway.get(&format!("/docs/{file}")).await.status(),
            200,
            "{file}"
        );
    }
    let initializer = world
        .gateway
        .get("/docs/swagger-initializer.js")
        .await
        .text()
        .await
        .unwrap();
    assert!(initializer.contains("/v1/openapi.json"), "{initializer}");
}

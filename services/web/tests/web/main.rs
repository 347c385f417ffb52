//! `generion-web` as a program, over HTTP.

use std::{fs, path::Path, process::Command};

use generion_test_support::Running;
use reqwest::{StatusCode, header::HeaderMap};
use tempfile::TempDir;

const PAGE: &str = "<meta http-equiv=\"Content-Security-Policy\"\n content=\"default-src 'none'; script-src 'self'\">";

/// A folder as a build makes it, small.
fn build() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("assets")).unwrap();
    for (name, text) in [
        ("index.html", PAGE),
        ("networks.json", "[]"),
        ("manifest.webmanifest", "{}"),
        ("assets/index-1a2b.js", "start()"),
        ("assets/pdf-worker-1a2b.js", "read()"),
    ] {
        fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

fn program(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_generion-web"));
    command.args(["--listen", "127.0.0.1:0", "--exit-with-stdin", "--dir"]);
    command.arg(folder);
    command
}

fn start(command: Command) -> (Running, String) {
    let mut running = Running::start(command, None);
    let line = running.line();
    let url = line.strip_prefix("listening on ").expect("it listens");
    (running, url.to_owned())
}

async fn get(url: &str) -> (StatusCode, HeaderMap, String) {
    let answer = reqwest::get(url).await.unwrap();
    let (status, headers) = (answer.status(), answer.headers().clone());
    (status, headers, answer.text().await.unwrap())
}

/// Every answer has the page's own policy, and forbids frames around it.
#[tokio::test]
async fn files_have_their_types_ages_and_policy() {
    let folder = build();
    let (_running, url) = start(program(folder.path()));
    for (path, text, media_type, age) in [
        ("/", PAGE, "text/html; charset=utf-8", "no-cache"),
        ("/index.html", PAGE, "text/html; charset=utf-8", "no-cache"),
        (
            "/manifest.webmanifest",
            "{}",
            "application/manifest+json",
            "no-cache",
        ),
        (
            "/assets/index-1a2b.js?v=1",
            "start()",
            "text/javascript",
            "public, max-age=31536000, immutable",
        ),
    ] {
        let (status, headers, body) = get(&format!("{url}{path}")).await;
        assert_eq!((status, body.as_str()), (StatusCode::OK, text), "{path}");
        for (name, value) in [
            ("content-type", media_type),
            ("cache-control", age),
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            ("cross-origin-opener-policy", "same-origin"),
            (
                "permissions-policy",
                "camera=(self), geolocation=(), microphone=(), publickey-credentials-create=(self), \
                 publickey-credentials-get=(self)",
            ),
            (
                "content-security-policy",
                "default-src 'none'; script-src 'self'; frame-ancestors 'none'",
            ),
        ] {
            assert_eq!(headers[name], value, "{path}: {name}");
        }
    }
}

/// The worker that reads PDF documents has a policy of its own, and may connect to nobody.
#[tokio::test]
async fn the_pdf_worker_has_a_policy_of_its_own() {
    let folder = build();
    let (_running, url) = start(program(folder.path()));
    let (status, headers, body) = get(&format!("{url}/assets/pdf-worker-1a2b.js")).await;
    assert_eq!((status, body.as_str()), (StatusCode::OK, "read()"));
    assert_eq!(
        headers["content-security-policy"],
        "default-src 'none'; script-src 'self'"
    );
    assert_eq!(headers["x-content-type-options"], "nosniff");
}

/// Nothing outside the folder is served, and nothing can be written.
#[tokio::test]
async fn other_paths_and_methods_are_refused() {
    let folder = build();
    let (_running, url) = start(program(folder.path()));
    for path in [
        "/assets",
        "/assets/",
        "//index.html",
        "/assets/..%2findex.html",
        "/%2e%2e/%2e%2e/etc/passwd",
    ] {
        let (status, ..) = get(&format!("{url}{path}")).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{path}");
    }
    let client = reqwest::Client::new();
    let put = client.put(format!("{url}/index.html")).body("mine").send();
    assert_eq!(put.await.unwrap().status(), StatusCode::METHOD_NOT_ALLOWED);
    let head = client.head(&url).send().await.unwrap();
    assert_eq!(head.status(), StatusCode::OK);
}

#[tokio::test]
async fn another_file_of_networks_takes_the_place_of_the_folders() {
    let folder = build();
    let networks = folder.path().join("mine.json");
    fs::write(&networks, "[{}]").unwrap();
    let mut command = program(folder.path());
    command.arg("--networks").arg(&networks);
    let (mut running, url) = start(command);
    let (_, headers, body) = get(&format!("{url}/networks.json")).await;
    assert_eq!(body, "[{}]");
    assert_eq!(headers["cache-control"], "no-cache");
    running.close_input();
    assert!(running.ended().success());
}

#[test]
fn a_folder_without_an_app_is_refused() {
    let folder = build();
    for (page, expected) in [
        (Some("<p>no policy</p>"), "holds no web app"),
        (None, "holds no web app"),
    ] {
        let path = folder.path().join("index.html");
        match page {
            Some(text) => fs::write(&path, text).unwrap(),
            None => fs::remove_file(&path).unwrap(),
        }
        assert_refused(&mut program(folder.path()), expected);
    }
    let nowhere = folder.path().join("nowhere");
    assert_refused(&mut program(&nowhere), "can't read the web app in");
    assert_refused(&mut program(&nowhere), "`cargo xtask web` builds it");
}

fn assert_refused(command: &mut Command, expected: &str) {
    let output = command.output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(
        told.starts_with("error: ") && told.contains(expected),
        "{told}"
    );
}

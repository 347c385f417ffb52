//! The program, killed and terminated.

use std::{
    io::Read,
    process::{Command, Stdio},
};

use generion_interface::store::{DocumentId, ErrorCode};
use tempfile::TempDir;

use crate::support::{
    process::{PROGRAM, Process, command},
    *,
};

#[tokio::test]
async fn a_killed_store_leaves_nothing_readable() {
    let folder = TempDir::new().unwrap();
    let http = client();
    let content = content(8 * 1024 * 1024);
    let document = DocumentId::of(&content);

    let mut store = Process::start(folder.path());
    let (pieces, body) = piecewise();
    let signed = store.upload(&Key::new(1), document);
    let request = with_headers(http.put(store.url(document)), &signed);
    let sending = tokio::spawn(request.body(body).send());
    pieces.unbounded_send(Ok(content[1..].to_vec())).unwrap();
    let blobs = folder.path().join("blobs");
    // Wait until bytes are on the disk.
    until(|| {
        files(folder.path(), "blobs")
            .iter()
            .any(|name| std::fs::metadata(blobs.join(name)).is_ok_and(|file| file.len() > 0))
    })
    .await;
    store.child.kill().unwrap();
    store.child.wait().unwrap();
    assert!(sending.await.unwrap().is_err());
    assert_eq!(files(folder.path(), "pending").len(), 1);

    let store = Process::start(folder.path());
    assert_no_bytes(folder.path());
    let answer = http.get(store.url(document)).send().await.unwrap();
    assert_refused(answer, ErrorCode::NotFound).await;
    let signed = store.upload(&Key::new(2), document);
    let request = with_headers(http.put(store.url(document)), &signed);
    let answer = request.body(content).send().await.unwrap();
    assert_eq!(answer.status(), 201);
}

#[tokio::test]
async fn a_terminated_store_finishes_running_requests() {
    let folder = TempDir::new().unwrap();
    let http = client();
    let document = DocumentId::of(b"ciphertext");
    let mut store = Process::start(folder.path());
    let (pieces, body) = piecewise();
    let signed = store.upload(&Key::new(1), document);
    let request = with_headers(http.put(store.url(document)), &signed);
    let sending = tokio::spawn(request.body(body).send());
    pieces.unbounded_send(Ok(b"cipher".to_vec())).unwrap();
    until(|| pending(folder.path()) == 1).await;

    store.signal("-TERM");
    // From now on the store accepts no connections.
    let host = store.host.clone();
    until(|| std::net::TcpStream::connect(&host).is_err()).await;
    pieces.unbounded_send(Ok(b"text".to_vec())).unwrap();
    drop(pieces);
    assert_eq!(sending.await.unwrap().unwrap().status(), 201);
    drop(http);
    store.http = client();
    assert!(store.child.wait().unwrap().success());

    let store = Process::start(folder.path());
    let answer = reqwest::get(store.url(document)).await.unwrap();
    assert_eq!(answer.text().await.unwrap(), "ciphertext");
}

#[test]
fn a_store_that_can_t_start_names_the_cause() {
    let folder = TempDir::new().unwrap();
    let running = Process::start(folder.path());
    let second = command(folder.path()).output().unwrap();
    assert_eq!(second.status.code(), Some(1));
    let error = String::from_utf8(second.stderr).unwrap();
    let path = folder.path().display();
    assert!(
        error.contains(&format!("another store is running on {path}")),
        "{error}"
    );

    let other = TempDir::new().unwrap();
    let mut third = Command::new(PROGRAM)
        .args(["--listen", &running.host, "--dir"])
        .arg(other.path())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut error = String::new();
    let stderr = third.stderr.as_mut().unwrap();
    stderr.read_to_string(&mut error).unwrap();
    assert_eq!(third.wait().unwrap().code(), Some(1));
    let host = &running.host;
    assert!(
        error.contains(&format!("can't listen on {host}")),
        "{error}"
    );
}

#[test]
fn invalid_host_names_are_refused() {
    for name in [
        "http://store.example",
        "store.example/documents",
        "me@store.example",
        "",
    ] {
        let folder = TempDir::new().unwrap();
        let answer = command(folder.path()).args(["--host", name]).output();
        let answer = answer.unwrap();
        assert_eq!(answer.status.code(), Some(2), "{name}");
        let error = String::from_utf8(answer.stderr).unwrap();
        assert!(error.contains("expected only a host"), "{error}");
    }
}

//! Each document has exactly one path.

use generion_interface::store::{ErrorCode, header};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::support::*;

/// Sends a request head as it is, and returns the answer.
async fn ask(store: &TestStore, method: &str, target: &str, headers: &str) -> String {
    let mut stream = TcpStream::connect(&store.host).await.unwrap();
    let host = &store.host;
    let head =
        format!("{method} {target} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n{headers}\r\n");
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

#[tokio::test]
async fn a_document_has_one_path() {
    let store = TestStore::start().await;
    let key = Key::new(1);
    let document = store.publish(&key, b"ciphertext").await;
    let (path, host) = (document.path(), &store.host);
    let id = document.to_string();
    let encoded = format!("/v1/documents/%{:02x}{}", id.as_bytes()[0], &id[1..]);
    let invalid = ErrorCode::InvalidDocumentId;
    for (target, code) in [
        (encoded, invalid),
        (format!("{path}?"), invalid),
        (format!("{path}?version=1"), invalid),
        (format!("/v1/documents/{}", id.to_uppercase()), invalid),
        (format!("/v1/documents/%00{id}"), invalid),
        (format!("{path}%2f"), invalid),
        (format!("{path}/"), ErrorCode::UnknownPath),
        (format!("/v1/%64ocuments/{id}"), ErrorCode::UnknownPath),
        (format!("//v1/documents/{id}"), ErrorCode::UnknownPath),
        (format!("/v1/./documents/{id}"), ErrorCode::UnknownPath),
        (format!("http://other.example{path}"), ErrorCode::WrongHost),
        (format!("http://me@{host}{path}"), ErrorCode::WrongHost),
        (format!("http://{host}{path}?a"), invalid),
    ] {
        for method in ["GET", "HEAD", "PUT", "DELETE"] {
            let headers = match method {
                "PUT" => store.upload(&key, document).headers().to_vec(),
                "DELETE" => store.deletion(&key, document).headers().to_vec(),
                _ => Vec::new(),
            };
            let headers: String = headers
                .iter()
                .map(|(name, value)| format!("{name}: {value}\r\n"))
                .collect();
            let answer = ask(&store, method, &target, &headers).await;
            let status = format!("HTTP/1.1 {}", code.http_status());
            assert!(answer.starts_with(&status), "{method} {target}: {answer}");
            let body = format!("\"code\":\"{code}\"");
            assert!(
                method == "HEAD" || answer.contains(&body),
                "{method} {target}: {answer}"
            );
        }
    }
    // An absolute URL of the same store is valid.
    let whole = ask(&store, "GET", &format!("http://{host}{path}"), "").await;
    assert!(whole.starts_with("HTTP/1.1 200") && whole.contains(header::ERASE_AUTHORITY));
    assert_eq!(store.get(document).await.status(), 200);
}

//! Downloads that servers make fail, each told by its error; `refused` also checks that nothing is left on the disk.

use std::{net::IpAddr, sync::Arc, time::Duration};

use generion_client::{
    rpc::causes::with_causes,
    rpc::url::PlainHttp,
    store::{FetchError, FetchPolicy, RequestError, StoreClient, StoreError},
};
use generion_interface::store::ErrorCode;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpSocket,
    sync::Semaphore,
};

use crate::support::{Stranger, client, local, locator, ok, refused};

const DOCUMENT: &[u8] = b"the document";
const LENGTH: &str = "Content-Length: 12\r\n";

#[tokio::test]
async fn this_machine_and_private_networks_are_not_followed() {
    let stranger = Stranger::saying(ok(LENGTH, DOCUMENT)).await;
    let port = stranger.address.port();
    for (host, address) in [
        ("127.0.0.1", "127.0.0.1"),
        ("0.0.0.0", "0.0.0.0"),
        ("[::1]", "::1"),
        ("10.0.0.1", "10.0.0.1"),
        ("100.64.0.1", "100.64.0.1"),
        ("169.254.169.254", "169.254.169.254"),
        ("[fe80::1]", "fe80::1"),
        ("[ff02::1]", "ff02::1"),
    ] {
        let url = format!("http://{host}:{port}");
        let policy = FetchPolicy {
            plain_http: PlainHttp::Allowed,
            ..FetchPolicy::default()
        };
        let error = refused(&locator(&url, DOCUMENT), &policy).await;
        let FetchError::Request(RequestError::PrivateAddress { address: found, .. }) = &error
        else {
            panic!("{host}: {error}")
        };
        assert_eq!(*found, address.parse::<IpAddr>().unwrap());
    }
    assert_eq!(stranger.connections(), 0);
}

#[tokio::test]
async fn plain_http_is_for_this_machine_unless_it_is_allowed() {
    for host in ["192.0.2.1", "store.example"] {
        let policy = FetchPolicy {
            allow_private: true,
            ..FetchPolicy::default()
        };
        let error = refused(&locator(format!("http://{host}"), DOCUMENT), &policy).await;
        assert!(
            matches!(error, FetchError::Request(RequestError::PlainHttp { .. })),
            "{error}"
        );
    }
}

#[tokio::test]
async fn a_name_is_judged_by_what_it_resolves_to() {
    let stranger = Stranger::saying(ok(LENGTH, DOCUMENT)).await;
    let url = format!("http://localhost:{}", stranger.address.port());
    let error = refused(&locator(&url, DOCUMENT), &FetchPolicy::default()).await;
    assert!(
        matches!(&error, FetchError::Request(RequestError::PrivateAddress { address, .. }) if address.is_loopback()),
        "{error}"
    );
    assert_eq!(stranger.connections(), 0);
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let hidden = Stranger::saying(ok(LENGTH, DOCUMENT)).await;
    for status in [
        "301 Moved Permanently",
        "302 Found",
        "307 Temporary Redirect",
        "308 Permanent Redirect",
    ] {
        let answer = format!(
            "HTTP/1.1 {status}\r\nLocation: {}\r\nContent-Length: 0\r\n\r\n",
            hidden.url()
        );
        let error = refused(
            &locator(Stranger::saying(answer).await.url(), DOCUMENT),
            &local(),
        )
        .await;
        assert!(
            matches!(&error, FetchError::Request(RequestError::Redirect { to, .. }) if *to == hidden.url()),
            "{error}"
        );
    }
    assert_eq!(hidden.connections(), 0);
}

#[tokio::test]
async fn a_document_above_the_limit_is_not_asked_for() {
    let stranger = Stranger::saying(ok(LENGTH, DOCUMENT)).await;
    let policy = FetchPolicy {
        max_size: 11,
        ..local()
    };
    let error = refused(&locator(stranger.url(), DOCUMENT), &policy).await;
    assert!(
        matches!(
            error,
            FetchError::TooLarge {
                size: 12,
                max: 11,
                ..
            }
        ),
        "{error}"
    );
    assert_eq!(stranger.connections(), 0);
}

#[tokio::test]
async fn another_announced_length_is_refused_before_the_body() {
    for length in [0, 11, 13, 1 << 40] {
        // No body follows: whoever waits for it gets another error.
        let stranger = Stranger::saying(ok(&format!("Content-Length: {length}\r\n"), b"")).await;
        let error = refused(&locator(stranger.url(), DOCUMENT), &local()).await;
        assert!(
            matches!(error, FetchError::WrongSize { expected: 12, found, .. } if found == length),
            "{length}: {error}"
        );
    }
}

#[tokio::test]
async fn a_body_of_another_length_than_announced_is_refused() {
    let stranger = Stranger::saying(ok(LENGTH, &DOCUMENT[..11])).await;
    let error = refused(&locator(stranger.url(), DOCUMENT), &local()).await;
    assert!(matches!(error, FetchError::Interrupted { .. }), "{error}");
}

#[tokio::test]
async fn a_body_of_unannounced_length_is_measured() {
    for sent in [&DOCUMENT[..11], b"the document!"] {
        let stranger = Stranger::saying(ok("Connection: close\r\n", sent)).await;
        let error = refused(&locator(stranger.url(), DOCUMENT), &local()).await;
        assert!(
            matches!(error, FetchError::WrongSize { expected: 12, found, .. } if found == sent.len() as u64),
            "{error}"
        );
    }
}

#[tokio::test]
async fn an_endless_body_is_cut_off() {
    let ended = Arc::new(Semaphore::new(0));
    let end = ended.clone();
    let stranger = Stranger::start(move |mut stream| {
        let end = end.clone();
        async move {
            stream
                .write_all(&ok("Connection: close\r\n", b""))
                .await
                .unwrap();
            while stream.write_all(&[0; 65_536]).await.is_ok() {}
            end.add_permits(1);
        }
    })
    .await;
    let error = refused(&locator(stranger.url(), DOCUMENT), &local()).await;
    assert!(
        matches!(error, FetchError::WrongSize { expected: 12, found, .. } if found > 12),
        "{error}"
    );
    // The server can write no more: the client hung up.
    drop(ended.acquire().await.unwrap());
}

#[tokio::test]
async fn other_bytes_are_refused() {
    let stranger = Stranger::saying(ok(LENGTH, b"The document")).await;
    let error = refused(&locator(stranger.url(), DOCUMENT), &local()).await;
    let expected = crate::support::digest(b"The document").sha256;
    assert!(
        matches!(error, FetchError::WrongHash { found, .. } if found == expected),
        "{error}"
    );
}

#[tokio::test]
async fn a_silent_server_is_left() {
    let policy = FetchPolicy {
        idle_timeout: Duration::from_millis(100),
        ..local()
    };
    for answer in [Vec::new(), ok(LENGTH, &DOCUMENT[..5])] {
        let stranger = Stranger::start(move |mut stream| {
            let answer = answer.clone();
            async move {
                stream.write_all(&answer).await.unwrap();
                // Until the client hangs up.
                stream.read_to_end(&mut Vec::new()).await.unwrap();
            }
        })
        .await;
        let error = refused(&locator(stranger.url(), DOCUMENT), &policy).await;
        assert!(
            matches!(error, FetchError::Request(RequestError::TooSlow { .. })),
            "{error}"
        );
    }
}

#[tokio::test]
async fn a_server_that_sends_drop_by_drop_is_left() {
    let stranger = Stranger::start(|mut stream| async move {
        stream
            .write_all(&ok("Content-Length: 1000000\r\n", b""))
            .await
            .unwrap();
        while stream.write_all(&[0]).await.is_ok() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    })
    .await;
    let in_all = FetchPolicy {
        total_timeout: Duration::from_millis(300),
        ..local()
    };
    // It never stalls, and would take hours for what it announced.
    let for_its_size = FetchPolicy {
        idle_timeout: Duration::from_millis(200),
        min_rate: 1 << 30,
        ..local()
    };
    for policy in [in_all, for_its_size] {
        let error = refused(&locator(stranger.url(), &[0; 1_000_000]), &policy).await;
        assert!(
            matches!(error, FetchError::Request(RequestError::TooSlow { .. })),
            "{error}"
        );
    }
}

/// Asking moves no document, so that it has no time to take.
#[tokio::test]
async fn a_head_that_comes_drop_by_drop_is_left() {
    let stranger = Stranger::start(|mut stream| async move {
        stream.write_all(b"HTTP/1.1 200 OK\r\nx: ").await.unwrap();
        while stream.write_all(b"x").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    })
    .await;
    let policy = FetchPolicy {
        idle_timeout: Duration::from_millis(200),
        ..local()
    };
    let sha256 = locator(stranger.url(), DOCUMENT).sha256;
    let store = stranger.url().to_string().parse().unwrap();
    let url = StoreClient::document_url(&store, sha256).unwrap();
    let client = client();
    let status = tokio::time::timeout(Duration::from_secs(20), client.status(&url, &policy));
    let error = status.await.expect("it hangs").unwrap_err();
    assert!(
        matches!(error, StoreError::Request(RequestError::TooSlow { .. })),
        "{error}"
    );
}

#[tokio::test]
async fn nobody_there_is_told() {
    // Bound, so that nobody else gets the port, but not listening.
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let address = socket.local_addr().unwrap();
    let error = refused(&locator(format!("http://{address}"), DOCUMENT), &local()).await;
    assert!(
        matches!(error, FetchError::Request(RequestError::Unreachable { .. })),
        "{error}"
    );
    assert!(with_causes(&error).contains("refused"), "{error}");
}

#[tokio::test]
async fn a_name_without_an_address_is_told() {
    // No name ends like this (RFC 6761).
    let locator = locator("https://nobody.invalid", DOCUMENT);
    let error = refused(&locator, &local()).await;
    assert!(
        matches!(error, FetchError::Request(RequestError::UnknownHost { .. })),
        "{error}"
    );
}

#[tokio::test]
async fn refusals_are_told_apart() {
    let answer = |status: &str, body: &str| {
        format!(
            "HTTP/1.1 {status}\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )
    };
    let fetch = async |answer: String| match refused(
        &locator(Stranger::saying(answer).await.url(), DOCUMENT),
        &local(),
    )
    .await
    {
        FetchError::Request(error) => error,
        error => panic!("{error}"),
    };

    let error = fetch(answer("404 Not Found", "")).await;
    assert!(matches!(error, RequestError::NotFound { .. }), "{error}");
    let error = fetch(answer("410 Gone", "")).await;
    assert!(matches!(error, RequestError::Erased { .. }), "{error}");
    let error = fetch(answer(
        "503 Service Unavailable",
        r#"{"code":"busy","message":"\u001b[2Jlater"}"#,
    ))
    .await;
    assert!(
        matches!(&error, RequestError::Refused { code: ErrorCode::Busy, message, .. } if message == "\u{1b}[2Jlater"),
        "{error}"
    );
    assert!(
        !with_causes(&error).contains('\u{1b}'),
        "a server's words must not drive the terminal"
    );

    // A code of a newer store stays a code.
    let error = fetch(answer(
        "403 Forbidden",
        r#"{"code":"closed_for_lunch","message":"come back later"}"#,
    ))
    .await;
    assert!(
        matches!(&error, RequestError::RefusedByNewerStore { code, .. } if code == "closed_for_lunch"),
        "{error}"
    );

    let long = format!(r#"{{"code":"busy","message":"{}"}}"#, "a".repeat(5000));
    for body in ["", "<html>", r#"{"code":"No code","message":""}"#, &long] {
        let error = fetch(answer("503 Service Unavailable", body)).await;
        assert!(
            matches!(error, RequestError::UnexpectedStatus { status: 503, .. }),
            "{error}"
        );
    }
}

#[tokio::test]
async fn what_speaks_no_http_is_told() {
    let error = refused(
        &locator(
            Stranger::saying("SSH-2.0-OpenSSH\r\n").await.url(),
            DOCUMENT,
        ),
        &local(),
    )
    .await;
    assert!(
        matches!(error, FetchError::Request(RequestError::Unreachable { .. })),
        "{error}"
    );
}

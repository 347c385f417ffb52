use super::*;
use crate::url::PlainHttp;

fn node(url: &str) -> Node {
    let url = NodeUrl::parse(url, PlainHttp::default()).unwrap();
    Node::new(url, CommitmentConfig::confirmed())
}

#[test]
fn errors_do_not_quote_what_is_secret_in_an_address() {
    for url in [
        "https://rpc.example/v1/SECRET?api-key=SECRET",
        "https://SECRET@rpc.example",
        "https://a:SECRET@rpc.example",
    ] {
        let node = node(url);
        let texts = [
            format!("error sending request for url ({url})"),
            format!(
                "error sending request for url ({})",
                node.url().expose_full()
            ),
        ];
        for text in texts {
            for error in [
                RpcError::from(std::io::Error::other(text.clone())),
                ErrorKind::Custom(text.clone()).into(),
                ErrorKind::RpcError(ResponseError::ForUser(text)).into(),
            ] {
                let error = node.error(error);
                let told = format!("{error} {error:?}");
                assert!(!told.contains("SECRET"), "{told}");
                assert!(told.contains("the node at https://rpc.example "), "{told}");
            }
        }
    }
}

#[test]
fn what_a_node_says_is_shown_as_plain_text() {
    let error = ResponseError::RpcResponseError {
        code: -32000,
        message: "\u{1b}[2Jgone".to_owned(),
        data: solana_rpc_client_api::request::RpcResponseErrorData::Empty,
    };
    let error = node("https://rpc.example").error(ErrorKind::RpcError(error).into());
    assert_eq!(error.kind(), NodeErrorKind::Refused { code: -32000 });
    assert_eq!(
        error.reason(),
        "answers with an error: \\u{1b}[2Jgone (-32000)"
    );
}

#[test]
fn a_transaction_that_was_taken_before_is_not_refused() {
    for (code, message, expected) in [
        (
            -32002,
            "Transaction simulation failed: This transaction has already been processed",
            NodeErrorKind::AlreadyProcessed,
        ),
        (-32603, "AlreadyProcessed", NodeErrorKind::AlreadyProcessed),
        (
            -32002,
            "Transaction simulation failed: Blockhash not found",
            NodeErrorKind::Refused { code: -32002 },
        ),
    ] {
        let error = ResponseError::RpcResponseError {
            code,
            message: message.to_owned(),
            data: solana_rpc_client_api::request::RpcResponseErrorData::Empty,
        };
        let error = node("https://rpc.example").error(ErrorKind::RpcError(error).into());
        assert_eq!(error.kind(), expected, "{message}");
    }
}

#[test]
fn a_node_that_stands_still_is_noticed() {
    let (node, mut now) = (node("https://rpc.example"), Instant::now());
    for (seconds, slot, is_fine) in [
        (0, 10, true),
        (50, 10, true),
        (50, 11, true),
        (59, 10, true),
        (2, 11, false),
        (0, 12, true),
    ] {
        now += Duration::from_secs(seconds);
        let progress = node.check_progress(slot, now, Duration::from_secs(60));
        assert_eq!(progress.is_ok(), is_fine, "slot {slot}");
        if let Err(error) = progress {
            assert_eq!(error.kind(), NodeErrorKind::Stale);
        }
    }
}

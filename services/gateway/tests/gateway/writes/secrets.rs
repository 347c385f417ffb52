//! Secrets in bodies: refused before anything is done with them, and in no answer and no log.

use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Value, json};
use solana_keypair::Keypair;

use crate::{
    program::{Running, rest, start},
    support::gateway::refusal,
};

/// A seed phrase of twelve words.
const PHRASE: &str = "legal winner thank year wave sausage worth useful legal winner thank yellow";
/// A secret key of age.
const AGE_KEY: &str = "AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX";
/// Part of a document.
const DIAGNOSIS: &str = "essential hypertension of Jane Doe";

/// What somebody could send by mistake, with the text that must be nowhere afterwards.
fn secrets() -> Vec<(Value, String)> {
    let pair = Keypair::new_from_array([11; 32]);
    let base58 = pair.to_base58_string();
    let numbers = pair.to_bytes().to_vec();
    let text = json!(numbers).to_string();
    let document = json!({ "resourceType": "Condition", "note": DIAGNOSIS });
    vec![
        (json!({ "label": base58 }), base58.clone()),
        (
            json!({ "label": format!("my key: {base58}, thanks") }),
            base58.clone(),
        ),
        (json!({ "keys": numbers }), text.clone()),
        (json!({ "label": format!("id.json is {text}") }), text),
        (
            json!({ "transaction": BASE64_STANDARD.encode(pair.to_bytes()) }),
            BASE64_STANDARD.encode(pair.to_bytes()),
        ),
        (
            json!({ "label": format!("the words are {PHRASE}") }),
            PHRASE.to_owned(),
        ),
        (
            json!({ "deep": [[{ "label": AGE_KEY }]] }),
            AGE_KEY.to_owned(),
        ),
        (
            json!({ "password": "q7ZkX2vB9mT4wL8s" }),
            "q7ZkX2vB9mT4wL8s".to_owned(),
        ),
        (document.clone(), DIAGNOSIS.to_owned()),
        (
            json!({ "label": format!("this is it: {document}") }),
            DIAGNOSIS.to_owned(),
        ),
        (
            json!({ "locator": BASE64_STANDARD.encode(document.to_string()) }),
            BASE64_STANDARD.encode(document.to_string()),
        ),
    ]
}

/// Every route that takes a body refuses one with a secret in it, whatever else is wrong with it, and says what it was. A log
/// of everything has nothing of it.
#[tokio::test]
async fn a_secret_in_a_body_is_refused_and_not_logged() {
    let folder = tempfile::tempdir().unwrap();
    let Running { mut child, url } = start(&folder);
    let mut log = child.stderr.take().unwrap();
    let log = std::thread::spawn(move || rest(&mut log));
    let client = reqwest::Client::new();
    let here = "SysvarC1ock11111111111111111111111111111111";
    let paths = [
        "/v1/users".to_owned(),
        format!("/v1/users/{here}/key"),
        "/v1/records".to_owned(),
        format!("/v1/records/{here}/verify"),
        format!("/v1/records/{here}/delete"),
        format!("/v1/records/{here}/shares"),
        format!("/v1/shares/{here}/revoke"),
        "/v1/orders".to_owned(),
        format!("/v1/orders/{here}/close"),
        format!("/v1/orders/{here}/purchase"),
        format!("/v1/purchases/{here}/deliver"),
        format!("/v1/purchases/{here}/refund"),
        format!("/v1/purchases/{here}/close"),
        "/v1/transactions".to_owned(),
    ];
    let mut answers = String::new();
    for (body, _) in secrets() {
        for path in &paths {
            let response = client
                .post(format!("{url}{path}"))
                .json(&body)
                .send()
                .await
                .unwrap();
            answers.push_str(&format!("{:?}", response.headers()));
            let code = refusal(response).await;
            assert_eq!(code, (400, "secret_in_body".to_owned()), "{path} {body}");
        }
        // Not JSON, and not said to be.
        let response = client
            .post(format!("{url}/v1/orders"))
            .body(format!("{body},"))
            .send()
            .await
            .unwrap();
        let text = response.text().await.unwrap();
        answers.push_str(&text);
        let is_named = body.get("password").is_some() || body.get("keys").is_some();
        assert!(
            text.contains("secret_in_body") || is_named,
            "{body}: {text}"
        );
    }
    drop(child.stdin.take());
    assert!(child.wait().unwrap().success());
    let log = log.join().unwrap();
    assert!(
        log.contains("secret_in_body") && log.contains("answered"),
        "{log}"
    );
    for (_, secret) in secrets() {
        assert!(!log.contains(&secret), "{secret}");
        assert!(!answers.contains(&secret), "{secret}");
    }
}

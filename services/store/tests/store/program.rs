//! The program: its configuration, its signals, and what it logs.

use std::{fs, path::Path, process::Command};

use generion_interface::store::{DocumentId, ErrorCode};
use generion_store::TEMPLATE;
use tempfile::TempDir;

use crate::support::{
    process::{PROGRAM, Process, command},
    *,
};

/// Waits until the log has this, and returns all of it.
async fn logged(log: &Path, text: &str) -> String {
    until(|| fs::read_to_string(log).unwrap().contains(text)).await;
    fs::read_to_string(log).unwrap()
}

#[test]
fn the_template_is_printed() {
    let output = Command::new(PROGRAM)
        .arg("--print-config")
        .output()
        .unwrap();
    assert!(output.status.success());
    assert_eq!(String::from_utf8(output.stdout).unwrap(), TEMPLATE);
}

#[test]
fn a_configuration_that_can_t_be_used_is_refused() {
    let folder = TempDir::new().unwrap();
    let config = folder.path().join("store.toml");
    for (text, said) in [
        ("", "--dir FOLDER or --storage URL"),
        ("storage = \"memory:///\"", "is no storage for documents"),
        ("strage = \"file:///tmp\"", "strage"),
        (
            "storage = \"file:///tmp/x\"\n[uploads]\nallowlist = \"/no/such/list\"",
            "can't read the list of uploaders /no/such/list",
        ),
        (
            "storage = \"file:///tmp/x\"\n[log]\nfilter = \"=\"",
            "filter",
        ),
    ] {
        fs::write(&config, text).unwrap();
        let mut command = Command::new(PROGRAM);
        let command = command.arg("--config").arg(&config).env_remove("RUST_LOG");
        let output = command.output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{text}");
        let error = String::from_utf8(output.stderr).unwrap();
        assert!(error.contains(said), "{text}: {error}");
    }
}

#[tokio::test]
async fn flags_go_before_the_file_and_the_file_before_what_is_built_in() {
    let folder = TempDir::new().unwrap();
    let documents = folder.path().join("documents");
    let config = folder.path().join("store.toml");
    let text = format!(
        "storage = \"file://{}\"\nlisten = \"127.0.0.1:1\"\n[uploads]\nmax_document_bytes = 10\n",
        documents.display()
    );
    fs::write(&config, text).unwrap();
    let mut command = Command::new(PROGRAM);
    command
        .args(["--listen", "127.0.0.1:0", "--config"])
        .arg(&config);
    let store = Process::logging(&mut command, &folder.path().join("log"));
    let key = Key::new(1);
    assert_eq!(store.put(&key, &content(10)).await.status(), 201);
    let answer = store.put(&key, &content(11)).await;
    assert_refused(answer, ErrorCode::TooLarge).await;
    assert_eq!(files(&documents, "blobs").len(), 1);
}

#[tokio::test]
async fn a_hangup_reads_the_list_of_uploaders_again() {
    let folder = TempDir::new().unwrap();
    let (list, log) = (folder.path().join("list"), folder.path().join("log"));
    let [first, second] = [1, 2].map(Key::new);
    fs::write(&list, first.address().to_string()).unwrap();
    let mut command = command(&folder.path().join("documents"));
    let store = Process::logging(command.arg("--allowlist").arg(&list), &log);
    assert_eq!(store.put(&first, b"first").await.status(), 201);
    let answer = store.put(&second, b"second").await;
    assert_refused(answer, ErrorCode::UploaderNotAllowed).await;

    fs::write(&list, "nonsense").unwrap();
    store.signal("-HUP");
    logged(&log, "the old list holds").await;
    assert_eq!(store.put(&first, b"third").await.status(), 201);

    fs::write(&list, second.address().to_string()).unwrap();
    store.signal("-HUP");
    logged(&log, "1 wallets may upload now").await;
    assert_eq!(store.put(&second, b"second").await.status(), 201);
    let answer = store.put(&first, b"fourth").await;
    assert_refused(answer, ErrorCode::UploaderNotAllowed).await;
}

/// Everything that a client does, and a failing disk with everything that libraries say about it, at the most talkative
/// level that an operator would choose.
#[tokio::test]
async fn the_log_names_nobody() {
    let folder = TempDir::new().unwrap();
    let (documents, log) = (folder.path().join("documents"), folder.path().join("log"));
    let config = folder.path().join("store.toml");
    fs::write(&config, "[log]\nformat = \"json\"\nfilter = \"debug\"\n").unwrap();
    let mut command = command(&documents);
    let store = Process::logging(command.arg("--config").arg(&config), &log);
    let (key, stranger) = (Key::new(1), Key::new(2));

    let document = DocumentId::of(b"ciphertext");
    assert_eq!(store.put(&key, b"ciphertext").await.status(), 201);
    let [blob] = &files(&documents, "blobs")[..] else {
        panic!("there is one blob")
    };
    store.get(document).await.bytes().await.unwrap();
    let refused = store.deletion(&stranger, document);
    let request = with_headers(store.http.delete(store.url(document)), &refused);
    let answer = request.send().await.unwrap();
    assert_refused(answer, ErrorCode::NotEraseAuthority).await;
    let damaged = documents.join("blobs").join(blob);
    fs::remove_file(damaged).unwrap();
    assert_refused(store.get(document).await, ErrorCode::Internal).await;
    // Where the nonces should be there is something else: the error names one, with its signer.
    let nonces = documents.join("nonces");
    fs::remove_dir_all(&nonces).unwrap();
    fs::write(&nonces, "").unwrap();
    let signed = store.upload(&key, DocumentId::of(b"other"));
    let request = with_headers(store.http.put(store.url(DocumentId::of(b"other"))), &signed);
    let answer = request.body("other").send().await.unwrap();
    assert_refused(answer, ErrorCode::Internal).await;

    let text = logged(&log, "can't create nonces/").await;
    for line in text.lines() {
        serde_json::from_str::<serde_json::Value>(line)
            .unwrap_or_else(|error| panic!("{line}: {error}"));
    }
    let [address, strange] = [&key, &stranger].map(|key| key.address().to_string());
    let [signature, nonce] = [1, 4].map(|header| signed.headers()[header].1.clone());
    let secrets = [
        document.to_string(),
        blob.clone(),
        address,
        strange,
        signature,
        nonce,
    ];
    for secret in &secrets {
        // Nor any piece of it beyond its first eight letters.
        assert!(!text.contains(&secret[8..20]), "{secret} in\n{text}");
    }
    let peer = store.host.rsplit_once(':').unwrap().0;
    for line in text.lines().filter(|line| line.contains(peer)) {
        assert!(line.contains("answering to these names"), "{line}");
    }
    // Its owner can find the request again.
    assert!(text.contains(&format!("{}…", &document.to_string()[..8])));
}

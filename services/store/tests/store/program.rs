//! The program: configuration, signals and log.

use std::{
    fs::{self, Permissions},
    os::unix::fs::PermissionsExt,
    path::Path,
    process::{Command, Stdio},
};

use generion_interface::store::{DocumentId, ErrorCode};
use tempfile::TempDir;

use crate::support::{
    process::{PROGRAM, Process, command},
    *,
};

/// Waits until the log contains a text, and returns the whole log.
async fn logged(log: &Path, text: &str) -> String {
    until(|| fs::read_to_string(log).unwrap().contains(text)).await;
    fs::read_to_string(log).unwrap()
}

/// A store starts with the printed configuration, and listens on the address in it.
#[tokio::test]
async fn the_printed_configuration_is_valid() {
    let folder = TempDir::new().unwrap();
    let config = folder.path().join("store.toml");
    let mut command = Command::new(PROGRAM);
    let output = command.arg("--print-config").output().unwrap();
    assert!(output.status.success());
    let printed = String::from_utf8(output.stdout).unwrap();
    let listen = "listen = \"127.0.0.1:8787\"";
    assert!(printed.contains(listen), "{printed}");
    fs::write(&config, printed.replace(":8787", ":0")).unwrap();
    let mut command = Command::new(PROGRAM);
    let command = command.arg("--config").arg(&config).arg("--dir");
    let command = command.arg(folder.path()).env_remove("RUST_LOG");
    let store = Process::run(command.stderr(Stdio::null()));
    assert!(store.host.starts_with("127.0.0.1:"));
    let answer = store.put(&Key::new(1), b"ciphertext").await;
    assert_eq!(answer.status(), 201);
}

#[test]
fn an_invalid_configuration_is_refused() {
    let folder = TempDir::new().unwrap();
    let config = folder.path().join("store.toml");
    for (text, said) in [
        ("", "--dir FOLDER or --storage URL"),
        ("storage = \"memory:///\"", "is not a supported storage"),
        ("strage = \"file:///tmp\"", "strage"),
        (
            "storage = \"file:///tmp/x\"\n[uploads]\nallowlist = \"/no/such/list\"",
            "can't read the allowlist /no/such/list",
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
async fn options_override_the_file_and_the_file_overrides_defaults() {
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
async fn a_hangup_reloads_the_allowlist() {
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
    logged(&log, "the old allowlist stays in force").await;
    assert_eq!(store.put(&first, b"third").await.status(), 201);

    fs::write(&list, second.address().to_string()).unwrap();
    store.signal("-HUP");
    logged(&log, "reloaded the allowlist, number of wallets: 1").await;
    assert_eq!(store.put(&second, b"second").await.status(), 201);
    let answer = store.put(&first, b"fourth").await;
    assert_refused(answer, ErrorCode::UploaderNotAllowed).await;
}

/// File names contain wallet addresses.
#[tokio::test]
async fn files_are_private() {
    let folder = TempDir::new().unwrap();
    let documents = folder.path().join("made/documents");
    // An older store created this folder for everybody.
    let older = folder.path().join("older");
    fs::create_dir_all(older.join("usage")).unwrap();
    for path in [older.clone(), older.join("usage")] {
        fs::set_permissions(path, Permissions::from_mode(0o755)).unwrap();
    }
    for folder in [&documents, &older] {
        let store = Process::start(folder);
        let large = content(6 << 20);
        for content in [&b"ciphertext"[..], &large] {
            assert_eq!(store.put(&Key::new(1), content).await.status(), 201);
        }
        let (folders, files) = modes(folder);
        assert!(folders.iter().all(|mode| *mode == 0o700), "{folders:?}");
        // Lock, format, and for each document: metadata, blob, usage, nonce.
        assert_eq!(files, [0o600; 10]);
    }
}

/// The permissions of a folder and all folders in it, and of all files.
fn modes(folder: &Path) -> (Vec<u32>, Vec<u32>) {
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let (mut folders, mut files) = (vec![mode(folder)], Vec::new());
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            let (inner_folders, inner_files) = modes(&path);
            folders.extend(inner_folders);
            files.extend(inner_files);
        } else {
            files.push(mode(&path));
        }
    }
    (folders, files)
}

#[tokio::test]
async fn a_storage_of_a_newer_format_is_not_changed() {
    let folder = TempDir::new().unwrap();
    drop(Process::start(folder.path()));
    let mark = folder.path().join("format");
    assert_eq!(fs::read_to_string(&mark).unwrap(), "1");
    // An editor may append a line break.
    fs::write(&mark, "1\n").unwrap();
    drop(Process::start(folder.path()));
    for other in ["2", "", "10", "1 2"] {
        fs::write(&mark, other).unwrap();
        for arguments in [&["--listen", "127.0.0.1:0"][..], &["check"], &["collect"]] {
            let mut command = Command::new(PROGRAM);
            let command = command.args(arguments).arg("--dir").arg(folder.path());
            let output = command.env_remove("RUST_LOG").output().unwrap();
            assert_eq!(output.status.code(), Some(1), "{other}");
            let error = String::from_utf8(output.stderr).unwrap();
            let said = format!("this storage has format {other:?}");
            assert!(error.contains(&said) && error.contains("newer"), "{error}");
        }
        assert_eq!(fs::read_to_string(&mark).unwrap(), other);
    }
}

#[test]
fn an_invalid_log_filter_is_refused() {
    let folder = TempDir::new().unwrap();
    for filter in [
        "=",
        "generion_store=loud",
        "loud",
        "info,inof",
        "info,hyper=debug=x",
    ] {
        let mut command = command(folder.path());
        let output = command.env("RUST_LOG", filter).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{filter}");
        let error = String::from_utf8(output.stderr).unwrap();
        let said = format!("RUST_LOG is {filter:?}");
        assert!(error.contains(&said), "{error}");
    }
    for filter in [
        "",
        "info",
        "WARN",
        "off",
        "info,hyper=debug",
        "generion_store=trace",
    ] {
        let mut command = command(folder.path());
        command.env("RUST_LOG", filter);
        drop(Process::run(command.stderr(Stdio::null())));
    }
}

#[tokio::test]
async fn options_override_the_environment() {
    let folder = TempDir::new().unwrap();
    let [flag, variable] = ["flag", "variable"].map(|name| folder.path().join(name));
    let url = |path: &Path| format!("file://{}", path.display());
    let path = |path: &Path| path.display().to_string();
    for (flags, variables) in [
        (
            ["--dir", &path(&flag)],
            ("GENERION_STORE_STORAGE", url(&variable)),
        ),
        (
            ["--dir", &path(&flag)],
            ("GENERION_STORE_DIR", path(&variable)),
        ),
        (
            ["--storage", &url(&flag)],
            ("GENERION_STORE_DIR", path(&variable)),
        ),
        (
            ["--storage", &url(&flag)],
            ("GENERION_STORE_STORAGE", url(&variable)),
        ),
    ] {
        let mut command = Command::new(PROGRAM);
        command
            .args(["--listen", "127.0.0.1:0"])
            .args(flags)
            .env_remove("RUST_LOG")
            .env(variables.0, variables.1)
            // Overridden, so it does no harm.
            .env("GENERION_STORE_LISTEN", "127.0.0.1:1");
        drop(Process::run(command.stderr(Stdio::null())));
        assert!(flag.join("documents").is_dir() && !variable.exists());
        fs::remove_dir_all(&flag).unwrap();
    }
    for (flags, variables, said) in [
        (
            vec!["--dir", "a", "--storage", "file:///b"],
            vec![],
            "--dir and --storage",
        ),
        (
            vec![],
            vec![
                ("GENERION_STORE_DIR", "a"),
                ("GENERION_STORE_STORAGE", "file:///b"),
            ],
            "GENERION_STORE_DIR and GENERION_STORE_STORAGE",
        ),
    ] {
        let mut command = Command::new(PROGRAM);
        let output = command.args(flags).envs(variables).output().unwrap();
        assert_eq!(output.status.code(), Some(2));
        let error = String::from_utf8(output.stderr).unwrap();
        assert!(error.contains(said), "{error}");
    }
}

/// Variables may contain secrets.
#[test]
fn the_help_shows_no_values() {
    let mut command = Command::new(PROGRAM);
    let storage = "s3://key:secret@bucket/";
    let output = command
        .arg("--help")
        .env("GENERION_STORE_STORAGE", storage)
        .output()
        .unwrap();
    let help = String::from_utf8(output.stdout).unwrap();
    assert!(
        help.contains("GENERION_STORE_STORAGE") && !help.contains("secret"),
        "{help}"
    );
}

/// As an operator copies it from a URL, and as clients then send it.
#[tokio::test]
async fn a_host_may_be_configured_with_its_default_port() {
    let folder = TempDir::new().unwrap();
    for name in ["store.example:443", "store.example"] {
        let mut command = command(folder.path());
        let command = command.args(["--host", name]).stderr(Stdio::null());
        let mut store = Process::run(command);
        let address = store.host.clone();
        for host in ["store.example", "store.example:443", "Store.Example"] {
            store.host = host.to_ascii_lowercase();
            let document = DocumentId::of(format!("{name} {host}").as_bytes());
            let signed = store.upload(&Key::new(1), document);
            let url = format!("http://{address}{}", document.path());
            let request = with_headers(store.http.put(url), &signed).header("host", host);
            let answer = request.body(format!("{name} {host}")).send().await.unwrap();
            assert_eq!(answer.status(), 201, "{name}: {host}");
        }
        let document = DocumentId::of(b"other");
        let url = format!("http://{address}{}", document.path());
        let request = store.http.get(url).header("host", "store.example:8443");
        assert_refused(request.send().await.unwrap(), ErrorCode::WrongHost).await;
    }
}

/// After the first signal running requests are finished, after the second one they are not.
#[tokio::test]
async fn a_second_signal_ends_at_once() {
    for (first, second, code) in [("-TERM", "-INT", 130), ("-INT", "-TERM", 143)] {
        let folder = TempDir::new().unwrap();
        let log = folder.path().join("log");
        let mut command = command(&folder.path().join("documents"));
        let mut store = Process::logging(&mut command, &log);
        let document = DocumentId::of(b"ciphertext");
        let (pieces, sending) = store.begin_upload(&Key::new(1), document);
        pieces.unbounded_send(Ok(b"cipher".to_vec())).unwrap();
        until(|| pending(&folder.path().join("documents")) == 1).await;
        store.signal(first);
        logged(&log, "shutting down").await;
        assert!(store.child.try_wait().unwrap().is_none());
        store.signal(second);
        assert_eq!(store.child.wait().unwrap().code(), Some(code));
        assert!(sending.await.unwrap().is_err());
    }
}

/// The parent process may close standard input and also send a signal, which does not count as the second one.
#[tokio::test]
async fn a_signal_after_the_end_of_stdin_aborts_nothing() {
    let folder = TempDir::new().unwrap();
    let log = folder.path().join("log");
    let mut command = command(&folder.path().join("documents"));
    let command = command.arg("--exit-with-stdin").stdin(Stdio::piped());
    let mut store = Process::logging(command, &log);
    let document = DocumentId::of(b"ciphertext");
    let (pieces, sending) = store.begin_upload(&Key::new(1), document);
    pieces.unbounded_send(Ok(b"cipher".to_vec())).unwrap();
    until(|| pending(&folder.path().join("documents")) == 1).await;
    drop(store.child.stdin.take());
    logged(&log, "shutting down").await;
    store.signal("-TERM");
    pieces.unbounded_send(Ok(b"text".to_vec())).unwrap();
    drop(pieces);
    assert_eq!(sending.await.unwrap().unwrap().status(), 201);
    store.http = client();
    assert!(store.child.wait().unwrap().success());
}

/// Requests of all kinds, and a failing disk with the errors of libraries, at the most detailed level that an operator
/// would choose.
#[tokio::test]
async fn the_log_contains_no_ids() {
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
        panic!("expected one blob")
    };
    store.get(document).await.bytes().await.unwrap();
    let refused = store.deletion(&stranger, document);
    let request = with_headers(store.http.delete(store.url(document)), &refused);
    let answer = request.send().await.unwrap();
    assert_refused(answer, ErrorCode::NotEraseAuthority).await;
    let damaged = documents.join("blobs").join(blob);
    fs::remove_file(damaged).unwrap();
    assert_refused(store.get(document).await, ErrorCode::Internal).await;
    // A file in the place of the folder for nonces: the error of the library contains a nonce with its signer.
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
        // No part of it after the first eight characters.
        assert!(!text.contains(&secret[8..20]), "{secret} in\n{text}");
    }
    let peer = store.host.rsplit_once(':').unwrap().0;
    for line in text.lines().filter(|line| line.contains(peer)) {
        assert!(line.contains("answering to these names"), "{line}");
    }
    // The owner of the document can find the request.
    assert!(text.contains(&format!("{}…", &document.to_string()[..8])));
}

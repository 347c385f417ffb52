//! Key files: round trips, every refusal, and that they are plain age files.

use generion_crypto::keys::{EncryptionSecret, KeyFile, KeyFileError, Passphrase};
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};
use solana_address::Address;

/// Cheap, so that tests are.
const LOG_N: u8 = 2;

fn passphrase(text: &str) -> Passphrase {
    Passphrase::new(text.to_owned())
}

fn file() -> KeyFile {
    let mut file = KeyFile::new(
        Address::new_from_array([1; 32]),
        Address::new_from_array([2; 32]),
    );
    let mut rng = ChaCha20Rng::from_seed([3; 32]);
    for index in [0, 1, 7] {
        file.insert(index, EncryptionSecret::random(&mut rng))
            .unwrap();
    }
    file
}

fn written(file: &KeyFile) -> Vec<u8> {
    let mut bytes = Vec::new();
    file.write_at_cost(&passphrase("correct horse"), LOG_N, &mut bytes)
        .unwrap();
    bytes
}

fn refusal(bytes: &[u8], text: &str) -> KeyFileError {
    KeyFile::read(bytes, &passphrase(text)).err().unwrap()
}

#[test]
fn what_was_written_is_read() {
    let file = file();
    let read = KeyFile::read(&written(&file)[..], &passphrase("correct horse")).unwrap();
    assert_eq!(
        (read.wallet, read.program_id),
        (file.wallet, file.program_id)
    );
    assert_eq!(read.indexes().collect::<Vec<_>>(), [0, 1, 7]);
    for index in [0, 1, 7] {
        let [read, file] = [&read, &file].map(|file| file.secret(index).unwrap().to_bytes());
        assert_eq!(read, file);
    }
    assert!(read.secret(2).is_none());
}

#[test]
fn another_passphrase_opens_nothing() {
    let bytes = written(&file());
    for text in ["", "correct horsf", "correct horse "] {
        assert!(matches!(
            refusal(&bytes, text),
            KeyFileError::WrongPassphrase
        ));
    }
}

#[test]
fn damage_is_noticed() {
    let bytes = written(&file());
    let text = String::from_utf8(bytes.clone()).unwrap();
    assert!(
        text.starts_with("-----BEGIN AGE ENCRYPTED FILE-----\n"),
        "{text}"
    );
    for cut in [0, 10, bytes.len() / 2, bytes.len() - 60] {
        assert!(matches!(
            refusal(&bytes[..cut], "correct horse"),
            KeyFileError::Malformed
        ));
    }
    // The payload's last line, whose every bit is authenticated.
    let mut flipped = bytes.clone();
    let at = bytes.len() - "\n-----END AGE ENCRYPTED FILE-----\n".len() - 10;
    flipped[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
    assert!(matches!(
        refusal(&flipped, "correct horse"),
        KeyFileError::Malformed
    ));
}

#[test]
fn a_file_that_asks_for_hours_of_work_is_refused() {
    // The cost stands in the header, where anyone can raise it.
    let text = String::from_utf8(written(&file())).unwrap();
    let body: String = text
        .lines()
        .filter(|line| !line.starts_with("-----"))
        .collect();
    let mut tool = std::process::Command::new("base64")
        .arg("-d")
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    std::io::Write::write_all(&mut tool.stdin.take().unwrap(), body.as_bytes()).unwrap();
    let mut bytes = tool.wait_with_output().unwrap().stdout;
    let header_end = bytes
        .windows(4)
        .position(|window| window == b"\n---")
        .unwrap();
    let header = String::from_utf8(bytes[..header_end].to_vec()).unwrap();
    let raised = header.replacen(&format!(" {LOG_N}\n"), " 30\n", 1);
    assert_ne!(header, raised);
    bytes.splice(..header_end, raised.into_bytes());
    assert!(matches!(
        refusal(&bytes, "correct horse"),
        KeyFileError::ExcessiveWork(30)
    ));
}

#[test]
fn a_key_is_never_replaced_by_another() {
    let mut file = file();
    let same = EncryptionSecret::from_bytes(&file.secret(7).unwrap().to_bytes()).unwrap();
    file.insert(7, same).unwrap();
    let before = file.secret(7).unwrap().to_bytes();
    let other = EncryptionSecret::random(&mut ChaCha20Rng::from_seed([4; 32]));
    let refusal = file.insert(7, other).unwrap_err();
    assert_eq!(
        refusal.to_string(),
        "it holds another key with index 7 already"
    );
    assert_eq!(file.secret(7).unwrap().to_bytes(), before);
}

#[test]
fn other_age_files_are_no_key_files() {
    let with = |text: &str| {
        let mut recipient = age::scrypt::Recipient::new("correct horse".to_owned().into());
        recipient.set_work_factor(LOG_N);
        age::encrypt_and_armor(&recipient, text.as_bytes())
            .unwrap()
            .into_bytes()
    };
    let good = "generion-key-file v1\nwallet 11111111111111111111111111111111\nprogram 11111111111111111111111111111111\n";
    assert!(KeyFile::read(&with(good)[..], &passphrase("correct horse")).is_ok());
    let [zero, order] = [[0u8; 32], [0xff; 32]].map(hex::encode);
    for bad in [
        "",
        "generion-key-file v2\n",
        "generion-key-file v1\nwallet x\n",
        &format!("{good}key 0 {zero}\n"),
        &format!("{good}key 0 {order}\n"),
        &format!("{good}key -1 {}\n", "01".repeat(32)),
        &format!("{good}key 0 {}\n", "01".repeat(31)),
        &format!("{good}nonsense\n"),
    ] {
        assert!(
            matches!(
                refusal(&with(bad), "correct horse"),
                KeyFileError::Malformed
            ),
            "{bad}"
        );
    }
}

//! Key files: round trips, every refusal, and that they are plain age files.

use std::io;

use base64::{Engine, prelude::BASE64_STANDARD};
use ed25519_dalek::Signer;
use generion_crypto::keys::{EncryptionSecret, KeyFile, KeyFileError, Passphrase};
use generion_interface::{
    GenesisHash,
    signed_line::{Envelope, LineError},
};
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};

use crate::support::{DEPLOYMENT, wallet, wallet_address};

/// A low cost, so that the tests are fast.
const LOG_N: u8 = 2;

fn passphrase(text: &str) -> Passphrase {
    Passphrase::new(text.to_owned())
}

fn file() -> KeyFile {
    let mut file = KeyFile::new(wallet_address(&wallet(1)), DEPLOYMENT);
    let mut rng = ChaCha20Rng::from_seed([3; 32]);
    for index in [0, 1, 7] {
        file.insert(index, EncryptionSecret::random(&mut rng))
            .unwrap();
    }
    file.attest(1, attestation(&file, 1)).unwrap();
    file
}

/// The wallet's attestation, as a hardware wallet makes it.
fn attestation(file: &KeyFile, index: u32) -> [u8; 64] {
    let line = file.statement(index).unwrap().line();
    let message = Envelope::Version1.wrap(&line, &file.wallet, &file.deployment.program_id);
    wallet(1).sign(&message).to_bytes()
}

fn written(file: &KeyFile) -> Vec<u8> {
    let mut bytes = Vec::new();
    file.write_at_cost(&passphrase("correct horse"), LOG_N, &mut bytes)
        .unwrap();
    bytes
}

/// The age file without its armor.
fn decoded(armored: &[u8]) -> Vec<u8> {
    let text = str::from_utf8(armored).unwrap();
    let lines = text.lines().filter(|line| !line.starts_with("-----"));
    BASE64_STANDARD.decode(lines.collect::<String>()).unwrap()
}

fn refusal(bytes: &[u8], text: &str) -> KeyFileError {
    KeyFile::read(bytes, &passphrase(text)).err().unwrap()
}

#[test]
fn what_was_written_is_read() {
    let file = file();
    let read = KeyFile::read(&written(&file)[..], &passphrase("correct horse")).unwrap();
    assert_eq!(
        (read.wallet, read.deployment),
        (file.wallet, file.deployment)
    );
    assert_eq!(read.indexes().collect::<Vec<_>>(), [0, 1, 7]);
    for index in [0, 1, 7] {
        let [read, file] = [&read, &file].map(|file| file.secret(index).unwrap().to_bytes());
        assert_eq!(read, file);
    }
    assert!(read.secret(2).is_none());
    for index in [0, 1, 2, 7] {
        assert_eq!(read.attestation(index), file.attestation(index));
        assert_eq!(read.attestation(index).is_some(), index == 1);
        assert_eq!(read.statement(index), file.statement(index));
    }
}

#[test]
fn an_attestation_is_the_wallets_for_this_key() {
    let mut file = file();
    let [for_0, for_7] = [0, 7].map(|index| attestation(&file, index));
    let wallet = file.wallet;
    for (index, bytes, text) in [
        (7, for_0, format!("wallet {wallet}'s")),
        (0, for_7, format!("wallet {wallet}'s")),
        (7, [0; 64], "there is no signature".to_owned()),
    ] {
        let refusal = file.attest(index, bytes).unwrap_err();
        assert!(
            matches!(refusal, KeyFileError::Attestation { index: refused, .. } if refused == index)
        );
        let cause = std::error::Error::source(&refusal).unwrap().to_string();
        assert!(cause.contains(&text), "{cause}");
        assert!(file.attestation(index).is_none());
    }
    let refusal = file.attest(2, for_7).unwrap_err();
    assert!(matches!(refusal, KeyFileError::NoKey(2)));
    assert_eq!(refusal.to_string(), "it holds no key with index 2");
    assert_eq!(file.attest(7, for_7).unwrap(), Envelope::Version1);
    assert_eq!(file.attestation(7), Some(&for_7));
    // For another cluster, the line is another one.
    let mut elsewhere = KeyFile::new(wallet, DEPLOYMENT);
    elsewhere.deployment.genesis = GenesisHash([2; 32]);
    let secret = EncryptionSecret::from_bytes(&file.secret(7).unwrap().to_bytes()).unwrap();
    elsewhere.insert(7, secret).unwrap();
    assert!(matches!(
        elsewhere.attest(7, for_7),
        Err(KeyFileError::Attestation {
            index: 7,
            source: LineError::NotTheWallets(_)
        })
    ));
}

#[test]
fn the_age_tool_would_show_lines_of_text() {
    let file = file();
    let identity = age::scrypt::Identity::new("correct horse".to_owned().into());
    let text = age::decrypt(&identity, &written(&file)).unwrap();
    let hex = |index| hex::encode(*file.secret(index).unwrap().to_bytes());
    assert_eq!(
        String::from_utf8(text).unwrap(),
        format!(
            "generion-key-file v2\nwallet {}\ngenesis {}\nprogram {}\nkey 0 {}\nkey 1 {} {}\nkey 7 {}\n",
            file.wallet,
            file.deployment.genesis,
            file.deployment.program_id,
            hex(0),
            hex(1),
            hex::encode(file.attestation(1).unwrap()),
            hex(7)
        )
    );
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
    // The last line of the payload. Every bit of it is authenticated.
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
    // The cost is in the header, where anybody can raise it.
    let mut bytes = decoded(&written(&file()));
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
        "it already holds another key with index 7"
    );
    assert_eq!(file.secret(7).unwrap().to_bytes(), before);
}

#[test]
fn a_key_that_is_removed_is_gone() {
    let mut file = file();
    let before = file.secret(1).unwrap().to_bytes();
    assert_eq!(file.remove(1).unwrap().to_bytes(), before);
    assert!(file.secret(1).is_none() && file.remove(1).is_none());
    assert!(file.attestation(1).is_none());
    assert_eq!(file.indexes().collect::<Vec<_>>(), [0, 7]);
}

/// The default cost of the age tool. Files of the tests have a lower one.
#[test]
fn guessing_the_passphrase_costs_as_much_as_with_the_age_tool() {
    let mut bytes = Vec::new();
    file()
        .write(&passphrase("correct horse"), &mut bytes)
        .unwrap();
    let header = decoded(&bytes);
    let stanza = header.split(|byte| *byte == b'\n').nth(1).unwrap();
    let stanza = String::from_utf8(stanza.to_vec()).unwrap();
    assert!(
        stanza.starts_with("-> scrypt ") && stanza.ends_with(" 18"),
        "{stanza}"
    );
}

#[test]
fn a_disk_that_fails_is_told_from_damage() {
    struct Disk;
    impl io::Read for Disk {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::ErrorKind::PermissionDenied.into())
        }
    }
    let bytes = written(&file());
    for read in [0, 100, bytes.len() / 2, bytes.len() - 40, bytes.len()] {
        let from = io::Read::chain(&bytes[..read], Disk);
        match KeyFile::read(from, &passphrase("correct horse")).err() {
            Some(KeyFileError::Io(error)) => {
                assert_eq!(error.kind(), io::ErrorKind::PermissionDenied)
            }
            other => panic!("{read}: {other:?}"),
        }
    }
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
    let file = file();
    let good = format!(
        "generion-key-file v2\nwallet {}\ngenesis {}\nprogram {}\n",
        file.wallet, file.deployment.genesis, file.deployment.program_id
    );
    let key = hex::encode(*file.secret(1).unwrap().to_bytes());
    let attestation = hex::encode(file.attestation(1).unwrap());
    for good in [
        good.clone(),
        format!("{good}key 1 {key}\n"),
        format!("{good}key 1 {key} {attestation}\n"),
        format!("{good}key 2 {key}\n"),
    ] {
        assert!(KeyFile::read(&with(&good)[..], &passphrase("correct horse")).is_ok());
    }
    let [zero, order] = [[0u8; 32], [0xff; 32]].map(hex::encode);
    for bad in [
        "",
        "generion-key-file\n",
        "generion-key-file v\n",
        "generion-key-file vx\n",
        "generion-key-file v2\n",
        "generion-key-file v2\nwallet x\n",
        &good.replace("genesis ", "genesis x"),
        &good.replace("genesis ", "cluster "),
        &good.replace("program ", "program x"),
        &format!("{good}key 0 {zero}\n"),
        &format!("{good}key 0 {order}\n"),
        &format!("{good}key -1 {key}\n"),
        &format!("{good}key +1 {key}\n"),
        &format!("{good}key 1 {}\n", key.to_uppercase()),
        &format!("{good}key 1 {}\n", "+1".repeat(32)),
        &format!("{good}key 0 {}\n", "01".repeat(31)),
        &format!("{good}key 1 {key} {attestation}0\n"),
        &format!("{good}key 1 {key} \n"),
        &format!("{good}key 2 {key} {attestation}\n"),
        &format!("{good}key 1 {key} {attestation} {attestation}\n"),
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

#[test]
fn other_versions_are_refused_by_name() {
    let with = |version: &str| {
        let mut recipient = age::scrypt::Recipient::new("correct horse".to_owned().into());
        recipient.set_work_factor(LOG_N);
        let text = format!("generion-key-file v{version}\nwallet x\n");
        let bytes = age::encrypt_and_armor(&recipient, text.as_bytes()).unwrap();
        refusal(bytes.as_bytes(), "correct horse")
    };
    let old = with("1");
    assert!(matches!(old, KeyFileError::Version1));
    let text = old.to_string();
    for part in ["version 1", "which cluster", "genesis <", "age --decrypt"] {
        assert!(text.contains(part), "{text}");
    }
    for version in [0, 3, 12] {
        let other = with(&version.to_string());
        assert!(matches!(other, KeyFileError::UnknownVersion(named) if named == version));
        assert!(
            other
                .to_string()
                .contains(&format!("has version {version}"))
        );
    }
}

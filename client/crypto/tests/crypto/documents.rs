use std::io::{self, Read, Write};

use generion_crypto::{
    document::{CiphertextDigest, DocumentError, decrypt, encrypt},
    rand_core::RngCore,
    record::{RecordElement, RecordKey},
};
use sha2::{Digest, Sha256};

use crate::support::{CREATOR, OWNER, address, rng};

/// The number of plain bytes of a chunk.
const CHUNK: usize = 65_536;
/// The number of bytes that age adds to each chunk.
const TAG: usize = 16;

fn key() -> RecordKey {
    RecordElement::random(&mut rng()).record_key(&OWNER, &CREATOR)
}

fn plaintext(size: usize) -> Vec<u8> {
    let mut plaintext = vec![0; size];
    rng().fill_bytes(&mut plaintext);
    plaintext
}

fn encrypted(plaintext: &[u8]) -> (Vec<u8>, CiphertextDigest) {
    let mut ciphertext = Vec::new();
    let digest = encrypt(plaintext, &mut ciphertext, &key().data_public_key()).unwrap();
    (ciphertext, digest)
}

/// The plain bytes of a ciphertext, and the result.
fn decrypted(ciphertext: &[u8], key: &RecordKey) -> (Vec<u8>, Result<u64, DocumentError>) {
    let mut plaintext = Vec::new();
    let result = decrypt(ciphertext, &mut plaintext, key);
    (plaintext, result)
}

#[test]
fn documents_of_every_size_open() {
    for size in [
        0,
        1,
        CHUNK - 1,
        CHUNK,
        CHUNK + 1,
        2 * CHUNK - 1,
        2 * CHUNK,
        2 * CHUNK + 1,
        5_000_000,
    ] {
        let plaintext = plaintext(size);
        let (ciphertext, digest) = encrypted(&plaintext);
        let expected = CiphertextDigest {
            sha256: Sha256::digest(&ciphertext).into(),
            size: ciphertext.len() as u64,
        };
        assert_eq!(digest, expected);
        let (opened, result) = decrypted(&ciphertext, &key());
        assert_eq!(result.unwrap(), size as u64);
        assert!(opened == plaintext, "{size}");
    }
}

/// Each chunk leads to one write call, because the output may be a file or a pipe.
#[test]
fn a_document_is_written_chunk_by_chunk() {
    struct Writes(Vec<usize>);
    impl Write for Writes {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.push(bytes.len());
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let (ciphertext, _) = encrypted(&plaintext(4 * CHUNK + 5));
    let mut writes = Writes(Vec::new());
    decrypt(&ciphertext[..], &mut writes, &key()).unwrap();
    assert_eq!(writes.0, [CHUNK, CHUNK, CHUNK, CHUNK, 5]);
}

#[test]
fn two_ciphertexts_of_one_document_differ() {
    assert_ne!(encrypted(b"document").0, encrypted(b"document").0);
}

#[test]
fn another_records_key_does_not_open_it() {
    let other = RecordElement::random(&mut rng()).record_key(&OWNER, &address(9));
    let (opened, result) = decrypted(&encrypted(b"document").0, &other);
    assert!(matches!(result, Err(DocumentError::WrongKey)), "{result:?}");
    assert!(opened.is_empty());
}

#[test]
fn damage_is_found_wherever_it_is() {
    let plaintext = plaintext(2 * CHUNK + 100);
    let (ciphertext, _) = encrypted(&plaintext);
    let payload = ciphertext.len() - (plaintext.len() + 3 * TAG);
    let header_mac = ciphertext[..payload]
        .windows(4)
        .position(|text| text == b"--- ")
        .unwrap()
        + 4;
    // The place of the damage, and the number of bytes that are written before it is found.
    for (position, before) in [
        (0, 0),
        (header_mac, 0),
        (payload - 1, 0), // the nonce
        (payload, 0),
        (payload + CHUNK + TAG, CHUNK),
        (payload + 2 * (CHUNK + TAG), 2 * CHUNK),
        (ciphertext.len() - 1, 2 * CHUNK),
    ] {
        let mut damaged = ciphertext.clone();
        damaged[position] ^= 1;
        let (opened, result) = decrypted(&damaged, &key());
        assert!(
            matches!(result, Err(DocumentError::Damaged)),
            "{position}: {result:?}"
        );
        assert!(
            opened == plaintext[..before],
            "{position}: {}",
            opened.len()
        );
    }
}

#[test]
fn a_document_that_was_cut_or_continued_is_damaged() {
    let plaintext = plaintext(2 * CHUNK + 100);
    let (ciphertext, _) = encrypted(&plaintext);
    let payload = ciphertext.len() - (plaintext.len() + 3 * TAG);
    for length in [
        0,
        1,
        payload - 20,
        payload - 1,
        payload,
        payload + 1,
        payload + CHUNK + TAG,
        payload + 2 * (CHUNK + TAG),
        ciphertext.len() - 1,
    ] {
        let (_, result) = decrypted(&ciphertext[..length], &key());
        assert!(
            matches!(result, Err(DocumentError::Damaged)),
            "{length}: {result:?}"
        );
    }
    let (_, result) = decrypted(&[&ciphertext[..], &[0]].concat(), &key());
    assert!(matches!(result, Err(DocumentError::Damaged)), "{result:?}");
}

#[test]
fn what_is_no_age_file_is_damaged() {
    for bytes in [
        &b"{\"resourceType\":\"Observation\"}"[..],
        &[0; 1000],
        b"age-encryption.org/v2\n",
    ] {
        let (opened, result) = decrypted(bytes, &key());
        assert!(matches!(result, Err(DocumentError::Damaged)), "{result:?}");
        assert!(opened.is_empty());
    }
}

/// A header of a stranger costs no more than the longest one that is accepted, whatever its length and shape.
#[test]
fn a_header_that_never_ends_is_not_read_to_its_end() {
    const LONGEST: usize = 16 * 1024;
    /// The number of bytes that are read at a time.
    const STEP: usize = 1024;
    struct Counted<'a>(&'a [u8], usize);
    impl Read for Counted<'_> {
        fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
            let count = self.0.read(to)?;
            self.1 += count;
            Ok(count)
        }
    }
    let line = "A".repeat(64) + "\n";
    for (name, beginning, repeated) in [
        ("one line", "", "A"),
        ("empty lines", "", "\n"),
        ("one argument", "-> X25519 ", "A"),
        ("arguments", "-> X25519", " A"),
        ("one body", "-> X25519 A\n", &line[..]),
        ("stanzas", "", "-> A\n\n"),
        ("no bodies", "-> A\n\n", "-> A\n"),
        ("ends that are none", "", "-- "),
        ("no text", "", "\0"),
    ] {
        for size in [1 << 10, 1 << 14, 1 << 17, 1 << 20, 8 << 20] {
            let mut bytes = format!("age-encryption.org/v1\n{beginning}");
            bytes += &repeated.repeat(size / repeated.len());
            let mut source = Counted(bytes.as_bytes(), 0);
            let mut plaintext = Vec::new();
            let result = decrypt(&mut source, &mut plaintext, &key());
            let is_long = bytes.len() > LONGEST || bytes.matches("->").count() > 64;
            match is_long && name != "no bodies" {
                true => assert!(
                    matches!(result, Err(DocumentError::HeaderTooLong)),
                    "{name}, {size}: {result:?}"
                ),
                false => assert!(
                    matches!(result, Err(DocumentError::Damaged)),
                    "{name}, {size}: {result:?}"
                ),
            }
            assert!(source.1 <= LONGEST + STEP, "{name}, {size}: {}", source.1);
            assert!(plaintext.is_empty());
        }
    }
}

/// Other software may encrypt a document to more keys than the record's, up to 64.
#[test]
fn headers_of_sixty_four_stanzas_open() {
    let (ciphertext, _) = encrypted(b"document");
    let text = String::from_utf8_lossy(&ciphertext);
    let stanza = text.find("-> X25519").unwrap();
    for (others, expected) in [(62, "Damaged"), (63, "Damaged"), (64, "HeaderTooLong")] {
        let mut changed = ciphertext.clone();
        let other = b"-> other argument\nAAAA\n".repeat(others);
        changed.splice(stanza..stanza, other);
        // Parsed to its end, but the MAC is that of another header.
        let (_, result) = decrypted(&changed, &key());
        assert_eq!(format!("{:?}", result.unwrap_err()), expected, "{others}");
    }
}

#[test]
fn a_disk_that_fails_is_told_from_damage() {
    /// A disk from which nothing can be read, with `room` free bytes.
    struct Disk {
        room: usize,
    }
    impl Read for Disk {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::ErrorKind::PermissionDenied.into())
        }
    }
    impl Write for Disk {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let left = self.room.checked_sub(bytes.len());
            self.room = left.ok_or(io::ErrorKind::StorageFull)?;
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    let (key, plaintext) = (key(), plaintext(3 * CHUNK));
    let (ciphertext, _) = encrypted(&plaintext);
    let public = key.data_public_key();
    let disk = || Disk { room: 2 * CHUNK };
    for (error, expected) in [
        (
            encrypt(disk(), Vec::new(), &public).unwrap_err(),
            io::ErrorKind::PermissionDenied,
        ),
        (
            encrypt(&plaintext[..], disk(), &public).unwrap_err(),
            io::ErrorKind::StorageFull,
        ),
        (
            decrypt(disk(), Vec::new(), &key).unwrap_err(),
            io::ErrorKind::PermissionDenied,
        ),
        (
            decrypt(&ciphertext[..], disk(), &key).unwrap_err(),
            io::ErrorKind::StorageFull,
        ),
    ] {
        let DocumentError::Io(error) = error else {
            panic!("{error}")
        };
        assert_eq!(error.kind(), expected);
    }
}

//! Documents: only the ciphertext that was made for the key opens.

use std::sync::LazyLock;

use arbitrary::Unstructured;
use generion_crypto::{
    document,
    record::{RecordElement, RecordKey},
};

use generion_native::{
    memory::within,
    world::{CREATOR, SELLER, rng},
};

/// A document for the key below. It is committed because its format draws random keys, so each run would make another one.
const CIPHERTEXT: &[u8] = include_bytes!("../document.age");
const PLAINTEXT: &[u8] = include_bytes!("../document.json");

static KEY: LazyLock<RecordKey> =
    LazyLock::new(|| RecordElement::random(&mut rng(6)).record_key(&SELLER, &CREATOR));

/// The honest document, headers of other kinds, and changes to it.
pub fn seeds() -> Vec<Vec<u8>> {
    vec![
        [&[0], CIPHERTEXT].concat(),
        [&[0], &CIPHERTEXT[..60]].concat(),
        b"\0age-encryption.org/v1\n-> X25519 \n--- \n".to_vec(),
        b"\0age-encryption.org/v1\n-> scrypt AAAA 64\nAAAA\n--- AAAA\n".to_vec(),
        vec![1, 0, 0, 0],
        vec![1, 90, 200, 3],
        b"\x02\x10\xffage-encryption.org/v1\n-> X25519 A".to_vec(),
        b"\x02\x16\xffage-encryption.org/v1\n-> A\n\n".to_vec(),
        b"\x02\x16\xffage-encryption.org/v1\n-> A\n".to_vec(),
    ]
}

/// The first byte selects the meaning of the rest: a document, changes to the honest one, or an endless header.
pub fn run(input: &[u8]) {
    let Some((kind, bytes)) = input.split_first() else {
        return;
    };
    match kind % 3 {
        0 => decrypt(bytes),
        1 => decrypt(&changed(bytes)),
        _ => endless(bytes),
    }
}

/// The largest number of bytes that is read of a header.
const READ: usize = (16 << 10) + 1024;

/// An endless text that begins with the rest of the bytes and repeats their end. The first bytes select where to split them,
/// and how often to repeat the end.
fn endless(bytes: &[u8]) {
    let [at, count, bytes @ ..] = bytes else {
        return;
    };
    let (beginning, repeated) = bytes.split_at(usize::from(*at).min(bytes.len()));
    if repeated.is_empty() {
        return;
    }
    let count = 1 + (usize::from(*count) << 8) / repeated.len();
    let ciphertext = [beginning, &repeated.repeat(count)].concat();
    let mut left = &ciphertext[..];
    let result = within(64 * READ, "a document", || {
        document::decrypt(&mut left, std::io::sink(), &KEY)
    });
    assert!(result.is_err(), "it is not the honest document");
    // After the honest header there is a payload to read.
    let is_honest = ciphertext.starts_with(&CIPHERTEXT[..100]);
    assert!(
        is_honest || ciphertext.len() - left.len() <= READ,
        "it was read on"
    );
}

fn decrypt(ciphertext: &[u8]) {
    let mut plaintext = Vec::new();
    // Independent of the document's length: the bytes until the header ends, and its stanzas, of which the shortest take many
    // times their length in memory.
    let limit = 64 * ciphertext.len() + (64 << 10);
    let result = within(limit, "a document", || {
        document::decrypt(ciphertext, &mut plaintext, &KEY)
    });
    if ciphertext == CIPHERTEXT {
        assert_eq!(result.expect("the honest document"), PLAINTEXT.len() as u64);
        assert_eq!(plaintext, PLAINTEXT);
    } else {
        assert!(result.is_err(), "it is not the honest document");
        assert!(plaintext.is_empty(), "its only block is not authentic");
    }
}

/// The honest document with bytes changed, and cut or continued.
fn changed(bytes: &[u8]) -> Vec<u8> {
    let mut source = Unstructured::new(bytes);
    let mut ciphertext = CIPHERTEXT.to_vec();
    while !source.is_empty() {
        let [low, high, byte, kind]: [u8; 4] = source.arbitrary().unwrap_or_default();
        if ciphertext.is_empty() {
            break;
        }
        let position = usize::from(u16::from_le_bytes([low, high])) % ciphertext.len();
        match kind % 4 {
            0 => ciphertext[position] ^= byte,
            1 => ciphertext.insert(position, byte),
            2 => drop(ciphertext.remove(position)),
            _ => ciphertext.truncate(position),
        }
    }
    ciphertext
}

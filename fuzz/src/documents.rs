//! Documents: what is not the ciphertext that was made for this key does not open.

use std::sync::LazyLock;

use arbitrary::Unstructured;
use generion_crypto::{
    document,
    record::{RecordElement, RecordKey},
};

use crate::{
    memory::within,
    world::{CREATOR, SELLER, rng},
};

/// A document for the key below. Its format draws keys of its own, so it can't be made anew in each run.
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
    ]
}

/// The first byte says what the rest is: a document, or changes to the honest one.
pub fn run(input: &[u8]) {
    let Some((kind, bytes)) = input.split_first() else {
        return;
    };
    match kind % 2 {
        0 => decrypt(bytes),
        _ => decrypt(&changed(bytes)),
    }
}

fn decrypt(ciphertext: &[u8]) {
    let mut plaintext = Vec::new();
    // A chunk of 64 KiB is read, and one is written, however short the document is.
    let limit = 4 * ciphertext.len() + (512 << 10);
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

use std::io::Write;

use flate2::{Compression, write::DeflateEncoder};
use rand_core::{OsRng, SeedableRng};

use super::*;

const TEXT: &[u8] = b"The true sign of intelligence is not knowledge but imagination.";

fn key(byte: u8) -> ContentKey {
    ContentKey::from_bytes([byte; 32])
}

/// Made by jwcrypto 1.5, another implementation, with the key of 32 times 0x01: as it stands, and compressed.
const OTHERS: [(&str, Option<&str>); 2] = [
    (
        "eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIiwiY3R5IjoiYXBwbGljYXRpb24vZmhpcitqc29uIn0..zI0VwPbL1_C2XAJL.\
         IfXoJsQz8S0esDf6HQaYaw5VV6VkYq6P0YOTttAKgUfdv_LSctIi9ylhTPf4BKFuztC1Lvs56IRICZzxn4Jn.\
         g23AZ3mfEHnoXg7gzSVexw",
        Some("application/fhir+json"),
    ),
    (
        "eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIiwiemlwIjoiREVGIn0..XzU36AIsidRq7ZPD.\
         j1zKC1AJUATNn0M98jzD8F98E-tESnA1Dxy3yfB6fr5CS_d9SbDcGiwKribjzLmnOt8x_6rxUGxB.\
         WGiskCf9LZApekXvsq2o3Q",
        None,
    ),
];

#[test]
fn files_of_another_implementation_open() {
    for (jwe, content_type) in OTHERS {
        let opened = decrypt(jwe, &key(1), 100).unwrap();
        assert_eq!(*opened.plaintext, TEXT);
        assert_eq!(opened.content_type.as_deref(), content_type);
    }
    let text = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE";
    assert!(ContentKey::from_base64url(text) == Some(key(1)));
    assert_eq!(*key(1).to_base64url(), text);
    for text in ["", &text[1..], &format!("{text}A"), &format!("{text}=")] {
        assert!(ContentKey::from_base64url(text).is_none());
    }
    // The last digit stands for four bits only: others would give the key a second text.
    assert!(ContentKey::from_base64url(&text.replace("AQE", "AQF")).is_none());
}

/// RFC 7516, appendix A.1: content encryption key, initialization vector, header, ciphertext and tag. Its key is wrapped by
/// RSA, which health links don't use, so only the result of A256GCM is compared.
#[test]
fn a256gcm_is_that_of_rfc_7516() {
    let content_key = ContentKey::from_bytes([
        177, 161, 244, 128, 84, 143, 225, 115, 63, 180, 3, 255, 107, 154, 212, 246, 138, 7, 110,
        91, 112, 46, 34, 105, 47, 130, 203, 46, 122, 234, 64, 252,
    ]);
    let iv = [227, 197, 117, 252, 2, 219, 233, 68, 180, 225, 77, 219];
    let header = "eyJhbGciOiJSU0EtT0FFUCIsImVuYyI6IkEyNTZHQ00ifQ";
    let jwe = seal(header, iv, TEXT, &content_key);
    assert_eq!(
        jwe,
        format!(
            "{header}..48V1_ALb6US04U3b.\
             5eym8TW_c8SuK0ltJ3rpYIzOeDQz7TALvtu6UG9oMo4vpzs9tX_EFShS8iB7j6ji\
             SdiwkIr3ajwQzaBtQD_A.XFBoMYUZodetZdvTiFvSkQ"
        )
    );
    let refused = decrypt(&jwe, &content_key, 100);
    assert!(matches!(refused, Err(JweError::Unsupported(_))));
}

#[test]
fn what_is_encrypted_opens_with_its_key_alone_and_unchanged() {
    let jwe = encrypt(TEXT, &key(1), Some("application/fhir+json"), &mut OsRng);
    let opened = decrypt(&jwe, &key(1), TEXT.len()).unwrap();
    assert_eq!(*opened.plaintext, TEXT);
    assert_eq!(
        opened.content_type.as_deref(),
        Some("application/fhir+json")
    );
    assert!(matches!(
        decrypt(&jwe, &key(2), 100),
        Err(JweError::WrongKey)
    ));
    assert!(matches!(
        decrypt(&jwe, &key(1), TEXT.len() - 1),
        Err(JweError::TooLarge { .. })
    ));
    // Every character belongs to the header, the vector, the ciphertext or the tag.
    for position in 0..jwe.len() {
        let mut changed = jwe.clone().into_bytes();
        changed[position] = match changed[position] {
            b'A' => b'B',
            _ => b'A',
        };
        let changed = String::from_utf8(changed).unwrap();
        assert!(decrypt(&changed, &key(1), 100).is_err(), "{position}");
        assert!(decrypt(&jwe[..position], &key(1), 100).is_err());
    }
    // Without a media type, and with no bytes at all.
    let empty = encrypt(b"", &key(1), None, &mut OsRng);
    assert!(empty.starts_with("eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0.."));
    let opened = decrypt(&empty, &key(1), 0).unwrap();
    assert!(opened.plaintext.is_empty() && opened.content_type.is_none());
}

/// Two encryptions of the same text under one key share neither vector nor ciphertext.
#[test]
fn every_encryption_draws_a_vector() {
    let mut rng = rand_chacha::ChaCha20Rng::seed_from_u64(1);
    let [first, second] = [(); 2].map(|()| encrypt(TEXT, &key(1), None, &mut rng));
    let parts = |jwe: &str| jwe.split('.').map(str::to_owned).collect::<Vec<_>>();
    for (first, second) in parts(&first).iter().zip(parts(&second)).skip(2) {
        assert_ne!(*first, second);
    }
}

fn sealed(header: &str, plaintext: &[u8]) -> String {
    seal(&URL_SAFE_NO_PAD.encode(header), [7; 12], plaintext, &key(1))
}

#[test]
fn other_algorithms_and_extensions_are_refused() {
    for header in [
        r#"{"alg":"A256KW","enc":"A256GCM"}"#,
        r#"{"alg":"dir","enc":"A128GCM"}"#,
        r#"{"alg":"dir","enc":"A256GCM","zip":"GZ"}"#,
        r#"{"alg":"dir","enc":"A256GCM","crit":["exp"],"exp":1}"#,
    ] {
        let refused = decrypt(&sealed(header, TEXT), &key(1), 100);
        assert!(matches!(refused, Err(JweError::Unsupported(_))), "{header}");
    }
    for header in [
        "",
        "{}",
        "[]",
        r#"{"alg":"dir"}"#,
        r#"{"alg":"dir","alg":"dir","enc":"A256GCM"}"#,
    ] {
        let refused = decrypt(&sealed(header, TEXT), &key(1), 100);
        assert!(matches!(refused, Err(JweError::Malformed)), "{header}");
    }
    let jwe = sealed(r#"{"alg":"dir","enc":"A256GCM","kid":"ignored"}"#, TEXT);
    assert_eq!(*decrypt(&jwe, &key(1), 100).unwrap().plaintext, TEXT);
    let with_key = jwe.replacen("..", ".AAAA.", 1);
    let padded = format!("{jwe}==");
    for text in ["", "....", &with_key, &padded, &format!("{jwe}.")] {
        let refused = decrypt(text, &key(1), 100);
        assert!(matches!(refused, Err(JweError::Malformed)), "{text}");
    }
}

/// A kilobyte can stand for gigabytes: no more is decompressed than the caller takes.
#[test]
fn compressed_files_open_within_the_limit() {
    let deflate = |plaintext: &[u8]| {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(plaintext).unwrap();
        encoder.finish().unwrap()
    };
    let header = r#"{"alg":"dir","enc":"A256GCM","zip":"DEF"}"#;
    let jwe = sealed(header, &deflate(TEXT));
    assert_eq!(*decrypt(&jwe, &key(1), TEXT.len()).unwrap().plaintext, TEXT);
    let bomb = sealed(header, &deflate(&vec![0; 1 << 20]));
    assert!(bomb.len() < 4096);
    for jwe in [bomb, sealed(header, b"not compressed")] {
        assert!(matches!(
            decrypt(&jwe, &key(1), 1000),
            Err(JweError::TooLarge { max: 1000 })
        ));
    }
}

//! C2SP's published test vectors of the age format, from the package of the `age` crate. The vectors for passphrases
//! and for armor are left out, because documents use neither.

use std::{collections::HashMap, fs, io::Read, path::PathBuf, process::Command};

use sha2::{Digest, Sha256};

use super::{DocumentError, open};

/// Vectors with an X25519 identity and no armor.
const VECTORS: usize = 67;

/// Damaged payloads. Other implementations write a chunk before they see that the payload ends wrongly; we write
/// nothing.
const WRITTEN_BY_OTHERS: [&str; 7] = [
    "stream_no_final_full",
    "stream_no_final_two_chunks_full",
    "stream_trailing_garbage_long",
    "stream_trailing_garbage_short",
    "stream_two_final_chunks",
    "stream_two_final_chunks_full",
    "stream_two_final_chunks_second",
];

/// The folder with the sources of the `age` crate.
fn vectors() -> PathBuf {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version=1", "--offline", "--locked"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let age = packages.iter().find(|package| package["name"] == "age");
    let manifest = age.unwrap()["manifest_path"].as_str().unwrap();
    PathBuf::from(manifest).with_file_name("tests/testdata/testkit")
}

#[test]
fn published_vectors_are_opened_and_refused_as_they_say() {
    let (mut checked, mut cautious) = (0, Vec::new());
    for entry in fs::read_dir(vectors()).unwrap() {
        let path = entry.unwrap().path();
        let bytes = fs::read(&path).unwrap();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let end = bytes.windows(2).position(|two| two == b"\n\n").unwrap();
        let says: HashMap<_, _> = std::str::from_utf8(&bytes[..end])
            .unwrap()
            .lines()
            .map(|line| line.split_once(": ").unwrap())
            .collect();
        let identity = says.get("identity").and_then(|text| text.parse().ok());
        let (Some(identity), false) = (identity, says.contains_key("armored")) else {
            continue;
        };
        checked += 1;
        let mut ciphertext = bytes[end + 2..].to_vec();
        if let Some(compressed) = says.get("compressed") {
            assert_eq!(*compressed, "zlib", "{name}");
            let mut plain = Vec::new();
            let mut decoder = flate2::read::ZlibDecoder::new(&ciphertext[..]);
            decoder.read_to_end(&mut plain).unwrap();
            ciphertext = plain;
        }
        let mut plaintext = Vec::new();
        let end = open(&ciphertext[..], &mut plaintext, &identity);
        match says["expect"] {
            "success" => assert_eq!(end.unwrap(), plaintext.len() as u64, "{name}"),
            "no match" => assert!(matches!(end, Err(DocumentError::WrongKey)), "{name}"),
            _ => assert!(matches!(end, Err(DocumentError::Damaged)), "{name}"),
        }
        let Some(payload) = says.get("payload") else {
            assert!(plaintext.is_empty(), "{name}");
            continue;
        };
        let found: String = Sha256::digest(&plaintext)
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        if found != *payload {
            assert_eq!(says["expect"], "payload failure", "{name}");
            cautious.push(name);
        }
    }
    cautious.sort();
    assert_eq!(cautious, WRITTEN_BY_OTHERS);
    assert_eq!(checked, VECTORS);
}

//! The dependencies of the store.

use std::process::Command;

/// The store can't leak or misuse secret keys, because it contains no code that handles them.
#[test]
fn the_store_knows_no_secret_key_types() {
    let tree = Command::new(env!("CARGO"))
        .args(["tree", "--package", "generion-store", "--edges", "normal"])
        .args([
            "--prefix",
            "none",
            "--format",
            "{p}",
            "--locked",
            "--offline",
        ])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(
        tree.status.success(),
        "{}",
        String::from_utf8_lossy(&tree.stderr)
    );
    let tree = String::from_utf8(tree.stdout).unwrap();
    let names: Vec<_> = tree
        .lines()
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    assert!(names.contains(&"generion-interface"));
    for forbidden in [
        "generion-crypto",
        "generion-client",
        "age",
        "crypto_box",
        "x25519-dalek",
        "solana-keypair",
    ] {
        assert!(!names.contains(&forbidden), "{forbidden}");
    }
}

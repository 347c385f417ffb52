//! What the crate brings along.

use std::process::Command;

/// Servers are to be built on this crate: no type in it, or in what it depends on, can hold a secret key.
#[test]
fn nothing_that_holds_a_users_secret_is_brought_along() {
    let tree = Command::new(env!("CARGO"))
        .args(["tree", "--package", "generion-history", "--edges", "normal"])
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
    let error = String::from_utf8_lossy(&tree.stderr);
    assert!(tree.status.success(), "{error}");
    let tree = String::from_utf8(tree.stdout).unwrap();
    let names: Vec<_> = (tree.lines())
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    assert!(names.contains(&"generion-rpc"));
    for forbidden in [
        "generion-client",
        "generion-crypto",
        "age",
        "crypto_box",
        "x25519-dalek",
        "solana-keypair",
    ] {
        assert!(!names.contains(&forbidden), "{forbidden}");
    }
}

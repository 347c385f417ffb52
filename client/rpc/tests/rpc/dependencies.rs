use std::process::Command;

/// Servers are built on this crate, which knows nothing of this workspace and no secret of its users.
#[test]
fn nothing_that_holds_a_users_secret_is_brought_along() {
    let tree = Command::new(env!("CARGO"))
        .args(["tree", "--package", "generion-rpc", "--edges", "normal"])
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
    assert!(names.contains(&"solana-rpc-client"));
    let own: Vec<_> = names
        .iter()
        .filter(|name| name.starts_with("generion"))
        .collect();
    assert_eq!(own, [&"generion-rpc"]);
    for forbidden in ["age", "crypto_box", "x25519-dalek", "solana-keypair"] {
        assert!(!names.contains(&forbidden), "{forbidden}");
    }
}

//! Crates that servers are built on, or are servers, and must not know a user's secret.

use std::{path::Path, process::Command};

/// Packages with a type that can hold a user's secret.
const SECRET_TYPES: [&str; 6] = [
    "generion-client",
    "generion-crypto",
    "age",
    "crypto_box",
    "x25519-dalek",
    "solana-keypair",
];

/// A package and all packages that it brings along in a program; what only tests or builds need is not among them.
fn brought_along(package: &str) -> Vec<String> {
    let tree = Command::new(env!("CARGO"))
        .args(["tree", "--package", package, "--edges", "normal"])
        .args(["--prefix", "none", "--format", "{p}"])
        .args(["--locked", "--offline"])
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("../.."))
        .output()
        .unwrap();
    let error = String::from_utf8_lossy(&tree.stderr);
    assert!(tree.status.success(), "{error}");
    let tree = String::from_utf8(tree.stdout).unwrap();
    let names = tree
        .lines()
        .filter_map(|line| line.split_whitespace().next());
    names.map(str::to_owned).collect()
}

fn secret_types(package: &str) -> Vec<String> {
    let mut brought = brought_along(package);
    assert!(brought.iter().any(|name| name == package), "{brought:?}");
    brought.retain(|name| SECRET_TYPES.contains(&name.as_str()));
    brought
}

/// A server can neither leak nor misuse a secret key, because no code in it knows what a secret key is.
#[test]
fn servers_and_what_they_are_built_on_bring_no_secret_types() {
    for package in [
        "generion-interface",
        "generion-rpc",
        "generion-history",
        "generion-store",
        "generion-signer-protocol",
        "generion-gateway",
    ] {
        assert_eq!(secret_types(package), [""; 0], "{package}");
    }
}

/// The command line does, so the test above can fail.
#[test]
fn the_command_line_brings_secret_types() {
    let brought = secret_types("generion-cli");
    assert!(
        brought.iter().any(|name| name == "generion-crypto"),
        "{brought:?}"
    );
}

/// The deployer and servers share `client/rpc`, which therefore knows nothing of this workspace.
#[test]
fn the_node_crate_brings_nothing_of_the_workspace() {
    let mut brought = brought_along("generion-rpc");
    brought.retain(|name| name.starts_with("generion"));
    assert_eq!(brought, ["generion-rpc"]);
}

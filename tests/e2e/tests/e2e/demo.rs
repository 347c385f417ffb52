use std::process::{Command, Stdio};

/// The demo succeeds and prints its last line.
#[test]
fn the_story_ends_well() {
    let test = std::env::current_exe().unwrap();
    let demo = test.ancestors().nth(2).unwrap().join("generion-demo");
    let output = Command::new(&demo).stdin(Stdio::null()).output().unwrap();
    let story = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success(),
        "{story}\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(
        story.contains("7 wallets with the right balance to the lamport"),
        "{story}"
    );
}

use std::process::{Command, Stdio};

/// The first thing that a stranger runs. Its own checks decide the exit code; this one looks for its last line.
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
    assert!(story.contains("7 wallets right to the lamport"), "{story}");
}

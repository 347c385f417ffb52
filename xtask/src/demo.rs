//! `cargo xtask demo`: builds what the story needs and plays it.

use anyhow::Result;

use crate::{
    launch::{self, Arguments},
    system::{self, WORKSPACE},
    web,
    workspace::{Workspace, headline, progress},
};

/// The packages whose programs play a part: the story itself and the ones that it starts.
const PACKAGES: [&str; 6] = [
    "generion-demo",
    "generion-cli",
    "generion-store",
    "generion-localnet",
    "generion-gateway",
    "generion-web",
];

/// Plays the demo. Returns only if it could not be started.
pub fn run(workspace: &Workspace, Arguments { arguments }: Arguments) -> Result<()> {
    system::ensure(workspace, WORKSPACE)?;
    headline("the on-chain program");
    generion_sbf::ensure_program(workspace.root(), &mut progress)?;
    headline("build the programs (the first time takes some minutes)");
    launch::build(workspace, &PACKAGES, false)?;

    // Only then somebody can look at it. The story needs nothing of npm.
    let stays = arguments
        .iter()
        .any(|argument| argument == "--keep-running");
    if stays && let Err(error) = web::build_beside_programs(workspace) {
        progress(&format!("the web app is left out: {error:#}"));
    }

    let mut story = workspace.command(workspace.target()?.join("debug/generion-demo"));
    story.args(arguments);
    launch::become_program(story)
}

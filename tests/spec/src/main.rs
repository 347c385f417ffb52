//! `generion-spec idl` and `generion-spec vectors`, which `cargo xtask idl` and `cargo xtask vectors` run.

use std::{
    io::{Read, Write},
    path::PathBuf,
};

use anyhow::{Context, Result};
use clap::Parser;
use generion_spec::{idl, vectors};

/// Write the interface description and the test vectors for other implementations.
#[derive(Parser)]
enum Command {
    /// Read Anchor's interface description from standard input, and write the complete one to standard output
    Idl,
    /// Write the known-answer vectors
    Vectors {
        /// Folder for the vectors; all other files in it are removed
        folder: PathBuf,
    },
}

fn main() -> Result<()> {
    match Command::parse() {
        Command::Idl => {
            let mut text = String::new();
            std::io::stdin().read_to_string(&mut text)?;
            let mut description = serde_json::from_str(&text)
                .context("the description from standard input is not JSON")?;
            idl::complete(&mut description)?;
            let text = serde_json::to_string_pretty(&description)? + "\n";
            std::io::stdout().write_all(text.as_bytes())?;
            Ok(())
        }
        Command::Vectors { folder } => vectors::write(&folder),
    }
}

//! The one compiler version that the registry toolchain is made for.

use std::path::PathBuf;

use crate::{
    command::run,
    context::Context,
    error::{Error, Result},
};

/// The release whose library sources the patch fits, and whose bitcode the linker's LLVM reads.
pub(crate) const RELEASE: &str = "1.95.0";

/// An installed compiler of that release.
#[derive(Clone, Debug)]
pub(crate) struct Rustc {
    /// The first line of `rustc -vV`.
    pub version: String,
    /// The commit that it was built from.
    pub commit: String,
    /// The platform that it runs on.
    pub host: String,
    /// Its installation folder.
    pub sysroot: PathBuf,
}

impl Rustc {
    /// Finds it: as what `rustc` is, or among rustup's toolchains.
    pub fn find(context: &Context) -> Result<Self> {
        let mut found = Vec::new();
        for command in [
            &["rustc"][..],
            &["rustup", "run", RELEASE, "rustc"],
            &["rustup", "run", "stable", "rustc"],
        ] {
            let ask = |argument: &[&str]| {
                run(context
                    .command(command[0])
                    .args(&command[1..])
                    .args(argument))
            };
            let Ok(answer) = ask(&["-vV"]) else { continue };
            let field = |name| {
                answer
                    .lines()
                    .find_map(|line| line.strip_prefix(name))
                    .unwrap_or_default()
                    .to_owned()
            };
            if field("release: ") != RELEASE {
                found.push(answer.lines().next().unwrap_or_default().to_owned());
                continue;
            }
            let Ok(sysroot) = ask(&["--print", "sysroot"]) else {
                continue;
            };
            return Ok(Self {
                version: answer.lines().next().unwrap_or_default().to_owned(),
                commit: field("commit-hash: "),
                host: field("host: "),
                sysroot: PathBuf::from(sysroot.trim_end()),
            });
        }
        found.dedup();
        Err(Error::NoRustc {
            found: if found.is_empty() {
                "no rustc was found".to_owned()
            } else {
                format!("this is {}", found.join(" and "))
            },
        })
    }
}

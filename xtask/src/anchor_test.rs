//! `cargo xtask anchor-test`: runs `anchor build`, `anchor test` and `anchor deploy`.
//!
//! It takes Solana's `cargo-build-sbf` and `surfpool` where they are on the PATH. Otherwise it writes
//! shims for them: the first builds with the toolchain of `programs/sbf`, the second is an alias of
//! `generion-localnet`. It is no step of `cargo xtask test`: anchor-cli alone takes a quarter of an hour to build.

use std::{
    fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

use crate::{
    system::{self, PROGRAM_BUILD, WORKSPACE},
    workspace::{Workspace, headline, progress, show, succeeds},
};

/// anchor-cli, as `cargo install` takes it.
const ANCHOR_CLI: &str = "1.2.2";

/// Runs the three commands.
pub fn run(workspace: &Workspace) -> Result<()> {
    system::ensure(workspace, WORKSPACE)?;
    system::ensure(workspace, PROGRAM_BUILD)?;
    let anchor = Anchor::open(workspace)?;
    anchor.build()?;
    anchor.test()?;
    anchor.deploy()?;
    headline("anchor build, anchor test and anchor deploy did their work");
    Ok(())
}

/// Builds the program in place of `cargo build-sbf`. Anchor's flags are for platform-tools and have no effect here.
pub fn build_sbf(workspace: &Workspace) -> Result<()> {
    let artifact = generion_sbf::ensure_program(workspace.root(), &mut progress)?;
    let deploy = workspace.target()?.join("deploy");
    fs::create_dir_all(&deploy).with_context(|| format!("cannot make {}", deploy.display()))?;
    let binary = deploy.join("generion.so");
    fs::copy(&artifact.binary, &binary)
        .with_context(|| format!("cannot write {}", binary.display()))?;
    progress(&format!(
        "{}, sha256 {}",
        binary.display(),
        artifact.manifest.sha256
    ));
    Ok(())
}

/// The anchor command line and its surroundings.
struct Anchor<'a> {
    workspace: &'a Workspace,
    program: PathBuf,
    /// The PATH, with the shims before it.
    path: std::ffi::OsString,
    target: PathBuf,
    /// The folder of wallets and shims.
    folder: PathBuf,
}

impl<'a> Anchor<'a> {
    fn open(workspace: &'a Workspace) -> Result<Self> {
        let program = installed(workspace)?;
        let target = workspace.target()?;
        headline("build the local validator");
        show(
            workspace
                .cargo([
                    "build",
                    "--locked",
                    "--workspace",
                    "--bin",
                    "generion-localnet",
                ])
                .stdin(Stdio::null()),
        )?;
        let folder = target.join("generion/anchor");
        let shims = folder.join("bin");
        match fs::remove_dir_all(&shims) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(error).with_context(|| format!("cannot remove {}", shims.display()));
            }
            _ => {}
        }
        fs::create_dir_all(&shims).with_context(|| format!("cannot make {}", shims.display()))?;
        shim(workspace, &shims, "surfpool", || {
            let node = target.join("debug/generion-localnet");
            Ok(format!("exec '{}' \"$@\"", node.display()))
        })?;
        shim(workspace, &shims, "cargo-build-sbf", || {
            let own = std::env::current_exe().context("this program has a file")?;
            Ok(format!(
                "# Its own presence must not pass for platform-tools.\nexport GENERION_SBF_TOOLCHAIN=registry\n\
                 export CARGO_MANIFEST_DIR='{}'\nexec '{}' build-sbf",
                workspace.root().join("xtask").display(),
                own.display()
            ))
        })?;
        let path = std::env::var_os("PATH").unwrap_or_default();
        let folders = std::iter::once(shims).chain(std::env::split_paths(&path));
        Ok(Self {
            path: std::env::join_paths(folders).context("the PATH can't be extended")?,
            workspace,
            program,
            target,
            folder,
        })
    }

    /// An `anchor` command. `anchor` fails under `RUSTUP_TOOLCHAIN`, which cargo sets and this removes.
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.workspace.command(&self.program);
        command
            .args(arguments)
            .env("PATH", &self.path)
            .env("CARGO_TARGET_DIR", &self.target)
            // As for every cargo of this workspace: cargo gives the program's library one name for all features.
            .env("__CARGO_DEFAULT_LIB_METADATA", "generion")
            .stdin(Stdio::null());
        command
    }

    /// Runs `anchor build`, and compares the binary with the manifest and the interface description with the committed one.
    fn build(&self) -> Result<()> {
        headline("anchor build");
        let so = self.target.join("deploy/generion.so");
        let idl = self.target.join("idl/generion.json");
        for file in [&so, &idl] {
            // A file of an earlier run must not pass for this run's.
            if file.exists() {
                fs::remove_file(file)
                    .with_context(|| format!("cannot remove {}", file.display()))?;
            }
        }
        // There is no keypair for the committed id.
        show(&mut self.command(&["build", "--ignore-keys"]))?;
        let expected = generion_sbf::ensure_program(self.workspace.root(), &mut progress)?;
        self.is_binary(&so, &expected.binary)?;
        let built = json(&idl)?;
        let committed = json(&self.workspace.root().join("idl/generion.json"))?;
        for part in ["address", "instructions", "accounts", "errors"] {
            ensure!(
                names(&built[part]) == names(&committed[part]),
                "{}: its {part} are not those of idl/generion.json",
                idl.display()
            );
        }
        progress(
            "the binary is the one of `cargo xtask build-program`, the description names what idl/generion.json names",
        );
        Ok(())
    }

    /// Anchor starts the node, and runs the script of `Anchor.toml`: the real-validator suite.
    fn test(&self) -> Result<()> {
        headline("anchor test");
        let wallet = self.keypair("wallet.json")?;
        let wallet = wallet.display().to_string();
        show(&mut self.command(&["test", "--provider.wallet", &wallet]))
    }

    /// Deploys under a new id, since nobody has the key of the committed id, and then reads the binary from the ledger.
    fn deploy(&self) -> Result<()> {
        headline("anchor deploy");
        let wallet = self.keypair("wallet.json")?;
        let program = self.keypair("program.json")?;
        let [wallet_address, program_id] = [&wallet, &program].map(|file| self.address(file));
        let (wallet_address, program_id) = (wallet_address?, program_id?);
        let node = Node::start(
            &self.target.join("debug/generion-localnet"),
            &wallet_address,
        )?;
        let [wallet, program] = [&wallet, &program].map(|file| file.display().to_string());

        let for_id = |arguments: &[&str]| {
            let mut command = self.command(arguments);
            command.env(generion_sbf::ID_VARIABLE, &program_id);
            command
        };
        show(&mut for_id(&["build", "--ignore-keys", "--no-idl"]))?;
        show(&mut for_id(&[
            "deploy",
            "--no-idl",
            "--program-name",
            "generion",
            "--program-keypair",
            &program,
            "--provider.cluster",
            &node.url,
            "--provider.wallet",
            &wallet,
        ]))?;
        let dumped = self.folder.join("dumped.so");
        let file = dumped.display().to_string();
        let dump = [
            "program",
            "dump",
            &program_id,
            &file,
            "--provider.cluster",
            &node.url,
        ];
        show(&mut self.command(&[&dump[..], &["--provider.wallet", &wallet]].concat()))?;
        self.is_binary(&dumped, &self.target.join("deploy/generion.so"))?;
        progress(&format!("the ledger has the binary at {program_id}"));
        // Restores the binary of the committed id, for further work with anchor.
        build_sbf(self.workspace)
    }

    /// A new keypair, made by anchor.
    fn keypair(&self, name: &str) -> Result<PathBuf> {
        let file = self.folder.join(name);
        let path = file.display().to_string();
        let new = [
            "keygen",
            "new",
            "--force",
            "--no-passphrase",
            "--silent",
            "--outfile",
            &path,
        ];
        show(self.command(&new).stdout(Stdio::null()))?;
        Ok(file)
    }

    fn address(&self, keypair: &Path) -> Result<String> {
        let path = keypair.display().to_string();
        let output = self
            .command(&["keygen", "pubkey", &path])
            .output()
            .context("cannot start anchor")?;
        let text = String::from_utf8(output.stdout)?;
        let address = text.split_whitespace().last().map(str::to_owned);
        address.with_context(|| format!("anchor names no address of {path}"))
    }

    fn is_binary(&self, file: &Path, expected: &Path) -> Result<()> {
        let read =
            |path: &Path| fs::read(path).with_context(|| format!("cannot read {}", path.display()));
        ensure!(
            read(file)? == read(expected)?,
            "{} is not {}",
            file.display(),
            expected.display()
        );
        Ok(())
    }
}

/// The anchor command line: on the PATH in this version, or in the cache folder, where it is installed if need be.
fn installed(workspace: &Workspace) -> Result<PathBuf> {
    let is_it = |program: &Path| {
        let output = workspace.command(program).arg("--version").output();
        output.is_ok_and(|output| {
            String::from_utf8_lossy(&output.stdout).trim() == format!("anchor-cli {ANCHOR_CLI}")
        })
    };
    let root = workspace.cache()?.join("tools/anchor");
    let own = root.join("bin/anchor");
    for program in ["anchor".into(), own.clone()] {
        if is_it(&program) {
            return Ok(program);
        }
    }
    headline("install anchor-cli into the cache folder, which takes a quarter of an hour");
    let mut install =
        workspace.cargo(["install", "--locked", "anchor-cli", "--version", ANCHOR_CLI]);
    // In a folder of its own, which cargo removes: ours would keep a release build of it.
    show(
        install
            .arg("--root")
            .arg(&root)
            .env_remove("CARGO_TARGET_DIR")
            .stdin(Stdio::null()),
    )?;
    Ok(own)
}

/// Writes a shell script as a substitute for a program that is not on the PATH.
fn shim(
    workspace: &Workspace,
    folder: &Path,
    name: &str,
    body: impl FnOnce() -> Result<String>,
) -> Result<()> {
    if succeeds(workspace.command(name).arg("--version")) {
        progress(&format!("{name} is on the PATH and is used"));
        return Ok(());
    }
    let file = folder.join(name);
    let script = format!(
        "#!/bin/sh\n# Written by `cargo xtask anchor-test`.\n{}\n",
        body()?
    );
    fs::write(&file, script).with_context(|| format!("cannot write {}", file.display()))?;
    show(workspace.command("chmod").arg("755").arg(&file))
}

/// A validator without the program, with lamports in a wallet. It ends when it is dropped.
struct Node {
    process: Child,
    url: String,
}

impl Node {
    fn start(program: &Path, wallet: &str) -> Result<Self> {
        let mut process = Command::new(program)
            .args(["start", "--json", "--exit-with-stdin", "--no-generion"])
            .args(["--port", "0", "--slot-time", "100", "--airdrop", wallet])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("cannot start {}", program.display()))?;
        let mut line = String::new();
        let stdout = process.stdout.take().context("its output is piped")?;
        BufReader::new(stdout).read_line(&mut line)?;
        let ready: Value =
            serde_json::from_str(&line).context("the validator did not get ready")?;
        let Some(url) = ready["rpc_url"].as_str() else {
            bail!("the validator names no URL: {line}")
        };
        Ok(Self {
            url: url.to_owned(),
            process,
        })
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        // It may have ended already; nothing depends on the outcome.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn json(file: &Path) -> Result<Value> {
    let text = fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    serde_json::from_slice(&text).with_context(|| format!("{} is not JSON", file.display()))
}

/// The names in a list of the description, sorted; a plain value is its own name.
fn names(part: &Value) -> Vec<String> {
    let Some(list) = part.as_array() else {
        return vec![part.to_string()];
    };
    // Anchor's own names are in another case in the two.
    let name = |one: &Value| {
        one["name"]
            .as_str()
            .unwrap_or_default()
            .replace('_', "")
            .to_lowercase()
    };
    let mut names: Vec<String> = list.iter().map(name).collect();
    names.sort();
    names
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn descriptions_are_compared_by_names() {
        let one = json!([{ "name": "close_order" }, { "name": "Record" }]);
        assert_eq!(names(&one), ["closeorder", "record"]);
        assert_eq!(names(&json!("Gene")), ["\"Gene\""]);
        assert_ne!(names(&one), names(&json!([{ "name": "Record" }])));
    }

    #[test]
    fn a_shim_stands_in_for_what_is_missing_only() {
        let workspace = Workspace::open().unwrap();
        let folder = std::env::temp_dir().join(format!("generion-shims-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let body = || Ok("exec echo \"shim $1\"".to_owned());
        shim(&workspace, &folder, "ls", body).unwrap();
        assert!(!folder.join("ls").exists());
        shim(&workspace, &folder, "no-such-program", body).unwrap();
        let output = workspace
            .command(folder.join("no-such-program"))
            .arg("start")
            .output()
            .unwrap();
        assert_eq!(output.stdout, b"shim start\n");
        fs::remove_dir_all(&folder).unwrap();
    }
}

//! A local validator for one test.

use std::{
    env,
    ffi::OsString,
    path::Path,
    process::{Child, Command},
};

use generion_test_support::LocalNode;
use solana_address::Address;
use solana_keypair::Keypair;
use solana_signer::Signer;
use tempfile::TempDir;

use crate::agave;

/// The variable with the path of Agave's solana-test-validator, which is started instead of `generion-localnet`.
pub(crate) const VALIDATOR: &str = "GENERION_TEST_VALIDATOR";

/// A running validator on which the program is deployed. It ends when this is dropped.
pub(crate) enum Local {
    /// `generion-localnet`.
    Localnet(LocalNode),
    /// Agave's solana-test-validator.
    Agave(Agave),
}

impl Local {
    /// Starts a validator on free ports. `authority` may upgrade the program.
    pub fn start(authority: &Keypair) -> Self {
        let authority = authority.pubkey();
        match env::var_os(VALIDATOR) {
            Some(program) => Self::Agave(Agave::start(program, &authority)),
            None => Self::Localnet(LocalNode::with_program(Some(&authority))),
        }
    }

    /// The URL of its JSON-RPC server.
    pub fn rpc_url(&self) -> &str {
        match self {
            Self::Localnet(node) => &node.rpc_url,
            Self::Agave(node) => &node.rpc_url,
        }
    }
}

/// A running solana-test-validator. It ends when this is dropped.
pub(crate) struct Agave {
    rpc_url: String,
    process: Child,
    _folder: TempDir,
}

impl Agave {
    fn start(program: OsString, authority: &Address) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let binary = folder.path().join("generion.so");
        std::fs::write(&binary, generion_artifact::PROGRAM).expect("the binary is written");
        let rpc = agave::free_ports(2).expect("there are free ports");
        let mut command =
            agave::command(&program, &folder.path().join("ledger"), rpc).expect("ports");
        with_program(&mut command, &binary, authority);
        let mut process = command.spawn().expect("the validator starts");
        agave::serving(&mut process, rpc).expect("it serves");
        Self {
            rpc_url: format!("http://127.0.0.1:{rpc}"),
            process,
            _folder: folder,
        }
    }
}

fn with_program(command: &mut Command, binary: &Path, authority: &Address) {
    command
        .args(["--reset", "--upgradeable-program"])
        .arg(generion_artifact::PROGRAM_ID.to_string())
        .arg(binary)
        .arg(authority.to_string());
}

impl Drop for Agave {
    fn drop(&mut self) {
        // Fails if the process has ended already, which is fine.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

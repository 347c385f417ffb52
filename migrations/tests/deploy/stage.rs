//! A ledger, a workspace to deploy on it from, and wallets.

use std::{
    fs,
    ops::Deref,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use generion_deploy::{Deployment, Node, Signers};
use generion_rpc::url::{NodeUrl, PlainHttp};
use generion_sbf::{Manifest, ToolchainInfo};
use generion_test_support::{Chain, LocalNode};
use serde_json::Value;
use sha2::{Digest, Sha256};
use solana_address::Address;
use solana_commitment_config::CommitmentConfig;
use solana_instruction::Instruction;
use solana_keypair::{Keypair, write_keypair_file};
use solana_loader_v3_interface::get_program_data_address;
use solana_signer::Signer;
use solana_transaction_error::TransactionError;
use tempfile::TempDir;

/// Length of a program data account before the binary.
pub const DATA_HEAD: usize = 45;

/// A ledger, and a workspace to deploy on it from.
pub struct Stage {
    pub folder: TempDir,
    chain: Chain,
    _node: LocalNode,
}

/// A wallet and its file.
pub struct Wallet {
    pub keypair: Keypair,
    pub file: PathBuf,
}

impl Wallet {
    pub fn address(&self) -> Address {
        self.keypair.pubkey()
    }

    pub fn path(&self) -> &str {
        self.file.to_str().unwrap()
    }
}

/// A finished run of the deployer.
#[derive(Debug)]
pub struct Ended {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl From<Output> for Ended {
    fn from(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Self {
            code: output.status.code(),
            stdout: text(output.stdout),
            stderr: text(output.stderr),
        }
    }
}

impl Stage {
    pub fn new() -> Self {
        // The node reports every transaction that comes a second time as an error: `--log-level none`.
        let flags = ["--slot-time", "40", "--no-generion", "--log-level", "none"];
        let node = LocalNode::start(flags);
        Self {
            chain: Chain::at(&node.rpc_url),
            folder: tempfile::tempdir().unwrap(),
            _node: node,
        }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A new wallet with this many lamports.
    pub fn wallet(&self, name: &str, lamports: u64) -> Wallet {
        let (keypair, file) = (self.chain.wallet(lamports), self.path(name));
        write_keypair_file(&keypair, &file).unwrap();
        Wallet { keypair, file }
    }

    /// A binary with its manifest, as the build puts them into a folder.
    pub fn artifact(&self, name: &str, program_id: &Address, binary: &[u8]) -> (PathBuf, Manifest) {
        let folder = self.path(name);
        fs::create_dir_all(&folder).unwrap();
        let manifest = Manifest {
            program_id: program_id.to_string(),
            sha256: sha256(binary),
            size: binary.len() as u64,
            source_digest: "5d".repeat(32),
            toolchain: ToolchainInfo {
                kind: "registry".to_owned(),
                rustc: "rustc".to_owned(),
                llvm: "llvm".to_owned(),
                linker: "linker".to_owned(),
                id: "0123456789abcdef".to_owned(),
            },
        };
        fs::write(folder.join("generion.so"), binary).unwrap();
        let text = serde_json::to_vec(&manifest).unwrap();
        fs::write(folder.join("manifest.json"), text).unwrap();
        (folder, manifest)
    }

    /// As [`Self::artifact`], with its digest in the register, so that it may be deployed.
    pub fn recorded(&self, name: &str, program_id: &Address, binary: &[u8]) -> PathBuf {
        let (folder, manifest) = self.artifact(name, program_id, binary);
        let mut register = generion_sbf::Register::open(self.folder.path()).unwrap();
        register.record(&manifest).unwrap();
        folder
    }

    /// A command that runs the deployer.
    pub fn command(&self, url: &str, artifact: &Path, flags: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_generion-deploy"));
        command
            .args(["--url", url, "--workspace"])
            .arg(self.folder.path())
            .arg("--artifact")
            .arg(artifact)
            .args(flags)
            .env("HOME", self.folder.path())
            .stdin(Stdio::null());
        for variable in ["GENERION_URL", "GENERION_KEYPAIR", "GENERION_FEE_PAYER"] {
            command.env_remove(variable);
        }
        command
    }

    /// Runs the deployer against the node itself.
    pub fn run(&self, artifact: &Path, flags: &[&str]) -> Ended {
        let output = self.command(&self.url, artifact, flags).output();
        output.unwrap().into()
    }

    /// Runs the deployer with `--yes`, which must succeed. Returns what it printed.
    #[track_caller]
    pub fn deploys(&self, artifact: &Path, flags: &[&str]) -> Value {
        let ended = self.run(artifact, &[flags, &["--yes"]].concat());
        assert_eq!(ended.code, Some(0), "{}", ended.stderr);
        serde_json::from_str(&ended.stdout).unwrap()
    }

    /// Runs the deployer with `--yes`, which must fail. Returns its error.
    #[track_caller]
    pub fn refuses(&self, artifact: &Path, flags: &[&str]) -> String {
        let ended = self.run(artifact, &[flags, &["--yes"]].concat());
        assert_eq!(
            (ended.code, &ended.stdout[..]),
            (Some(1), ""),
            "{}",
            ended.stderr
        );
        let error = ended
            .stderr
            .lines()
            .find(|line| line.starts_with("error: "));
        error.expect("it says why").to_owned()
    }

    /// The code of a program: the binary, then zeros. It is read from the ledger in another way than the deployer's.
    pub fn code(&self, program_id: &Address) -> Option<Vec<u8>> {
        let program = self
            .rpc
            .get_account_with_commitment(program_id, CommitmentConfig::confirmed());
        let program = program.unwrap().value?;
        assert!(program.executable, "{program_id}");
        let data = get_program_data_address(program_id);
        assert_eq!(program.data[4..], data.to_bytes());
        Some(self.rpc.get_account_data(&data).unwrap()[DATA_HEAD..].to_vec())
    }

    /// The upgrade authority of a program.
    pub fn authority(&self, program_id: &Address) -> Option<Address> {
        let data = get_program_data_address(program_id);
        let data = self.rpc.get_account_data(&data).unwrap();
        (data[12] == 1).then(|| Address::try_from(&data[13..DATA_HEAD]).unwrap())
    }

    /// Sends a transaction without a dry run. Returns its outcome on the ledger.
    pub fn send(
        &self,
        instructions: &[Instruction],
        signers: &[&Keypair],
    ) -> Result<(), TransactionError> {
        self.execute(&self.signed(instructions, signers))
    }

    /// Number of successful transactions that name an address.
    pub fn transactions(&self, address: &Address) -> usize {
        let history = self.rpc.get_signatures_for_address(address).unwrap();
        history.iter().filter(|entry| entry.err.is_none()).count()
    }

    /// A deployment of the library through a node.
    pub fn deployment<'a>(
        &self,
        node: &'a Node,
        wallet: &'a Wallet,
        program: &'a Wallet,
        binary: &[u8],
    ) -> Deployment<'a> {
        let signers = Signers {
            payer: &wallet.keypair,
            authority: &wallet.keypair,
            program: Some(&program.keypair),
        };
        Deployment::new(node, signers, program.address(), binary.to_vec(), 0, 0)
    }

    pub fn node(&self) -> Node {
        let url = NodeUrl::parse(&self.url, PlainHttp::ThisMachineOnly).unwrap();
        Node::new(url, CommitmentConfig::confirmed())
    }
}

impl Deref for Stage {
    type Target = Chain;

    fn deref(&self) -> &Chain {
        &self.chain
    }
}

/// The program's binary. The ledger takes it at any address, though it would refuse to run at another than its own.
pub fn binary() -> &'static [u8] {
    generion_artifact::PROGRAM
}

/// Another binary that the loader takes: the same program, with this many bytes behind it.
pub fn longer(bytes: usize) -> Vec<u8> {
    let noise = (0..bytes).map(|index| (index % 251) as u8 + 1);
    binary().iter().copied().chain(noise).collect()
}

pub fn sha256(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

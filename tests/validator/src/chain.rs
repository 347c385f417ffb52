use std::{env, ops::Deref};

use generion_test_support::{Chain, SOL};
use solana_keypair::{Keypair, read_keypair_file};
use solana_signer::Signer;
use solana_transaction::versioned::VersionedTransaction;

use crate::local::Local;

/// The maximum size of a legacy or v0 transaction, in bytes.
pub const MAX_TRANSACTION_BYTES: usize = 1_232;

/// The variable with the URL of a running node. Without it, each test starts a node.
pub(crate) const RPC_URL: &str = "GENERION_TEST_RPC_URL";
/// The variable with the keypair file of the program's upgrade authority on that node.
const AUTHORITY: &str = "GENERION_TEST_AUTHORITY";
/// The variable with the keypair file of a wallet that funds others, for nodes without airdrops.
const KEYPAIR: &str = "GENERION_TEST_KEYPAIR";

/// The ledger of a validator on which the program is deployed.
pub struct ValidatorChain {
    chain: Chain,
    authority: Option<Keypair>,
    _local: Option<Local>,
}

impl ValidatorChain {
    /// Opens the ledger of the node that the environment names, or starts a node for this test.
    pub fn open() -> Self {
        let file = |name| {
            let path = env::var_os(name)?;
            let keypair = read_keypair_file(&path);
            Some(keypair.unwrap_or_else(|error| panic!("{name}={}: {error}", path.display())))
        };
        match env::var(RPC_URL) {
            Ok(url) => Self {
                chain: Chain {
                    bank: file(KEYPAIR),
                    ..Chain::at(&url)
                },
                authority: file(AUTHORITY),
                _local: None,
            },
            Err(_) => {
                let authority = Keypair::new();
                let local = Local::start(&authority);
                Self {
                    chain: Chain::at(local.rpc_url()),
                    authority: Some(authority),
                    _local: Some(local),
                }
            }
        }
    }

    /// The program's upgrade authority, funded with lamports.
    pub fn authority(&self) -> &Keypair {
        let authority = self.authority.as_ref().unwrap_or_else(|| {
            panic!("this test upgrades the program: set {AUTHORITY} to the keypair file of its upgrade authority")
        });
        self.give(&authority.pubkey(), 3 * SOL);
        authority
    }
}

impl Deref for ValidatorChain {
    type Target = Chain;

    fn deref(&self) -> &Chain {
        &self.chain
    }
}

/// The size of a transaction on the wire, in bytes.
pub fn wire_len(transaction: &VersionedTransaction) -> usize {
    // Up to 127 signatures, their number takes one byte.
    1 + 64 * transaction.signatures.len() + transaction.message.serialize().len()
}

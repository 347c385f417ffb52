use std::{env, ops::Deref};

use generion_test_support::{Chain, SOL};
use solana_keypair::{Keypair, read_keypair_file};
use solana_signer::Signer;
use solana_transaction::versioned::VersionedTransaction;

use crate::local::Local;

/// Bytes that a legacy or v0 transaction can have.
pub const MAX_TRANSACTION_BYTES: usize = 1_232;

/// Names the node's URL, where the tests are not to start one.
pub(crate) const RPC_URL: &str = "GENERION_TEST_RPC_URL";
/// Names the keypair file of the program's upgrade authority on that node.
const AUTHORITY: &str = "GENERION_TEST_AUTHORITY";
/// Names the keypair file of a wallet that fills others, where there is no airdrop.
const KEYPAIR: &str = "GENERION_TEST_KEYPAIR";

/// The ledger of a validator with the program on it.
pub struct ValidatorChain {
    chain: Chain,
    authority: Option<Keypair>,
    _local: Option<Local>,
}

impl ValidatorChain {
    /// Opens the ledger of the node that the environment names, or of a node of this test's own.
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

    /// The program's upgrade authority, with lamports.
    pub fn authority(&self) -> &Keypair {
        let authority = self.authority.as_ref().unwrap_or_else(|| {
            panic!("this test upgrades the program: name its upgrade authority's keypair file with {AUTHORITY}")
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

/// Bytes of a transaction on the wire.
pub fn wire_len(transaction: &VersionedTransaction) -> usize {
    // The number of signatures is one byte up to 127 of them.
    1 + 64 * transaction.signatures.len() + transaction.message.serialize().len()
}

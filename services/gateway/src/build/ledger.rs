//! Reads the accounts, balances and the block hash for a transaction from one node. The signer checks the transaction, so a lie
//! of the node costs nothing: the ledger refuses a transaction that is built on it.

use generion_interface::{Addresses, accounts::LedgerAccount};
use generion_rpc::node::{Node, NodeError};
use solana_account::Account;
use solana_address::Address;
use solana_commitment_config::CommitmentConfig;
use solana_hash::Hash;
use solana_rpc_client_api::{
    client_error::ErrorKind,
    request::RpcRequest,
    response::{Response, RpcBlockhash},
};

use super::error::BuildError;

/// A node, for one transaction.
pub(super) struct LedgerReader<'a> {
    pub(super) node: &'a Node,
    pub(super) addresses: &'a Addresses,
}

/// Accounts of one state of the ledger.
pub(super) struct Accounts {
    node: String,
    addresses: Addresses,
    asked: Vec<Address>,
    accounts: Vec<Option<Account>>,
    /// The ledger's clock, in seconds since the Unix epoch.
    pub(super) unix_time: i64,
}

/// A block hash, and for how long it makes a transaction valid.
#[derive(Clone, Copy, Debug)]
pub(super) struct Validity {
    pub(super) hash: Hash,
    pub(super) last_height: u64,
    /// Blocks that are left.
    pub(super) blocks: u64,
}

impl LedgerReader<'_> {
    pub(super) async fn read(&self, asked: &[Address]) -> Result<Accounts, BuildError> {
        let confirmed = CommitmentConfig::confirmed();
        let state = self.node.state(asked, confirmed, 0).await?;
        Ok(Accounts {
            node: self.node.url().to_string(),
            addresses: *self.addresses,
            asked: asked.to_vec(),
            accounts: state.accounts,
            unix_time: state.unix_time,
        })
    }

    pub(super) async fn validity(&self) -> Result<Validity, BuildError> {
        let rpc = self.node.rpc();
        let failed = |error| self.node.error(error);
        let parameters = serde_json::json!([CommitmentConfig::confirmed()]);
        let ask = rpc.send::<Response<RpcBlockhash>>(RpcRequest::GetLatestBlockhash, parameters);
        let (latest, height) = tokio::join!(ask, rpc.get_block_height());
        let latest = latest.map_err(failed)?.value;
        let last_height = latest.last_valid_block_height;
        let hash = latest.blockhash.parse().map_err(|_| self.nonsense())?;
        Ok(Validity {
            hash,
            last_height,
            blocks: last_height.saturating_sub(height.map_err(failed)?),
        })
    }

    pub(super) async fn rent(&self, size: usize) -> Result<u64, BuildError> {
        let rent = self.node.rpc().get_minimum_balance_for_rent_exemption(size);
        Ok(rent.await.map_err(|error| self.node.error(error))?)
    }

    fn nonsense(&self) -> NodeError {
        let words = "its block hash is not one".to_owned();
        self.node.error(ErrorKind::Custom(words).into())
    }
}

impl Accounts {
    /// The lamports at an address that was asked for.
    pub(super) fn lamports(&self, address: &Address) -> u64 {
        self.account(address).map_or(0, |account| account.lamports)
    }

    /// An account of the program, if it is there.
    pub(super) fn find<T: LedgerAccount>(
        &self,
        address: &Address,
    ) -> Result<Option<T>, BuildError> {
        let Some(account) = self.account(address) else {
            return Ok(None);
        };
        // Lamports that were sent ahead make an account of the system program's.
        if account.owner == Address::default() && account.data.is_empty() {
            return Ok(None);
        }
        let read = T::read(&self.addresses, address, &account.owner, &account.data);
        read.map(Some).map_err(|_| BuildError::Nonsense {
            node: self.node.clone(),
            address: *address,
        })
    }

    /// An account of the program that has to be there.
    pub(super) fn get<T: LedgerAccount>(&self, address: &Address) -> Result<T, BuildError> {
        // The caller has named the address: another account there is the caller's mistake, and not the node's.
        let found = self.find(address).ok().flatten();
        found.ok_or(BuildError::Missing {
            what: T::NAME,
            address: *address,
        })
    }

    fn account(&self, address: &Address) -> Option<&Account> {
        let place = self.asked.iter().position(|asked| asked == address)?;
        self.accounts.get(place)?.as_ref()
    }
}

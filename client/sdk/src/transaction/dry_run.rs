//! The effects of a transaction, by a simulation. Nothing is signed.

use solana_address::Address;
use solana_instruction::Instruction;
use solana_transaction::Message;

use super::budget;
use crate::{error::ClientError, ledger::Ledger};

/// A transaction that was simulated in place of being signed and sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DryRun {
    /// The transaction's accounts in the message's order: the payer of the fee comes first, programs come last.
    pub accounts: Vec<DryRunAccount>,
    /// The transaction's fee, in lamports.
    pub fee: u64,
    /// The compute units that it would use.
    pub compute_units: u64,
    /// The transaction's length in bytes, signatures included.
    pub size: usize,
}

/// An account of a transaction that was simulated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DryRunAccount {
    /// The account's address.
    pub address: Address,
    /// Whether it would have to sign.
    pub is_signer: bool,
    /// Whether it may be written to.
    pub is_writable: bool,
    /// The lamports that it holds.
    pub lamports: u64,
    /// The lamports that it would hold, the fee taken off.
    pub lamports_after: u64,
}

impl Ledger {
    /// The effects that a transaction would have now. Don't use this for a transaction with a secret: a node sees all of it.
    pub(super) async fn dry_run(
        &self,
        instructions: &[Instruction],
        payer: &Address,
    ) -> Result<DryRun, ClientError> {
        let hash = self.validity().await?.hash;
        let message = Message::new_with_blockhash(instructions, Some(payer), &hash);
        let fee = self.rpc().get_fee_for_message(&message).await;
        let fee = fee.map_err(|error| self.node(error))?;

        let keys = &message.account_keys;
        let balances = self.balances(keys).await?;
        let mut accounts: Vec<_> = (keys.iter().zip(balances).enumerate())
            .map(|(index, (address, lamports))| DryRunAccount {
                address: *address,
                is_signer: message.is_signer(index),
                is_writable: message.is_maybe_writable(index, None),
                lamports,
                lamports_after: lamports,
            })
            .collect();
        let mut written: Vec<_> = (accounts.iter_mut())
            .filter(|account| account.is_writable)
            .collect();
        let addresses: Vec<_> = written.iter().map(|account| account.address).collect();
        let (compute_units, after) = self
            .simulate_balances(instructions, payer, &addresses)
            .await?;
        for (account, lamports) in written.iter_mut().zip(after) {
            account.lamports_after = lamports;
        }
        Ok(DryRun {
            accounts,
            fee,
            compute_units,
            size: budget::size(instructions, payer),
        })
    }
}

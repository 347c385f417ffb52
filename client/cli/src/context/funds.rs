//! What wallets have to hold before anything is sent.

use generion_client::rpc::amount::{FEE_PER_SIGNATURE, Sol};
use solana_address::Address;
use solana_keypair::Keypair;
use solana_signer::Signer;

use crate::{
    context::{Context, wallets::Signers},
    output::failure::Failure,
};

impl<'a> Signers<'a> {
    /// One that acts and pays.
    pub const fn sole(wallet: &'a Keypair) -> Self {
        Self {
            wallet,
            payer: wallet,
        }
    }

    /// How many signatures a transaction of theirs has.
    fn signatures(&self) -> u64 {
        match self.wallet.pubkey() == self.payer.pubkey() {
            true => 1,
            false => 2,
        }
    }
}

impl Context {
    /// Refuses what the payer can't pay for, before anything is sent: `lamports`, and the fee of a transaction with all of
    /// their signatures and the highest priority price that the user agreed to.
    pub async fn require_funds_of(
        &self,
        signers: &Signers<'_>,
        lamports: u64,
    ) -> Result<(), Failure> {
        let signatures = FEE_PER_SIGNATURE.saturating_mul(signers.signatures());
        let fee = signatures.saturating_add(self.ledger().priority_fee_at_most());
        self.require_lamports(&signers.payer.pubkey(), lamports.saturating_add(fee))
            .await
    }

    /// As [`Self::require_funds_of`], of a transaction that the payer alone signs, in whose `lamports` its priority fee is.
    pub async fn require_funds(&self, payer: &Address, lamports: u64) -> Result<(), Failure> {
        self.require_lamports(payer, lamports.saturating_add(FEE_PER_SIGNATURE))
            .await
    }

    async fn require_lamports(&self, payer: &Address, needed: u64) -> Result<(), Failure> {
        let held = self.ledger().lamports(payer).await?;
        if held < needed {
            return Err(Failure::new(
                format!(
                    "wallet {payer} holds {}, and this takes {}",
                    Sol(held),
                    Sol(needed)
                ),
                "Fund the wallet, or have another one pay (-k, --fee-payer); nothing was sent.",
            ));
        }
        Ok(())
    }
}

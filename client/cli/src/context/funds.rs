//! Checks that a wallet can pay, before anything is sent.

use generion_client::{
    AccountToCreate,
    rpc::amount::{FEE_PER_SIGNATURE, Sol},
};
use solana_address::Address;
use solana_keypair::Keypair;
use solana_signer::Signer;

use crate::{
    context::{Context, wallets::Signers},
    output::failure::Failure,
};

impl<'a> Signers<'a> {
    /// One wallet that both acts and pays.
    pub const fn sole(wallet: &'a Keypair) -> Self {
        Self {
            wallet,
            payer: wallet,
        }
    }

    /// Number of signatures on a transaction of these wallets.
    fn signatures(&self) -> u64 {
        match self.wallet.pubkey() == self.payer.pubkey() {
            true => 1,
            false => 2,
        }
    }
}

impl Context {
    /// The rent of new accounts, in lamports.
    pub async fn rent_of(&self, accounts: &[AccountToCreate]) -> Result<u64, Failure> {
        let mut rent = 0_u64;
        for account in accounts {
            rent = rent.saturating_add(self.ledger().rent(*account).await?);
        }
        Ok(rent)
    }

    /// Fails if the payer holds less than `lamports` plus the fee of one transaction: all signatures, and the highest
    /// priority fee that the options allow.
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

    /// As [`Self::require_funds_of`], for a transaction that the payer alone signs and whose priority fee is part of
    /// `lamports`.
    pub async fn require_funds(&self, payer: &Address, lamports: u64) -> Result<(), Failure> {
        self.require_lamports(payer, lamports.saturating_add(FEE_PER_SIGNATURE))
            .await
    }

    async fn require_lamports(&self, payer: &Address, needed: u64) -> Result<(), Failure> {
        let held = self.ledger().lamports(payer).await?;
        if held < needed {
            return Err(Failure::new(
                format!(
                    "wallet {payer} holds {}, but this takes {}",
                    Sol(held),
                    Sol(needed)
                ),
                "Nothing was sent. Fund the wallet, or let another one pay (-k, --fee-payer).",
            ));
        }
        Ok(())
    }
}

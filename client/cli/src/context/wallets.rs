//! The user's wallets and encryption secrets.

use std::{env, path::Path, sync::OnceLock};

use generion_client::{KeyRing, KeySource, Wallet, crypto::keys::KeyFile};
use solana_address::Address;
use solana_keypair::Keypair;
use solana_signer::Signer;

use crate::{
    args::keypair::KeypairSource, context::Context, files::key_file, output::failure::Failure,
};

/// The wallets of a transaction.
#[derive(Clone, Copy)]
pub struct Signers<'a> {
    /// The wallet that acts.
    pub wallet: &'a Keypair,
    /// The wallet that pays rent and fees.
    pub payer: &'a Keypair,
}

impl Context {
    /// The path of the key file, if one was named.
    pub fn key_path(&self) -> Option<&Path> {
        self.args.key_file.as_deref()
    }

    /// The file descriptor to read the passphrase from; `None`: the terminal.
    pub const fn passphrase_fd(&self) -> Option<u32> {
        self.args.passphrase_fd
    }

    /// The key file, if one was named.
    pub async fn key_file(&self) -> Result<Option<&KeyFile>, Failure> {
        let Some(path) = self.key_path() else {
            return Ok(None);
        };
        if let Some(file) = self.key_file.get() {
            return Ok(Some(file));
        }
        let (file, _) = key_file::read(path, self.passphrase_fd()).await?;
        Ok(Some(self.key_file.get_or_init(|| file)))
    }

    /// The encryption secrets of a wallet: those in the key file, and those derived from the wallet.
    pub async fn keys<'a>(
        &'a self,
        wallet: &'a Keypair,
    ) -> Result<Box<dyn KeySource + 'a>, Failure> {
        let wallet = Wallet { signer: wallet };
        Ok(match self.key_file().await? {
            Some(file) => Box::new(KeyRing { file, wallet }),
            None => Box::new(wallet),
        })
    }

    /// The secrets to open documents with: the key file's, whose wallet may be lost or elsewhere, or the acting
    /// wallet's.
    pub async fn opener(&self) -> Result<Box<dyn KeySource + '_>, Failure> {
        let Some(file) = self.key_file().await? else {
            let signer = self.wallet().await?;
            return Ok(Box::new(Wallet { signer }));
        };
        Ok(match self.wallet().await {
            Ok(signer) if signer.pubkey() == file.wallet => {
                let wallet = Wallet { signer };
                Box::new(KeyRing { file, wallet })
            }
            _ => Box::new(file),
        })
    }

    /// The wallet that pays fees: the fee payer, or the acting wallet.
    pub async fn fee_payer(&self) -> Result<&Keypair, Failure> {
        match &self.args.fee_payer {
            Some(source) => once(&self.fee_payer, source, "fee payer").await,
            None => self.wallet().await,
        }
    }

    /// The acting wallet and the wallet that pays for it.
    pub async fn signers(&self) -> Result<Signers<'_>, Failure> {
        Ok(Signers {
            wallet: self.wallet().await?,
            payer: self.fee_payer().await?,
        })
    }

    /// The acting wallet, for instructions that take the rent from it. Fails if another fee payer was named.
    pub async fn sole_signer(&self) -> Result<&Keypair, Failure> {
        match self.args.fee_payer {
            None => self.wallet().await,
            Some(_) => Err(Failure::new(
                "in this command the wallet pays for itself, so --fee-payer has no effect",
                "Leave out --fee-payer (or GENERION_FEE_PAYER).",
            )),
        }
    }

    /// The acting wallet.
    pub async fn wallet(&self) -> Result<&Keypair, Failure> {
        match self.wallet_source.as_ref().map_err(Clone::clone)? {
            Some(source) => once(&self.wallet, source, "wallet").await,
            None => once(&self.wallet, &default_keypair()?, "wallet").await,
        }
    }

    /// The given address, or the acting wallet's.
    pub async fn address_or_own(&self, given: Option<Address>) -> Result<Address, Failure> {
        match given {
            Some(address) => Ok(address),
            None => Ok(self.wallet().await?.pubkey()),
        }
    }
}

async fn once<'a>(
    cell: &'a OnceLock<Keypair>,
    source: &KeypairSource,
    role: &str,
) -> Result<&'a Keypair, Failure> {
    if let Some(keypair) = cell.get() {
        return Ok(keypair);
    }
    let keypair = source.read(role).await?;
    Ok(cell.get_or_init(|| keypair))
}

fn default_keypair() -> Result<KeypairSource, Failure> {
    env::home_dir()
        .map(|home| KeypairSource::File(home.join(".config/solana/id.json")))
        .ok_or_else(|| {
            Failure::new(
                "you have no home folder to look for a keypair file in",
                "Pass a keypair file with -k.",
            )
        })
}

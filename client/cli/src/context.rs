//! What a command works with: ledger, stores, and the user's wallets.

use std::{
    cell::OnceCell,
    env, io,
    path::{Path, PathBuf},
};

use generion_client::{
    Client, KeyRing, KeySource, Ledger, Wallet, crypto::keys::KeyFile, store::FetchPolicy,
    websocket_url,
};
use solana_address::Address;
use solana_keypair::{Keypair, read_keypair_file};
use solana_signer::Signer;

use url::Url;

use crate::{
    cli::{Format, GlobalArgs},
    consent::Consent,
    failure::Failure,
    key_file,
};

/// Lamports that a signature costs. What it did cost is read back from the ledger.
const FEE_PER_SIGNATURE: u64 = 5_000;

/// The global options, made ready.
pub struct Context {
    pub client: Client,
    args: GlobalArgs,
    /// Read once, since it takes a passphrase and a second.
    key_file: OnceCell<KeyFile>,
}

/// The wallets of a transaction. Both wipe their secret when dropped.
pub struct Signers {
    /// The one that acts.
    pub wallet: Keypair,
    fee_payer: Option<Keypair>,
}

impl Signers {
    /// Who pays rent and fee.
    pub fn payer(&self) -> &Keypair {
        self.fee_payer.as_ref().unwrap_or(&self.wallet)
    }
}

impl Context {
    pub fn new(args: GlobalArgs) -> Result<Self, Failure> {
        let policy = FetchPolicy {
            allow_private: args.allow_private_addresses,
            allow_file: args.allow_file_locators,
            ..FetchPolicy::default()
        };
        let mut client = Client::new(args.url.clone(), args.program_id, policy)?;
        client.ledger.set_priority(args.priority_price);
        Ok(Self {
            client,
            args,
            key_file: OnceCell::new(),
        })
    }

    /// Waits so long for a node that is gone.
    pub fn be_patient(&mut self, patience: std::time::Duration) {
        self.client.ledger.set_patience(patience);
    }

    /// The node's websocket.
    pub fn websocket(&self) -> Result<Url, Failure> {
        match &self.args.ws {
            Some(url) => Ok(url.clone()),
            None => Ok(websocket_url(&self.args.url)?),
        }
    }

    /// What is printed.
    pub const fn format(&self) -> Format {
        self.args.output
    }

    /// Where the key file is, if there is to be one.
    pub fn key_path(&self) -> Option<&Path> {
        self.args.key_file.as_deref()
    }

    /// Where the passphrase comes from.
    pub const fn passphrase_fd(&self) -> Option<u32> {
        self.args.passphrase_fd
    }

    /// The key file, if one was named.
    pub fn key_file(&self) -> Result<Option<&KeyFile>, Failure> {
        let Some(path) = self.key_path() else {
            return Ok(None);
        };
        if let Some(file) = self.key_file.get() {
            return Ok(Some(file));
        }
        let (file, _) = key_file::read(path, self.passphrase_fd())?;
        Ok(Some(self.key_file.get_or_init(|| file)))
    }

    /// The encryption secrets of a wallet: those of the key file, and those that follow from the wallet.
    pub fn keys<'a>(&'a self, wallet: &'a Keypair) -> Result<Box<dyn KeySource + 'a>, Failure> {
        let wallet = Wallet { signer: wallet };
        Ok(match self.key_file()? {
            Some(file) => Box::new(KeyRing { file, wallet }),
            None => Box::new(wallet),
        })
    }

    /// The wallet that pays the fees of what anybody may send.
    pub fn fee_payer(&self) -> Result<Keypair, Failure> {
        match &self.args.fee_payer {
            Some(path) => read_keypair(path),
            None => self.wallet(),
        }
    }

    pub const fn ledger(&self) -> &Ledger {
        &self.client.ledger
    }

    /// The acting wallet and who pays for it.
    pub fn signers(&self) -> Result<Signers, Failure> {
        let fee_payer = self
            .args
            .fee_payer
            .as_deref()
            .map(read_keypair)
            .transpose()?;
        Ok(Signers {
            wallet: self.wallet()?,
            fee_payer,
        })
    }

    /// The acting wallet where the program has it pay for itself.
    pub fn sole_signer(&self) -> Result<Keypair, Failure> {
        match self.args.fee_payer {
            None => self.wallet(),
            Some(_) => Err(Failure::new(
                "this command's wallet pays for itself, so that --fee-payer has no part in it",
                "Leave out --fee-payer (or GENERION_FEE_PAYER).",
            )),
        }
    }

    /// The acting wallet.
    pub fn wallet(&self) -> Result<Keypair, Failure> {
        match &self.args.keypair {
            Some(path) => read_keypair(path),
            None => read_keypair(&default_keypair()?),
        }
    }

    /// The address that was given, or the acting wallet's.
    pub fn address_or_own(&self, given: Option<Address>) -> Result<Address, Failure> {
        given.map_or_else(|| Ok(self.wallet()?.pubkey()), Ok)
    }

    /// Whether `--yes` was passed, so that nobody is asked.
    pub const fn is_agreed(&self) -> bool {
        self.args.yes
    }

    /// How this run asks before it does what can't be undone.
    pub fn consent(&self) -> Result<Consent, Failure> {
        Consent::new(self.args.yes, self.args.output)
    }

    /// Refuses what `payer` can't pay for, before anything is sent: `lamports` and the fees of its transaction.
    pub async fn require_funds(&self, payer: &Address, lamports: u64) -> Result<(), Failure> {
        let held = self.ledger().lamports(payer).await?;
        let needed = lamports.saturating_add(FEE_PER_SIGNATURE);
        if held < needed {
            return Err(Failure::new(
                format!("wallet {payer} holds {held} lamports, and this takes {needed}"),
                "Fund the wallet, or have another one pay (-k, --fee-payer); nothing was sent.",
            ));
        }
        Ok(())
    }
}

fn default_keypair() -> Result<PathBuf, Failure> {
    env::home_dir()
        .map(|home| home.join(".config/solana/id.json"))
        .ok_or_else(|| {
            Failure::new(
                "there is no home folder to look for a keypair file in",
                "Pass a keypair file with -k.",
            )
        })
}

fn read_keypair(path: &Path) -> Result<Keypair, Failure> {
    read_keypair_file(path).map_err(|error| {
        let advice = match error.downcast_ref::<io::Error>().map(io::Error::kind) {
            Some(io::ErrorKind::NotFound) => "Pass a keypair file with -k, or make one with `solana-keygen new`.",
            Some(io::ErrorKind::PermissionDenied) => "Check the file's rights, or pass another keypair file with -k.",
            _ => "Pass a keypair file with -k: a JSON array of 64 numbers, as `solana-keygen new` writes it.",
        };
        Failure::new(format!("can't read the keypair file {}: {error}", path.display()), advice)
    })
}

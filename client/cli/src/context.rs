//! What a command works with: ledger, stores, and the user's wallets.

use std::{cell::OnceCell, env, io, io::IsTerminal, path::Path, sync::Arc};

use generion_client::{
    Client, ClientError, KeyRing, KeySource, Landed, Ledger, Wallet, crypto::keys::KeyFile,
    store::FetchPolicy, websocket_url,
};
use solana_address::Address;
use solana_commitment_config::CommitmentConfig;
use solana_keypair::Keypair;
use solana_signer::Signer;
use url::Url;

use crate::{
    cli::{Commitment, Format, GlobalArgs, node_url, websocket},
    config::SolanaConfig,
    consent::Consent,
    explorer::Explorer,
    failure::Failure,
    key_file,
    keypair::KeypairSource,
    progress::Bars,
    view::TransactionView,
};

/// Lamports that a signature costs. What it did cost is read back from the ledger.
const FEE_PER_SIGNATURE: u64 = 5_000;
/// The node where neither the command line nor the Solana tools' configuration names one.
const DEFAULT_NODE: &str = "localhost";

/// The global options, made ready.
pub struct Context {
    pub client: Client,
    args: GlobalArgs,
    /// The node that `args` or the configuration name.
    url: String,
    websocket: Option<Url>,
    wallet_source: Option<KeypairSource>,
    /// Found out once.
    explorer: tokio::sync::OnceCell<Explorer>,
    /// Read once, since it takes a passphrase and a second.
    key_file: OnceCell<KeyFile>,
    /// Read once, since they may be asked for.
    wallet: OnceCell<Keypair>,
    fee_payer: OnceCell<Keypair>,
}

/// The wallets of a transaction.
#[derive(Clone, Copy)]
pub struct Signers<'a> {
    /// The one that acts.
    pub wallet: &'a Keypair,
    /// The one that pays rent and fee.
    pub payer: &'a Keypair,
}

impl Context {
    pub fn new(args: GlobalArgs) -> Result<Self, Failure> {
        let config = SolanaConfig::read(args.config.as_deref())?;
        let url = match &args.url {
            Some(url) => Some(url.clone()),
            None => config.value("json_rpc_url", &config.json_rpc_url, node_url)?,
        };
        // The configured websocket is that of the configured node.
        let websocket = match (&args.ws, &args.url) {
            (Some(url), _) => Some(url.clone()),
            (None, Some(_)) => None,
            (None, None) => config.value("websocket_url", &config.websocket_url, websocket)?,
        };
        let wallet_source = match &args.keypair {
            Some(source) => Some(source.clone()),
            None => config.value("keypair_path", &config.keypair_path, str::parse)?,
        };
        let level = |text: &str| <Commitment as clap::ValueEnum>::from_str(text, true);
        let commitment = match args.commitment {
            Some(commitment) => commitment,
            None => config
                .value("commitment", &config.commitment, level)?
                .unwrap_or(Commitment::Confirmed),
        };
        if wallet_source == Some(KeypairSource::Stdin)
            && args.fee_payer == Some(KeypairSource::Stdin)
        {
            return Err(Failure::new(
                "standard input can't be both the wallet and the fee payer",
                "Pass one of them as a file.",
            ));
        }

        let url = url.map_or_else(|| node_url(DEFAULT_NODE), Ok);
        let url = url.map_err(|reason| Failure::new(reason, "Pass a node with -u."))?;
        let mut client = client(&args, url.clone(), commitment.into())?;
        if args.dry_run {
            client.ledger.set_dry_run();
        }
        Ok(Self {
            client,
            url,
            websocket,
            wallet_source,
            args,
            explorer: tokio::sync::OnceCell::new(),
            key_file: OnceCell::new(),
            wallet: OnceCell::new(),
            fee_payer: OnceCell::new(),
        })
    }

    /// Shows how far a command is, if somebody looks on.
    pub fn show_progress(&mut self) {
        if self.format() == Format::Display && io::stderr().is_terminal() {
            self.client.set_progress(Arc::new(Bars));
        }
    }

    /// Whether the command is only to tell what it would do.
    pub const fn is_dry_run(&self) -> bool {
        self.args.dry_run
    }

    /// Has a flow that the ledger would refuse refused before its user is asked about it. Who is not asked hears of it
    /// as soon.
    pub async fn rehearse<T>(
        &self,
        flow: impl AsyncFnOnce(&Client) -> Result<T, ClientError>,
    ) -> Result<(), Failure> {
        if self.args.yes || self.args.dry_run {
            return Ok(());
        }
        let mut client = client(
            &self.args,
            self.url.clone(),
            self.ledger().rpc().commitment(),
        )?;
        client.ledger.set_dry_run();
        match flow(&client).await {
            Ok(_) | Err(ClientError::DryRun(_)) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// A transaction as it is told.
    pub async fn transaction(&self, landed: &Landed) -> TransactionView {
        TransactionView::new(landed, self.explorer().await)
    }

    /// Where transactions are shown.
    pub async fn explorer(&self) -> &Explorer {
        self.explorer
            .get_or_init(|| Explorer::of(self.ledger()))
            .await
    }

    /// Waits so long for a node that is gone.
    pub fn be_patient(&mut self, patience: std::time::Duration) {
        self.client.ledger.set_patience(patience);
    }

    /// The node's websocket.
    pub fn websocket(&self) -> Result<Url, Failure> {
        match &self.websocket {
            Some(url) => Ok(url.clone()),
            None => Ok(websocket_url(&self.url)?),
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

    /// The encryption secrets of a wallet: those of the key file, and those that follow from the wallet.
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

    /// Who opens something: the key file's owner, whose wallet may be lost or somewhere else, or the acting wallet.
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

    /// The wallet that pays the fees of what anybody may send.
    pub async fn fee_payer(&self) -> Result<&Keypair, Failure> {
        match &self.args.fee_payer {
            Some(source) => once(&self.fee_payer, source, "fee payer").await,
            None => self.wallet().await,
        }
    }

    pub const fn ledger(&self) -> &Ledger {
        &self.client.ledger
    }

    /// The acting wallet and who pays for it.
    pub async fn signers(&self) -> Result<Signers<'_>, Failure> {
        Ok(Signers {
            wallet: self.wallet().await?,
            payer: self.fee_payer().await?,
        })
    }

    /// The acting wallet where the program has it pay for itself.
    pub async fn sole_signer(&self) -> Result<&Keypair, Failure> {
        match self.args.fee_payer {
            None => self.wallet().await,
            Some(_) => Err(Failure::new(
                "this command's wallet pays for itself, so that --fee-payer has no part in it",
                "Leave out --fee-payer (or GENERION_FEE_PAYER).",
            )),
        }
    }

    /// The acting wallet.
    pub async fn wallet(&self) -> Result<&Keypair, Failure> {
        match &self.wallet_source {
            Some(source) => once(&self.wallet, source, "wallet").await,
            None => once(&self.wallet, &default_keypair()?, "wallet").await,
        }
    }

    /// The address that was given, or the acting wallet's.
    pub async fn address_or_own(&self, given: Option<Address>) -> Result<Address, Failure> {
        match given {
            Some(address) => Ok(address),
            None => Ok(self.wallet().await?.pubkey()),
        }
    }

    /// Whether `--yes` was passed, so that nobody is asked.
    pub const fn is_agreed(&self) -> bool {
        self.args.yes
    }

    /// How this run asks before it does what can't be undone.
    pub fn consent(&self) -> Result<Consent, Failure> {
        // Nobody has to agree to what is not done.
        Consent::new(self.args.yes || self.args.dry_run, self.args.output)
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

fn client(args: &GlobalArgs, url: String, commitment: CommitmentConfig) -> Result<Client, Failure> {
    let usual = FetchPolicy::default();
    let policy = FetchPolicy {
        allow_private: args.allow_private_addresses,
        allow_file: args.allow_file_locators,
        max_size: args.max_document_bytes.unwrap_or(usual.max_size),
        ..usual
    };
    let mut client = Client::new(url.clone(), args.program_id, policy)?;
    client.ledger = Ledger::new(url, args.program_id, commitment);
    client.ledger.set_priority(args.priority_price);
    Ok(client)
}

async fn once<'a>(
    cell: &'a OnceCell<Keypair>,
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
                "there is no home folder to look for a keypair file in",
                "Pass a keypair file with -k.",
            )
        })
}

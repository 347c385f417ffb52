//! The common state of all commands: the ledger, stores, the user's wallets and the data folder.

mod config;
mod connection;
mod funds;
mod names;
pub mod wallets;

use std::{
    future::ready,
    io::{self, IsTerminal},
    path::PathBuf,
    sync::{Arc, OnceLock},
};

use generion_client::{
    Client, ClientError, ConfirmedTransaction, DryRun, Ledger, PROGRAM_VERSION, Recipient,
    crypto::keys::KeyFile,
    rpc::{
        cluster,
        explorer::Explorer,
        url::{PlainHttp, is_this_machine, redacted},
    },
    websocket_url,
};
use solana_keypair::Keypair;
use url::Url;

use crate::{
    args::{
        addressee::Addressee,
        global::GlobalArgs,
        keypair::KeypairSource,
        nodes::{NodeArgs, Nodes},
    },
    files::data_folder::DataFolder,
    output::{
        dry_run::{DryRunView, Planned},
        failure::{Failure, files::file_error, warn},
        format::Format,
        progress::Bars,
        report::Output,
        view::TransactionView,
    },
    prompt::consent::Consent,
};

/// The node to use if neither the command line nor the Solana tools' configuration names one.
const DEFAULT_NODE: &str = "localhost";

/// The global options, read and checked.
pub struct Context {
    pub client: Client,
    args: GlobalArgs,
    nodes: Nodes,
    data: DataFolder,
    /// An error in the configured websocket or wallet fails only the commands that use it.
    websocket: Result<Option<Url>, Failure>,
    wallet_source: Result<Option<KeypairSource>, Failure>,
    explorer: Explorer,
    /// Read once, since reading asks for a passphrase and takes a second.
    key_file: OnceLock<KeyFile>,
    /// Read once, since reading may ask for a seed phrase.
    wallet: OnceLock<Keypair>,
    fee_payer: OnceLock<Keypair>,
}

impl Context {
    pub fn new(args: GlobalArgs) -> Result<Self, Failure> {
        let config = config::read(args.config.as_deref())?;
        let is_node = |url: &str| match cluster::node_url(url, PlainHttp::Allowed) {
            Ok(_) => Ok(url.to_owned()),
            Err(error) => Err(error.to_string()),
        };
        let url = match &args.url {
            Some(url) => Some(url.clone()),
            None => config::value(&config, "json_rpc_url", &config.json_rpc_url, is_node)?,
        };
        // The configured websocket belongs to the configured node only.
        let websocket = match (&args.ws, &args.url) {
            (Some(url), _) => Ok(Some(connection::websocket_from(url).map_err(|reason| {
                Failure::new(
                    format!("--ws is {:?}: {reason}", redacted(url)),
                    "Pass the websocket of the node, or leave out --ws.",
                )
            })?)),
            (None, Some(_)) => Ok(None),
            (None, None) => config::value(
                &config,
                "websocket_url",
                &config.websocket_url,
                connection::websocket_from,
            ),
        };
        let wallet_source = match &args.keypair {
            Some(source) => Ok(Some(source.clone())),
            None => config::value(&config, "keypair_path", &config.keypair_path, str::parse),
        };
        let commitment = match args.commitment {
            Some(commitment) => commitment,
            None => config::commitment(&config, args.output)?,
        };
        if matches!(wallet_source, Ok(Some(KeypairSource::Stdin)))
            && args.fee_payer == Some(KeypairSource::Stdin)
        {
            return Err(Failure::new(
                "standard input can't be both the wallet and the fee payer",
                "Pass a file for one of them.",
            ));
        }

        let data = DataFolder::new(args.data_dir.as_deref())?;
        let node_args = NodeArgs {
            url: url.as_deref().unwrap_or(DEFAULT_NODE),
            url_source: "-u",
            witnesses: &args.witness,
            cluster: args.cluster,
            plain_http: args.plain_http(),
        };
        let nodes = Nodes::new(&node_args, &data)?;
        let explorer = Explorer::of(nodes.cluster, nodes.first());
        let client = connection::client(&args, &nodes, &data, commitment.into())?;
        Ok(Self {
            client,
            nodes,
            data,
            websocket,
            wallet_source,
            args,
            explorer,
            key_file: OnceLock::new(),
            wallet: OnceLock::new(),
            fee_payer: OnceLock::new(),
        })
    }

    /// Shows progress bars on standard error, if it is a terminal and the output is for people.
    pub fn show_progress(&mut self) {
        if self.format() == Format::Display && io::stderr().is_terminal() {
            self.client.set_progress(Arc::new(Bars));
        }
    }

    /// The result, unless it is empty or an absence that another program, another version of it, or none at all explains.
    pub async fn unless_no_program(
        &self,
        result: Result<Output, Failure>,
    ) -> Result<Output, Failure> {
        let is_in_doubt = match &result {
            Ok(output) => output.is_empty(),
            Err(failure) => failure.is_absence,
        };
        if !is_in_doubt {
            return result;
        }
        match (self.ledger().program_version().await, result) {
            (Err(error @ ClientError::NoProgram { .. }), _) => Err(error.into()),
            (Ok(version), Err(failure)) if version != PROGRAM_VERSION => {
                let at = format!("{} on {}", self.ledger().program_id(), self.nodes.cluster);
                Err(failure.at_other_version(&at, &version))
            }
            // That the program is there, or that nobody says, explains nothing.
            (_, result) => result,
        }
    }

    const fn is_dry_run(&self) -> bool {
        self.args.dry_run
    }

    /// Refuses `--dry-run` for a command that has no dry run.
    pub fn refuse_dry_run(&self, command: &str) -> Result<(), Failure> {
        match self.is_dry_run() {
            true => Err(Failure::no_dry_run(command)),
            false => Ok(()),
        }
    }

    /// Does the work, or, with `--dry-run`, reports its highest cost, in lamports. For work that is not a single transaction.
    pub async fn unless_dry_run(
        &self,
        cost: impl Future<Output = Result<u64, Failure>>,
        work: impl Future<Output = Result<Output, Failure>>,
    ) -> Result<Output, Failure> {
        match self.is_dry_run() {
            true => Output::found(&Planned::costing(cost.await?)),
            false => work.await,
        }
    }

    /// Does the work, unless this is a dry run. For work without a cost.
    pub async fn free_unless_dry_run(
        &self,
        work: impl Future<Output = Result<Output, Failure>>,
    ) -> Result<Output, Failure> {
        self.unless_dry_run(ready(Ok(0)), work).await
    }

    /// Runs a dry run before the user is asked for confirmation, so that a transaction that the ledger would refuse
    /// fails first. Returns the report of the dry run with `--dry-run`, otherwise `None`. With `--yes` alone it does
    /// nothing, since sending fails just as early.
    pub async fn dry_run_before_asking(
        &self,
        dry_run: impl Future<Output = Result<DryRun, ClientError>>,
    ) -> Result<Option<Output>, Failure> {
        if self.args.yes && !self.args.dry_run {
            return Ok(None);
        }
        let dry_run = dry_run.await?;
        match self.args.dry_run {
            true => Output::found(&DryRunView::from(&dry_run)).map(Some),
            false => Ok(None),
        }
    }

    /// The report of the dry run with `--dry-run`, otherwise `None` without running it: for transactions that need no
    /// confirmation.
    pub async fn dry_run(
        &self,
        dry_run: impl Future<Output = Result<DryRun, ClientError>>,
    ) -> Result<Option<Output>, Failure> {
        match self.args.dry_run {
            true => self.dry_run_before_asking(dry_run).await,
            false => Ok(None),
        }
    }

    /// The nodes, and the cluster that they must belong to.
    pub const fn nodes(&self) -> &Nodes {
        &self.nodes
    }

    /// The folder with the data that is kept between runs.
    pub const fn data(&self) -> &DataFolder {
        &self.data
    }

    /// The file with the user's offers. Its folder is created.
    pub fn offers_path(&self, named: Option<PathBuf>) -> Result<PathBuf, Failure> {
        if let Some(path) = named {
            return Ok(path);
        }
        self.create_data()?;
        Ok(self.data.offers(self.nodes.cluster))
    }

    /// The folder with the receipts of purchases: the one that was named, as an absolute path so that messages show
    /// where it is, or the one in the data folder.
    pub fn receipts_path(&self, named: Option<PathBuf>) -> Result<PathBuf, Failure> {
        let Some(path) = named else {
            self.create_data()?;
            return Ok(self.data.receipts(self.nodes.cluster));
        };
        std::path::absolute(&path).map_err(|error| file_error(&path, error))
    }

    /// Creates the data folder, readable by this user only; does nothing in a dry run.
    pub fn create_data(&self) -> Result<(), Failure> {
        match self.args.dry_run {
            true => Ok(()),
            false => self.data.create(),
        }
    }

    /// The recipient's encryption key, and the evidence for it.
    pub async fn recipient(&self, addressee: &Addressee) -> Result<Recipient, Failure> {
        self.create_data()?;
        Ok(match addressee {
            Addressee::Wallet(wallet) => self.client.recipient(wallet).await?,
            Addressee::Card(card) => self.client.card_recipient(card)?,
        })
    }

    /// A transaction as it is reported.
    pub fn transaction(&self, confirmed: &ConfirmedTransaction) -> TransactionView {
        TransactionView::new(confirmed, &self.explorer)
    }

    /// The explorer that links to transactions lead to.
    pub const fn explorer(&self) -> &Explorer {
        &self.explorer
    }

    /// Sets how long to wait for a node that does not answer.
    pub fn be_patient(&mut self, patience: std::time::Duration) {
        self.client.ledger.set_patience(patience);
    }

    /// The websocket URL of the first node.
    pub fn websocket(&self) -> Result<Url, Failure> {
        let url = match self.websocket.as_ref().map_err(Clone::clone)? {
            Some(url) => url.clone(),
            None => websocket_url(self.nodes.first().expose_full())?,
        };
        let is_open_to_all = url.scheme() == "ws" && !is_this_machine(url.as_str());
        if is_open_to_all && self.args.plain_http() == PlainHttp::ThisMachineOnly {
            return Err(Failure::new(
                format!(
                    "the websocket {} is not encrypted: everybody on the way can read and change what it sends",
                    redacted(url.as_str())
                ),
                "Pass a wss URL with --ws, or --allow-plain-http if you know that nobody on the way can read or change it.",
            ));
        }
        Ok(url)
    }

    /// The form of the output.
    pub const fn format(&self) -> Format {
        self.args.output
    }

    pub const fn ledger(&self) -> &Ledger {
        &self.client.ledger
    }

    /// Warns of nodes that listed accounts which can't exist at their addresses (lists leave them out), and shows
    /// other notices.
    pub fn warn_of_lies(&self) {
        for lie in self.ledger().take_lies() {
            warn(self.format(), &lie.to_string());
        }
        for notice in self.client.take_notices() {
            warn(
                self.format(),
                &format!("{notice} (`generion key rotate` publishes the next one)"),
            );
        }
    }

    /// Warns that the configured wallet can't be used, after a command that did not need it.
    pub fn warn_of_unusable_wallet(&self) {
        if let Err(failure) = &self.wallet_source {
            let message = &failure.message;
            let message = format!(
                "{message}. This command did not need it; commands that use a wallet need another one (-k)"
            );
            warn(self.format(), &message);
        }
    }

    /// Whether `--yes` was passed.
    pub const fn is_agreed(&self) -> bool {
        self.args.yes
    }

    /// The way in which this run asks for confirmation. Fails if it would have to ask and there is no terminal.
    pub fn consent(&self) -> Result<Consent, Failure> {
        // A dry run does nothing that needs confirmation.
        Consent::new(self.args.yes || self.args.dry_run, self.args.output)
    }
}

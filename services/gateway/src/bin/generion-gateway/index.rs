//! `generion-gateway index`.

use generion_gateway::{
    index::{
        again::{self, IndexedAgain},
        follow,
        ledger_node::LedgerNode,
        ledger_nodes::LedgerNodes,
    },
    storage::{Storage, Writer},
};
use generion_interface::Addresses;
use generion_rpc::cluster::Cluster;

use crate::args::{IndexCommand, Settings};

/// The index of a configuration, and the nodes that it is made from.
pub struct Opened {
    /// The index, for reading.
    pub storage: Storage,
    /// The nodes.
    pub nodes: LedgerNodes,
    cluster: Cluster,
}

impl Opened {
    /// Opens the database and the nodes of the settings.
    ///
    /// # Errors
    /// The settings can't be used, a node belongs to another ledger, or the database can't be opened.
    pub async fn open(settings: Settings) -> anyhow::Result<Self> {
        let file = settings.read()?;
        generion_http_server::logging::start(&file.log)?;
        let config = file.config()?;
        let node = |url| LedgerNode::new(url, Addresses::default());
        let nodes = config.nodes.into_iter().map(node);
        let mut nodes = nodes.collect::<Result<Vec<_>, _>>()?.into_iter();
        let Some(first) = nodes.next() else {
            anyhow::bail!(
                "no node is named: set `nodes` in the configuration file, or GENERION_GATEWAY_NODES"
            );
        };
        let (nodes, cluster) = (LedgerNodes::new(first, nodes), config.cluster);
        nodes.check_genesis(cluster).await?;
        Ok(Self {
            storage: Storage::open(&config.database).await?,
            nodes,
            cluster,
        })
    }

    async fn writer(&self) -> anyhow::Result<Writer> {
        let program_id = self.nodes.addresses().program_id;
        let genesis = self.cluster.genesis().to_bytes().into();
        Ok(self.storage.writer(&genesis, &program_id).await?)
    }
}

/// Reads some of the ledger again.
///
/// # Errors
/// A node or the database fails, or another gateway writes the index.
pub async fn index(what: IndexCommand) -> anyhow::Result<()> {
    let IndexedAgain {
        transactions,
        accounts,
    } = match what {
        IndexCommand::All { settings } => {
            let opened = Opened::open(settings).await?;
            let mut writer = opened.writer().await?;
            let report = follow::start(&opened.storage, &mut writer, &opened.nodes).await?;
            let step = follow::step(&opened.storage, &mut writer, &opened.nodes).await?;
            IndexedAgain {
                transactions: step.found,
                accounts: usize::try_from(report.present + report.closed)?,
            }
        }
        IndexCommand::Transaction {
            signature,
            settings,
        } => {
            let opened = Opened::open(settings).await?;
            let mut writer = opened.writer().await?;
            let read = again::transaction(&opened.storage, &mut writer, &opened.nodes, &signature);
            let read = read.await?;
            anyhow::ensure!(
                read.transactions > 0,
                "no node knows the transaction {signature}"
            );
            read
        }
        IndexCommand::Account { address, settings } => {
            let opened = Opened::open(settings).await?;
            let mut writer = opened.writer().await?;
            again::account(&opened.storage, &mut writer, &opened.nodes, &address).await?
        }
        IndexCommand::Range {
            slots: (from, to),
            settings,
        } => {
            let opened = Opened::open(settings).await?;
            let mut writer = opened.writer().await?;
            again::range(&opened.storage, &mut writer, &opened.nodes, from, to).await?
        }
    };
    println!("indexed again: {transactions} transactions, {accounts} accounts");
    Ok(())
}

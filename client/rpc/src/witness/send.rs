//! Sends a transaction to all nodes, and collects their answers.

use std::time::Duration;

use futures::{
    StreamExt,
    future::join_all,
    stream::{FuturesOrdered, FuturesUnordered},
};
use solana_commitment_config::CommitmentConfig;
use solana_hash::Hash;
use solana_rpc_client::rpc_client::SerializableTransaction;
use solana_rpc_client_api::config::RpcSendTransactionConfig;
use solana_signature::Signature;
use solana_transaction_status_client_types::TransactionStatus;
use tokio::time::sleep;

use super::{
    error::{Said, WitnessError},
    witnesses::{Answer, Witnesses},
};
use crate::{
    confirmation::has_no_history,
    deadline::{deadline, is_nearer},
    node::{GenesisError, Node, NodeError, NodeErrorKind},
};

/// The longest time to wait for a node that does not know a block hash yet.
const BLOCK_HASH_PATIENCE: Duration = Duration::from_secs(5);

/// The state of a transaction at one node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignatureStatus {
    /// The slot of the answer.
    pub slot: u64,
    /// The transaction's status; `None`: the node does not know it.
    pub status: Option<TransactionStatus>,
}

/// The state of one node, as a survey shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Survey {
    /// The node's genesis hash.
    pub genesis: Hash,
    /// The node's slot, at [`Witnesses::commitment`].
    pub slot: u64,
    /// The node's clock of the ledger, in seconds since the Unix epoch.
    pub unix_time: i64,
}

impl Witnesses {
    /// Sends the same signed bytes to all nodes at once, so that no node gets them first. No node simulates the transaction.
    /// The answers are in the order of the nodes, and decide nothing: a node that has the bytes can put them on the ledger,
    /// whatever it answers.
    pub async fn send_to_all(
        &self,
        transaction: &(impl SerializableTransaction + Sync),
    ) -> Vec<Answer<Signature>> {
        let config = RpcSendTransactionConfig {
            skip_preflight: true,
            preflight_commitment: Some(CommitmentConfig::confirmed().commitment),
            ..RpcSendTransactionConfig::default()
        };
        self.each(|node| async move {
            let send = node.rpc().send_transaction_with_config(transaction, config);
            send.await.map_err(|error| node.error(error))
        })
        .await
    }

    /// The state of a transaction at each node, in the order of the nodes. A status alone does not prove that the transaction
    /// is on the ledger: two nodes that agree on its effects ([`Self::agreed`]) do.
    pub async fn signature_status(&self, signature: &Signature) -> Vec<Answer<SignatureStatus>> {
        self.each(|node| async move { status(node, signature).await })
            .await
    }

    /// The state of each node, in the order of the nodes. A node of another cluster is no error here.
    pub async fn survey(&self) -> Vec<Answer<Survey>> {
        let commitment = self.commitment();
        self.each(|node| async move {
            let genesis = node.genesis().await?;
            let state = node.state(&[], commitment, 0).await?;
            Ok(Survey {
                genesis,
                slot: state.slot,
                unix_time: state.unix_time,
            })
        })
        .await
    }

    /// Refuses a block hash that too few nodes accept as valid: a transaction with it may never reach the ledger, even if the
    /// node that gave it says otherwise. A node that is a little behind is asked again for some seconds.
    ///
    /// # Errors
    /// [`WitnessError::InvalidBlockHash`]; [`WitnessError::TooFew`], [`WitnessError::OtherGenesis`].
    pub async fn blockhash_valid(&self, hash: &Hash) -> Result<(), WitnessError> {
        let mut waiting: FuturesUnordered<_> = (self.nodes.iter().enumerate())
            .map(|(index, node)| async move { (index, self.is_valid(node, hash).await) })
            .collect();
        let (mut valid, mut invalid, mut silent) = (Vec::new(), Vec::new(), Vec::new());
        while let Some((index, answer)) = waiting.next().await {
            match answer {
                Ok(true) => valid.push(index),
                Ok(false) => invalid.push(index),
                Err(GenesisError::Node(error)) => silent.push(error),
                Err(GenesisError::Other(error)) => return Err(error.into()),
            }
            if self.suffice(valid.iter().copied()) {
                return Ok(());
            }
        }
        let answered = || valid.iter().chain(&invalid).copied();
        if !self.suffice(answered()) {
            return Err(self.too_few(answered(), silent).into());
        }
        let statements = |indices: Vec<usize>, words: &'static str| {
            indices.into_iter().map(move |index| (index, words))
        };
        let mut said: Vec<_> = statements(valid, "it is valid")
            .chain(statements(invalid, "it is not valid"))
            .collect();
        said.sort_unstable();
        let said = said.into_iter().map(|(index, words)| Said {
            node: self.name(index),
            slot: None,
            words: words.to_owned(),
        });
        Err(WitnessError::InvalidBlockHash {
            hash: *hash,
            said: said.collect(),
        })
    }

    /// A block hash for a new transaction that is valid at enough nodes, from the first of them that has one.
    ///
    /// # Errors
    /// Those of [`Self::blockhash_valid`], for the last block hash that was tried.
    pub async fn recent_blockhash(&self) -> Result<Hash, WitnessError> {
        let ask = async |node: &Node| {
            let commitment = CommitmentConfig::confirmed();
            let latest = node.rpc().get_latest_blockhash_with_commitment(commitment);
            match latest.await {
                Ok((hash, _)) => Ok(hash),
                Err(error) => Err(node.error(error)),
            }
        };
        let mut waiting: FuturesOrdered<_> = (self.nodes.iter())
            .map(|node| node.within(self.options.timeout, ask(node)))
            .collect();
        let (mut silent, mut refused) = (Vec::new(), None);
        while let Some(answer) = waiting.next().await {
            match answer {
                Ok(hash) => match self.blockhash_valid(&hash).await {
                    Ok(()) => return Ok(hash),
                    Err(error) => refused = Some(error),
                },
                Err(error) => silent.push(error),
            }
        }
        Err(refused.unwrap_or_else(|| self.too_few([], silent).into()))
    }

    async fn is_valid(&self, node: &Node, hash: &Hash) -> Result<bool, GenesisError> {
        self.check_genesis(node).await?;
        let until = deadline(self.options.patience.min(BLOCK_HASH_PATIENCE));
        loop {
            let ask = async {
                let valid = node
                    .rpc()
                    .is_blockhash_valid(hash, CommitmentConfig::confirmed());
                valid.await.map_err(|error| node.error(error))
            };
            let is_valid = node.within(self.options.timeout, ask).await?;
            if is_valid || is_nearer(until, self.options.interval) {
                return Ok(is_valid);
            }
            sleep(self.options.interval).await;
        }
    }

    /// Asks all nodes at once, each within the time.
    async fn each<'a, T, F>(&'a self, ask: impl Fn(&'a Node) -> F) -> Vec<Answer<T>>
    where
        F: Future<Output = Result<T, NodeError>> + 'a,
    {
        let answers = self.nodes.iter().map(|node| {
            let answer = node.within(self.options.timeout, ask(node));
            async move {
                Answer {
                    node: node.url().to_string(),
                    answer: answer.await,
                }
            }
        });
        join_all(answers).await
    }
}

async fn status(node: &Node, signature: &Signature) -> Result<SignatureStatus, NodeError> {
    let rpc = node.rpc();
    let signatures = [*signature];
    let statuses = match rpc.get_signature_statuses_with_history(&signatures).await {
        // A node without a history still knows recent transactions.
        Err(error) if has_no_history(&error) => rpc.get_signature_statuses(&signatures).await,
        statuses => statuses,
    };
    let statuses = statuses.map_err(|error| node.error(error))?;
    let mut value = statuses.value.into_iter();
    match (value.next(), value.next()) {
        (Some(status), None) => Ok(SignatureStatus {
            slot: statuses.context.slot,
            status,
        }),
        _ => Err(node.failed(
            NodeErrorKind::Nonsense,
            "answers with another number of statuses than it was asked for",
        )),
    }
}

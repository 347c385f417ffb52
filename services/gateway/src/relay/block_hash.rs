//! Whether a transaction can still reach the ledger: all nodes are asked for its block hash.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use futures::{StreamExt, stream::FuturesUnordered};
use generion_rpc::node::{Node, NodeError};
use solana_hash::Hash;
use tokio::time::{Instant, sleep, timeout};

use super::outcome::RelayError;

/// The time to wait for the other nodes once one has answered.
pub(super) const OTHERS_WAIT: Duration = Duration::from_secs(2);
/// Blocks for which a block hash makes transactions valid.
const HASH_LIFE_BLOCKS: u64 = 150;
/// The times between two questions to nodes of which none accepts the block hash: they may still learn of it from other nodes.
const WAITS: [Duration; 2] = [Duration::from_secs(1), Duration::from_secs(2)];
/// The time for which a block hash counts as dead that no node accepted.
const DEAD_FOR: Duration = Duration::from_secs(5);
/// The largest number of dead block hashes that are remembered: anybody may invent some.
const MOST_DEAD: usize = 1_024;

/// The nodes' answers about block hashes.
#[derive(Default)]
pub(super) struct BlockHashes {
    /// The block hashes that no node accepted, with the time of the answers.
    dead: Mutex<HashMap<Hash, Instant>>,
}

impl BlockHashes {
    /// The last block height at which a transaction with this block hash can reach the ledger, or a higher one; `None`: all
    /// nodes answer, and none accepts the hash.
    ///
    /// # Errors
    /// [`RelayError`], also if a silent node could know the block hash: the transaction could reach the ledger by that node.
    pub(super) async fn last_valid_height(
        &self,
        nodes: &[Node],
        hash: &Hash,
    ) -> Result<Option<u64>, RelayError> {
        if self.is_dead(hash) {
            return Ok(None);
        }
        let mut height = highest_valid(nodes, hash).await?;
        for wait in WAITS {
            if height.is_some() {
                break;
            }
            sleep(wait).await;
            height = highest_valid(nodes, hash).await?;
        }
        if height.is_none() {
            self.note_dead(hash);
        }
        Ok(height.map(|height| height.saturating_add(HASH_LIFE_BLOCKS)))
    }

    fn is_dead(&self, hash: &Hash) -> bool {
        let dead = self.dead.lock().unwrap_or_else(PoisonError::into_inner);
        dead.get(hash)
            .is_some_and(|since| since.elapsed() < DEAD_FOR)
    }

    fn note_dead(&self, hash: &Hash) {
        let mut dead = self.dead.lock().unwrap_or_else(PoisonError::into_inner);
        if dead.len() >= MOST_DEAD {
            dead.retain(|_, since| since.elapsed() < DEAD_FOR);
        }
        if dead.len() < MOST_DEAD {
            dead.insert(*hash, Instant::now());
        }
    }
}

/// The highest height of the nodes that accept a block hash; `None`: all answer, and none accepts it.
async fn highest_valid(nodes: &[Node], hash: &Hash) -> Result<Option<u64>, RelayError> {
    let asked = nodes.iter().map(|node| valid_height(node, hash));
    let mut asked: FuturesUnordered<_> = asked.collect();
    let (mut failed, mut has_answered) = (None, false);
    // A node that names a low height would have the transaction taken for expired while it can land.
    let mut highest: Option<u64> = None;
    loop {
        let answer = match has_answered {
            false => asked.next().await,
            true => match timeout(OTHERS_WAIT, asked.next()).await {
                Ok(answer) => answer,
                Err(_) if highest.is_some() => None,
                Err(_) => return Err(failed.map_or(RelayError::Unknown, RelayError::Node)),
            },
        };
        match answer {
            Some(Ok(height)) => {
                has_answered = true;
                highest = highest.max(height);
            }
            Some(Err(error)) => failed = Some(error),
            None => {
                return match (highest, failed) {
                    (None, Some(error)) => Err(error.into()),
                    (highest, _) => Ok(highest),
                };
            }
        }
    }
}

/// The height of a node that accepts a block hash; `None`: the node does not accept it.
async fn valid_height(node: &Node, hash: &Hash) -> Result<Option<u64>, NodeError> {
    let rpc = node.rpc();
    let failed = |error| node.error(error);
    let is_valid = rpc.is_blockhash_valid(hash, rpc.commitment()).await;
    match is_valid.map_err(failed)? {
        true => Ok(Some(rpc.get_block_height().await.map_err(failed)?)),
        false => Ok(None),
    }
}

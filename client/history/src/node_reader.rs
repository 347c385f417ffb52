//! The transactions that one node has.

use std::time::Duration;

use generion_interface::Addresses;
use generion_rpc::node::{Node, NodeError, NodeErrorKind};
use solana_address::Address;
use solana_rpc_client_api::{
    client_error::{Error as RpcError, ErrorKind},
    config::{RpcSignaturesForAddressConfig, RpcTransactionConfig},
    custom_error::{
        JSON_RPC_SERVER_ERROR_MIN_CONTEXT_SLOT_NOT_REACHED as NOT_REACHED,
        JSON_RPC_SERVER_ERROR_UNSUPPORTED_TRANSACTION_VERSION as UNSUPPORTED_VERSION,
    },
    request::RpcRequest,
    response::RpcConfirmedTransactionStatusWithSignature,
};
use solana_signature::Signature;
use solana_transaction_status_client_types::{
    EncodedConfirmedTransactionWithStatusMeta, UiTransactionEncoding,
};
use tokio::time::{Instant, sleep};

use crate::{listing::Listing, range::HistoryRange, transaction::TransactionChanges};

/// Most signatures that a node gives in one answer.
const SIGNATURES_PER_REQUEST: usize = 1_000;
/// The number of times that a recent transaction is asked for again which the node lists but does not have: several nodes may
/// stand behind one address, one of them a little behind.
pub(crate) const MISSING_RETRIES: u32 = 3;
/// Slots for which a transaction is recent.
pub(crate) const RECENT: u64 = 150;
/// The wait before that.
pub(crate) const MISSING_INTERVAL: Duration = Duration::from_millis(400);
/// The newest version of transactions that this software can read.
const NEWEST_VERSION: u8 = 1;

/// The transactions of an address within a range, as one node lists them.
#[derive(Debug, Default)]
pub struct Walked {
    /// The latest first.
    pub listed: Vec<Listing>,
    /// The slot in which the walk ended before the range's beginning, having seen as many as it may.
    pub stopped_at: Option<u64>,
    /// All that the node lists in later slots is there; `None`: all that it lists.
    pub complete_behind: Option<u64>,
}

/// The answer of a node about a transaction.
#[derive(Debug, PartialEq, Eq)]
pub enum Fetched {
    /// The changes that the transaction made.
    Read(TransactionChanges),
    /// The node lists the transaction, and does not have it any more.
    Missing,
    /// The reason, as text.
    Unreadable(String),
}

/// A node that a history is read from.
#[derive(Clone, Copy)]
pub struct NodeReader<'a> {
    /// The program's.
    pub addresses: Addresses,
    /// The time to wait for a node that is behind [`Self::slot`].
    pub patience: Duration,
    /// The node.
    pub node: &'a Node,
    /// The slot that it has reached, by its own word, and below which it is not to answer; 0 where none is known.
    pub slot: u64,
}

impl NodeReader<'_> {
    /// The node's address, without its secrets.
    pub(crate) fn name(&self) -> String {
        self.node.url().to_string()
    }

    /// Whether the node may know of a slot only since a moment.
    pub(crate) fn is_recent(&self, slot: u64) -> bool {
        self.slot > 0 && slot.saturating_add(RECENT) > self.slot
    }

    /// Lists an address's transactions within a range, page by page.
    ///
    /// # Errors
    /// [`NodeError`].
    pub async fn walk(&self, address: &Address, range: &HistoryRange) -> Result<Walked, NodeError> {
        let mut walked = Walked::default();
        let mut seen = 0;
        let mut before = None;
        loop {
            // One more than may be seen shows whether there are more.
            let left = range.limit.saturating_sub(seen).saturating_add(1);
            let limit = left.min(SIGNATURES_PER_REQUEST);
            let page = self.page(address, before, limit).await?;
            let is_last = page.len() < limit;
            for listing in page {
                if range.is_before(&listing) {
                    walked.complete_behind = Some(listing.slot);
                    return Ok(walked);
                }
                if seen == range.limit {
                    walked.stopped_at = Some(listing.slot);
                    walked.complete_behind = Some(listing.slot);
                    return Ok(walked);
                }
                seen += 1;
                before = Some(listing.signature);
                if !range.is_behind(&listing) {
                    walked.listed.push(listing);
                }
            }
            if is_last {
                return Ok(walked);
            }
        }
    }

    /// Lists at most `limit` transactions of an address, up to 1,000, the latest first, from before one on.
    ///
    /// # Errors
    /// [`NodeError`].
    pub async fn page(
        &self,
        address: &Address,
        before: Option<Signature>,
        limit: usize,
    ) -> Result<Vec<Listing>, NodeError> {
        let config = RpcSignaturesForAddressConfig {
            before: before.map(|signature| signature.to_string()),
            until: None,
            limit: Some(limit),
            commitment: Some(self.node.rpc().commitment()),
            // The answer does not say how new it is: a node that has not reached the slot refuses instead.
            min_context_slot: Some(self.slot).filter(|slot| *slot > 0),
        };
        let parameters = serde_json::json!([address.to_string(), config]);
        let started = Instant::now();
        let page = loop {
            let answer = self
                .node
                .rpc()
                .send::<Vec<RpcConfirmedTransactionStatusWithSignature>>(
                    RpcRequest::GetSignaturesForAddress,
                    parameters.clone(),
                );
            let error = match answer.await {
                Ok(page) => break page,
                Err(error) => self.node.error(error),
            };
            let is_behind = is_refusal(&error, NOT_REACHED);
            if !is_behind || started.elapsed() > self.patience {
                return Err(error);
            }
            sleep(MISSING_INTERVAL).await;
        };
        let listing = |listed: &RpcConfirmedTransactionStatusWithSignature| {
            Some(Listing {
                signature: listed.signature.parse().ok()?,
                slot: listed.slot,
                time: listed.block_time,
                failed: listed.err.is_some(),
            })
        };
        page.iter()
            .map(listing)
            .collect::<Option<_>>()
            .ok_or_else(|| {
                self.node.error(RpcError::from(ErrorKind::Custom(format!(
                    "it lists transactions of {address} by signatures that are none"
                ))))
            })
    }

    /// Fetches and reads a transaction.
    ///
    /// # Errors
    /// [`NodeError`].
    pub async fn fetch(&self, listing: &Listing) -> Result<Fetched, NodeError> {
        let signature = &listing.signature;
        let retries = match self.is_recent(listing.slot) {
            true => MISSING_RETRIES,
            false => 0,
        };
        let config = RpcTransactionConfig {
            encoding: Some(UiTransactionEncoding::Base64),
            commitment: Some(self.node.rpc().commitment()),
            max_supported_transaction_version: Some(NEWEST_VERSION),
        };
        let parameters = serde_json::json!([signature.to_string(), config]);
        for attempt in 0..=retries {
            if attempt > 0 {
                sleep(MISSING_INTERVAL).await;
            }
            let answer = self
                .node
                .rpc()
                .send::<Option<EncodedConfirmedTransactionWithStatusMeta>>(
                    RpcRequest::GetTransaction,
                    parameters.clone(),
                );
            match answer.await {
                Ok(Some(transaction)) => {
                    let read = TransactionChanges::read(signature, &self.addresses, &transaction);
                    return Ok(match read {
                        Ok(changes) => Fetched::Read(changes),
                        Err(error) => Fetched::Unreadable(error.to_string()),
                    });
                }
                Ok(None) => {}
                Err(error) => {
                    let error = self.node.error(error);
                    if is_refusal(&error, UNSUPPORTED_VERSION) {
                        return Ok(Fetched::Unreadable(
                            "it is of a version that this software does not know".to_owned(),
                        ));
                    }
                    return Err(error);
                }
            }
        }
        Ok(Fetched::Missing)
    }
}

/// The slot that a node has reached, by its own word. A node behind `slot` gets a little time to reach it.
pub(crate) async fn slot_of(node: &Node, slot: u64) -> Result<u64, NodeError> {
    let rpc = node.rpc();
    let mut retries = MISSING_RETRIES;
    loop {
        let reached = rpc.get_slot_with_commitment(rpc.commitment()).await;
        let reached = reached.map_err(|error| node.error(error))?;
        if reached >= slot || retries == 0 {
            return Ok(reached);
        }
        retries -= 1;
        sleep(MISSING_INTERVAL).await;
    }
}

fn is_refusal(error: &NodeError, code: i64) -> bool {
    error.kind() == NodeErrorKind::Refused { code }
}

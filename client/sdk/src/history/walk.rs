//! Walks an address's transactions back to their beginning, and fetches them.

use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

use futures::{StreamExt, stream};
use solana_address::Address;
use solana_rpc_client_api::{
    client_error::{Error as RpcError, ErrorKind},
    config::{RpcSignaturesForAddressConfig, RpcTransactionConfig},
    custom_error::JSON_RPC_SERVER_ERROR_UNSUPPORTED_TRANSACTION_VERSION,
    request::{RpcError as ResponseError, RpcRequest},
    response::{Response, RpcConfirmedTransactionStatusWithSignature, RpcResponseContext},
};
use solana_signature::Signature;
use solana_transaction_status_client_types::{
    EncodedConfirmedTransactionWithStatusMeta, UiTransactionEncoding,
};
use tokio::time::sleep;

use super::{Gap, GapKind, HistoryRange, transaction::Executed};
use crate::{ClientError, Ledger};

/// Most signatures that a node gives in one answer.
const SIGNATURES_PER_REQUEST: usize = 1_000;
/// Transactions that are asked for at the same time.
const AT_A_TIME: usize = 8;
/// How often a recent transaction that is listed but not there is asked for again: behind one address there may be
/// several nodes, and one of them a little behind.
const MISSING_RETRIES: u32 = 3;
/// Slots for which a transaction is recent.
const RECENT: u64 = 150;
/// The wait before that.
const MISSING_INTERVAL: Duration = Duration::from_millis(400);

/// A transaction as a node lists it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Listing {
    pub(super) signature: Signature,
    pub(super) slot: u64,
    pub(super) time: Option<i64>,
    pub(super) failed: bool,
}

/// The transactions of an address within a range.
#[derive(Debug, Default)]
pub(super) struct Walked {
    /// The latest first.
    pub(super) listed: Vec<Listing>,
    /// The slot in which the walk ended before the range's beginning, having seen as many as it may.
    pub(super) stopped_at: Option<u64>,
}

impl Ledger {
    /// Lists an address's transactions within a range, page by page.
    pub(super) async fn walk(
        &self,
        address: &Address,
        range: &HistoryRange,
    ) -> Result<Walked, ClientError> {
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
                    return Ok(walked);
                }
                if seen == range.limit {
                    walked.stopped_at = Some(listing.slot);
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

    async fn page(
        &self,
        address: &Address,
        before: Option<Signature>,
        limit: usize,
    ) -> Result<Vec<Listing>, ClientError> {
        let page = self
            .fresh(|slot| async move {
                let config = RpcSignaturesForAddressConfig {
                    before: before.map(|signature| signature.to_string()),
                    until: None,
                    limit: Some(limit),
                    commitment: Some(self.rpc().commitment()),
                    min_context_slot: slot,
                };
                let parameters = serde_json::json!([address.to_string(), config]);
                let page = self
                    .rpc()
                    .send::<Vec<RpcConfirmedTransactionStatusWithSignature>>(
                        RpcRequest::GetSignaturesForAddress,
                        parameters,
                    );
                // The answer does not say how new it is: a node that has not reached the slot refuses instead.
                page.await.map(|value| Response {
                    context: RpcResponseContext::new(slot.unwrap_or_default()),
                    value,
                })
            })
            .await?;
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
                self.node(RpcError::from(ErrorKind::Custom(format!(
                    "it lists transactions of {address} by signatures that are none"
                ))))
            })
    }

    /// Fetches and reads transactions; what can't be had becomes a gap.
    pub(super) async fn fetch(
        &self,
        listed: &[Listing],
        gaps: &mut Vec<Gap>,
    ) -> Result<HashMap<Signature, Executed>, ClientError> {
        let mut fetching = stream::iter(listed)
            .map(|listing| async move { (listing, self.fetch_one(listing).await) })
            .buffered(AT_A_TIME);
        let mut fetched = HashMap::new();
        while let Some((listing, answer)) = fetching.next().await {
            let Listing {
                signature, slot, ..
            } = *listing;
            match answer? {
                Fetched::Read(executed) => {
                    fetched.insert(signature, executed);
                }
                Fetched::Missing => gaps.push(Gap::of_transaction(
                    GapKind::TransactionMissing,
                    slot,
                    signature,
                    "the node lists this transaction and does not have it any more",
                )),
                Fetched::Unreadable(reason) => gaps.push(Gap::of_transaction(
                    GapKind::TransactionUnreadable,
                    slot,
                    signature,
                    format!("this transaction can't be read: {reason}"),
                )),
            }
        }
        Ok(fetched)
    }

    async fn fetch_one(&self, listing: &Listing) -> Result<Fetched, ClientError> {
        let signature = &listing.signature;
        let is_recent = self
            .floor()
            .is_some_and(|floor| listing.slot.saturating_add(RECENT) > floor);
        let retries = if is_recent { MISSING_RETRIES } else { 0 };
        let config = RpcTransactionConfig {
            encoding: Some(UiTransactionEncoding::Base64),
            commitment: Some(self.rpc().commitment()),
            max_supported_transaction_version: Some(0),
        };
        let parameters = serde_json::json!([signature.to_string(), config]);
        for attempt in 0..=retries {
            if attempt > 0 {
                sleep(MISSING_INTERVAL).await;
            }
            let answer = self
                .rpc()
                .send::<Option<EncodedConfirmedTransactionWithStatusMeta>>(
                    RpcRequest::GetTransaction,
                    parameters.clone(),
                );
            match answer.await {
                Ok(Some(transaction)) => {
                    let read = Executed::read(signature, self.addresses(), &transaction);
                    return Ok(read.map_or_else(Fetched::Unreadable, Fetched::Read));
                }
                Ok(None) => {}
                Err(error) if is_of_another_version(&error) => {
                    return Ok(Fetched::Unreadable(
                        "it is of a version that this software does not know".to_owned(),
                    ));
                }
                Err(error) => return Err(self.node(error)),
            }
        }
        Ok(Fetched::Missing)
    }
}

enum Fetched {
    Read(Executed),
    Missing,
    Unreadable(String),
}

fn is_of_another_version(error: &RpcError) -> bool {
    matches!(
        error.kind(),
        ErrorKind::RpcError(ResponseError::RpcResponseError { code, .. })
            if *code == JSON_RPC_SERVER_ERROR_UNSUPPORTED_TRANSACTION_VERSION
    )
}

/// Joins two lists, the latest first, into one without repetitions. Within a slot the order of both is kept.
pub(super) fn merge(one: Vec<Listing>, other: Vec<Listing>) -> Vec<Listing> {
    let mut merged = Vec::with_capacity(one.len() + other.len());
    let (mut one, mut other) = (one.into_iter().peekable(), other.into_iter().peekable());
    let ahead: HashSet<_> = other.clone().map(|listing| listing.signature).collect();
    while let (Some(first), Some(second)) = (one.peek(), other.peek()) {
        let both = first.signature == second.signature;
        // What both have waits until both have come to it.
        let take_second = second.slot > first.slot
            || (second.slot == first.slot && ahead.contains(&first.signature));
        match take_second && !both {
            true => merged.extend(other.next()),
            false => merged.extend(one.next()),
        }
        if both {
            other.next();
        }
    }
    merged.extend(one);
    merged.extend(other);
    let mut seen = HashSet::new();
    merged.retain(|listing| seen.insert(listing.signature));
    merged
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listing((slot, name): (u64, u8)) -> Listing {
        Listing {
            signature: Signature::from([name; 64]),
            slot,
            time: None,
            failed: false,
        }
    }

    fn merged<const A: usize, const B: usize>(
        one: [(u64, u8); A],
        other: [(u64, u8); B],
    ) -> Vec<(u64, u8)> {
        let [one, other] = [one.map(listing).to_vec(), other.map(listing).to_vec()];
        let merged = merge(one, other);
        let name = |listing: &Listing| (listing.slot, listing.signature.as_ref()[0]);
        merged.iter().map(name).collect()
    }

    #[test]
    fn lists_are_merged_by_slot_without_repetitions() {
        assert_eq!(
            merged([(9, 1), (7, 2), (3, 3)], [(8, 4), (7, 2), (2, 5)]),
            [(9, 1), (8, 4), (7, 2), (3, 3), (2, 5)]
        );
        assert_eq!(merged([], [(1, 1)]), [(1, 1)]);
        assert_eq!(merged([(1, 1)], []), [(1, 1)]);
    }

    /// What both know puts what only one of them knows in its place.
    #[test]
    fn the_order_within_a_slot_is_kept() {
        let lists = ([(5, 1), (5, 2), (5, 3)], [(5, 4), (5, 2), (5, 6)]);
        let expected = [(5, 1), (5, 4), (5, 2), (5, 3), (5, 6)];
        assert_eq!(merged(lists.0, lists.1), expected);
        let expected = [(5, 4), (5, 1), (5, 2), (5, 6), (5, 3)];
        assert_eq!(merged(lists.1, lists.0), expected);
        assert_eq!(merged([(5, 1), (5, 2)], [(5, 2)]), [(5, 1), (5, 2)]);
        assert_eq!(merged([(5, 2)], [(5, 1), (5, 2)]), [(5, 1), (5, 2)]);
    }

    /// Two nodes behind one address may disagree about the order: nothing is lost or told twice for that.
    #[test]
    fn orders_that_contradict_each_other_lose_nothing() {
        let mut names: Vec<_> = merged([(5, 1), (5, 2)], [(5, 2), (5, 1)])
            .into_iter()
            .map(|(_, name)| name)
            .collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names, [1, 2]);
    }
}

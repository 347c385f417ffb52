//! Walks addresses' transactions back to their beginning, over one node or two, and fetches them.

use std::{collections::HashSet, sync::OnceLock};

use futures::{
    StreamExt, TryStreamExt,
    future::{OptionFuture, join},
    stream,
};
use generion_rpc::node::NodeError;
use solana_address::Address;
use tokio::time::sleep;

use crate::{
    comparison::{Differences, Teller, together, told_alone},
    gap::{Gap, GapKind},
    inquiry::Inquiry,
    listing::Listing,
    node_reader::{Fetched, MISSING_INTERVAL, MISSING_RETRIES, Walked},
    progress::HistoryProgress,
};

/// Addresses that are walked at the same time.
const WALKS_AT_A_TIME: usize = 32;
/// Transactions that are asked for at the same time.
const FETCHES_AT_A_TIME: usize = 32;

/// The list of an address's transactions.
struct AddressList {
    address: Address,
    /// The list of the first node, or the joint list of both.
    walked: Walked,
    /// The differences of the second node's list, or the error of that node; `None` if it was not asked.
    second: Option<Result<Differences, NodeError>>,
}

impl Inquiry<'_> {
    /// Reads the transactions of addresses.
    pub(crate) async fn walk(&mut self, addresses: &[Address]) -> Result<(), NodeError> {
        let inquiry = &*self;
        let (mut done, total) = (0, addresses.len());
        let mut report = |more| {
            done += more;
            let progress = HistoryProgress::Listing { done, total };
            inquiry.nodes.report(progress);
        };
        report(0);
        // Owned, as everything that goes through these streams: a borrowing closure would keep the future from being `Send`.
        let walks = stream::iter(addresses.to_vec()).map(|address| inquiry.list(address));
        let walks = walks.buffered(WALKS_AT_A_TIME).inspect(|_| report(1));
        let walks: Vec<_> = walks.try_collect().await?;
        let mut found = Vec::new();
        for AddressList {
            address,
            walked,
            second,
        } in walks
        {
            if let Some(slot) = walked.stopped_at {
                self.is_cut = true;
                self.gaps.push(Gap {
                    kind: GapKind::NotRead,
                    account: Some(address),
                    signature: None,
                    from_slot: None,
                    to_slot: Some(slot),
                    missing: format!(
                        "its older transactions: no more than {} were to be looked at",
                        self.range.limit
                    ),
                });
            }
            match second {
                None => {}
                Some(Ok(differences)) => {
                    let gaps = differences.gaps(address, &self.node_names());
                    self.gaps.extend(gaps);
                }
                Some(Err(error)) => self.drop_second_node(&error),
            }
            found = merge(found, walked.listed);
        }
        let listed = self.listed.iter();
        let known: HashSet<_> = listed.map(|listing| listing.signature).collect();
        let is_news = |listing: &&Listing| {
            (self.range.failed || !listing.failed) && !known.contains(&listing.signature)
        };
        let news: Vec<_> = found.iter().filter(is_news).copied().collect();
        self.fetch(&news).await?;
        self.listed = merge(std::mem::take(&mut self.listed), found);
        Ok(())
    }

    /// Lists an address's transactions. One of two nodes may know recent transactions a moment before the other: if their lists
    /// differ in those, both nodes are asked again.
    async fn list(&self, address: Address) -> Result<AddressList, NodeError> {
        let mut retries = MISSING_RETRIES;
        loop {
            let second = self.second.as_ref();
            let second = second.map(|node| node.walk(&address, self.range));
            let first = self.first.walk(&address, self.range);
            let (first, second) = join(first, OptionFuture::from(second)).await;
            let first = first?;
            let second = match second {
                Some(Ok(second)) => second,
                none => {
                    return Ok(AddressList {
                        address,
                        walked: first,
                        second: none.map(|silent| silent.map(|_| Differences::default())),
                    });
                }
            };
            // Neither node has to know transactions after the state that both had reached.
            let nodes = self.second.into_iter().chain([self.first]);
            let up_to = nodes.map(|node| node.slot).min().unwrap_or_default();
            let differences = Differences::of(&first, &second, up_to);
            let mut alone = differences.alone.iter().flatten();
            if retries > 0 && alone.any(|listing| self.first.is_recent(listing.slot)) {
                retries -= 1;
                sleep(MISSING_INTERVAL).await;
                continue;
            }
            let walked = Walked {
                listed: merge(differences.believed(first.listed), second.listed),
                stopped_at: first.stopped_at.or(second.stopped_at),
                complete_behind: first.complete_behind.max(second.complete_behind),
            };
            return Ok(AddressList {
                address,
                walked,
                second: Some(Ok(differences)),
            });
        }
    }

    /// Fetches and reads transactions; one that can't be fetched or read becomes a gap.
    async fn fetch(&mut self, listed: &[Listing]) -> Result<(), NodeError> {
        let (first, second) = (self.first, self.second);
        let nodes = self.nodes;
        let (mut done, total) = (0, listed.len());
        nodes.report(HistoryProgress::Reading { done, total });
        // Once the second node does not answer, it is not asked any more.
        let silent = OnceLock::new();
        let mut fetching = stream::iter(listed.to_vec())
            .map(|listing| {
                let silent = &silent;
                async move {
                    let second = async {
                        let node = second.filter(|_| silent.get().is_none())?;
                        let fetched = node.fetch(&listing).await;
                        fetched.map_err(|error| silent.set(error)).ok()
                    };
                    (listing, join(first.fetch(&listing), second).await)
                }
            })
            .buffered(FETCHES_AT_A_TIME);
        let (mut alone, mut gaps) = ([Vec::new(), Vec::new()], Vec::new());
        while let Some((listing, (first, second))) = fetching.next().await {
            done += 1;
            nodes.report(HistoryProgress::Reading { done, total });
            let (fetched, teller) = match (first?, second) {
                (first, None) => (first, Teller::Both),
                (first, Some(second)) => together(first, second),
            };
            let Listing {
                signature, slot, ..
            } = listing;
            let gap = |kind, missing: String| Gap::of_transaction(kind, slot, signature, missing);
            match teller {
                Teller::Both => {}
                Teller::Only(who) => alone[who].push(listing),
                Teller::Disagreeing => gaps.push(gap(
                    GapKind::NodesDiffer,
                    "the two nodes tell different things of this transaction".to_owned(),
                )),
            }
            match fetched {
                Fetched::Read(executed) => {
                    self.executed.insert(signature, executed);
                }
                Fetched::Missing => gaps.push(gap(
                    GapKind::TransactionMissing,
                    "the node lists this transaction and does not have it any more".to_owned(),
                )),
                Fetched::Unreadable(reason) => gaps.push(gap(
                    GapKind::TransactionUnreadable,
                    format!("this transaction can't be read: {reason}"),
                )),
            }
        }
        drop(fetching);
        let [one, other] = self.node_names();
        gaps.extend(told_alone(&alone[0], &one, &other));
        gaps.extend(told_alone(&alone[1], &other, &one));
        self.gaps.extend(gaps);
        if let Some(error) = silent.into_inner() {
            self.drop_second_node(&error);
        }
        Ok(())
    }
}

/// Joins two lists, the latest first, into one without repetitions. Within a slot the order of both is kept.
pub(crate) fn merge(one: Vec<Listing>, other: Vec<Listing>) -> Vec<Listing> {
    let mut merged = Vec::with_capacity(one.len() + other.len());
    let (mut one, mut other) = (one.into_iter().peekable(), other.into_iter().peekable());
    let ahead: HashSet<_> = other.clone().map(|listing| listing.signature).collect();
    while let (Some(first), Some(second)) = (one.peek(), other.peek()) {
        let both = first.signature == second.signature;
        // An item of both lists waits until both have come to it.
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
    use solana_signature::Signature;

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

    /// Items that are in both lists determine the place of items that are in one.
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

    /// Two nodes behind one address may disagree about the order: no transaction is lost or listed twice for that.
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

//! An audit trail as it is printed.

use std::collections::{BTreeMap, HashMap};

use generion_client::rpc::explorer::Explorer;
use generion_history::{ChangeKind, Entry, Gap, History, HistoryRange, Source, SubjectKind};
use serde::Serialize;
use solana_address::Address;
use solana_signature::Signature;

use crate::{
    command::history::change,
    output::{count::Count, report::Report, text::Text, time},
};

/// The context in which a history is shown.
pub struct Shown {
    /// For records in orders: whether they are self-issued.
    pub self_issued: HashMap<Address, bool>,
    pub explorer: Explorer,
    /// Whether the first node is the user's own, so that no second one is needed.
    pub is_own_node: bool,
}

/// An audit trail.
#[derive(Serialize)]
pub struct HistoryView {
    address: String,
    /// `user`, `wallet` (without a User account), `record`, `share`, `order` or `purchase`; `null`: the program has
    /// never used the address.
    kind: Option<&'static str>,
    /// Oldest first.
    entries: Vec<EntryView>,
    gaps: Vec<GapView>,
    /// Number of failed transactions that were not read, of this program or of others.
    failed_transactions: usize,
    /// The nodes that confirmed all of it.
    nodes: Vec<String>,
    /// Whether all of it comes from one node, so that nothing but that node's answers shows which transactions there
    /// are.
    one_nodes_word: bool,
    /// Whether the changes of every account were read from its creation to the present without a gap.
    #[serde(skip)]
    is_proven: bool,
    #[serde(skip)]
    is_own_node: bool,
}

/// A change, or an attempt that failed.
#[derive(Serialize)]
struct EntryView {
    /// Name of the program's event.
    event: &'static str,
    instruction: &'static str,
    slot: u64,
    /// `null`: the node no longer knows it.
    block_at: Option<i64>,
    signature: String,
    /// The transaction's page in an explorer; `null`: no known explorer shows this cluster.
    explorer_url: Option<String>,
    /// Index among the program's instructions in the transaction, from 0.
    position: usize,
    /// The source of the change: `complete` (instruction and event), `instruction` or `event` alone.
    source: &'static str,
    /// The other program that called this one; `null`: none.
    through: Option<String>,
    /// Why it failed; `null`: it did not.
    error: Option<String>,
    /// Name of the program's rule that it broke.
    rule: Option<String>,
    by: Option<String>,
    signers: Vec<String>,
    fee_lamports: u64,
    /// The known addresses, by their role in the change.
    accounts: BTreeMap<&'static str, String>,
    /// For a record's creation: whether nobody but the owner vouches for it. `null`: this change doesn't show it.
    self_issued: Option<bool>,
    details: DetailsView,
    #[serde(skip)]
    described: String,
}

/// Further details; `null` where a detail does not apply to the change or is unknown.
#[derive(Serialize)]
struct DetailsView {
    id: Option<u64>,
    records: Option<Vec<String>>,
    /// Number of the order's records that the seller wrote, if the ledger still has all of them.
    self_issued_records: Option<usize>,
    verified: Option<bool>,
    key_index: Option<u32>,
    encryption_key: Option<String>,
    /// The wallet's signature for its key, in base58.
    attestation: Option<String>,
    data_public_key: Option<String>,
    facts_root: Option<String>,
    created_at: Option<i64>,
    /// `null` also for never.
    expires_at: Option<i64>,
    label: Option<String>,
    price_lamports: Option<u64>,
    delivery_window_seconds: Option<u32>,
    deadline_at: Option<i64>,
    /// SHA-256 of the terms that the buyer agreed to.
    terms: Option<String>,
    buyer_key: Option<String>,
    settle_key: Option<String>,
    /// Deadline for settling; `null` also for a delivery that did not lock the purchase.
    settle_by_at: Option<i64>,
    settle_secret: Option<String>,
    record_count: Option<u8>,
    first: Option<u8>,
    count: Option<u8>,
    pending_purchases: Option<u32>,
    settled_purchases: Option<u32>,
    /// Lamports paid out of the closed account, or to the seller.
    paid_out_lamports: Option<u64>,
}

/// A gap in the history.
#[derive(Serialize)]
struct GapView {
    /// Kind of the gap: see `GapKind` of the history crate.
    kind: &'static str,
    account: Option<String>,
    signature: Option<String>,
    /// `null`: the ledger's first.
    from_slot: Option<u64>,
    /// `null`: the present.
    to_slot: Option<u64>,
    missing: String,
}

impl HistoryView {
    pub fn new(history: &History, range: &HistoryRange, shown: &Shown) -> Self {
        let entries = history.entries.iter();
        Self {
            address: history.address.to_string(),
            kind: history.kind.map(SubjectKind::name),
            entries: entries
                .map(|entry| EntryView::new(entry, &history.address, shown))
                .collect(),
            gaps: history.gaps.iter().map(GapView::from).collect(),
            failed_transactions: history.failed_transactions,
            nodes: history.nodes.clone(),
            one_nodes_word: history.is_one_nodes_word(),
            is_own_node: shown.is_own_node,
            is_proven: range.since.is_none()
                && range.until.is_none()
                && history.gaps.is_empty()
                // A wallet has no account of the program to compare with.
                && !matches!(history.kind, None | Some(SubjectKind::Wallet)),
        }
    }
}

impl EntryView {
    fn new(entry: &Entry, subject: &Address, shown: &Shown) -> Self {
        let details = &entry.details;
        let is_created = entry.kind == ChangeKind::RecordCreated;
        let view = DetailsView::new(entry, shown);
        let failure = entry.failure.as_ref();
        Self {
            event: entry.kind.name(),
            instruction: entry.kind.instruction(),
            slot: entry.slot,
            block_at: entry.time,
            signature: entry.signature.to_string(),
            explorer_url: shown.explorer.link(&entry.signature),
            position: entry.position,
            source: match entry.source {
                Source::Complete => "complete",
                Source::InstructionAlone(_) => "instruction",
                Source::EventAlone(_) => "event",
            },
            through: entry.through.map(|program| program.to_string()),
            error: failure.map(|failure| failure.error.to_string()),
            rule: failure.and_then(|failure| Some(format!("{:?}", failure.rule?))),
            by: entry.actor().map(|actor| actor.to_string()),
            signers: entry.signers.iter().map(Address::to_string).collect(),
            fee_lamports: entry.fee,
            accounts: details
                .roles()
                .map(|(role, address)| (role, address.to_string()))
                .collect(),
            self_issued: entry.is_self_issued().filter(|_| is_created),
            described: change::describe(entry, subject, view.self_issued_records),
            details: view,
        }
    }
}

impl DetailsView {
    fn new(entry: &Entry, shown: &Shown) -> Self {
        let details = entry.details.clone();
        let known: Option<Vec<_>> = details
            .records
            .iter()
            .flatten()
            .map(|record| shown.self_issued.get(record).copied())
            .collect();
        let is_order = entry.kind == ChangeKind::OrderCreated && entry.failure.is_none();
        Self {
            id: details.id,
            self_issued_records: known
                .filter(|known| is_order && !known.is_empty())
                .map(|known| {
                    known
                        .into_iter()
                        .filter(|is_self_issued| *is_self_issued)
                        .count()
                }),
            records: details
                .records
                .map(|records| records.iter().map(Address::to_string).collect()),
            verified: details.verified,
            key_index: details.key_index,
            encryption_key: details.encryption_key.map(hex::encode),
            attestation: details
                .attestation
                .map(|attestation| Signature::from(attestation).to_string()),
            data_public_key: details.data_public_key.map(hex::encode),
            facts_root: details.facts_root.map(hex::encode),
            created_at: details.created_at,
            expires_at: details.expires_at.filter(|time| *time != 0),
            label: details.label,
            price_lamports: details.price,
            delivery_window_seconds: details.delivery_window,
            deadline_at: details.deadline,
            terms: details.terms.map(hex::encode),
            buyer_key: details.buyer_key.map(hex::encode),
            settle_key: details.settle_key.map(hex::encode),
            settle_by_at: details.settle_by.filter(|time| *time != 0),
            settle_secret: details.settle_secret.map(hex::encode),
            record_count: details.record_count,
            first: details.first,
            count: details.count,
            pending_purchases: details.pending_purchases,
            settled_purchases: details.settled_purchases,
            paid_out_lamports: details.lamports,
        }
    }
}

impl From<&Gap> for GapView {
    fn from(gap: &Gap) -> Self {
        Self {
            kind: gap.kind.name(),
            account: gap.account.map(|address| address.to_string()),
            signature: gap.signature.map(|signature| signature.to_string()),
            from_slot: gap.from_slot,
            to_slot: gap.to_slot,
            missing: gap.missing.clone(),
        }
    }
}

impl Report for HistoryView {
    fn describe(&self, text: &mut Text) {
        let rows = self.entries.iter().map(|entry| {
            [
                entry
                    .block_at
                    .map_or_else(|| format!("slot {}", entry.slot), time::show),
                entry.event.to_owned(),
                entry.by.clone().unwrap_or_else(|| "unknown".to_owned()),
                entry.signature.clone(),
                entry.described.clone(),
            ]
        });
        text.field("address", &self.address)
            .field("kind", self.kind.unwrap_or("unknown"))
            .table(
                ["TIME", "WHAT", "BY", "TRANSACTION", "DETAILS"],
                rows,
                "no changes: the node knows no transaction of this program with this address",
            );
        if self.failed_transactions > 0 {
            text.line(format_args!(
                "{} not shown (--failed shows those of this program)",
                Count(self.failed_transactions, "failed transaction")
            ));
        }
        for gap in &self.gaps {
            text.field("GAP", gap.describe());
        }
        if !self.gaps.is_empty() {
            text.line(
                "This history is not complete: a node that keeps more of it (-u) may know the rest.",
            );
        } else if self.is_proven {
            text.line("Complete: these changes lead to the present state of the ledger.");
        }
        match (self.one_nodes_word, self.is_own_node) {
            (true, true) => {}
            (true, false) => {
                text.line(format_args!(
                    "From one node only: {} may leave transactions out. A second node (--witness) would show them.",
                    self.nodes.join("")
                ));
            }
            (false, _) => {
                text.line(format_args!("Confirmed by {}.", self.nodes.join(" and ")));
            }
        }
    }
}

impl GapView {
    fn describe(&self) -> String {
        let mut text = match (self.from_slot, self.to_slot) {
            (Some(from), Some(to)) if from == to => format!("slot {to}"),
            (Some(from), Some(to)) => format!("slots {from} to {to}"),
            (None, Some(to)) => format!("up to slot {to}"),
            (Some(from), None) => format!("from slot {from} on"),
            (None, None) => "at any time".to_owned(),
        };
        if let Some(account) = &self.account {
            text.push_str(&format!(", {account}"));
        }
        if let Some(signature) = &self.signature {
            text.push_str(&format!(", transaction {signature}"));
        }
        format!("{text}: {}", self.missing)
    }
}

#[cfg(test)]
mod tests;

//! An audit trail, and how it is put together from the answers of nodes.

use std::collections::{BTreeSet, HashMap};

use solana_address::Address;

use crate::{
    change::ChangeKind,
    entry::{Entry, Source},
    error::HistoryError,
    gap::{Gap, GapKind},
    inquiry::Inquiry,
    listing::Listing,
    nodes::HistoryNodes,
    range::HistoryRange,
    replay::replay,
    snapshot::ProgramAccount,
    subject::Subject,
    subject_kind::SubjectKind,
};

/// An audit trail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct History {
    /// The account or wallet.
    pub address: Address,
    /// The kind of account at the address, now or before; `None` if no transaction in the range shows it.
    pub kind: Option<SubjectKind>,
    /// The changes, oldest first.
    pub entries: Vec<Entry>,
    /// The missing parts, by slot. A part outside the range is not a gap.
    pub gaps: Vec<Gap>,
    /// The number of failed transactions that were skipped, of this program and of others: see [`HistoryRange::failed`].
    pub failed_transactions: usize,
    /// The one or two nodes that answered everything, as addresses without the secrets in them.
    pub nodes: Vec<String>,
}

impl History {
    /// Reads the audit trail of an account of the program, which may be closed, or of a wallet.
    ///
    /// This only reads: dropping the future leaves nothing behind.
    ///
    /// # Errors
    /// [`HistoryError`]. Something that a node has deleted is a [`Gap`], not an error.
    pub async fn read(
        nodes: &HistoryNodes<'_>,
        address: &Address,
        range: &HistoryRange,
    ) -> Result<Self, HistoryError> {
        let mut inquiry = Inquiry::new(*nodes, range)?;
        inquiry.first.node.check_genesis(&nodes.genesis).await?;
        let subject = inquiry.find_subject(*address).await?;
        let related = inquiry.related(&subject);
        inquiry.read_accounts(&related).await?;
        inquiry.walk(&related).await?;
        inquiry.finish(subject).await
    }

    /// Whether a single node showed it, so that another node could show something else.
    pub fn is_one_nodes_word(&self) -> bool {
        self.nodes.len() < 2
    }
}

impl Inquiry<'_> {
    /// Puts the history together.
    async fn finish(mut self, subject: Subject) -> Result<History, HistoryError> {
        let is_own = |address: &Address| {
            subject.own.contains(address) || self.accounts.contains_key(address)
        };
        let concerns = |entry: &Entry| {
            // A wallet that pays for others takes part, too.
            let pays = |wallet| entry.signers.contains(&wallet);
            entry.details.name_any(is_own) || subject.wallet.is_some_and(pays)
        };
        let mut entries = Vec::new();
        for listing in self.listed.iter().rev() {
            let Some(executed) = self.executed.get(&listing.signature) else {
                continue;
            };
            entries.extend(
                executed
                    .entries
                    .iter()
                    .filter(|entry| concerns(entry))
                    .cloned(),
            );
            let unread = executed.unread.iter().map(|reason| {
                let missing = format!("a part of this transaction can't be read: {reason}");
                let kind = GapKind::TransactionUnreadable;
                Gap::of_transaction(kind, listing.slot, listing.signature, missing)
            });
            self.gaps.extend(unread);
        }
        self.name_owners(&mut entries).await?;
        let failed = |listing: &&Listing| listing.failed && !self.range.failed;
        let failed_transactions = self.listed.iter().filter(failed).count();

        let to_present = self.range.until.is_none();
        let replayed = replay(&entries, &self.accounts, !self.is_cut, to_present);
        let mut gaps = self.gaps;
        gaps.extend(entries.iter().filter_map(gap_of));
        gaps.extend(replayed);
        gaps.sort_by_key(|gap| (gap.to_slot.unwrap_or(u64::MAX), gap.from_slot));
        let second = self.second.map(|node| node.name());
        Ok(History {
            address: subject.address,
            kind: subject.kind,
            entries,
            gaps,
            failed_transactions,
            nodes: std::iter::once(self.first.name()).chain(second).collect(),
        })
    }

    /// Completes owners and recipients. Where an event is lost, the instruction may name a User account and not its wallet;
    /// User accounts are never closed, so the ledger still has the wallet.
    async fn name_owners(&mut self, entries: &mut [Entry]) -> Result<(), HistoryError> {
        let unnamed = |entry: &Entry| {
            let details = &entry.details;
            let owner = match entry.kind {
                ChangeKind::RecordCreated | ChangeKind::RecordDeleted
                    if details.owner.is_none() =>
                {
                    details.user
                }
                _ => None,
            };
            let recipient = match details.recipient {
                None => details.recipient_user,
                Some(_) => None,
            };
            [owner, recipient]
        };
        let accounts: BTreeSet<_> = entries
            .iter()
            // A transaction that failed may name any account.
            .filter(|entry| entry.failure.is_none())
            .flat_map(unnamed)
            .flatten()
            .collect();
        let accounts: Vec<_> = accounts.into_iter().collect();
        let found = self.snapshots(&accounts).await?;
        let users = accounts.into_iter().zip(found);
        let wallets: HashMap<_, _> = users
            .filter_map(|(address, found)| match found.account {
                ProgramAccount::User(user) => Some((address, user.wallet)),
                _ => None,
            })
            .collect();
        let wallet = |account: Option<Address>| wallets.get(&account?).copied();
        for entry in entries {
            let [owner, recipient] = unnamed(entry);
            let details = &mut entry.details;
            details.owner = details.owner.or(wallet(owner));
            details.recipient = details.recipient.or(wallet(recipient));
        }
        Ok(())
    }
}

/// The gap of a change of which the instruction or the event is lost.
fn gap_of(entry: &Entry) -> Option<Gap> {
    let instruction = entry.kind.instruction();
    let (kind, missing) = match entry.source {
        Source::Complete => return None,
        Source::InstructionAlone(lost) => (
            GapKind::EventMissing,
            format!(
                "the event of {instruction} in this transaction: {}",
                lost.reason()
            ),
        ),
        Source::EventAlone(lost) => (
            GapKind::InstructionMissing,
            format!(
                "the instruction behind {} in this transaction: {}",
                entry.kind.name(),
                lost.reason()
            ),
        ),
    };
    Some(Gap::of_transaction(
        kind,
        entry.slot,
        entry.signature,
        missing,
    ))
}

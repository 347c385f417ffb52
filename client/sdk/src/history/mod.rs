//! Audit trails: what happened to a record, an order, a purchase, a share or a user, rebuilt from the ledger alone.
//!
//! A node is asked for the transactions of an address, back to the first, and each of them is read twice: the
//! instructions say what was asked of the program, by whom, and the events in the log what came of it. Either may be
//! lost, a log being cut where it is long and a node's history where it is old, so a change is told from what is there,
//! and it is told what is not ([`Source`], [`Gap`]). Then the lives of the accounts are lived again: where the first
//! change is not a creation, where a counter leaves something out, or where the ledger shows something else than would
//! follow, something is missing even if no transaction seems to be.
//!
//! Only instructions of the program itself count, in transactions that succeeded, wherever else an address stands.
//!
//! Where two nodes of different operators are configured, both are asked for all of it, and where they differ, a gap says so
//! and which of them tells what. A history that one node alone tells is that node's word: what transactions asked for is
//! signed, but whether they succeeded, and which of them there are, is not.
//!
//! Some changes don't name all that they concern, so further addresses are walked: shares of a record (a revocation does
//! not name the record), purchases of an order (neither does a closing name the order), and of a wallet its orders,
//! what it bought, and what is shared with it.

mod entry;
mod facts;
mod gap;
mod join;
mod lives;
mod nodes;
mod present;
mod range;
mod reader;
mod signed;
#[cfg(test)]
mod tests;
mod transaction;
mod walk;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use generion::state::User;
use solana_address::Address;
use solana_signature::Signature;

use self::{
    present::{Present, ProgramAccount},
    reader::{Listing, RECENT, Reader},
    transaction::Executed,
};
use crate::{ClientError, Ledger};

pub use self::{
    entry::{Entry, Failed, LostEvent, LostInstruction, Source},
    facts::{Facts, What},
    gap::{Gap, GapKind},
    present::Kind,
    range::{HistoryRange, Moment},
};

/// An audit trail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct History {
    /// Whose it is.
    pub address: Address,
    /// What is at the address, or was; `None`: nothing in the range tells.
    pub kind: Option<Kind>,
    /// The changes, oldest first.
    pub entries: Vec<Entry>,
    /// What is missing, by slot. Beyond the ends of a range that was asked for nothing is.
    pub gaps: Vec<Gap>,
    /// Transactions that failed, of the program or not, and were not looked at: [`HistoryRange::failed`].
    pub failed_transactions: usize,
    /// The nodes that told all of it, one or two, without what is secret in their addresses.
    pub nodes: Vec<String>,
}

impl History {
    /// Whether a single node tells it, so that it is no more than that node's word.
    pub fn is_one_nodes_word(&self) -> bool {
        self.nodes.len() < 2
    }
}

impl Ledger {
    /// The audit trail of an address: of an account of the program, present or closed, or of a wallet.
    ///
    /// # Errors
    /// [`ClientError::Node`], [`ClientError::Stale`], [`ClientError::Account`]. That a node does not have something any
    /// more is a [`Gap`], not an error.
    pub async fn history(
        &self,
        address: &Address,
        range: &HistoryRange,
    ) -> Result<History, ClientError> {
        let mut inquiry = Inquiry::new(self, range);
        let subject = inquiry.begin(*address).await?;
        let related = inquiry.related(&subject);
        inquiry.look_at(&related).await?;
        inquiry.walk(&related).await?;
        inquiry.history(subject).await
    }
}

/// Whose history it is.
struct Subject {
    address: Address,
    kind: Option<Kind>,
    /// Address and User account of a wallet, or the account.
    own: BTreeSet<Address>,
    wallet: Option<Address>,
}

/// What has been found out so far.
struct Inquiry<'a> {
    ledger: &'a Ledger,
    first: Reader<'a>,
    /// Of another operator; `None`: there is none, or it does not answer.
    second: Option<Reader<'a>>,
    range: &'a HistoryRange,
    /// The latest first.
    listed: Vec<Listing>,
    read: HashMap<Signature, Executed>,
    /// The accounts whose whole lives are looked for, as they are at present.
    accounts: BTreeMap<Address, Present>,
    gaps: Vec<Gap>,
    /// Whether a walk ended before the beginning.
    is_cut: bool,
}

impl<'a> Inquiry<'a> {
    fn new(ledger: &'a Ledger, range: &'a HistoryRange) -> Self {
        Self {
            ledger,
            first: Reader {
                ledger,
                node: ledger.primary(),
                slot: None,
            },
            second: None,
            range,
            listed: Vec::new(),
            read: HashMap::new(),
            accounts: BTreeMap::new(),
            gaps: Vec::new(),
            is_cut: range.since.is_some(),
        }
    }

    /// Looks for a node of another operator than the first one's that answers.
    async fn find_second(&mut self) {
        let ledger = self.ledger;
        let operator = ledger.primary().url().operator();
        let min_context_slot = ledger.min_context_slot().unwrap_or_default();
        for node in ledger.nodes() {
            if node.url().operator() == operator {
                continue;
            }
            let slot = async {
                ledger.check_genesis_of(node).await?;
                Ok::<_, ClientError>(Reader::slot(ledger, node, min_context_slot).await?)
            };
            match slot.await {
                Ok(slot) => {
                    let second = Reader {
                        ledger,
                        node,
                        slot: Some(slot),
                    };
                    self.note_distance(min_context_slot, &second);
                    self.second = Some(second);
                    return;
                }
                Err(error) => self.note_silent(&error),
            }
        }
    }

    /// What only one of two nodes has reached is that node's word.
    fn note_distance(&mut self, min_context_slot: u64, second: &Reader) {
        let (first, slot) = (&self.first, second.slot.unwrap_or_default());
        if min_context_slot.abs_diff(slot) <= RECENT {
            return;
        }
        self.gaps.push(Gap {
            kind: GapKind::NodesDiffer,
            account: None,
            signature: None,
            from_slot: Some(min_context_slot.min(slot)),
            to_slot: None,
            missing: format!(
                "what came later is one node's word: the node at {} has reached slot {min_context_slot}, and the node at {} slot {slot}",
                first.name(),
                second.name()
            ),
        });
    }

    /// Of both nodes.
    fn names(&self) -> [String; 2] {
        let second = self.second.map(|node| node.name());
        [self.first.name(), second.unwrap_or_default()]
    }

    /// The second node does not answer: what it said so far counts, and the rest is the first node's word.
    fn lose_second(&mut self, error: &ClientError) {
        if self.second.take().is_some() {
            self.note_silent(error);
        }
    }

    fn note_silent(&mut self, error: &ClientError) {
        self.gaps.push(Gap {
            kind: GapKind::NodeSilent,
            account: None,
            signature: None,
            from_slot: None,
            to_slot: None,
            missing: format!("what another node tells of it: {error}"),
        });
    }

    /// Finds out what is, or was, at an address, and reads its transactions.
    async fn begin(&mut self, address: Address) -> Result<Subject, ClientError> {
        // The present first, and then no transactions older than it: so what comes meanwhile is not taken for a gap.
        let user = self.ledger.addresses().user(&address);
        let mut present = self.ledger.present(&[address, user]).await?.into_iter();
        let (at_address, at_user) = (present.next(), present.next());
        self.find_second().await;
        let subject = |kind, own: &[Address], wallet| Subject {
            address,
            kind,
            own: own.iter().copied().collect(),
            wallet,
        };
        let subject = match (at_address, at_user) {
            (Some(Present { slot, account }), _) if account.kind().is_some() => {
                let (kind, mut own) = (account.kind(), vec![address]);
                let wallet = match &account {
                    ProgramAccount::User(user) => Some(user.wallet),
                    _ => None,
                };
                own.extend(wallet);
                self.accounts.insert(address, Present { slot, account });
                self.walk(&own).await?;
                subject(kind, &own, wallet)
            }
            (_, Some(present)) if present.account.kind() == Some(Kind::User) => {
                self.accounts.insert(user, present);
                self.walk(&[address, user]).await?;
                subject(Some(Kind::User), &[address, user], Some(address))
            }
            (at_address, _) => {
                self.walk(&[address]).await?;
                let kind = self.kind_in_changes(&address);
                if let (
                    Some(Kind::Record | Kind::Share | Kind::Order | Kind::Purchase),
                    Some(gone),
                ) = (kind, at_address)
                {
                    self.accounts.insert(address, gone);
                }
                let is_wallet = kind == Some(Kind::Wallet);
                subject(kind, &[address], is_wallet.then_some(address))
            }
        };
        Ok(subject)
    }

    /// What an address is in the changes that name it.
    fn kind_in_changes(&self, address: &Address) -> Option<Kind> {
        let is = |role: Option<Address>| role.as_ref() == Some(address);
        self.changes().find_map(|entry| {
            let facts = &entry.facts;
            if is(facts.record) || facts.records().contains(address) {
                Some(Kind::Record)
            } else if is(facts.share) {
                Some(Kind::Share)
            } else if is(facts.order) {
                Some(Kind::Order)
            } else if is(facts.purchase) {
                Some(Kind::Purchase)
            } else if facts.name(|role| role == address) || entry.signers.contains(address) {
                Some(Kind::Wallet)
            } else {
                None
            }
        })
    }

    /// All changes that were made, the latest transaction first.
    fn changes(&self) -> impl Iterator<Item = &Entry> {
        self.listed
            .iter()
            .filter_map(|listing| self.read.get(&listing.signature))
            .flat_map(|executed| &executed.entries)
            .filter(|entry| entry.failed.is_none())
    }

    /// Further accounts whose changes belong to the subject.
    fn related(&self, subject: &Subject) -> Vec<Address> {
        let is_own = |role: Option<Address>| role.is_some_and(|role| subject.own.contains(&role));
        let mut related = BTreeSet::new();
        for Entry { facts, .. } in self.changes() {
            match subject.kind {
                Some(Kind::Record) if is_own(facts.record) => related.extend(facts.share),
                Some(Kind::Order) if is_own(facts.order) => related.extend(facts.purchase),
                Some(Kind::User | Kind::Wallet) => {
                    if is_own(facts.seller) {
                        related.extend(facts.order);
                    }
                    if is_own(facts.buyer) {
                        related.extend(facts.purchase);
                    }
                    if is_own(facts.recipient) || is_own(facts.recipient_user) {
                        related.extend(facts.share);
                    }
                }
                _ => {}
            }
        }
        related.into_iter().collect()
    }

    /// Looks at what accounts are at present, to compare it with their histories.
    async fn look_at(&mut self, addresses: &[Address]) -> Result<(), ClientError> {
        let present = self.ledger.present(addresses).await?;
        self.accounts.extend(addresses.iter().copied().zip(present));
        Ok(())
    }

    /// Puts together what was found out.
    async fn history(mut self, subject: Subject) -> Result<History, ClientError> {
        let is_own = |address: &Address| {
            subject.own.contains(address) || self.accounts.contains_key(address)
        };
        let concerns = |entry: &Entry| {
            // Who pays for others takes part too.
            let pays = |wallet| entry.signers.contains(&wallet);
            entry.facts.name(is_own) || subject.wallet.is_some_and(pays)
        };
        let mut entries = Vec::new();
        for listing in self.listed.iter().rev() {
            let Some(executed) = self.read.get(&listing.signature) else {
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
        let lives = lives::check(&entries, &self.accounts, !self.is_cut, to_present);
        let mut gaps = self.gaps;
        gaps.extend(entries.iter().filter_map(lost));
        gaps.extend(lives);
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

    /// Where an event is lost, an instruction may name a User account and not its wallet. User accounts are never
    /// closed, so the ledger can tell.
    async fn name_owners(&self, entries: &mut [Entry]) -> Result<(), ClientError> {
        let unnamed = |entry: &Entry| {
            let facts = &entry.facts;
            let owner = match entry.what {
                What::RecordCreated | What::RecordDeleted if facts.owner.is_none() => facts.user,
                _ => None,
            };
            let recipient = match facts.recipient {
                None => facts.recipient_user,
                Some(_) => None,
            };
            [owner, recipient]
        };
        let accounts: BTreeSet<_> = entries
            .iter()
            // What failed may name anything.
            .filter(|entry| entry.failed.is_none())
            .flat_map(unnamed)
            .flatten()
            .collect();
        let accounts: Vec<_> = accounts.into_iter().collect();
        let found = self.ledger.find_all::<User>(&accounts).await?;
        let wallets: HashMap<_, _> = accounts.into_iter().zip(found).collect();
        let wallet = |account: Option<Address>| Some(wallets.get(&account?)?.as_ref()?.wallet);
        for entry in entries {
            let [owner, recipient] = unnamed(entry);
            let facts = &mut entry.facts;
            facts.owner = facts.owner.or(wallet(owner));
            facts.recipient = facts.recipient.or(wallet(recipient));
        }
        Ok(())
    }
}

/// The gap of a change that is known by half.
fn lost(entry: &Entry) -> Option<Gap> {
    let instruction = entry.what.instruction();
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
                entry.what.name(),
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

//! The subject of a history, and the further accounts that belong to it.

use std::collections::BTreeSet;

use solana_address::Address;

use crate::{
    entry::Entry,
    error::HistoryError,
    inquiry::Inquiry,
    snapshot::{ProgramAccount, Snapshot},
    subject_kind::SubjectKind,
};

/// The subject of a history.
pub(crate) struct Subject {
    pub(crate) address: Address,
    pub(crate) kind: Option<SubjectKind>,
    /// The account; of a user, the wallet and its User account.
    pub(crate) own: BTreeSet<Address>,
    pub(crate) wallet: Option<Address>,
}

impl Subject {
    fn new(
        address: Address,
        kind: Option<SubjectKind>,
        own: &[Address],
        wallet: Option<Address>,
    ) -> Self {
        Self {
            address,
            kind,
            own: own.iter().copied().collect(),
            wallet,
        }
    }
}

impl Inquiry<'_> {
    /// Finds out what kind of account is, or was, at an address, and reads its transactions.
    pub(crate) async fn find_subject(&mut self, address: Address) -> Result<Subject, HistoryError> {
        // The accounts are read first, and then transactions from a state that is no older. So a change that happens
        // meanwhile is in both, and is not taken for a gap.
        let user = self.nodes.addresses.user(&address);
        let mut present = self.snapshots(&[address, user]).await?.into_iter();
        let (at_address, at_user) = (present.next(), present.next());
        self.find_second_node().await;
        Ok(match (at_address, at_user) {
            (Some(Snapshot { slot, account }), _) if account.kind().is_some() => {
                let (kind, mut own) = (account.kind(), vec![address]);
                let wallet = match &account {
                    ProgramAccount::User(user) => Some(user.wallet),
                    _ => None,
                };
                own.extend(wallet);
                self.accounts.insert(address, Snapshot { slot, account });
                self.walk(&own).await?;
                Subject::new(address, kind, &own, wallet)
            }
            (_, Some(present)) if present.account.kind() == Some(SubjectKind::User) => {
                self.accounts.insert(user, present);
                let own = [address, user];
                self.walk(&own).await?;
                Subject::new(address, Some(SubjectKind::User), &own, Some(address))
            }
            (at_address, _) => {
                self.walk(&[address]).await?;
                let kind = self.kind_in_changes(&address);
                if let (
                    Some(
                        SubjectKind::Record
                        | SubjectKind::Share
                        | SubjectKind::Order
                        | SubjectKind::Purchase
                        | SubjectKind::Study
                        | SubjectKind::Application,
                    ),
                    Some(closed),
                ) = (kind, at_address)
                {
                    self.accounts.insert(address, closed);
                }
                let wallet = (kind == Some(SubjectKind::Wallet)).then_some(address);
                Subject::new(address, kind, &[address], wallet)
            }
        })
    }

    /// The role of an address in the changes that name it.
    fn kind_in_changes(&self, address: &Address) -> Option<SubjectKind> {
        let is = |role: Option<Address>| role.as_ref() == Some(address);
        self.changes().find_map(|entry| {
            let details = &entry.details;
            if is(details.record) || details.records().contains(address) {
                Some(SubjectKind::Record)
            } else if is(details.share) {
                Some(SubjectKind::Share)
            } else if is(details.order) {
                Some(SubjectKind::Order)
            } else if is(details.purchase) {
                Some(SubjectKind::Purchase)
            } else if is(details.study) {
                Some(SubjectKind::Study)
            } else if is(details.application) {
                Some(SubjectKind::Application)
            } else if details.name_any(|named| named == address) || entry.signers.contains(address)
            {
                Some(SubjectKind::Wallet)
            } else {
                None
            }
        })
    }

    /// Further accounts whose changes belong to the subject.
    pub(crate) fn related(&self, subject: &Subject) -> Vec<Address> {
        let is_own = |role: Option<Address>| role.is_some_and(|role| subject.own.contains(&role));
        let mut related = BTreeSet::new();
        for Entry { details, .. } in self.changes() {
            match subject.kind {
                Some(SubjectKind::Record) if is_own(details.record) => {
                    related.extend(details.share);
                }
                Some(SubjectKind::Order) if is_own(details.order) => {
                    related.extend(details.purchase);
                }
                Some(SubjectKind::Study) if is_own(details.study) => {
                    related.extend(details.purchase);
                    related.extend(details.application);
                }
                Some(SubjectKind::User | SubjectKind::Wallet) => {
                    if is_own(details.sponsor) {
                        related.extend(details.study);
                    }
                    if is_own(details.participant) {
                        related.extend(details.application);
                    }
                    // A seat is among the participant's own changes: its buyer is a vault.
                    if is_own(details.seller) && details.study.is_some() {
                        related.extend(details.purchase);
                    }
                    if is_own(details.seller) {
                        related.extend(details.order);
                    }
                    if is_own(details.buyer) {
                        related.extend(details.purchase);
                    }
                    if is_own(details.recipient) || is_own(details.recipient_user) {
                        related.extend(details.share);
                    }
                }
                _ => {}
            }
        }
        related.into_iter().collect()
    }
}

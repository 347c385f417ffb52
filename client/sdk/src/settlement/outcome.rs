use futures::future::join_all;
use generion_interface::accounts::{LedgerAccount, PurchaseAccount};
use generion_rpc::node::Node;
use solana_account::Account;
use solana_clock::Clock;
use std::time::Duration;
use tokio::time::timeout;

use crate::{error::ClientError, ledger::Ledger, saved::markers::Marker};

/// The longest time for an answer of a node.
pub(super) const ANSWER_TIMEOUT: Duration = Duration::from_secs(10);

/// The seconds that a node's clock of the ledger may be behind this machine's. An older state shows no outcome.
const OLDEST_STATE: i64 = 120;

/// The outcome of a settlement, as a node shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ended {
    Settled,
    Gone,
    Replaced(i64),
}

impl Ledger {
    /// Whether one node on another machine decides alone, which its user has chosen.
    pub(super) fn is_one_strangers_word(&self) -> bool {
        matches!(self.nodes(), [node] if !node.url().is_this_machine())
    }

    /// The outcome that enough nodes show, whatever the others show; an inner `None`: it has not ended. `None`: too few nodes
    /// agree.
    pub(super) fn what_enough_say(
        &self,
        answers: &[Result<Option<Ended>, ClientError>],
    ) -> Option<Option<Ended>> {
        let said = answers.iter().filter_map(|answer| answer.as_ref().ok());
        let is_enough = |value: &&Option<Ended>| {
            let who = answers.iter().enumerate();
            let who = who.filter(|(_, answer)| answer.as_ref().is_ok_and(|said| said == *value));
            self.witnesses().suffice(who.map(|(place, _)| place))
        };
        said.into_iter().find(is_enough).copied()
    }

    /// The outcome, as each node shows it in its final state; `None`: it has not ended.
    pub(super) async fn how_it_stands(
        &self,
        marker: &Marker,
    ) -> Vec<Result<Option<Ended>, ClientError>> {
        let ask = async |node: &Node| {
            let silent = || ClientError::Stale {
                node: format!("the node at {}", node.url()),
                slot: 0,
            };
            timeout(ANSWER_TIMEOUT, self.how_it_stands_at(node, marker))
                .await
                .unwrap_or_else(|_| Err(silent()))
        };
        join_all(self.nodes().iter().map(ask)).await
    }

    async fn how_it_stands_at(
        &self,
        node: &Node,
        marker: &Marker,
    ) -> Result<Option<Ended>, ClientError> {
        self.check_genesis_of(node).await?;
        let addresses = [marker.purchase, solana_sdk_ids::sysvar::clock::ID];
        let commitment = self.witnesses().commitment();
        let answer = node
            .rpc()
            .get_multiple_accounts_with_commitment(&addresses, commitment)
            .await
            .map_err(|error| node.error(error))?;
        let mut accounts = answer.value.into_iter();
        let (purchase, clock) = (accounts.next().flatten(), accounts.next().flatten());
        let offset = core::mem::offset_of!(Clock, unix_timestamp);
        let time = clock.as_ref().and_then(|clock| clock.data.get(offset..));
        let time = time.and_then(|data| data.first_chunk()).copied();
        let behind = self
            .witnesses()
            .local_time()
            .saturating_sub(time.map_or(i64::MIN, i64::from_le_bytes));
        // A state that is long past says nothing of how it ended: the purchase may not have been there yet.
        if behind > OLDEST_STATE && !node.url().is_this_machine() {
            return Err(ClientError::Stale {
                node: format!("the node at {}", node.url()),
                slot: answer.context.slot,
            });
        }
        let account = purchase.filter(|one| one.lamports > 0 && !one.data.is_empty());
        let Some(account) = account else {
            return Ok(Some(Ended::Gone));
        };
        let Account { owner, data, .. } = &account;
        let purchase = PurchaseAccount::read(self.addresses(), &marker.purchase, owner, data)
            .map_err(|source| ClientError::Account {
                address: marker.purchase,
                source,
            })?;
        let state = &purchase.state;
        Ok(
            match (state.deadline == marker.deadline, state.is_settled()) {
                (false, _) => Some(Ended::Replaced(state.deadline)),
                (true, true) => Some(Ended::Settled),
                (true, false) => None,
            },
        )
    }
}

//! Asking all nodes at once.

use futures::{StreamExt, stream::FuturesUnordered};
use solana_address::Address;
use tokio::time::{Instant, sleep, sleep_until};

use super::{local_clock::seconds, witnesses::Witnesses};
use crate::{
    cluster::OtherGenesis,
    deadline::{deadline, is_nearer},
    node::{GenesisError, Node, NodeError, NodeErrorKind, State},
};

impl Witnesses {
    /// Asks these nodes at once. `answered_before` are nodes that need not be asked any more: once they and those that answer
    /// are enough, the others are waited for a little longer. Returns an answer or an error of each node, in no order.
    pub(super) async fn gather<'a, T, F>(
        &'a self,
        asked: Vec<usize>,
        answered_before: &[usize],
        ask: impl Fn(&'a Node) -> F,
    ) -> Result<Vec<(usize, Result<T, NodeError>)>, OtherGenesis>
    where
        F: Future<Output = Result<T, GenesisError>> + 'a,
    {
        let mut waiting: FuturesUnordered<_> = asked
            .iter()
            .filter_map(|index| Some((*index, self.nodes.get(*index)?)))
            .map(|(index, node)| {
                let answer = ask(node);
                async move { (index, answer.await) }
            })
            .collect();
        let mut answers = Vec::with_capacity(asked.len());
        let mut answered = answered_before.to_vec();
        let mut until = None;
        loop {
            if until.is_none() && self.suffice(answered.iter().copied()) {
                until = Some(deadline(self.options.grace));
            }
            let next = match until {
                None => waiting.next().await,
                Some(until) => tokio::select! {
                    biased;
                    next = waiting.next() => next,
                    () = sleep_until(until) => None,
                },
            };
            let Some((index, answer)) = next else { break };
            match answer {
                Ok(answer) => {
                    answers.push((index, Ok(answer)));
                    answered.push(index);
                }
                Err(GenesisError::Node(error)) => answers.push((index, Err(error))),
                Err(GenesisError::Other(error)) => return Err(error),
            }
        }
        for index in asked {
            let is_missing = answers.iter().all(|(known, _)| *known != index);
            if let Some(node) = self.nodes.get(index).filter(|_| is_missing) {
                let reason = "did not answer while the others did";
                let error = node.failed(NodeErrorKind::Unreachable, reason);
                answers.push((index, Err(error)));
            }
        }
        Ok(answers)
    }

    /// Reads from a node of this cluster, once it has reached `min_slot`; one that is behind is asked again up to a
    /// moment.
    pub(super) async fn state_of(
        &self,
        node: &Node,
        addresses: &[Address],
        min_slot: u64,
        until: Instant,
    ) -> Result<State, GenesisError> {
        self.check_genesis(node).await?;
        loop {
            let ask = node.state(addresses, self.commitment(), min_slot);
            match node.within(self.options.timeout, ask).await {
                Err(error)
                    if matches!(error.kind(), NodeErrorKind::Behind { .. })
                        && !is_nearer(until, self.options.interval) =>
                {
                    sleep(self.options.interval).await;
                }
                Ok(state) => {
                    self.check_new(node, &state)?;
                    return Ok(state);
                }
                Err(error) => return Err(error.into()),
            }
        }
    }

    pub(super) async fn check_genesis(&self, node: &Node) -> Result<(), GenesisError> {
        let genesis = async { Ok(node.check_genesis(self.genesis()).await) };
        node.within(self.options.timeout, genesis).await?
    }

    /// The ledger of a node on this machine may have stood still together with the machine.
    fn check_new(&self, node: &Node, state: &State) -> Result<(), NodeError> {
        if self.is_own(node) {
            return Ok(());
        }
        node.check_progress(
            state.slot,
            std::time::Instant::now(),
            self.options.standstill,
        )?;
        let behind = self.local_time().saturating_sub(state.unix_time);
        if behind > seconds(self.options.staleness) {
            let reason = format!(
                "shows a state that is {behind} s old by this machine's clock: the node stands still, or this machine's \
                 clock is wrong"
            );
            return Err(node.failed(NodeErrorKind::Stale, &reason));
        }
        Ok(())
    }
}

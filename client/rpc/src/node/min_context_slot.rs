//! Answers from a state that is new enough.

use std::time::Duration;

use solana_rpc_client_api::{client_error::Error as RpcError, response::Response};
use tokio::time::{Instant, sleep};

use super::{Node, NodeError, is_behind};

/// The time between two questions to a node that is behind.
const INTERVAL: Duration = Duration::from_millis(200);

impl Node {
    /// Asks this node until it answers from a state that has reached `slot`. `ask` gets the slot as the least that the
    /// request is to be answered from; `None` where any will do.
    ///
    /// # Errors
    /// [`NodeError`], which is [`NodeErrorKind::Behind`](super::NodeErrorKind::Behind) where the node doesn't reach the slot
    /// within `patience`.
    pub async fn with_min_context_slot<T, F>(
        &self,
        slot: u64,
        patience: Duration,
        ask: impl Fn(Option<u64>) -> F,
    ) -> Result<Response<T>, NodeError>
    where
        F: Future<Output = Result<Response<T>, RpcError>>,
    {
        let started = Instant::now();
        loop {
            match ask(Some(slot).filter(|slot| *slot > 0)).await {
                // Some nodes ignore the slot that a request names.
                Ok(answer) if answer.context.slot >= slot => return Ok(answer),
                Ok(_) => {}
                Err(error) if is_behind(&error) => {}
                Err(error) => return Err(self.error(error)),
            }
            if started.elapsed() > patience {
                return Err(self.behind(slot));
            }
            sleep(INTERVAL).await;
        }
    }
}

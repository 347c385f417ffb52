//! One request to a node for the statuses of all transactions that somebody waits for.

use std::{
    future::Future,
    sync::{Mutex, MutexGuard, PoisonError},
};

use solana_signature::Signature;
use solana_transaction_status_client_types::TransactionStatus;
use tokio::sync::{Mutex as Turn, oneshot};

/// Most signatures that a node takes in one `getSignatureStatuses` request.
const SIGNATURES_PER_REQUEST: usize = 256;

type Answer<E> = Result<Option<TransactionStatus>, E>;
type Waiting<E> = Vec<(Signature, oneshot::Sender<Answer<E>>)>;

/// Collects the questions for the statuses of transactions. Those that arrive while a request is on its way go into the next
/// request together, so that no answer is older than its question.
pub(crate) struct StatusQueue<E> {
    waiting: Mutex<Waiting<E>>,
    turn: Turn<()>,
}

impl<E> Default for StatusQueue<E> {
    fn default() -> Self {
        Self {
            waiting: Mutex::default(),
            turn: Turn::default(),
        }
    }
}

impl<E: Clone> StatusQueue<E> {
    /// The status of one transaction. `request` asks the node for up to 256 of them, and returns as many.
    pub(crate) async fn ask<F>(
        &self,
        signature: &Signature,
        request: impl Fn(Vec<Signature>) -> F,
    ) -> Answer<E>
    where
        F: Future<Output = Result<Vec<Option<TransactionStatus>>, E>>,
    {
        loop {
            let (sender, mut answer) = oneshot::channel();
            self.waiting().push((*signature, sender));
            let turn = self.turn.lock().await;
            match answer.try_recv() {
                Ok(answer) => return answer,
                // The task that made the request was dropped before the answer came.
                Err(oneshot::error::TryRecvError::Closed) => continue,
                Err(oneshot::error::TryRecvError::Empty) => {}
            }
            let mut waiting = core::mem::take(&mut *self.waiting());
            // Those whose future was dropped meanwhile want no answer.
            waiting.retain(|(_, sender)| !sender.is_closed());
            for chunk in chunks(waiting) {
                answer_all(chunk, &request).await;
            }
            drop(turn);
            if let Ok(answer) = answer.try_recv() {
                return answer;
            }
        }
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting<E>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn chunks<E>(mut waiting: Waiting<E>) -> Vec<Waiting<E>> {
    let mut chunks = Vec::new();
    while waiting.len() > SIGNATURES_PER_REQUEST {
        let rest = waiting.split_off(SIGNATURES_PER_REQUEST);
        chunks.push(core::mem::replace(&mut waiting, rest));
    }
    chunks.push(waiting);
    chunks
}

async fn answer_all<E: Clone, F>(waiting: Waiting<E>, request: impl Fn(Vec<Signature>) -> F)
where
    F: Future<Output = Result<Vec<Option<TransactionStatus>>, E>>,
{
    let signatures = waiting.iter().map(|(signature, _)| *signature).collect();
    let answers: Vec<Answer<E>> = match request(signatures).await {
        Ok(statuses) => statuses.into_iter().map(Ok).collect(),
        Err(error) => waiting.iter().map(|_| Err(error.clone())).collect(),
    };
    for ((_, sender), answer) in waiting.into_iter().zip(answers) {
        // A future that was dropped meanwhile wants no answer.
        let _ = sender.send(answer);
    }
}

//! One question to a node for all transactions whose fate is waited for.

use std::sync::{Mutex, PoisonError};

use generion_rpc::node::{Node, NodeError};
use solana_rpc_client_api::client_error::{Error as RpcError, ErrorKind};
use solana_signature::Signature;
use solana_transaction_status_client_types::TransactionStatus;
use tokio::sync::{Mutex as Turn, oneshot};

/// Most transactions that a node tells of in one answer.
const SIGNATURES_PER_REQUEST: usize = 256;

type Answer = Result<Option<TransactionStatus>, NodeError>;

/// Asks one node what became of transactions. Whoever comes while the node is being asked is asked for with all the
/// others next: an answer is never older than its question.
#[derive(Default)]
pub(crate) struct StatusDesk {
    waiting: Mutex<Vec<(Signature, oneshot::Sender<Answer>)>>,
    turn: Turn<()>,
}

impl StatusDesk {
    pub(super) async fn ask(&self, node: &Node, signature: &Signature) -> Answer {
        loop {
            let (tell, mut told) = oneshot::channel();
            self.waiting().push((*signature, tell));
            let turn = self.turn.lock().await;
            match told.try_recv() {
                Ok(answer) => return answer,
                // Whoever asked gave up before the answer came.
                Err(oneshot::error::TryRecvError::Closed) => continue,
                Err(oneshot::error::TryRecvError::Empty) => {}
            }
            let mut asked = core::mem::take(&mut *self.waiting());
            // Those who gave up meanwhile.
            asked.retain(|(_, tell)| !tell.is_closed());
            for asked in chunks(asked) {
                ask_for(node, asked).await;
            }
            drop(turn);
            if let Ok(answer) = told.try_recv() {
                return answer;
            }
        }
    }

    fn waiting(&self) -> std::sync::MutexGuard<'_, Vec<(Signature, oneshot::Sender<Answer>)>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

type Asked = Vec<(Signature, oneshot::Sender<Answer>)>;

fn chunks(mut asked: Asked) -> Vec<Asked> {
    let mut chunks = Vec::new();
    while asked.len() > SIGNATURES_PER_REQUEST {
        let rest = asked.split_off(SIGNATURES_PER_REQUEST);
        chunks.push(core::mem::replace(&mut asked, rest));
    }
    chunks.push(asked);
    chunks
}

async fn ask_for(node: &Node, asked: Asked) {
    let signatures: Vec<_> = asked.iter().map(|(signature, _)| *signature).collect();
    let statuses = match node.rpc().get_signature_statuses(&signatures).await {
        Ok(statuses) if statuses.value.len() == asked.len() => Ok(statuses.value),
        Ok(_) => {
            let words = "it answers with another number of statuses than it was asked for";
            Err(node.error(RpcError::from(ErrorKind::Custom(words.to_owned()))))
        }
        Err(error) => Err(node.error(error)),
    };
    match statuses {
        Ok(statuses) => {
            for ((_, tell), status) in asked.into_iter().zip(statuses) {
                // Whoever gave up wants no answer.
                let _ = tell.send(Ok(status));
            }
        }
        Err(error) => {
            for (_, tell) in asked {
                // As above.
                let _ = tell.send(Err(error.clone()));
            }
        }
    }
}

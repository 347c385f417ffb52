//! The answers of several nodes to one question, without a long wait for a node that hangs.

use std::time::Duration;

use futures::{StreamExt, stream::FuturesUnordered};
use tokio::time::{Instant, timeout_at};

use crate::node::{Node, NodeError, NodeErrorKind};

/// The time to wait for a node that did not answer in time a moment ago.
const SILENT_WAIT: Duration = Duration::from_millis(300);

/// The time to wait for nodes once another one has answered: `wait`, or less if all of them were silent a moment ago.
pub(crate) fn patience<'a>(wait: Duration, mut silent: impl Iterator<Item = &'a Node>) -> Duration {
    match silent.any(|node| !node.was_silent()) {
        true => wait,
        false => wait.min(SILENT_WAIT),
    }
}

/// Asks all nodes at once. Once one of them has answered, the others are waited for as long again as that took, and as long as
/// `wait` at the least; those that were silent a moment ago, for less. Returns the answers in the order of the nodes.
///
/// A node that was not waited for any longer has a [`NodeErrorKind::Unreachable`].
pub async fn ask_all<N, T, E, A>(
    nodes: &[N],
    wait: Duration,
    question: impl Fn(N) -> A,
) -> Vec<Result<T, E>>
where
    N: AsRef<Node> + Copy,
    E: From<NodeError>,
    A: Future<Output = Result<T, E>>,
{
    let started = Instant::now();
    let asked = nodes.iter().enumerate().map(|(index, node)| {
        let answer = question(*node);
        async move { (index, answer.await) }
    });
    let mut asked: FuturesUnordered<_> = asked.collect();
    let mut answers: Vec<Option<Result<T, E>>> = nodes.iter().map(|_| None).collect();
    let mut first_answer: Option<Instant> = None;
    loop {
        let next = match first_answer {
            None => asked.next().await,
            Some(at) => {
                let silent = nodes.iter().zip(&answers);
                let silent = silent.filter(|(_, answer)| answer.is_none());
                let wait = wait.max(at - started);
                let wait = patience(wait, silent.map(|(node, _)| node.as_ref()));
                timeout_at(at + wait, asked.next()).await.unwrap_or(None)
            }
        };
        let Some((index, answer)) = next else {
            break;
        };
        if answer.is_ok() {
            nodes[index].as_ref().note_answer(true);
            first_answer.get_or_insert_with(Instant::now);
        }
        answers[index] = Some(answer);
    }
    let answers = nodes.iter().zip(answers).map(|(node, answer)| {
        let node = node.as_ref();
        answer.unwrap_or_else(|| {
            node.note_answer(false);
            let reason = "did not answer in time, and others did";
            Err(node.failed(NodeErrorKind::Unreachable, reason).into())
        })
    });
    answers.collect()
}

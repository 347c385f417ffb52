use std::time::Duration;

use futures::future::join_all;
use generion::{SettleArgs, state::Purchase};
use generion_crypto::settle::SettleSecret;
use generion_rpc::{
    amount::FEE_PER_SIGNATURE, causes::with_causes, deadline::deadline, node::Node,
};
use solana_hash::Hash;
use solana_instruction::Instruction;
use solana_signature::Signature;
use solana_transaction::Transaction;
use tokio::time::{Instant, sleep, timeout};

use super::{
    event::{SettleEnd, SettleEvent},
    options::{SettleOptions, Settler},
    outcome::{ANSWER_TIMEOUT, Ended},
};
use crate::{
    error::ClientError,
    ledger::{Ledger, priority::PriorityPrice},
    saved::markers::Marker,
    transaction::{
        budget::{FIRST_PRICE, limits, with_budget},
        confirmed::ConfirmedTransaction,
    },
};

/// The highest price that the client pays for a settlement, in micro-lamports per compute unit.
const MAX_PRICE: u64 = 5_000_000;
/// The highest fee of a settlement, in lamports.
pub(crate) const MAX_FEE: u64 =
    FEE_PER_SIGNATURE + (limits::SETTLE as u64 * MAX_PRICE).div_ceil(1_000_000);
/// The number of repeated signatures for which the client keeps lamports in reserve.
pub(crate) const RESERVED_TRIES: u64 = 10;

/// The refund of a purchase has opened at most this many seconds after its deadline, even if the purchase was locked
/// late.
const LONGEST_AFTER_DEADLINE: u32 = 87_000;

/// A signed settlement. The only thing to do with it is to send it.
pub(crate) struct Shown {
    transaction: Transaction,
    price: u64,
}

impl Shown {
    fn signature(&self) -> Signature {
        self.transaction
            .signatures
            .first()
            .copied()
            .unwrap_or_default()
    }
}

impl Ledger {
    /// Signs a settlement. `before` is the number of earlier signatures.
    pub(crate) async fn sign_settle(
        &self,
        marker: &Marker,
        secret: &SettleSecret,
        settler: &Settler<'_>,
        before: u32,
        hash: Hash,
    ) -> Result<Shown, ClientError> {
        let instruction = self.settle_instruction(marker, secret);
        let price = self.settle_price(&instruction, before).await;
        let instructions = with_budget(&[instruction], limits::SETTLE, price);
        let payer = settler.payer.pubkey();
        let mut transaction = Transaction::new_with_payer(&instructions, Some(&payer));
        transaction.try_sign(&[settler.payer], hash)?;
        Ok(Shown { transaction, price })
    }

    fn settle_instruction(&self, marker: &Marker, secret: &SettleSecret) -> Instruction {
        // The instruction uses only three addresses of this state.
        let state = Purchase {
            version: 0,
            bump: 0,
            status: 0,
            record_count: 0,
            delivered_count: 0,
            seat: 0,
            reserved: [0; 2],
            price: 0,
            deadline: marker.deadline,
            settle_by: 0,
            order: marker.order,
            seller: marker.seller,
            buyer: Default::default(),
            buyer_key: marker.buyer_key,
            settle_key: marker.settle_key,
            terms: marker.terms,
        };
        let args = SettleArgs {
            settle_secret: *secret.to_bytes(),
        };
        self.instructions().settle(marker.purchase, &state, args)
    }

    /// The market's price, up to the user's limit. The price doubles with each earlier signature that was not
    /// confirmed.
    async fn settle_price(&self, instruction: &Instruction, before: u32) -> u64 {
        let market = match self.priority() {
            PriorityPrice::None => 0,
            PriorityPrice::Fixed(price) => price,
            // The request names accounts and does not contain the transaction, so it reveals nothing.
            PriorityPrice::Market { max } => self
                .market(core::slice::from_ref(instruction))
                .await
                .map_or(0, |paid| paid.min(max)),
        };
        match before.checked_sub(1) {
            None => market,
            Some(doublings) => market
                .max(FIRST_PRICE)
                .saturating_mul(1 << doublings.min(32)),
        }
        .min(MAX_PRICE)
    }

    /// Sends a settlement until enough nodes agree on its outcome, however long that takes.
    pub(crate) async fn settle_to_the_end(
        &self,
        marker: &Marker,
        secret: &SettleSecret,
        settler: &Settler<'_>,
        first: Option<Shown>,
        mut report: impl FnMut(SettleEvent),
    ) -> SettleEnd {
        let options = settler.options;
        let mut signed = Vec::new();
        let mut latest = None;
        let mut next_signature = Instant::now();
        let mut next_sending = next_signature;
        let mut sign_interval = options.sign_interval;
        let mut said: Option<(Ended, Instant)> = None;
        let mut told = Vec::new();
        // The last outcome that each node showed. A node that shows an outcome gets no further transactions.
        let mut shown = vec![None; self.nodes().len()];
        if let Some(first) = first {
            self.show(&first, &shown).await;
            report(SettleEvent::Sent {
                signature: first.signature(),
                before: 0,
                price: first.price,
            });
            signed.push(first.signature());
            latest = Some(first);
            next_signature = deadline(sign_interval);
            next_sending = deadline(options.send_interval);
        }
        loop {
            let answers = self.how_it_stands(marker).await;
            for (place, answer) in shown.iter_mut().zip(&answers) {
                *place = answer.as_ref().ok().copied().flatten();
            }
            match self.what_enough_say(&answers) {
                Some(Some(ended)) => {
                    let now = Instant::now();
                    let since = match said {
                        Some((before, since)) if before == ended => since,
                        _ => now,
                    };
                    said = Some((ended, since));
                    if !self.is_one_strangers_word()
                        || now.duration_since(since) >= options.second_word
                    {
                        return self.end(ended, &signed).await;
                    }
                }
                Some(None) => said = None,
                None => {
                    let errors: Vec<_> = answers.into_iter().filter_map(Result::err).collect();
                    let words: Vec<_> = errors.iter().map(|error| with_causes(error)).collect();
                    // Report the same errors once, not in every round.
                    if words != told {
                        for error in errors {
                            report(SettleEvent::Undecided { error });
                        }
                    }
                    told = words;
                }
            }
            let now = Instant::now();
            let may_have_ended = shown.iter().any(Option::is_some);
            if now >= next_signature {
                // If one node shows an outcome and another node contradicts it or is silent, the outcome may be true.
                // Then each further transaction only costs a fee, so sign less and less often, and don't raise the
                // price.
                let dearer = match may_have_ended {
                    true => 1,
                    false => u32::try_from(signed.len()).unwrap_or(u32::MAX),
                };
                let before = dearer.min(u32::try_from(signed.len()).unwrap_or(u32::MAX));
                match self
                    .sign_anew(marker, secret, settler, before, &shown)
                    .await
                {
                    Ok(Some(anew)) => {
                        self.show(&anew, &shown).await;
                        report(SettleEvent::Sent {
                            signature: anew.signature(),
                            before: u32::try_from(signed.len()).unwrap_or(u32::MAX),
                            price: anew.price,
                        });
                        signed.push(anew.signature());
                        latest = Some(anew);
                    }
                    // Each node got a transaction of its own.
                    Ok(None) => latest = None,
                    Err(error) => report(SettleEvent::Undecided { error }),
                }
                sign_interval = match may_have_ended {
                    true => sign_interval
                        .saturating_mul(2)
                        .min(self.rarest(marker, &options)),
                    false => options.sign_interval,
                };
                next_signature = deadline(sign_interval);
                next_sending = deadline(options.send_interval);
            } else if now >= next_sending {
                if let Some(latest) = &latest {
                    self.show(latest, &shown).await;
                }
                next_sending = deadline(options.send_interval);
            }
            sleep(options.ask_interval).await;
        }
    }

    /// The longest time between two signatures: ten times the normal time until the refund opens, sixty times after
    /// that.
    fn rarest(&self, marker: &Marker, options: &SettleOptions) -> Duration {
        let longest = i64::from(LONGEST_AFTER_DEADLINE);
        let times = match self.witnesses().local_time() < marker.deadline.saturating_add(longest) {
            true => 10,
            false => 60,
        };
        options.sign_interval.saturating_mul(times)
    }

    /// Sends the transaction at the same time to all nodes that show no outcome. Their answers are ignored.
    async fn show(&self, shown: &Shown, ended: &[Option<Ended>]) {
        let nodes = self.nodes().iter().zip(ended);
        let open = nodes.filter(|(_, ended)| ended.is_none());
        let hand = async |node: &Node| {
            let _ = timeout(
                ANSWER_TIMEOUT,
                self.confirmer().hand_to(node, &shown.transaction),
            )
            .await;
        };
        join_all(open.map(|(node, _)| hand(node))).await;
    }

    /// Signs with a block hash that enough nodes hold valid. If there is none, sends each node a transaction with that
    /// node's own block hash: the secret is public already, and a false block hash from one node must not keep the
    /// settlement from the honest ones.
    async fn sign_anew(
        &self,
        marker: &Marker,
        secret: &SettleSecret,
        settler: &Settler<'_>,
        before: u32,
        ended: &[Option<Ended>],
    ) -> Result<Option<Shown>, ClientError> {
        let refused = match self.witnesses().recent_blockhash().await {
            Ok(hash) => {
                let shown = self.sign_settle(marker, secret, settler, before, hash);
                return shown.await.map(Some);
            }
            Err(error) => error,
        };
        let own = async |node: &Node| -> Result<(), ClientError> {
            let hash = node.rpc().get_latest_blockhash().await;
            let hash = hash.map_err(|error| node.error(error))?;
            let shown = self
                .sign_settle(marker, secret, settler, before, hash)
                .await?;
            // The node's answer does not matter.
            let _ = timeout(
                ANSWER_TIMEOUT,
                self.confirmer().hand_to(node, &shown.transaction),
            )
            .await;
            Ok(())
        };
        let nodes = self.nodes().iter().zip(ended);
        let open = nodes.filter(|(_, ended)| ended.is_none());
        let sent = join_all(open.map(|(node, _)| own(node))).await;
        match sent.iter().any(Result::is_ok) {
            true => Ok(None),
            false => Err(refused.into()),
        }
    }

    async fn end(&self, ended: Ended, signed: &[Signature]) -> SettleEnd {
        match ended {
            Ended::Replaced(deadline) => SettleEnd::Replaced { deadline },
            Ended::Settled => SettleEnd::Settled {
                confirmed: self.which_landed(signed).await,
            },
            Ended::Gone => SettleEnd::Gone {
                confirmed: self.which_landed(signed).await,
            },
        }
    }

    /// The confirmed transaction among those that were signed, to report its fee. Nothing depends on it.
    async fn which_landed(&self, signed: &[Signature]) -> Option<ConfirmedTransaction> {
        for signature in signed {
            for node in self.nodes() {
                if let Ok(confirmed) = self.confirmed_transaction_at(node, signature).await {
                    return Some(confirmed);
                }
            }
        }
        None
    }
}

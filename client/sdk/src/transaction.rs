//! Sending: a transaction is simulated, given the compute units that it needs, sent to all nodes until the ledger tells
//! its fate, and never made a second time while the first could still land.
//!
//! What carries a secret is never simulated: [`Confidential`] has no way to, and [`settle`] has a sender of its own.

pub(crate) mod budget;
mod confirmation;
mod dry_run;
mod prepared;
mod refusal;
pub(crate) mod settle;
mod statuses;
mod terms;

use futures::future::{join_all, try_join};
use generion_interface::events::Event;
use generion_rpc::node::{Node, NodeErrorKind};
use solana_address::Address;
use solana_hash::Hash;
use solana_instruction::Instruction;
use solana_rpc_client_api::{
    config::RpcSendTransactionConfig,
    request::RpcRequest,
    response::{Response, RpcBlockhash},
};
use solana_signature::Signature;
use solana_signer::Signer;
use solana_transaction::Transaction;

pub use self::{
    budget::{MAX_TRANSACTION_BYTES, PriorityPrice},
    dry_run::{DryRun, DryRunAccount},
    prepared::{Confidential, Placeholder, Prepared, Sent},
    settle::{SettleEnd, SettleEvent, SettleOptions},
};
pub(crate) use self::{prepared::Common, statuses::StatusDesk, terms::SharedTerms};
use crate::{Activity, ClientError, Ledger};

/// How many compute units a transaction asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Units {
    /// What a simulation uses and some more. Where it would fail, it is refused at no cost.
    Simulated,
    /// So many; nothing is simulated.
    Fixed(u32),
}

/// How a transaction is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SendOptions {
    /// How many compute units it asks for, and whether it is simulated.
    pub units: Units,
    /// How many block hashes are tried, one after the other has expired unused: 1 or more.
    pub attempts: u32,
    /// The last moment to send at, in seconds since the Unix epoch by the ledger's clock, which is read anew for each
    /// block hash, and not from a state older than that hash: so it bounds when the transaction can land at all. Of several
    /// nodes the earliest clock counts.
    pub not_after: Option<i64>,
    /// How often the price is raised: above the market's from the first time on, doubled with each further one, and never
    /// above the user's highest. For what runs out of time.
    pub raise: u32,
}

impl Default for SendOptions {
    fn default() -> Self {
        Self {
            units: Units::Simulated,
            attempts: 3,
            not_after: None,
            raise: 0,
        }
    }
}

/// A transaction on the ledger, as the ledger tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfirmedTransaction {
    /// Its signature.
    pub signature: Signature,
    /// Its slot.
    pub slot: u64,
    /// Its fee, in lamports.
    pub fee: u64,
    /// The compute units it used.
    pub compute_units: u64,
    /// The program's events.
    pub events: Vec<Event>,
}

/// A transaction that is signed and not sent.
#[derive(Clone)]
pub struct Signed {
    transaction: Transaction,
    signature: Signature,
    validity: Validity,
}

impl Signed {
    /// Its signature.
    pub const fn signature(&self) -> Signature {
        self.signature
    }

    /// The last block height at which it can land.
    pub const fn last_valid_height(&self) -> u64 {
        self.validity.last_height
    }
}

/// A block hash, and for how long it makes transactions valid.
#[derive(Clone, Copy, Debug)]
struct Validity {
    hash: Hash,
    /// The last block height at which a transaction with it lands.
    last_height: u64,
    /// The slot of the state that it was read from.
    slot: u64,
}

impl Ledger {
    /// Signs and sends a transaction, and waits until the ledger tells its fate. `payer` pays the fee; repeated signers
    /// are fine. The same bytes are sent to all nodes again and again until then; only once they can't land any more,
    /// because their block hash expired, is it made anew with the next one.
    ///
    /// # Errors
    /// [`ClientError::Refused`]; [`ClientError::Expired`] where it did not land and never will; [`ClientError::Unknown`]
    /// where the nodes stopped answering; [`ClientError::SentTooLate`] and [`ClientError::Node`] where it was not sent at
    /// all.
    pub async fn send(
        &self,
        instructions: &[Instruction],
        payer: &dyn Signer,
        signers: &[&dyn Signer],
        options: SendOptions,
    ) -> Result<ConfirmedTransaction, ClientError> {
        let mut attempts = 1;
        loop {
            let signed = self.sign(instructions, payer, signers, options).await?;
            match self.dispatch(&signed).await {
                Err(ClientError::Expired(_)) if attempts < options.attempts => attempts += 1,
                fate => return fate,
            }
        }
    }

    /// Simulates a transaction, where the options say so, and signs it, without sending it: for who has to write down what
    /// may land before it can.
    ///
    /// # Errors
    /// [`ClientError::Refused`], [`ClientError::SentTooLate`], [`ClientError::Node`]; nothing was sent.
    pub async fn sign(
        &self,
        instructions: &[Instruction],
        payer: &dyn Signer,
        signers: &[&dyn Signer],
        options: SendOptions,
    ) -> Result<Signed, ClientError> {
        let SendOptions { units, raise, .. } = options;
        let of_payer = payer.pubkey();
        let budgeted = self.budgeted(instructions, &of_payer, units, raise);
        let (instructions, validity) = match units {
            // The newest block hash, once it is known what to sign.
            Units::Simulated => (budgeted.await?, self.validity().await?),
            Units::Fixed(_) => try_join(budgeted, self.validity()).await?,
        };
        if let Some(not_after) = options.not_after {
            let now = self.earliest_time(validity.slot).await?;
            if now > not_after {
                return Err(ClientError::SentTooLate { now, not_after });
            }
        }
        signed(&instructions, payer, signers, validity)
    }

    /// Sends what was signed, once or again, and waits until the ledger tells its fate.
    ///
    /// # Errors
    /// As [`Self::send`].
    pub async fn dispatch(&self, signed: &Signed) -> Result<ConfirmedTransaction, ClientError> {
        let mut refused = None;
        let mut may_be_taken = false;
        for answer in self.broadcast(&signed.transaction).await {
            match answer {
                // An answer of the node's means that it did not take the transaction; a lost answer means nothing.
                Err(error @ ClientError::Node(_)) if is_refusal(&error) => {
                    refused = refused.or(Some(error));
                }
                Err(error @ ClientError::OtherGenesis(_)) => refused = refused.or(Some(error)),
                _ => may_be_taken = true,
            }
        }
        match refused {
            Some(error) if !may_be_taken => return Err(error),
            _ => {}
        }
        let confirming = self.progress.begin(Activity::Confirming, None);
        let fate = self.await_confirmation(signed).await;
        drop(confirming);
        match &fate {
            Ok(confirmed) => self.expect_slot(confirmed.slot),
            Err(ClientError::Refused(refusal)) => self.expect_slot(refusal.slot),
            Err(_) => {}
        }
        fate
    }

    /// Hands a signed transaction to all nodes. It is checked by the simulation before, not here: a transaction that is
    /// sent a second time would be refused for having landed.
    async fn broadcast(&self, transaction: &Transaction) -> Vec<Result<Signature, ClientError>> {
        join_all(
            self.nodes()
                .iter()
                .map(|node| self.hand_to(node, transaction)),
        )
        .await
    }

    /// Hands a signed transaction to a node, which is not asked to simulate it.
    pub(super) async fn hand_to(
        &self,
        node: &Node,
        transaction: &Transaction,
    ) -> Result<Signature, ClientError> {
        self.check_genesis_of(node).await?;
        let config = RpcSendTransactionConfig {
            skip_preflight: true,
            preflight_commitment: Some(node.rpc().commitment().commitment),
            ..RpcSendTransactionConfig::default()
        };
        node.rpc()
            .send_transaction_with_config(transaction, config)
            .await
            .map_err(|error| node.error(error).into())
    }

    /// A block hash to sign with: the first node's, unless another node doesn't know it.
    async fn validity(&self) -> Result<Validity, ClientError> {
        let [first, others @ ..] = self.nodes() else {
            return self.validity_of(self.primary()).await;
        };
        let validity = self.validity_of(first).await;
        if others.is_empty() {
            return validity;
        }
        if let Ok(validity) = &validity
            && self.is_known_to_any(others, &validity.hash).await
        {
            return Ok(*validity);
        }
        for node in others {
            if let Ok(validity) = self.validity_of(node).await {
                // What one node says about slots is no floor for another.
                return Ok(Validity {
                    slot: 0,
                    ..validity
                });
            }
        }
        validity
    }

    async fn is_known_to_any(&self, nodes: &[Node], hash: &Hash) -> bool {
        let ask = async |node: &Node| {
            let rpc = node.rpc();
            let valid = rpc.is_blockhash_valid(hash, rpc.commitment()).await;
            valid.unwrap_or(false)
        };
        let answers = join_all(nodes.iter().map(ask)).await;
        answers.into_iter().any(|is_valid| is_valid)
    }

    async fn validity_of(&self, node: &Node) -> Result<Validity, ClientError> {
        self.check_genesis_of(node).await?;
        let parameters = serde_json::json!([node.rpc().commitment()]);
        let answer = node
            .rpc()
            .send::<Response<RpcBlockhash>>(RpcRequest::GetLatestBlockhash, parameters)
            .await
            .map_err(|error| node.error(error))?;
        let hash = answer
            .value
            .blockhash
            .parse()
            .map_err(|_| self.nonsense("its block hash is not one"))?;
        Ok(Validity {
            hash,
            last_height: answer.value.last_valid_block_height,
            slot: answer.context.slot,
        })
    }

    /// Whether the instructions fit one transaction of `payer`, with what a priority price takes.
    pub fn fits(&self, instructions: &[Instruction], payer: &Address) -> bool {
        budget::size(&self.priced(instructions), payer) <= MAX_TRANSACTION_BYTES
    }
}

/// Signs a transaction; repeated signers are fine.
fn signed(
    instructions: &[Instruction],
    payer: &dyn Signer,
    signers: &[&dyn Signer],
    validity: Validity,
) -> Result<Signed, ClientError> {
    let mut all = vec![payer];
    for signer in signers {
        if all.iter().all(|known| known.pubkey() != signer.pubkey()) {
            all.push(*signer);
        }
    }
    let mut transaction = Transaction::new_with_payer(instructions, Some(&payer.pubkey()));
    transaction.try_sign(&all, validity.hash)?;
    Ok(Signed {
        signature: transaction.signatures.first().copied().unwrap_or_default(),
        transaction,
        validity,
    })
}

/// Whether a node answered, and did not take what it was handed.
fn is_refusal(error: &ClientError) -> bool {
    matches!(
        error,
        ClientError::Node(error)
            if matches!(error.kind(), NodeErrorKind::Refused { .. } | NodeErrorKind::Behind { .. })
    )
}

//! Sending: a transaction is simulated, given the compute units that it needs, sent until the ledger tells its fate, and
//! never made a second time while the first could still land.

mod budget;
mod dry_run;
mod fate;
mod refusal;

use generion_interface::events::Event;
use solana_address::Address;
use solana_instruction::Instruction;
use solana_rpc_client_api::{
    client_error::ErrorKind,
    config::RpcSendTransactionConfig,
    request::RpcRequest,
    response::{Response, RpcBlockhash},
};
use solana_signature::Signature;
use solana_signer::Signer;
use solana_transaction::{Hash, Transaction};

pub use self::{
    budget::{MAX_TRANSACTION_BYTES, PriorityPrice},
    dry_run::{DryRun, DryRunAccount},
};
use crate::{Activity, ClientError, Ledger};

/// How a transaction is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SendOptions {
    /// Whether the node simulates the transaction first. Where it would fail, it is refused at no cost; otherwise the
    /// simulation tells how many compute units to ask for. Without it, it gets what the ledger gives by default.
    pub preflight: bool,
    /// How many block hashes are tried, one after the other has expired unused: 1 or more.
    pub attempts: u32,
    /// The last moment to send at, in seconds since the Unix epoch by the ledger's clock, which is read anew for each
    /// block hash, and not from a state older than that hash: so it bounds when the transaction can land at all.
    pub not_after: Option<i64>,
}

impl Default for SendOptions {
    fn default() -> Self {
        Self {
            preflight: true,
            attempts: 3,
            not_after: None,
        }
    }
}

/// A transaction on the ledger, as the ledger tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Landed {
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
#[derive(Clone, Debug)]
pub struct Prepared {
    transaction: Transaction,
    signature: Signature,
    validity: Validity,
}

impl Prepared {
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
    /// are fine. The same bytes are sent again and again until then; only once they can't land any more, because their
    /// block hash expired, is it made anew with the next one.
    ///
    /// # Errors
    /// [`ClientError::Refused`]; [`ClientError::Expired`] where it did not land and never will; [`ClientError::Unknown`]
    /// where the node stopped answering; [`ClientError::SentTooLate`], [`ClientError::Node`] and [`ClientError::DryRun`]
    /// where it was not sent at all.
    pub async fn send(
        &self,
        instructions: &[Instruction],
        payer: &dyn Signer,
        signers: &[&dyn Signer],
        options: SendOptions,
    ) -> Result<Landed, ClientError> {
        let mut attempts = 1;
        loop {
            let prepared = self.prepare(instructions, payer, signers, options).await?;
            match self.dispatch(&prepared).await {
                Err(ClientError::Expired(_)) if attempts < options.attempts => attempts += 1,
                fate => return fate,
            }
        }
    }

    /// Simulates a transaction and signs it, without sending it: for who has to write down what may land before it can.
    ///
    /// # Errors
    /// [`ClientError::Refused`], [`ClientError::SentTooLate`], [`ClientError::Node`], [`ClientError::DryRun`]; nothing was
    /// sent.
    pub async fn prepare(
        &self,
        instructions: &[Instruction],
        payer: &dyn Signer,
        signers: &[&dyn Signer],
        options: SendOptions,
    ) -> Result<Prepared, ClientError> {
        let mut all = vec![payer];
        for signer in signers {
            if all.iter().all(|known| known.pubkey() != signer.pubkey()) {
                all.push(*signer);
            }
        }
        let payer = payer.pubkey();
        let instructions = match options.preflight {
            true => self.budgeted(instructions, &payer).await?,
            false => instructions.to_vec(),
        };
        if self.is_dry_run() {
            let dry_run = self.rehearse(&instructions, &payer).await?;
            return Err(ClientError::DryRun(Box::new(dry_run)));
        }
        let validity = self.validity().await?;
        if let Some(not_after) = options.not_after {
            let now = self.unix_time_since(validity.slot).await?;
            if now > not_after {
                return Err(ClientError::SentTooLate { now, not_after });
            }
        }
        let mut transaction = Transaction::new_with_payer(&instructions, Some(&payer));
        transaction.try_sign(&all, validity.hash)?;
        Ok(Prepared {
            signature: transaction.signatures.first().copied().unwrap_or_default(),
            transaction,
            validity,
        })
    }

    /// Sends what was prepared, once or again, and waits until the ledger tells its fate.
    ///
    /// # Errors
    /// As [`Self::send`].
    pub async fn dispatch(&self, prepared: &Prepared) -> Result<Landed, ClientError> {
        if let Err(error) = self.broadcast(&prepared.transaction).await {
            // An answer of the node's means that it did not take the transaction; a lost answer means nothing.
            if matches!(error.kind(), ErrorKind::RpcError(_)) {
                return Err(self.node(error));
            }
        }
        let confirming = self.progress.begin(Activity::Confirming, None);
        let fate = self.await_fate(prepared).await;
        drop(confirming);
        match &fate {
            Ok(landed) => self.expect_slot(landed.slot),
            Err(ClientError::Refused(refusal)) => self.expect_slot(refusal.slot),
            Err(_) => {}
        }
        fate
    }

    /// Hands a signed transaction to the node. It is checked by the simulation before, not here: a transaction that is
    /// sent a second time would be refused for having landed.
    async fn broadcast(
        &self,
        transaction: &Transaction,
    ) -> Result<Signature, solana_rpc_client_api::client_error::Error> {
        let config = RpcSendTransactionConfig {
            skip_preflight: true,
            preflight_commitment: Some(self.rpc().commitment().commitment),
            ..RpcSendTransactionConfig::default()
        };
        self.rpc()
            .send_transaction_with_config(transaction, config)
            .await
    }

    async fn validity(&self) -> Result<Validity, ClientError> {
        let parameters = serde_json::json!([self.rpc().commitment()]);
        let answer = self
            .rpc()
            .send::<Response<RpcBlockhash>>(RpcRequest::GetLatestBlockhash, parameters)
            .await
            .map_err(|error| self.node(error))?;
        let hash = answer.value.blockhash.parse().map_err(|_| {
            self.node(ErrorKind::Custom("its block hash is not one".to_owned()).into())
        })?;
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

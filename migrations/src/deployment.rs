//! A deployment from its plan to its verification.

use std::time::Duration;

use futures::future;
use generion_rpc::amount::FEE_PER_SIGNATURE;
use solana_address::Address;
use solana_commitment_config::CommitmentConfig;
use solana_instruction::Instruction;
use solana_loader_v3_interface::{
    get_program_data_address, state::UpgradeableLoaderState as State,
};
use solana_rpc_client::rpc_client::GetConfirmedSignaturesForAddress2Config;
use solana_signature::Signature;
use solana_signer::Signer;
use tokio::time::{Instant, sleep};

use crate::{
    error::{DeployError, Result},
    ledger::{BufferState, Node, Observed, ProgramState},
    plan::{Plan, Prices, Step, Target},
    steps::{Signers, Steps, buffer_address},
    transaction::Confirmation,
};

/// How often the same step is tried. Each try lasts as long as a block hash is valid.
const ROUNDS: u32 = 4;
/// How long the ledger may take to show what it has confirmed, to make its next slot, or to finalize.
const PATIENCE: Duration = Duration::from_secs(120);
/// How often it is asked meanwhile.
const POLL: Duration = Duration::from_millis(200);

/// The deployment of a binary as a program.
pub struct Deployment<'a> {
    node: &'a Node,
    target: Target,
    signers: Signers<'a>,
    unit_price: u64,
}

/// Progress of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A step begins.
    Begins(Step),
    /// Parts of the binary are confirmed.
    Written {
        /// Confirmed parts, those of earlier runs included.
        done: usize,
        /// Parts of the whole binary.
        of: usize,
    },
    /// The program is confirmed, and the run waits until it is finalized.
    Finalizing,
}

/// The program as it was read back from the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The account of the program's data.
    pub program_data: Address,
    /// The wallet that may upgrade it; `None`: nobody.
    pub authority: Option<Address>,
    /// The room for the binary, in bytes.
    pub room: usize,
    /// The slot of the last change.
    pub slot: u64,
    /// The time of that slot, in seconds since the Unix epoch, if the node knows it.
    pub time: Option<i64>,
    /// The transaction that changed it, if the node knows it.
    pub signature: Option<Signature>,
}

impl<'a> Deployment<'a> {
    /// The deployment of `binary` at `program_id`, with room for `max_len` bytes if that is more than it has.
    pub fn new(
        node: &'a Node,
        signers: Signers<'a>,
        program_id: Address,
        binary: Vec<u8>,
        max_len: usize,
        unit_price: u64,
    ) -> Self {
        let authority = signers.authority.pubkey();
        let target = Target {
            program_id,
            authority,
            buffer: buffer_address(&authority, &program_id, &binary),
            max_len: max_len.max(binary.len()),
            has_program_key: signers.program.is_some(),
            binary,
        };
        Self {
            node,
            target,
            signers,
            unit_price,
        }
    }

    /// The program as it should be, and its buffer.
    pub fn target(&self) -> &Target {
        &self.target
    }

    /// Reads the present state from the ledger.
    ///
    /// # Errors
    /// [`DeployError::Node`].
    pub async fn observe(&self) -> Result<Observed> {
        let payer = self.signers.payer.pubkey();
        self.node
            .observe(&self.target.program_id, &self.target.buffer, &payer)
            .await
    }

    /// Plans the steps and their cost. It sends nothing.
    ///
    /// # Errors
    /// All errors that would keep [`Self::run`] from beginning.
    pub async fn plan(&self) -> Result<Plan> {
        let observed = self.observe().await?;
        let prices = self.prices(&observed).await?;
        let payer = self.signers.payer.pubkey();
        self.target
            .plan(&payer, &observed, self.steps().chunk(), &prices)
    }

    /// Takes one step after the other until the ledger has the program, and returns the finalized program.
    /// Each step begins with a look at the ledger; the next run continues an interrupted one.
    ///
    /// # Errors
    /// [`DeployError`]. Confirmed transactions stay on the ledger.
    pub async fn run(&self, report: &mut dyn FnMut(Event)) -> Result<Outcome> {
        let chunk = self.steps().chunk();
        let mut seen = 0;
        let mut tried: Option<(Step, u32)> = None;
        let mut failure = None;
        let mut waiting_since = None;
        loop {
            let observed = self.observe_from(seen).await?;
            let step = self.target.next_step(&observed, chunk)?;
            if step == Step::Done {
                break;
            }
            if step == Step::AwaitSlot {
                let since = *waiting_since.get_or_insert_with(Instant::now);
                if since.elapsed() > PATIENCE {
                    return Err(stalled(&step, 1, None));
                }
                sleep(POLL).await;
                continue;
            }
            let rounds = match tried.take() {
                Some((last, rounds)) if last == step => rounds + 1,
                _ => 1,
            };
            // The same step again after a refusal is this run's own failure; another step is another run's success.
            match failure.take() {
                Some(error) if rounds > 1 => return Err(error),
                _ => {}
            }
            if rounds > ROUNDS {
                return Err(stalled(&step, ROUNDS, None));
            }
            report(Event::Begins(step.clone()));
            let refused = self.take(&step, &observed, &mut seen, report).await;
            match refused {
                Ok(()) => {}
                Err(error @ DeployError::Refused { .. }) => failure = Some(error),
                Err(error) => return Err(error),
            }
            tried = Some((step, rounds));
        }
        report(Event::Finalizing);
        self.verify().await
    }

    /// Reads the program back, finalized, and compares every byte.
    ///
    /// # Errors
    /// [`DeployError::NotVerified`], [`DeployError::Node`].
    pub async fn verify(&self) -> Result<Outcome> {
        let finalized = self.node.at(CommitmentConfig::finalized());
        let Target {
            program_id, buffer, ..
        } = &self.target;
        let payer = self.signers.payer.pubkey();
        let begun = Instant::now();
        loop {
            let observed = finalized.observe(program_id, buffer, &payer).await?;
            match observed.program {
                ProgramState::Deployed {
                    slot,
                    authority,
                    code,
                    ..
                } if self.target.is_in(&code) => {
                    let program_data = get_program_data_address(program_id);
                    return Ok(Outcome {
                        program_data,
                        authority,
                        room: code.len(),
                        slot,
                        // Both are for people; a node without them has the program all the same.
                        time: finalized.rpc().get_block_time(slot).await.ok(),
                        signature: signature_at(&finalized, &program_data, slot).await,
                    });
                }
                _ if begun.elapsed() < PATIENCE => sleep(POLL).await,
                ProgramState::Deployed { code, slot, .. } => {
                    let differs = code
                        .iter()
                        .zip(&self.target.binary)
                        .position(|(ours, theirs)| ours != theirs);
                    return Err(DeployError::NotVerified(format!(
                        "program {program_id}, changed in slot {slot}, differs from the binary at byte {}",
                        differs.unwrap_or(self.target.binary.len().min(code.len()))
                    )));
                }
                other => {
                    return Err(DeployError::NotVerified(format!(
                        "program {program_id} is not on the finalized ledger after {} s, which has {other:?}",
                        PATIENCE.as_secs()
                    )));
                }
            }
        }
    }

    fn steps(&self) -> Steps<'_> {
        Steps {
            target: &self.target,
            signers: self.signers,
            unit_price: self.unit_price,
        }
    }

    async fn prices(&self, observed: &Observed) -> Result<Prices> {
        let Target {
            binary, max_len, ..
        } = &self.target;
        let room = match &observed.program {
            ProgramState::Deployed { code, .. } => {
                code.len() + self.target.extension(code.len()).unwrap_or(0) as usize
            }
            _ => *max_len,
        };
        let (wallet, program, program_data, buffer) = future::try_join4(
            self.node.rent(0),
            self.node.rent(State::size_of_program()),
            self.node.rent(State::size_of_programdata(room)),
            self.node.rent(State::size_of_buffer(binary.len())),
        )
        .await?;
        let rents = Prices {
            wallet,
            program,
            program_data,
            buffer,
            ..Prices::default()
        };
        Ok(self.steps().prices(FEE_PER_SIGNATURE, rents))
    }

    /// As [`Self::observe`], but not from before a slot: several nodes may answer at one URL, and one may be behind.
    async fn observe_from(&self, slot: u64) -> Result<Observed> {
        let begun = Instant::now();
        loop {
            let observed = self.observe().await?;
            if observed.slot >= slot {
                return Ok(observed);
            }
            if begun.elapsed() > PATIENCE {
                return Err(self.node.nonsense(&format!(
                    "slot {}, after slot {slot} was confirmed",
                    observed.slot
                )));
            }
            sleep(POLL).await;
        }
    }

    async fn take(
        &self,
        step: &Step,
        observed: &Observed,
        seen: &mut u64,
        report: &mut dyn FnMut(Event),
    ) -> Result<()> {
        let steps = self.steps();
        let instructions = match step {
            Step::Done | Step::AwaitSlot => return Ok(()),
            Step::Write(missing) => return self.write(&steps, missing, seen, report).await,
            Step::CreateBuffer => {
                let held = match observed.buffer {
                    BufferState::Absent { lamports } => lamports,
                    _ => 0,
                };
                let space = State::size_of_buffer(self.target.binary.len());
                steps.create_buffer(self.node.rent(space).await?.saturating_sub(held))
            }
            Step::Deploy => {
                let held = match observed.program {
                    ProgramState::Absent { lamports, .. } => lamports,
                    _ => 0,
                };
                let rent = self.node.rent(State::size_of_program()).await?;
                steps.deploy(rent.saturating_sub(held))
            }
            Step::Extend(bytes) => steps.extend(*bytes),
            Step::Upgrade => steps.upgrade(),
        };
        self.node
            .dry_run(action(step), &self.signers.all(), &instructions)
            .await?;
        self.land(step, &[instructions], seen, |_| {}).await
    }

    async fn write(
        &self,
        steps: &Steps<'_>,
        missing: &[std::ops::Range<usize>],
        seen: &mut u64,
        report: &mut dyn FnMut(Event),
    ) -> Result<()> {
        let of = self.target.all_writes(steps.chunk());
        let before = of.saturating_sub(missing.len());
        let writes: Vec<_> = missing.iter().map(|part| steps.write(part)).collect();
        let step = Step::Write(Vec::new());
        let written = |done| {
            report(Event::Written {
                done: before + done,
                of,
            })
        };
        self.land(&step, &writes, seen, written).await
    }

    /// Sends transactions and takes note of the slot that the ledger has to be asked from.
    async fn land(
        &self,
        step: &Step,
        all: &[Vec<Instruction>],
        seen: &mut u64,
        landed: impl FnMut(usize),
    ) -> Result<()> {
        let batch = self.node.send(&self.signers.all(), all, landed).await?;
        *seen = batch.slot.max(*seen);
        let failed = batch
            .confirmations
            .iter()
            .find_map(|(signature, end)| match end {
                Confirmation::Failed(error) => Some((signature, error)),
                _ => None,
            });
        if let Some((signature, error)) = failed {
            return Err(DeployError::Refused {
                action: action(step),
                signature: Some(*signature),
                error: error.clone(),
                logs: Vec::new(),
            });
        }
        // None of them on the ledger, and a node that says why: it is not the cluster that is busy.
        match batch.refusal {
            Some(reason)
                if batch
                    .confirmations
                    .iter()
                    .all(|(_, end)| *end == Confirmation::Expired) =>
            {
                Err(stalled(step, 1, Some(reason)))
            }
            _ => Ok(()),
        }
    }
}

fn action(step: &Step) -> &'static str {
    match step {
        Step::Extend(_) => "extend the program's account",
        Step::CreateBuffer => "create the buffer",
        Step::Write(_) => "write to the buffer",
        Step::AwaitSlot => "make its next slot",
        Step::Deploy => "deploy the program",
        Step::Upgrade => "upgrade the program",
        Step::Done => "do nothing",
    }
}

fn stalled(step: &Step, rounds: u32, last: Option<String>) -> DeployError {
    DeployError::Stalled {
        action: action(step),
        rounds,
        last,
    }
}

/// The transaction by which an account was changed in a slot.
async fn signature_at(node: &Node, address: &Address, slot: u64) -> Option<Signature> {
    let config = GetConfirmedSignaturesForAddress2Config {
        commitment: Some(node.commitment()),
        ..GetConfirmedSignaturesForAddress2Config::default()
    };
    let history = node
        .rpc()
        .get_signatures_for_address_with_config(address, config)
        .await
        .ok()?;
    let entry = history
        .into_iter()
        .find(|entry| entry.slot == slot && entry.err.is_none())?;
    entry.signature.parse().ok()
}

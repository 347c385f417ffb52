//! The steps from the present state of the ledger to the deployed program, and their cost.

use std::ops::Range;

use solana_address::Address;
use solana_loader_v3_interface::{
    get_program_data_address, instruction::MINIMUM_EXTEND_PROGRAM_BYTES,
    state::UpgradeableLoaderState as State,
};

use crate::{
    error::{DeployError, Result},
    ledger::{BufferState, Observed, ProgramState},
};

/// The longest account, in bytes.
const MAX_ACCOUNT_LEN: usize = 10 * 1024 * 1024;

/// The program as it should be on the ledger.
#[derive(Clone, Debug)]
pub struct Target {
    /// The program's address.
    pub program_id: Address,
    /// Its binary.
    pub binary: Vec<u8>,
    /// The wallet that may upgrade it.
    pub authority: Address,
    /// The buffer that the binary is written to.
    pub buffer: Address,
    /// Room for the binary at its first deployment, in bytes: at least its own length.
    pub max_len: usize,
    /// Whether the keypair of the program id was passed.
    pub has_program_key: bool,
}

/// A step of a deployment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Extend the program's account by this many bytes.
    Extend(u32),
    /// Create the buffer.
    CreateBuffer,
    /// Write these parts of the binary.
    Write(Vec<Range<usize>>),
    /// Wait for the next slot: the loader changes a program once a slot.
    AwaitSlot,
    /// Create the program from the buffer.
    Deploy,
    /// Replace the program's binary by the buffer's.
    Upgrade,
    /// Nothing to do: the ledger has the program.
    Done,
}

/// Prices that a cluster charges, in lamports.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Prices {
    /// The rent minimum of an account without data, which a wallet keeps.
    pub wallet: u64,
    /// The rent minimum of the program's account.
    pub program: u64,
    /// The rent minimum of the program data account at its new length.
    pub program_data: u64,
    /// The rent minimum of the buffer.
    pub buffer: u64,
    /// The fee of a transaction with one write.
    pub write_fee: u64,
    /// The fee of the first deployment, which the program id signs as well.
    pub deploy_fee: u64,
    /// The fee of every other transaction.
    pub other_fee: u64,
}

/// The remaining steps, and their price.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The kind of deployment.
    pub kind: Kind,
    /// Writes that are missing.
    pub writes: usize,
    /// Writes of the whole binary.
    pub all_writes: usize,
    /// Bytes by which the program's account is extended first.
    pub extension: u32,
    /// Fees, in lamports.
    pub fees: u64,
    /// Lamports that stay in the program's accounts as rent.
    pub rent: u64,
    /// Lamports that the buffer holds until the end; they come back, or become part of [`Self::rent`].
    pub lent: u64,
    /// Lamports that the payer needs.
    pub needed: u64,
}

/// The kind of a deployment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The first deployment at this id.
    Deploy,
    /// Another binary replaces the present one.
    Upgrade,
    /// The ledger has these bytes already.
    UpToDate,
}

impl Target {
    /// Returns the next step, or an error where there is none. `chunk` is the number of bytes in one write.
    ///
    /// # Errors
    /// Every [`DeployError`] about the state of the ledger.
    pub fn next_step(&self, observed: &Observed, chunk: usize) -> Result<Step> {
        let room = self.check_program(observed)?;
        if let ProgramState::Deployed { code, .. } = &observed.program
            && self.is_in(code)
        {
            return Ok(Step::Done);
        }
        let changed_in = match &observed.program {
            ProgramState::Deployed { slot, .. } => Some(*slot),
            _ => None,
        };
        // Extended first: the loader refuses to upgrade in the slot of an extension, and writing takes a slot anyway.
        if let Some(room) = room
            && let Some(extension) = self.extension(room)
        {
            return Ok(match changed_in {
                Some(slot) if slot >= observed.slot => Step::AwaitSlot,
                _ => Step::Extend(extension),
            });
        }
        let missing = match self.buffer_code(observed)? {
            None => return Ok(Step::CreateBuffer),
            Some(written) => self.missing(written, chunk),
        };
        Ok(match changed_in {
            _ if !missing.is_empty() => Step::Write(missing),
            None => Step::Deploy,
            Some(slot) if slot >= observed.slot => Step::AwaitSlot,
            Some(_) => Step::Upgrade,
        })
    }

    /// All remaining steps, and their price.
    ///
    /// # Errors
    /// As [`Self::next_step`], and [`DeployError::NotEnough`].
    pub fn plan(
        &self,
        payer: &Address,
        observed: &Observed,
        chunk: usize,
        prices: &Prices,
    ) -> Result<Plan> {
        let room = self.check_program(observed)?;
        let all_writes = self.all_writes(chunk);
        if self.next_step(observed, chunk)? == Step::Done {
            return Ok(Plan {
                kind: Kind::UpToDate,
                writes: 0,
                all_writes,
                extension: 0,
                fees: 0,
                rent: 0,
                lent: 0,
                needed: 0,
            });
        }
        let extension = room.and_then(|room| self.extension(room)).unwrap_or(0);
        let (written, in_buffer) = match &observed.buffer {
            BufferState::Present { code, lamports, .. } => (Some(code), *lamports),
            BufferState::Absent { lamports } => (None, *lamports),
            BufferState::Foreign { .. } => (None, 0),
        };
        let writes = written.map_or(all_writes, |code| self.missing(code, chunk).len());
        let (kind, on_ledger, last_fee) = match &observed.program {
            ProgramState::Deployed { lamports, .. } => (Kind::Upgrade, *lamports, prices.other_fee),
            ProgramState::Absent { lamports, .. } => (Kind::Deploy, *lamports, prices.deploy_fee),
            _ => (Kind::Deploy, 0, prices.deploy_fee),
        };
        let before = u64::from(written.is_none()) + u64::from(extension > 0);
        let fees = (writes as u64)
            .saturating_mul(prices.write_fee)
            .saturating_add(before.saturating_mul(prices.other_fee))
            .saturating_add(last_fee);
        let accounts = prices.program.saturating_add(prices.program_data);
        let rent = accounts.saturating_sub(on_ledger);
        let lent = prices.buffer.saturating_sub(in_buffer);
        // The first deployment creates the program's account, then gets back what the buffer holds, and pays for the
        // data. An upgrade gets it back as well, but an extension is paid before.
        let returned = prices.buffer.max(in_buffer);
        let peak = lent.saturating_add(match kind {
            Kind::Upgrade => rent,
            _ => prices.program.max(rent.saturating_sub(returned)),
        });
        let needed = peak.saturating_add(fees).saturating_add(prices.wallet);
        if observed.payer_lamports < needed {
            return Err(DeployError::NotEnough {
                payer: *payer,
                held: observed.payer_lamports,
                needed,
            });
        }
        Ok(Plan {
            kind,
            writes,
            all_writes,
            extension,
            fees,
            rent,
            lent,
            needed,
        })
    }

    /// Number of writes of `chunk` bytes that fill a new buffer.
    pub(crate) fn all_writes(&self, chunk: usize) -> usize {
        self.missing(&vec![0; self.binary.len()], chunk).len()
    }

    /// Whether the code of a program's account is this binary.
    pub(crate) fn is_in(&self, code: &[u8]) -> bool {
        code.strip_prefix(&self.binary[..])
            .is_some_and(|rest| rest.iter().all(|byte| *byte == 0))
    }

    /// Checks that the program can be brought to this state. Returns its room, if it exists.
    fn check_program(&self, observed: &Observed) -> Result<Option<usize>> {
        let max = MAX_ACCOUNT_LEN - State::size_of_programdata_metadata();
        if self.max_len > max || self.binary.len() > max {
            return Err(DeployError::TooLong {
                len: self.max_len.max(self.binary.len()),
                max,
            });
        }
        let program_id = self.program_id;
        match &observed.program {
            ProgramState::Closed => Err(DeployError::Closed(program_id)),
            ProgramState::Foreign { owner } => Err(DeployError::NotAProgram {
                address: program_id,
                owner: *owner,
            }),
            ProgramState::Absent { data_lamports, .. } if *data_lamports > 0 => {
                Err(DeployError::ProgramDataTaken {
                    program_id,
                    program_data: get_program_data_address(&program_id),
                })
            }
            ProgramState::Absent { .. } if !self.has_program_key => {
                Err(DeployError::NoProgramKey(program_id))
            }
            ProgramState::Absent { .. } => Ok(None),
            ProgramState::Deployed {
                code, authority, ..
            } => match authority {
                // The same bytes under anybody's authority need no change, and are verified as they stand.
                _ if self.is_in(code) => Ok(Some(code.len())),
                None => Err(DeployError::Final(program_id)),
                Some(expected) if *expected != self.authority => Err(DeployError::WrongAuthority {
                    program_id,
                    expected: *expected,
                    found: self.authority,
                }),
                Some(_) => Ok(Some(code.len())),
            },
        }
    }

    /// Bytes to add to an account with this much room. The loader adds at least 10 KiB, up to the longest account.
    pub(crate) fn extension(&self, room: usize) -> Option<u32> {
        let missing = self.binary.len().checked_sub(room).filter(|n| *n > 0)?;
        let left = MAX_ACCOUNT_LEN - State::size_of_programdata_metadata() - room;
        let bytes = missing.max(MINIMUM_EXTEND_PROGRAM_BYTES as usize).min(left);
        u32::try_from(bytes).ok()
    }

    /// The bytes in the buffer, if it exists.
    fn buffer_code<'a>(&self, observed: &'a Observed) -> Result<Option<&'a [u8]>> {
        let taken = |reason: String| {
            Err(DeployError::BufferTaken {
                address: self.buffer,
                reason,
            })
        };
        match &observed.buffer {
            BufferState::Absent { .. } => Ok(None),
            BufferState::Foreign { owner } => taken(format!("it belongs to {owner}")),
            BufferState::Present { authority, .. } if *authority != Some(self.authority) => {
                taken("another wallet writes to it".to_owned())
            }
            BufferState::Present { code, .. } if code.len() != self.binary.len() => {
                taken(format!("it has room for {} bytes", code.len()))
            }
            BufferState::Present { code, .. } => Ok(Some(code)),
        }
    }

    /// The parts of the binary, of `chunk` bytes each, that `written` does not have.
    fn missing(&self, written: &[u8], chunk: usize) -> Vec<Range<usize>> {
        let starts = (0..self.binary.len()).step_by(chunk);
        let ranges = starts.map(|start| start..self.binary.len().min(start + chunk));
        ranges
            .filter(|range| written.get(range.clone()) != self.binary.get(range.clone()))
            .collect()
    }
}

#[cfg(test)]
mod tests;

//! Reads what a transaction did with the program. The answer of the node is hostile input.

use generion::GenerionError;
use generion_interface::{
    Addresses,
    decode::Decoded,
    events::{self, Event},
};
use solana_address::Address;
use solana_instruction::error::InstructionError;
use solana_signature::Signature;
use solana_transaction_error::TransactionError;
use solana_transaction_status_client_types::{
    EncodedConfirmedTransactionWithStatusMeta, UiInnerInstructions, UiInstruction,
    UiTransactionStatusMeta, option_serializer::OptionSerializer,
};

use crate::{
    change::ChangeKind,
    details::ChangeDetails,
    entry::{Entry, Failure, LostEvent, LostInstruction, Source},
    join::{Joined, join},
    signed::{Signed, loaded},
};

/// The line that the runtime writes into a log in place of lines that did not fit.
const TRUNCATED: &str = "Log truncated";
/// More base58 than an instruction of the program can have: a record with a locator of 512 bytes takes 701 bytes.
const MAX_DATA_CHARS: usize = 2_048;

/// More instructions than a transaction runs, inner ones included: the runtime ends one after 64. Instructions are compared
/// with events in pairs, so a node that makes up more of both must not choose how long that takes.
const MAX_INSTRUCTIONS: usize = 256;

/// The changes that a transaction made with the program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransactionChanges {
    /// The changes, in order.
    pub entries: Vec<Entry>,
    /// The reasons why further parts of the transaction can't be read. These parts did something with the program, or may have.
    pub unread: Vec<String>,
    /// All accounts that the transaction names.
    pub accounts: Vec<Address>,
}

/// Why a transaction can't be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct UnreadableTransaction(String);

/// An instruction of the program in a transaction, or why it can't be read.
struct Call {
    instruction: Result<Decoded, String>,
    through: Option<Address>,
}

impl TransactionChanges {
    /// Reads the transaction with a signature from a node's answer in base64 (`getTransaction`). `addresses` are of the program
    /// whose changes are read.
    ///
    /// # Errors
    /// [`UnreadableTransaction`]: it is another transaction, or its form or its outcome is not known.
    pub fn read(
        signature: &Signature,
        addresses: &Addresses,
        answer: &EncodedConfirmedTransactionWithStatusMeta,
    ) -> Result<Self, UnreadableTransaction> {
        Self::decode(signature, addresses, answer).map_err(UnreadableTransaction)
    }

    fn decode(
        signature: &Signature,
        of: &Addresses,
        confirmed: &EncodedConfirmedTransactionWithStatusMeta,
    ) -> Result<Self, String> {
        let shown = &confirmed.transaction;
        let signed = Signed::read(&shown.transaction)
            .ok_or("the node returned no transaction of a form that this software knows")?;
        if !signed.signatures.contains(signature) {
            return Err("the node returned another transaction".to_owned());
        }
        let meta = shown
            .meta
            .as_ref()
            .ok_or("the node does not know its outcome any more")?;
        let mut addresses = signed.keys;
        addresses.extend(loaded(meta, signed.looked_up)?);
        let inner = match &meta.inner_instructions {
            OptionSerializer::Some(inner) => Some(inner.as_slice()),
            _ => None,
        };

        let (mut calls, mut callers) = (Vec::new(), Vec::new());
        let mut programs = Vec::new();
        for (index, outer) in signed.instructions.iter().enumerate() {
            let program = at(&addresses, outer.program)?;
            programs.push(program);
            if program == of.program_id {
                calls.push(Call {
                    instruction: decode(&addresses, &outer.accounts, &outer.data),
                    through: None,
                });
            } else if select(&addresses, &outer.accounts)?.contains(&of.program_id) {
                callers.push(program);
            }
            for called in inner_of(inner.unwrap_or_default(), index) {
                calls.extend(inner_call(&addresses, of, program, called)?);
            }
        }
        require_possible(calls.len(), "instructions")?;
        let transaction = Transaction {
            of,
            slot: confirmed.slot,
            time: confirmed.block_time,
            signature: *signature,
            signers: addresses.iter().take(signed.signers).copied().collect(),
            meta,
            has_inner: inner.is_some(),
            addresses: &addresses,
        };
        match meta.err.clone().map(TransactionError::from) {
            Some(error) => Ok(transaction.attempts(calls, &programs, error)),
            None => transaction.changes(calls, &callers),
        }
    }
}

/// The values that all changes of a transaction have in common.
struct Transaction<'a> {
    of: &'a Addresses,
    slot: u64,
    time: Option<i64>,
    signature: Signature,
    signers: Vec<Address>,
    meta: &'a UiTransactionStatusMeta,
    has_inner: bool,
    addresses: &'a [Address],
}

impl Transaction<'_> {
    /// The attempted changes of a failed transaction. Its logged events never happened, and an instruction that is none of the
    /// program's failed rightly.
    fn attempts(
        &self,
        calls: Vec<Call>,
        programs: &[Address],
        error: TransactionError,
    ) -> TransactionChanges {
        let rule = match &error {
            // Other programs have errors of these numbers too.
            TransactionError::InstructionError(index, InstructionError::Custom(code))
                if programs.get(usize::from(*index)) == Some(&self.of.program_id) =>
            {
                GenerionError::from_code(*code)
            }
            _ => None,
        };
        let attempts = calls
            .into_iter()
            .filter_map(|call| Some((call.instruction.ok()?, call.through)));
        let entry = |(position, (instruction, through)): (usize, (Decoded, _))| Entry {
            through,
            failure: Some(Failure {
                error: error.clone(),
                rule,
            }),
            ..self.entry(
                position,
                ChangeDetails::of_instruction(&instruction, self.of, |_| true),
            )
        };
        TransactionChanges {
            entries: attempts.enumerate().map(entry).collect(),
            unread: Vec::new(),
            accounts: self.addresses.to_vec(),
        }
    }

    /// The changes of a transaction that succeeded. `callers` are other programs that were given this one's account.
    fn changes(&self, calls: Vec<Call>, callers: &[Address]) -> Result<TransactionChanges, String> {
        let (events, lost) = logged(self.meta, self.of);
        require_possible(events.len(), "events")?;
        let (mut instructions, mut through, mut unread) = (Vec::new(), Vec::new(), Vec::new());
        for call in calls {
            match call.instruction {
                Ok(instruction) => {
                    let is_gone = |address: &Address| self.is_gone(address);
                    instructions.push(ChangeDetails::of_instruction(
                        &instruction,
                        self.of,
                        is_gone,
                    ));
                    through.push(call.through);
                }
                Err(reason) => unread.push(reason),
            }
        }
        if let Some(caller) = callers.first()
            && !self.has_inner
            && lost != LostEvent::NotInLog
        {
            unread.push(format!(
                "program {caller} may have called this one, and the node has neither the calls nor the whole log"
            ));
        }
        let events: Vec<_> = events
            .iter()
            .map(|event| ChangeDetails::of_event(event, self.of))
            .collect();
        let lost_instruction = match self.has_inner {
            true => LostInstruction::NotThere,
            false => LostInstruction::NotKept,
        };
        let entries = join(&instructions, &events).into_iter().enumerate();
        let entry = |(position, joined): (usize, Joined)| Entry {
            source: match joined {
                Joined {
                    instruction: None, ..
                } => Source::EventAlone(lost_instruction),
                Joined {
                    is_logged: false, ..
                } => Source::InstructionAlone(lost),
                _ => Source::Complete,
            },
            through: joined.instruction.and_then(|index| through[index]),
            ..self.entry(position, joined.shown)
        };
        Ok(TransactionChanges {
            entries: entries.map(entry).collect(),
            unread,
            accounts: self.addresses.to_vec(),
        })
    }

    fn entry(&self, position: usize, (kind, mut details): (ChangeKind, ChangeDetails)) -> Entry {
        if kind == ChangeKind::SalesStopped {
            // They may have been given, and stay listed.
            details.records = None;
        }
        Entry {
            slot: self.slot,
            time: self.time,
            signature: self.signature,
            position,
            kind,
            source: Source::Complete,
            through: None,
            failure: None,
            signers: self.signers.clone(),
            fee: self.meta.fee,
            details,
        }
    }

    /// Whether an account had no lamports after the transaction.
    fn is_gone(&self, address: &Address) -> bool {
        let at = self.addresses.iter().position(|one| one == address);
        at.and_then(|at| self.meta.post_balances.get(at)) == Some(&0)
    }
}

fn require_possible(count: usize, of: &str) -> Result<(), String> {
    match count <= MAX_INSTRUCTIONS {
        true => Ok(()),
        false => Err(format!(
            "the node returned {count} {of} of the program in one transaction, and no transaction has more than {MAX_INSTRUCTIONS}"
        )),
    }
}

/// The program's events in the log, and why others of them may be missing.
fn logged(meta: &UiTransactionStatusMeta, of: &Addresses) -> (Vec<Event>, LostEvent) {
    let OptionSerializer::Some(log) = &meta.log_messages else {
        return (Vec::new(), LostEvent::NoLog);
    };
    let events = events::from_logs(&of.program_id, log.iter().map(String::as_str));
    let lost = match log.iter().any(|line| line == TRUNCATED) {
        true => LostEvent::LogTruncated,
        // Whatever ran has said so.
        false if log.is_empty() => LostEvent::NoLog,
        false => LostEvent::NotInLog,
    };
    (events, lost)
}

fn inner_of(inner: &[UiInnerInstructions], index: usize) -> impl Iterator<Item = &UiInstruction> {
    inner
        .iter()
        .filter(move |inner| usize::from(inner.index) == index)
        .flat_map(|inner| &inner.instructions)
}

/// The instruction, if it is of the program.
fn inner_call(
    addresses: &[Address],
    of: &Addresses,
    outer: Address,
    called: &UiInstruction,
) -> Result<Option<Call>, String> {
    let UiInstruction::Compiled(called) = called else {
        return Err(
            "the node returned instructions in another form than it was asked for".to_owned(),
        );
    };
    if at(addresses, called.program_id_index)? != of.program_id {
        return Ok(None);
    }
    // Data that are too long for an instruction of the program are not decoded: base58 takes time by the square of the length.
    let data = (called.data.len() <= MAX_DATA_CHARS)
        .then(|| bs58::decode(&called.data).into_vec().ok())
        .flatten();
    let instruction = match data {
        Some(data) => decode(addresses, &called.accounts, &data),
        None => Err("the data of an instruction of the program can't be read".to_owned()),
    };
    Ok(Some(Call {
        instruction,
        through: Some(outer),
    }))
}

fn decode(addresses: &[Address], accounts: &[u8], data: &[u8]) -> Result<Decoded, String> {
    let accounts = select(addresses, accounts)?;
    Decoded::decode(data, &accounts).map_err(|error| {
        format!("this software does not know what it asked of the program: {error}")
    })
}

fn select(addresses: &[Address], indexes: &[u8]) -> Result<Vec<Address>, String> {
    indexes.iter().map(|index| at(addresses, *index)).collect()
}

fn at(addresses: &[Address], index: u8) -> Result<Address, String> {
    addresses
        .get(usize::from(index))
        .copied()
        .ok_or_else(|| "it names an account that it does not have".to_owned())
}

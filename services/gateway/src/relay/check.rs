//! Decides which transactions are relayed: those that have nothing but instructions of the program, and the instructions that
//! go with them. The relay is of no use for other transactions.

use generion_interface::{
    decode::Decoded,
    transaction::{Call, InvalidTransaction, ReadTransaction},
};
use solana_address::Address;
use solana_sdk_ids::compute_budget;

/// The program whose instructions wallets add as guards: they compare balances and accounts with those that the wallet has
/// shown to its user.
pub const LIGHTHOUSE: Address =
    Address::from_str_const("L2TExMFKdjpN9kozasaurPirfHy9P8sbXoAN1qA3S95");
/// Instructions of Lighthouse below this tag write; from it on they only compare.
const FIRST_ASSERTION: u8 = 2;
/// Most instructions of the program in one transaction. The clients put in one.
const MAX_INSTRUCTIONS: usize = 8;

/// The instructions that are relayed beside the program's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RelayPolicy {
    /// The program.
    pub program_id: Address,
    /// Further programs whose instructions are let through as they are.
    pub other_programs: Vec<Address>,
    /// The highest priority fee, in lamports: more is probably a mistake.
    pub max_priority_fee: u64,
}

/// Why a transaction is not relayed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotRelayed {
    /// The bytes are no transaction that shows all of its accounts.
    #[error(transparent)]
    Invalid(#[from] InvalidTransaction),
    /// An instruction is none that is relayed.
    #[error(
        "instruction {index}: {reason}, which this gateway does not relay: leave it out, or send the transaction to a node"
    )]
    ForeignInstruction {
        /// The position of the instruction, from 0.
        index: usize,
        /// The reason.
        reason: String,
    },
    /// No instruction is of the program, or too many are.
    #[error(
        "the transaction has {0} instructions of the program: 1 to {MAX_INSTRUCTIONS} are relayed in one transaction"
    )]
    InstructionCount(usize),
    /// Somebody has not signed yet.
    #[error("{0} has not signed yet: let it sign, and send the transaction again")]
    SignatureMissing(Address),
    /// A signature is wrong.
    #[error("the signature of {0} is wrong: let it sign the transaction as it was built")]
    SignatureWrong(Address),
    /// The compute budget can't be read, or the fee is too high.
    #[error("{0}")]
    PriorityFee(String),
}

/// Reads a transaction, and checks all of it but the signatures. Returns the names of its instructions of the program, too.
///
/// # Errors
/// [`NotRelayed`].
pub fn read(
    bytes: &[u8],
    policy: &RelayPolicy,
) -> Result<(ReadTransaction, Vec<&'static str>), NotRelayed> {
    let read = ReadTransaction::read(bytes)?;
    let mut names = Vec::new();
    for (index, call) in read.calls().enumerate() {
        let foreign = |reason: String| NotRelayed::ForeignInstruction { index, reason };
        if call.program_id == policy.program_id {
            let decoded = Decoded::decode(call.data, &call.accounts);
            names.push(decoded.map_err(|error| foreign(error.to_string()))?.name());
        } else if !is_let_through(&call, policy) {
            return Err(foreign(match call.program_id == LIGHTHOUSE {
                true => "it is of Lighthouse, and is no comparison".to_owned(),
                false => format!("it is of program {}", call.program_id),
            }));
        }
    }
    if !(1..=MAX_INSTRUCTIONS).contains(&names.len()) {
        return Err(NotRelayed::InstructionCount(names.len()));
    }
    let budget = read
        .compute_budget()
        .map_err(|error| NotRelayed::PriorityFee(format!("{error}: build it with one of each")))?;
    let (fee, most) = (budget.priority_fee(), policy.max_priority_fee);
    if fee > most {
        let reason = format!(
            "its priority fee is {fee} lamports, and this gateway relays at most {most}: build it with a lower one"
        );
        return Err(NotRelayed::PriorityFee(reason));
    }
    Ok((read, names))
}

/// Checks that everybody has signed.
///
/// # Errors
/// [`NotRelayed::SignatureMissing`], [`NotRelayed::SignatureWrong`].
pub fn check_signatures(read: &ReadTransaction) -> Result<(), NotRelayed> {
    if let Some(missing) = read.missing_signers().first() {
        return Err(NotRelayed::SignatureMissing(*missing));
    }
    match read.wrong_signers().first() {
        Some(wrong) => Err(NotRelayed::SignatureWrong(*wrong)),
        None => Ok(()),
    }
}

fn is_let_through(call: &Call<'_>, policy: &RelayPolicy) -> bool {
    if call.program_id == LIGHTHOUSE {
        return call.data.first().is_some_and(|tag| *tag >= FIRST_ASSERTION);
    }
    call.program_id == compute_budget::ID || policy.other_programs.contains(&call.program_id)
}

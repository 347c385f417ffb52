//! The ways in which a step can fail.

pub use generion::GenerionError as Rule;
use solana_instruction::error::InstructionError;
use solana_transaction_error::TransactionError;

/// Why a step is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Refusal {
    Rule(Rule),
    /// A signature is missing.
    Unsigned,
    /// An account is not at the address that follows from its seeds.
    InvalidSeeds,
    /// There is no account where the instruction writes.
    NothingToWrite,
    /// There is no account where the instruction reads.
    NothingToRead,
    /// Where the instruction reads, there are only lamports.
    OnlyLamports,
    /// A wallet holds less than it must pay.
    TooPoor,
    /// A wallet would keep less than the rent minimum, but more than nothing.
    BelowRent,
}

impl Refusal {
    /// Whether the error of the runtime is this refusal.
    pub fn is(self, error: &TransactionError) -> bool {
        let expected = match self {
            Self::Rule(rule) => InstructionError::Custom(rule.code()),
            Self::Unsigned => InstructionError::MissingRequiredSignature,
            Self::InvalidSeeds => InstructionError::InvalidSeeds,
            Self::NothingToWrite => InstructionError::AccountDataTooSmall,
            Self::NothingToRead => InstructionError::UninitializedAccount,
            Self::OnlyLamports => InstructionError::IllegalOwner,
            Self::TooPoor => InstructionError::Custom(1),
            Self::BelowRent => {
                return matches!(error, TransactionError::InsufficientFundsForRent { .. });
            }
        };
        *error == TransactionError::InstructionError(0, expected)
    }
}

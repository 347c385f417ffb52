//! The ways in which a step ends that does not succeed.

pub use generion::GenerionError as Rule;
use solana_instruction::error::InstructionError;
use solana_transaction_error::TransactionError;

/// Why a step is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Refusal {
    Rule(Rule),
    /// A signature is missing.
    Unsigned,
    /// An account is not at the address that its seeds give.
    InvalidSeeds,
    /// Nothing is where an account is to be written to.
    NothingToWrite,
    /// Nothing is where an account is to be read.
    NothingToRead,
    /// Nothing but lamports is where an account is to be read.
    OnlyLamports,
    /// A wallet holds less than it has to pay.
    TooPoor,
    /// A wallet would be left with less than the rent minimum, and more than nothing.
    BelowRent,
}

impl Refusal {
    /// Whether the runtime's error is this one.
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

//! The ways in which a step ends that does not succeed.

use solana_instruction::error::InstructionError;
use solana_transaction_error::TransactionError;

/// The program's own rules, under the numbers that the protocol's section 9 gives them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u32)]
pub enum Rule {
    InvalidPoint = 6000,
    CapsuleProofInvalid = 6001,
    DeliveryProofInvalid = 6002,
    AccountAlreadyExists = 6003,
    WrongUser = 6004,
    WrongOwner = 6005,
    WrongSeller = 6006,
    WrongBuyer = 6007,
    WrongOrder = 6008,
    WrongRentPayer = 6009,
    WrongRecord = 6010,
    KeyIndexChanged = 6011,
    NotNextOrderId = 6012,
    LocatorLength = 6013,
    AlreadyVerified = 6014,
    NotVerified = 6015,
    RecordListed = 6016,
    DeleteNotAllowed = 6017,
    ExpiryInPast = 6018,
    OrderLength = 6019,
    RecordOrder = 6020,
    InvalidLabel = 6021,
    PriceTooLow = 6022,
    DeliveryWindow = 6023,
    OrderNotOpen = 6024,
    PurchasesPending = 6025,
    OwnOrder = 6026,
    TermsChanged = 6027,
    DeadlineOverflow = 6028,
    BatchLength = 6029,
    AlreadyDelivered = 6030,
    MixedOwnerKeys = 6031,
    AlreadySettled = 6032,
    NotSettled = 6033,
    RefundTooEarly = 6034,
    Arithmetic = 6035,
    BuyerNotAllowed = 6036,
    SettleKeyChanged = 6037,
    SettleKeyInvalid = 6038,
    NotLocked = 6039,
    DeliveryTooLate = 6040,
}

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
            Self::Rule(rule) => InstructionError::Custom(rule as u32),
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

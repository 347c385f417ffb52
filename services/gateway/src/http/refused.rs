//! Why nothing is built, relayed or sponsored, as problems with their codes.

use generion_rpc::causes::with_causes;

use super::problem::{Problem, ProblemCode};
use crate::{
    build::BuildError,
    relay::{check::NotRelayed, send::RelayError},
    sponsor::SignerError,
};

impl From<BuildError> for Problem {
    fn from(error: BuildError) -> Self {
        let code = match &error {
            BuildError::Rule { rule, .. } => ProblemCode::Program(*rule),
            BuildError::Missing { .. } => ProblemCode::NotFound,
            BuildError::NoKey(_) => ProblemCode::NoEncryptionKey,
            BuildError::WrongAttestation(_) => ProblemCode::WrongAttestation,
            BuildError::Funds { .. } | BuildError::Rest { .. } => ProblemCode::InsufficientFunds,
            BuildError::TooLong(_) => ProblemCode::TransactionTooLong,
            BuildError::PriorityFee { .. } => ProblemCode::PriorityFee,
            BuildError::Node(_) | BuildError::Nonsense { .. } | BuildError::NoNode => {
                return without_node(&error);
            }
        };
        Self::new(code, error.to_string())
    }
}

impl From<NotRelayed> for Problem {
    fn from(error: NotRelayed) -> Self {
        let code = match &error {
            NotRelayed::Invalid(_) => ProblemCode::InvalidTransaction,
            NotRelayed::ForeignInstruction { .. } => ProblemCode::ForeignInstruction,
            NotRelayed::InstructionCount(_) => ProblemCode::InstructionCount,
            NotRelayed::SignatureMissing(_) => ProblemCode::SignatureMissing,
            NotRelayed::SignatureWrong(_) => ProblemCode::SignatureWrong,
            NotRelayed::PriorityFee(_) => ProblemCode::PriorityFee,
        };
        Self::new(code, error.to_string())
    }
}

impl From<RelayError> for Problem {
    fn from(error: RelayError) -> Self {
        let code = match &error {
            RelayError::Node(_) | RelayError::OtherLedger(_) => return without_node(&error),
            RelayError::Unknown | RelayError::Contradictory => ProblemCode::OutcomeUnknown,
            RelayError::Busy => ProblemCode::Busy,
            RelayError::ClientBusy(_) => ProblemCode::TooManyRequests,
        };
        Self::new(code, error.to_string()).retry_after(1)
    }
}

impl From<SignerError> for Problem {
    fn from(error: SignerError) -> Self {
        if let SignerError::Refused { .. } = error {
            return Self::new(ProblemCode::SponsorRefused, error.to_string());
        }
        tracing::error!("the signer failed: {}", with_causes(&error));
        let detail = "the process that pays for users does not answer: try again later";
        Self::new(ProblemCode::SignerUnavailable, detail).retry_after(1)
    }
}

/// The log names the node; the answer to the client does not.
fn without_node(error: &(dyn std::error::Error + 'static)) -> Problem {
    tracing::warn!("no node helped: {}", with_causes(error));
    let detail = "no node gave a valid answer: try again later";
    Problem::new(ProblemCode::NodeUnavailable, detail).retry_after(1)
}

use generion_rpc::{
    causes::with_causes, confirmation::ConfirmationError, node::GenesisError, witness::WitnessError,
};

use super::{ClientError, refused_transaction::RefusedTransaction};
use crate::{files::error::FileError, store::error::StoreError};

impl From<FileError> for ClientError {
    fn from(error: FileError) -> Self {
        match error {
            FileError::Io { path, source } => Self::File { path, source },
            FileError::Changed { path } => Self::Changed { path },
        }
    }
}

impl From<WitnessError> for ClientError {
    fn from(error: WitnessError) -> Self {
        match error {
            WitnessError::OtherGenesis(other) => Self::OtherGenesis(other),
            error => Self::Witness(Box::new(error)),
        }
    }
}

impl From<GenesisError> for ClientError {
    fn from(error: GenesisError) -> Self {
        match error {
            GenesisError::Node(error) => error.into(),
            GenesisError::Other(other) => other.into(),
            other => Self::Argument(with_causes(&other)),
        }
    }
}

impl From<ConfirmationError> for ClientError {
    fn from(error: ConfirmationError) -> Self {
        match error {
            ConfirmationError::Failed(failed) => Self::Refused(Box::new(RefusedTransaction {
                slot: failed.slot,
                fee: failed.fee,
                ..RefusedTransaction::new(Some(failed.signature), failed.error, failed.logs)
            })),
            ConfirmationError::Expired(signature) => Self::Expired(signature),
            ConfirmationError::Unknown(signature) => Self::Unknown(signature),
            ConfirmationError::Node(error) => error.into(),
            ConfirmationError::OtherGenesis(other) => other.into(),
            other => Self::Argument(with_causes(&other)),
        }
    }
}

impl From<StoreError> for ClientError {
    fn from(error: StoreError) -> Self {
        Self::Store(Box::new(error))
    }
}

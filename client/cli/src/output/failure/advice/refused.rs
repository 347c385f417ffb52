use generion_client::{GenerionError, RefusedTransaction};
use solana_instruction::error::InstructionError;
use solana_transaction_error::TransactionError;

/// Advice on a transaction that the ledger refused.
pub fn advice_on_refused(refused: &RefusedTransaction) -> &'static str {
    match (&refused.error, refused.rule) {
        (TransactionError::AccountNotFound | TransactionError::InsufficientFundsForFee, _) => {
            "Fund the wallet that pays the fee."
        }
        (
            TransactionError::InstructionError(
                _,
                InstructionError::AccountDataTooSmall | InstructionError::UninitializedAccount,
            ),
            _,
        ) => "Look at it before you try again: it may be done already.",
        (TransactionError::InstructionError(_, InstructionError::InvalidSeeds), _)
        | (_, Some(GenerionError::KeyIndexChanged | GenerionError::NotNextOrderId)) => {
            "Something changed meanwhile: try again."
        }
        (_, Some(GenerionError::AccountAlreadyExists)) => {
            "It is there already: look at it before you try again."
        }
        (_, Some(GenerionError::TermsChanged)) => "Look at the order again before you buy.",
        (_, Some(GenerionError::AlreadyVerified)) => "There is nothing left to do.",
        (_, Some(GenerionError::NotVerified)) => {
            "Have its owner check and verify it first (`generion record verify`)."
        }
        (_, Some(GenerionError::RecordListed)) => "Close the orders that list it first.",
        (_, Some(GenerionError::RefundTooEarly)) => {
            "Wait until 5 minutes after the deadline, or ask the seller to decline."
        }
        (_, Some(_)) => "Nothing was changed.",
        _ if refused.reason.contains("insufficient lamports") => "Fund the wallet that pays.",
        _ => "Nothing was changed; the transaction's log has details.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changed_meanwhile_says_to_try_again() {
        for error in [
            InstructionError::InvalidSeeds,
            InstructionError::AccountDataTooSmall,
            InstructionError::Custom(GenerionError::KeyIndexChanged.code()),
            InstructionError::Custom(GenerionError::NotNextOrderId.code()),
        ] {
            let error = TransactionError::InstructionError(0, error);
            let refused = RefusedTransaction::new(None, error, Vec::new());
            let advice = advice_on_refused(&refused);
            assert!(advice.contains("try again"), "{refused}: {advice}");
        }
    }
}

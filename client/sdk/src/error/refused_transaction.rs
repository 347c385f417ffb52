use generion::GenerionError;
use solana_instruction::error::InstructionError;
use solana_signature::Signature;
use solana_transaction_error::TransactionError;

/// A transaction that the ledger, or a simulation of it, refused.
#[derive(Debug, thiserror::Error)]
#[error("{reason}")]
pub struct RefusedTransaction {
    /// The transaction, where it is on the ledger; `None` where it was refused before.
    pub signature: Option<Signature>,
    /// The transaction's slot; 0 if it is not on the ledger.
    pub slot: u64,
    /// The fee that it cost all the same, in lamports; 0 where it is not on the ledger.
    pub fee: u64,
    /// The ledger's error.
    pub error: TransactionError,
    /// The rule of the program that was broken, if it was one.
    pub rule: Option<GenerionError>,
    /// The error, as text.
    pub reason: String,
    /// The transaction's log.
    pub logs: Vec<String>,
}

impl RefusedTransaction {
    /// The refusal in a node's answer. A signature means that the transaction is on the ledger.
    pub fn new(signature: Option<Signature>, error: TransactionError, logs: Vec<String>) -> Self {
        let rule = match &error {
            TransactionError::InstructionError(_, InstructionError::Custom(code)) => {
                GenerionError::from_code(*code)
            }
            _ => None,
        };
        let reason = match (&error, rule) {
            (_, Some(rule)) => format!("the ledger refused the transaction: {rule}"),
            // This library derives every address itself, so only an account that changed meanwhile leads to this error.
            (TransactionError::InstructionError(_, InstructionError::InvalidSeeds), _) => {
                "the owner's encryption key, or the next order id of the wallet, changed meanwhile"
                    .to_owned()
            }
            // Addresses are derived, and accounts are read before: an account that is empty now was closed since.
            (
                TransactionError::InstructionError(
                    _,
                    InstructionError::AccountDataTooSmall | InstructionError::UninitializedAccount,
                ),
                _,
            ) => "an account that the transaction is about was closed meanwhile".to_owned(),
            // Anchor's `InstructionFallbackNotFound`.
            (TransactionError::InstructionError(_, InstructionError::Custom(101)), _) => {
                "the ledger refused the transaction: the program does not know its instruction, so it is another program or another version of Generion"
                    .to_owned()
            }
            (TransactionError::AccountNotFound, _) => {
                "the wallet that pays the fee holds no lamports".to_owned()
            }
            (TransactionError::InstructionError(_, InstructionError::Custom(1)), _) => {
                let detail = logs
                    .iter()
                    .find(|line| line.contains("insufficient lamports"));
                format!(
                    "the paying wallet has too little: {}",
                    detail.map_or("insufficient lamports", String::as_str)
                )
            }
            _ => format!("the ledger refused the transaction: {error}"),
        };
        Self {
            signature,
            slot: 0,
            fee: 0,
            error,
            rule,
            reason,
            logs,
        }
    }
}

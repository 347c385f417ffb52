use std::fmt;

use serde::{Deserialize, Serialize};

/// The rules by which the signer refuses to sign. Their names are stable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Rule {
    /// The signer has no wallet that pays.
    SponsoringOff,
    /// The bytes are a transaction that shows all of its accounts.
    Transaction,
    /// The signer's wallet pays the fee.
    FeePayer,
    /// All other signers have signed.
    SignatureMissing,
    /// All signatures are right.
    SignatureWrong,
    /// Each signer signs for an instruction of the program.
    Signer,
    /// Instructions are of the program, of the compute budget, or of a guard program that the policy names.
    Program,
    /// Instructions of the program are ones that the signer knows.
    Instruction,
    /// The transaction has at least one instruction of the program, and no more than the policy allows.
    InstructionCount,
    /// The policy allows the instruction.
    InstructionNotAllowed,
    /// The policy allows it for this wallet.
    WalletNotAllowed,
    /// The signer's wallet is in no other place than that of the payer.
    PayerAccount,
    /// The compute budget can be read, and its priority fee is within the policy.
    PriorityFee,
    /// The rent of new accounts is within the policy.
    Rent,
    /// The wallet has a part left of its daily limit.
    WalletBudget,
    /// The daily limit is not used up.
    DailyBudget,
    /// The expense can be written down.
    BudgetFile,
    /// The signer has a key for webhooks.
    WebhooksOff,
    /// A webhook's id has no full stop, and is not empty.
    WebhookId,
}

impl Rule {
    /// The name in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::SponsoringOff => "sponsoring-off",
            Self::Transaction => "transaction",
            Self::FeePayer => "fee-payer",
            Self::SignatureMissing => "signature-missing",
            Self::SignatureWrong => "signature-wrong",
            Self::Signer => "signer",
            Self::Program => "program",
            Self::Instruction => "instruction",
            Self::InstructionCount => "instruction-count",
            Self::InstructionNotAllowed => "instruction-not-allowed",
            Self::WalletNotAllowed => "wallet-not-allowed",
            Self::PayerAccount => "payer-account",
            Self::PriorityFee => "priority-fee",
            Self::Rent => "rent",
            Self::WalletBudget => "wallet-budget",
            Self::DailyBudget => "daily-budget",
            Self::BudgetFile => "budget-file",
            Self::WebhooksOff => "webhooks-off",
            Self::WebhookId => "webhook-id",
        }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

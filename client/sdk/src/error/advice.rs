//! What to do about an error, in one line. No command and no flag of a program is named: who shows it knows them.

use generion::GenerionError;
use generion_crypto::{document::DocumentError, locator::SealedLocatorError};
use generion_interface::{accounts::AccountError, locator::LocatorError};
use generion_rpc::witness::WitnessError;
use solana_instruction::error::InstructionError;
use solana_transaction_error::TransactionError;

use crate::store::StoreError;

use super::{ClientError, RefusedTransaction};

impl ClientError {
    /// What to do next, in one line.
    pub fn advice(&self) -> &'static str {
        match self {
            Self::Node(_) => {
                "Check the node's address and that it runs; nothing was lost, try again."
            }
            Self::OtherGenesis(_) => "Use a node of the cluster that you set.",
            Self::Lie(_) => "Nothing was sent: use another node, and don't trust this one.",
            Self::Witness(error) => match &**error {
                WitnessError::TooFew(_) | WitnessError::NoNodes => {
                    "Nothing secret was sent: try again, or configure a node of another operator."
                }
                WitnessError::OtherGenesis(_) => "Use nodes of the cluster that you set.",
                _ => {
                    "Nothing secret was sent: find out which of the nodes is wrong, and leave it out."
                }
            },
            Self::Refused(refusal) => refusal.advice(),
            Self::Unknown(_) => "Look the transaction up before you send anything again.",
            Self::Expired(_) => "Send it again.",
            Self::ContentChanged { .. } => "Run it again once nobody writes to the file.",
            Self::OtherBatch { .. } => {
                "Nothing was sent: use a node of that ledger and the wallet of that batch, or another file for the journal."
            }
            Self::Journal { .. } => {
                "Check the file, its rights, and the space on the disk; then run it again: nothing is done twice."
            }
            Self::SentTooLate { .. } => "Nothing was sent.",
            Self::Stale { .. } => "Nothing was sent: wait, or use another node.",
            Self::NotFound { .. } => {
                "Check the address, and that the node is of the right cluster."
            }
            Self::NoProgram { .. } => {
                "Use the id of a deployment, and a node of the cluster that it is on."
            }
            Self::Account {
                source: AccountError::UnknownVersion(_),
                ..
            }
            | Self::Locator {
                source: SealedLocatorError::Locator(LocatorError::UnknownVersion(_)),
                ..
            } => "Update this software; nothing was lost.",
            Self::Account { .. } => {
                "Check the address, and that the node and the program id are of one deployment."
            }
            Self::NoKey(_) => "Ask its owner to publish one.",
            Self::Unattested { .. } => {
                "Nothing was sent: ask the wallet's owner for a user card, and don't trust the node."
            }
            Self::OlderKey { .. } => {
                "Nothing was sent: ask the wallet's owner for a new user card, or use another node."
            }
            Self::Card(_) => "Ask the wallet's owner for the card again.",
            Self::KeyMemory { .. } => "Check the file, its rights, and the space on the disk.",
            Self::Signer(_) => "Check the wallet.",
            Self::ForeignKey { .. } => "Use the wallet that published the key.",
            Self::Document {
                source: DocumentError::Io(_),
                ..
            } => "Check the space on the disk, then try again.",
            Self::Capsule { .. }
            | Self::DataKeyMismatch(_)
            | Self::Locator { .. }
            | Self::FactsMismatch(_)
            | Self::CreatorSignature { .. }
            | Self::Document { .. } => "Don't verify or buy it: ask its creator for a new record.",
            Self::Fetch { source, .. } => source.advice(),
            Self::StoreOfRecord { source, .. } => match **source {
                StoreError::NotADocument { .. } | StoreError::NoEraseAuthority { .. } => {
                    "Don't verify it: ask its creator to upload the document to a document store."
                }
                ref source => source.advice(),
            },
            Self::Encrypt { .. } | Self::File { .. } => {
                "Check that the file exists, its rights, and the space on the disk."
            }
            Self::EraseAuthority { .. } => {
                "Don't verify it: ask its creator to upload the document in your name."
            }
            Self::Store(error) => error.advice(),
            Self::Delivery(_) | Self::UnusableSettleKey(_) => {
                "Decline the purchase: the buyer gets the price back."
            }
            Self::SelfIssued { .. } => "Accept self-issued records if you want it all the same.",
            Self::OnlyBuyer { .. } => "Use the wallet that the order is for.",
            Self::NotOffered { .. } => {
                "Nothing was delivered: if you did create this order, add it to the file, or deliver what the ledger shows."
            }
            Self::Offers { .. } => "Check the file, its rights, and the space on the disk.",
            Self::OtherTerms { .. } => {
                "Nothing was delivered: a node may lie. Use another node, or decline the purchase."
            }
            Self::OtherSettleKey(_) => {
                "Nothing was shown to anybody. Ask other nodes; if they show the same key, the buyer gets the price back in time."
            }
            Self::PurchaseState { .. } => "Look at the purchase again.",
            Self::SettleTooLate { .. } => {
                "Nothing was shown: the buyer can have the price refunded, and can't open anything."
            }
            Self::SettleReserve { .. } => "Fund this wallet; nothing was locked.",
            Self::Marker { .. } => "Check the folder, its rights, and the space on the disk.",
            Self::TooLate { .. } => "Decline the purchase: the buyer gets the price back.",
            Self::NotDelivered { .. } => {
                "Wait for the seller, or have the price refunded after the deadline."
            }
            Self::NotSettled(_) => {
                "Wait for the seller, or have the price refunded once the time to settle is over."
            }
            Self::ReceiptNotSaved { .. } => {
                "Nothing was sent: make space in the folder, check its rights, and try again."
            }
            Self::Changed { .. } => {
                "No record was made of it: try again when nobody writes to it any more."
            }
            Self::Receipt { .. } => "Name the folder that the purchase was made with.",
            Self::Shared(error) => error.advice(),
            Self::Argument(_) => "Nothing was sent.",
        }
    }
}

impl RefusedTransaction {
    fn advice(&self) -> &'static str {
        match (&self.error, self.rule) {
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
            (_, Some(GenerionError::NotVerified)) => "Have its owner check and verify it first.",
            (_, Some(GenerionError::RecordListed)) => "Close the orders that list it first.",
            (_, Some(GenerionError::RefundTooEarly)) => {
                "Wait until 300 s after the deadline, or ask the seller to decline."
            }
            (_, Some(_)) => "Nothing was changed.",
            _ if self.reason.contains("insufficient lamports") => "Fund the wallet that pays.",
            _ => "Nothing was changed; the transaction's log tells more.",
        }
    }
}

//! Advice for each error of the client library, which knows no commands and no flags. The matches name every variant, so that a
//! new one doesn't compile before it has its advice.

mod link;
mod refused;
mod store;

use std::io;

use generion_client::{
    ClientError,
    accounts::AccountError,
    crypto::{document::DocumentError, locator::SealedLocatorError},
    locator::LocatorError,
    rpc::witness::WitnessError,
    store::StoreError,
};

use self::{
    link::advice_on_link,
    refused::advice_on_refused,
    store::{advice_on_fetching, advice_on_store},
};

/// The next step, in one line.
pub fn advice_on(error: &ClientError) -> &'static str {
    match error {
        ClientError::Node(_) => {
            "Nothing was lost. Check the node's address (-u) and that it runs, and try again."
        }
        ClientError::OtherGenesis(_) => "Use a node of the cluster that you set.",
        ClientError::Lie(_) => "Nothing was sent: use another node (-u), and don't trust this one.",
        ClientError::Witness(source) => match &**source {
            WitnessError::TooFew(_) | WitnessError::NoNodes => {
                "Nothing secret was sent: try again, or name a node of another operator with --witness (`generion node check` \
                 shows the state of all nodes)."
            }
            _ => {
                "Nothing secret was sent: find out which of the nodes is wrong (`generion node check`), and leave it out."
            }
        },
        ClientError::Refused(refused) => advice_on_refused(refused),
        ClientError::Unknown(_) => "Look the transaction up before you send anything again.",
        ClientError::Expired(_) => "Send it again.",
        ClientError::SentTooLate { .. } => "Nothing was sent.",
        ClientError::Stale { .. } => "Nothing was sent: wait, or use another node (-u).",
        ClientError::OtherBatch { .. } => {
            "Nothing was sent: use a node of that ledger (-u) and the wallet of that batch (-k), or another file for the \
             journal (--journal)."
        }
        ClientError::Journal { .. } => {
            "Check the file (--journal), its rights, and the space on the disk; then run it again: nothing is done twice."
        }
        ClientError::NoResearchCopy { .. } => {
            "Import the document without its research copy (without --research-copies)."
        }
        ClientError::ContentChanged { .. } => "Wait until no program writes to the file any more.",
        ClientError::NotFound { .. } => {
            "Check the address, and that the node (-u) is of the right cluster."
        }
        ClientError::NoProgram { .. } => {
            "Pass the program's id there (--program-id), or a node of the cluster that it is on (-u)."
        }
        ClientError::Account {
            source: AccountError::UnknownVersion(_),
            ..
        }
        | ClientError::Locator {
            source: SealedLocatorError::Locator(LocatorError::UnknownVersion(_)),
            ..
        } => "Update this software; nothing was lost.",
        ClientError::Account { .. } => {
            "Check the address, and that the node (-u) and the program id are of one deployment."
        }
        ClientError::NoKey(_) => "Its owner publishes one with `generion user set-key`.",
        ClientError::Unattested { .. } => {
            "Nothing was sent: don't trust the node. Ask the wallet's owner for a card (`generion user card`) and pass that."
        }
        ClientError::OlderKey { .. } => {
            "Nothing was sent: ask the wallet's owner for a new card (`generion user card`) and pass that."
        }
        ClientError::Card(_) | ClientError::UnusableCard(_) => {
            "Ask the wallet's owner for the card again."
        }
        ClientError::KeyMemory { .. } | ClientError::Marker { .. } => {
            "Check the data folder (--data-dir), its rights, and the space on the disk."
        }
        ClientError::NotSigned(_) | ClientError::Signer(_) => "Check the wallet (-k).",
        ClientError::ForeignKey { .. } => "Use the wallet that published the key (-k).",
        ClientError::Document {
            source: DocumentError::Io(_),
            ..
        } => "Check the space on the disk, then try again.",
        ClientError::Capsule { .. }
        | ClientError::DataKeyMismatch(_)
        | ClientError::Locator { .. }
        | ClientError::FactsMismatch(_)
        | ClientError::CreatorSignature { .. }
        | ClientError::Document { .. } => {
            "Don't verify or buy it: ask its creator for a new record."
        }
        ClientError::Fetch { source, .. } => advice_on_fetching(source),
        ClientError::StoreOfRecord { source, .. } => match &**source {
            StoreError::NotADocument { .. } | StoreError::NoEraseAuthority { .. } => {
                "Don't verify it: ask its creator to upload the document to a document store."
            }
            source => advice_on_store(source),
        },
        ClientError::EraseAuthority { .. } => {
            "Don't verify it: ask its creator to upload the document in your name."
        }
        ClientError::Store(source) => advice_on_store(source),
        ClientError::Link(source) => advice_on_link(source),
        ClientError::Delivery(_)
        | ClientError::UnusableSettleKey(_)
        | ClientError::TooLate { .. } => {
            "Decline with `generion purchase refund`; the buyer gets the price back."
        }
        ClientError::SelfIssued { .. } => {
            "Pass --accept-self-issued if you want them all the same."
        }
        ClientError::OnlyBuyer { .. } => "Use the wallet that the order is for (-k).",
        ClientError::NotOffered { .. } => {
            "Nothing was delivered: pass the file that has it (--orders), or --any-order to deliver what the ledger shows."
        }
        ClientError::Offers { .. } => {
            "Check the file (--orders), its rights, and the space on the disk."
        }
        ClientError::OtherTerms { .. } => {
            "Nothing was delivered: a node may lie. Use another node, or decline the purchase."
        }
        ClientError::OtherSettleKey(_) => {
            "The secret was not shown to anybody. Ask other nodes; if they show the same key, the buyer gets the price back in time."
        }
        ClientError::PurchaseState { .. } => "Look at the purchase again.",
        ClientError::SettleTooLate { .. } => {
            "The secret was not shown: the buyer can have the price refunded, and can't open anything."
        }
        ClientError::SettleReserve { .. } => {
            "Fund this wallet, or have another one pay (--fee-payer); nothing was locked."
        }
        ClientError::NotDelivered { .. } => {
            "Wait for the seller, or take the price back after the deadline with `generion purchase refund`."
        }
        ClientError::NotSettled(_) => {
            "Wait for the seller, or take the price back with `generion purchase refund` once the time to settle is over."
        }
        ClientError::Receipt { .. } => {
            "Pass the folder that the purchase was made with (--receipts)."
        }
        ClientError::ReceiptNotSaved { .. } => {
            "Nothing was paid: make space in the folder (--receipts), check its rights, and try again."
        }
        ClientError::Changed { .. } => {
            "No record was made of the file: try again once no program writes to it."
        }
        ClientError::File { source, .. } if source.kind() == io::ErrorKind::AlreadyExists => {
            "Choose another path, or pass --force to replace it."
        }
        ClientError::Encrypt { .. } | ClientError::File { .. } => {
            "Check that the file exists, its rights, and the space on the disk."
        }
        ClientError::Shared(error) => advice_on(error),
        ClientError::Argument(_) => "Nothing was sent.",
    }
}

//! What a user can do about an error of the library, which knows no commands and no flags.

use std::io;

use generion_client::{
    ClientError, GenerionError,
    accounts::AccountError,
    rpc::witness::WitnessError,
    store::{FetchError, RequestError, StoreError},
};

/// What the library, which knows no commands and no flags, can't advise.
pub(super) fn advice(error: &ClientError) -> Option<&'static str> {
    Some(match error {
        ClientError::Node(_) => {
            "Nothing was lost. Check the node's address (-u) and that it runs, and try again."
        }
        ClientError::Stale { .. } => "Nothing was sent: wait, or use another node (-u).",
        ClientError::Witness(source) => match &**source {
            WitnessError::TooFew(_) | WitnessError::NoNodes => {
                "Nothing secret was sent: try again, or name a node of another operator with --witness (`generion node check` \
                 shows how they stand)."
            }
            _ => {
                "Nothing secret was sent: find out which of the nodes is wrong (`generion node check`), and leave it out."
            }
        },
        ClientError::Lie(_) => "Nothing was sent: use another node (-u), and don't trust this one.",
        ClientError::OtherBatch { .. } => {
            "Nothing was sent: use a node of that ledger (-u) and the wallet of that batch (-k), or another file for the \
             journal (--journal)."
        }
        ClientError::Journal { .. } => {
            "Check the file (--journal), its rights, and the space on the disk; then run it again: nothing is done twice."
        }
        ClientError::NotFound { .. } => {
            "Check the address, and that the node (-u) is of the right cluster."
        }
        ClientError::Account {
            source: AccountError::UnknownVersion(_),
            ..
        } => return None,
        ClientError::Account { .. } => {
            "Check the address, and that the node (-u) and the program id are of one deployment."
        }
        ClientError::Refused(refusal) => match refusal.rule {
            Some(GenerionError::NotVerified) => {
                "Have its owner check and verify it first (`generion record verify`)."
            }
            _ => return None,
        },
        ClientError::NoKey(_) => "Its owner publishes one with `generion user set-key`.",
        ClientError::Unattested { .. } => {
            "Nothing was sent: don't trust the node. Ask the wallet's owner for a card (`generion user card`) and pass that."
        }
        ClientError::OlderKey { .. } => {
            "Nothing was sent: ask the wallet's owner for a new card (`generion user card`) and pass that."
        }
        ClientError::KeyMemory { .. } | ClientError::Marker { .. } => {
            "Check the data folder (--data-dir), its rights, and the space on the disk."
        }
        ClientError::Signer(_) => "Check the wallet (-k).",
        ClientError::ForeignKey { .. } => "Use the wallet that published the key (-k).",
        ClientError::OnlyBuyer { .. } => "Use the wallet that the order is for (-k).",
        ClientError::Fetch { source, .. } => return advice_on_fetching(source),
        ClientError::Store(source) | ClientError::StoreOfRecord { source, .. } => {
            match source.as_ref() {
                StoreError::Request(request) => return flag_for(request),
                _ => return None,
            }
        }
        ClientError::NotOffered { .. } => {
            "Nothing was delivered: pass the file that has it (--orders), or --any-order to deliver what the ledger shows."
        }
        ClientError::Offers { .. } => {
            "Check the file (--orders), its rights, and the space on the disk."
        }
        ClientError::Delivery(_)
        | ClientError::UnusableSettleKey(_)
        | ClientError::TooLate { .. } => {
            "Decline with `generion purchase refund`; the buyer gets the price back."
        }
        ClientError::SelfIssued { .. } => {
            "Pass --accept-self-issued if you want them all the same."
        }
        ClientError::NotDelivered { .. } => {
            "Wait for the seller, or take the price back after the deadline with `generion purchase refund`."
        }
        ClientError::NotSettled(_) => {
            "Wait for the seller, or take the price back with `generion purchase refund` once the time to settle is over."
        }
        ClientError::ReceiptNotSaved { .. } => {
            "Nothing was paid: make space in the folder (--receipts), check its rights, and try again."
        }
        ClientError::Receipt { .. } => {
            "Pass the folder that the purchase was made with (--receipts)."
        }
        ClientError::SettleReserve { .. } => {
            "Fund this wallet, or have another one pay (--fee-payer); nothing was locked."
        }
        ClientError::File { source, .. } if source.kind() == io::ErrorKind::AlreadyExists => {
            "Choose another path, or pass --force to replace it."
        }
        _ => return None,
    })
}

/// As [`advice`].
fn advice_on_fetching(error: &FetchError) -> Option<&'static str> {
    match error {
        FetchError::Request(request) => flag_for(request),
        // The first that something can be done about.
        FetchError::All(errors) => errors.iter().find_map(advice_on_fetching),
        FetchError::TooLarge { .. } => {
            Some("Pass a larger --max-document-bytes if you expect such a document.")
        }
        _ => None,
    }
}

/// The flag by which a user lets an address of a stranger be followed.
fn flag_for(error: &RequestError) -> Option<&'static str> {
    match error {
        RequestError::PrivateAddress { .. } => Some(
            "Pass --allow-private-addresses only if you know that the store is on your own network.",
        ),
        RequestError::PlainHttp { .. } => Some(
            "Pass --allow-plain-http only if you know that nobody on the way can read or change what is sent.",
        ),
        RequestError::Scheme { url } if url.scheme() == "file" => Some(
            "Pass --allow-file-locators only if you know that the document is on this machine.",
        ),
        _ => None,
    }
}

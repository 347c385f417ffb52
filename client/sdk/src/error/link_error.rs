use generion_crypto::{
    health_link::{HealthLinkError, LinkNoteError, UnfitLink},
    jwe::JweError,
};
use solana_address::Address;

/// Why a health link can't be made or opened. A new variant is a breaking change.
#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    /// The store's address or the label is too long for a link.
    #[error(transparent)]
    Unfit(#[from] UnfitLink),
    /// A copy of the record is larger than stores take for links.
    #[error(
        "a link to record {record} would have a file of {bytes} bytes, and stores take at most {max} for links"
    )]
    TooLarge {
        /// The record.
        record: Address,
        /// The size of the file, or the least that it would have, in bytes.
        bytes: u64,
        /// The largest file that stores take, in bytes.
        max: u64,
    },
    /// The note about the link can't be made.
    #[error("the note about the link can't be made")]
    Note(#[from] LinkNoteError),
    /// The text is no link that can be opened.
    #[error("the link can't be opened")]
    Text(#[from] HealthLinkError),
    /// The file of the link can't be opened.
    #[error("the file of the link can't be opened")]
    File(#[from] JweError),
}

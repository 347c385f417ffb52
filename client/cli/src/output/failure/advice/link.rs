use generion_client::{
    LinkError,
    crypto::{
        health_link::{HealthLinkError, UnfitLink},
        jwe::JweError,
    },
};

/// Advice where a health link can't be made or opened.
pub fn advice_on_link(error: &LinkError) -> &'static str {
    match error {
        LinkError::Unfit(UnfitLink::LongUrl { .. }) => {
            "Nothing was sent: pass a store with a shorter address (--store)."
        }
        LinkError::Unfit(_) => "Nothing was sent: pass another label (--label).",
        LinkError::TooLarge { .. } => {
            "Nothing was sent: share the record with a wallet instead (`generion share create`)."
        }
        LinkError::Note(_) => "Nothing was sent: pass a shorter label (--label).",
        LinkError::Text(HealthLinkError::Malformed) => {
            "Copy the whole link, from its first character to its last."
        }
        LinkError::Text(HealthLinkError::Version(_)) => {
            "Update this software, or open the link with a viewer."
        }
        LinkError::Text(HealthLinkError::Manifest) => "Open the link with a viewer.",
        LinkError::File(JweError::WrongKey) => {
            "Don't use it: copy the whole link again, or ask the document's owner for a new one."
        }
        LinkError::File(_) => "Ask the document's owner for a new link.",
    }
}

use generion_client::store::{FetchError, RequestError, StoreError};

const ASK_CREATOR: &str = "Ask the record's creator to upload the document again.";
const CHECK_FILE: &str = "Check that the file exists, and its rights.";

/// Advice where a document can't be stored, looked up or erased.
pub fn advice_on_store(error: &StoreError) -> &'static str {
    match error {
        StoreError::Request(error) => advice_on_request(error),
        StoreError::InvalidUrl(_) => "Give another address of the store.",
        StoreError::NotADocument { .. } => {
            "Give the document's address: the store's, then /v1/documents/ and 64 lower-case hex digits."
        }
        StoreError::NoEraseAuthority { .. } => "Have the document uploaded to a document store.",
        StoreError::NoLink { .. } => "Ask the document's owner for a new link.",
        StoreError::TooLarge { .. } => {
            "Open the link with a viewer, or ask the document's owner for the record itself."
        }
        StoreError::NotAList { .. } => {
            "Check the store's address: an older store does not keep links."
        }
        StoreError::Unreadable { .. } => CHECK_FILE,
        StoreError::Changed { .. } => "Encrypt the document again.",
        StoreError::Signer(_) => "Check the wallet.",
        StoreError::Random(_) => "Check this machine; nothing was sent.",
    }
}

/// Advice where a document can't be fetched. Of several stores' errors, the first one counts that a flag can change.
pub fn advice_on_fetching(error: &FetchError) -> &'static str {
    match error {
        FetchError::Request(error) => advice_on_request(error),
        FetchError::All(errors) => {
            let helped = errors.iter().find(|error| is_helped_by_flag(error));
            helped
                .or(errors.first())
                .map_or(ASK_CREATOR, advice_on_fetching)
        }
        FetchError::InvalidUrl(_) => "Ask the record's creator for a new record.",
        FetchError::TooLarge { .. } => {
            "Pass a larger --max-document-bytes if you expect such a document."
        }
        FetchError::WrongSize { .. } | FetchError::WrongHash { .. } => ASK_CREATOR,
        FetchError::Interrupted { .. } => "Try again.",
        FetchError::Unreadable { .. } => CHECK_FILE,
        FetchError::Exists { .. } => "Choose another path.",
        FetchError::Unwritable { .. } => {
            "Check that the folder exists, its rights, and the space on the disk."
        }
    }
}

fn advice_on_request(error: &RequestError) -> &'static str {
    match error {
        RequestError::Client(_) => "Check this machine's TLS and proxy settings.",
        RequestError::Scheme { url } if url.scheme() == "file" => {
            "Pass --allow-file-locators only if you know that the document is on this machine."
        }
        RequestError::Scheme { .. } | RequestError::Redirect { .. } => {
            "Ask for the document's own address, with https, where you got this one."
        }
        RequestError::PlainHttp { .. } => {
            "Pass --allow-plain-http only if you know that nobody on the way can read or change what is sent."
        }
        RequestError::PrivateAddress { .. } => {
            "Pass --allow-private-addresses only if you know that the store is on your own network."
        }
        RequestError::UnknownHost { .. } | RequestError::Unreachable { .. } => {
            "Check the address and the network, and that the store runs; then try again."
        }
        RequestError::TooSlow { .. } => "Try again later.",
        RequestError::NotFound { .. } | RequestError::UnexpectedStatus { .. } => {
            "Check the address with its source."
        }
        RequestError::Erased { .. } => {
            "It was the right of its erase authority, and can't be undone."
        }
        RequestError::ClockSkew { .. } => {
            "Set this machine's clock, if it is the wrong one, and try again."
        }
        RequestError::Refused { .. } => "Do what the store says, or ask its operator.",
        RequestError::RefusedByNewerStore { .. } => {
            "Do what the store says, or update this software: the store is newer."
        }
    }
}

/// Whether a flag of the user can allow the refused fetch.
fn is_helped_by_flag(error: &FetchError) -> bool {
    match error {
        FetchError::Request(RequestError::Scheme { url }) => url.scheme() == "file",
        FetchError::Request(
            RequestError::PlainHttp { .. } | RequestError::PrivateAddress { .. },
        )
        | FetchError::TooLarge { .. } => true,
        FetchError::All(errors) => errors.iter().any(is_helped_by_flag),
        _ => false,
    }
}

//! The operator's file with the subscriptions.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

use serde::Deserialize;

use super::{
    secret::{SecretError, WebhookSecret},
    subscription::{Reach, ReceiverUrl, ReceiverUrlError, WebhookSubscription},
};
use crate::{
    config::{
        Hidden,
        file::{ConfigFileError, read_toml},
    },
    events::{EventFilter, InvalidFilter},
    json::AddressText,
};

/// The longest name of a subscription.
const LONGEST_NAME: usize = 40;

/// Why the file with the subscriptions can't be used. The texts have no address and no secret in them.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WebhooksFileError {
    /// The file can't be read.
    #[error(transparent)]
    File(#[from] ConfigFileError),
    /// A name can't be used.
    #[error(
        "webhook number {number}: `name` has to be 1 to {LONGEST_NAME} letters from a to z, digits, `-` or `_`"
    )]
    Name {
        /// Which one, counted from 1.
        number: usize,
    },
    /// Two subscriptions have the same name.
    #[error("two webhooks have the name {name}")]
    NameTaken {
        /// The name.
        name: String,
    },
    /// The receiver's address can't be used.
    #[error("the webhook {name} can't be used")]
    Url {
        /// The subscription.
        name: String,
        /// Why.
        source: ReceiverUrlError,
    },
    /// The secret can't be used.
    #[error("the webhook {name} can't use {}", path.display())]
    Secret {
        /// The subscription.
        name: String,
        /// The secret's file.
        path: PathBuf,
        /// Why.
        source: SecretError,
    },
    /// Nothing would sign its webhooks.
    #[error("the webhook {name} needs a `secret_file`, `ed25519 = true`, or both")]
    Unsigned {
        /// The subscription.
        name: String,
    },
    /// The filter names a type that does not exist.
    #[error("the webhook {name} can't be used")]
    Filter {
        /// The subscription.
        name: String,
        /// Why.
        source: InvalidFilter,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WebhooksFile {
    #[serde(default, rename = "webhook")]
    webhooks: Vec<WebhookSection>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WebhookSection {
    name: String,
    url: Hidden,
    secret_file: Option<PathBuf>,
    #[serde(default)]
    ed25519: bool,
    #[serde(default)]
    allow_private: bool,
    #[serde(default)]
    filter: FilterSection,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct FilterSection {
    #[serde(rename = "type")]
    types: Vec<String>,
    address: Option<AddressText>,
    owner: Option<AddressText>,
    creator: Option<AddressText>,
    recipient: Option<AddressText>,
    seller: Option<AddressText>,
    buyer: Option<AddressText>,
    record: Option<AddressText>,
    order: Option<AddressText>,
    purchase: Option<AddressText>,
    label: Option<String>,
}

impl FilterSection {
    fn filter(self) -> Result<EventFilter, InvalidFilter> {
        let roles = [
            self.owner,
            self.creator,
            self.recipient,
            self.seller,
            self.buyer,
            self.record,
            self.order,
            self.purchase,
        ];
        let types = self.types.iter().map(String::as_str);
        EventFilter::of(types, self.address, roles, self.label)
    }
}

/// The subscriptions in the operator's file, with their secrets.
///
/// # Errors
/// [`WebhooksFileError`].
pub fn read_subscriptions(path: &Path) -> Result<Vec<WebhookSubscription>, WebhooksFileError> {
    let file: WebhooksFile = read_toml(path)?;
    let mut names = BTreeSet::new();
    let mut subscriptions = Vec::new();
    for (number, section) in (1..).zip(file.webhooks) {
        if !is_name(&section.name) {
            return Err(WebhooksFileError::Name { number });
        }
        if !names.insert(section.name.clone()) {
            return Err(WebhooksFileError::NameTaken { name: section.name });
        }
        subscriptions.push(subscription(section)?);
    }
    Ok(subscriptions)
}

fn is_name(name: &str) -> bool {
    let is_allowed = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_');
    (1..=LONGEST_NAME).contains(&name.len()) && name.bytes().all(is_allowed)
}

fn subscription(section: WebhookSection) -> Result<WebhookSubscription, WebhooksFileError> {
    let name = section.name;
    let reach = match section.allow_private {
        true => Reach::Private,
        false => Reach::Public,
    };
    let url = match ReceiverUrl::parse(section.url.expose(), reach) {
        Ok(url) => url,
        Err(source) => return Err(WebhooksFileError::Url { name, source }),
    };
    let secrets = match section.secret_file {
        None => Vec::new(),
        Some(path) => match WebhookSecret::read(&path) {
            Ok(secrets) => secrets,
            Err(source) => return Err(WebhooksFileError::Secret { name, path, source }),
        },
    };
    if secrets.is_empty() && !section.ed25519 {
        return Err(WebhooksFileError::Unsigned { name });
    }
    match section.filter.filter() {
        Ok(filter) => Ok(WebhookSubscription {
            name,
            url,
            secrets,
            is_signed_by_signer: section.ed25519,
            filter,
            reach,
        }),
        Err(source) => Err(WebhooksFileError::Filter { name, source }),
    }
}

#[cfg(test)]
mod tests;

//! Options and names that the commands for links share.

use clap::Args;
use generion_client::{LinkKeys, OwnLink, OwnLinks, locator::StoreUrl, rpc::url::redacted};
use url::Url;

use crate::{
    args::parse::store_url,
    context::Context,
    output::{failure::Failure, waiting},
};

/// The fewest characters by which a link can be named.
const MIN_NAME: usize = 4;

/// The URLs of the stores with links.
#[derive(Args)]
pub struct Place {
    /// Document stores that have the links, separated by commas
    #[arg(long, value_name = "URL", env = "GENERION_STORE", hide_env_values = true, required = true,
          value_delimiter = ',', value_parser = store_url)]
    pub store: Vec<StoreUrl>,
    /// Also look for links that were made before you rotated your encryption key; a wallet may ask for more signatures
    #[arg(long)]
    pub earlier_keys: bool,
}

/// The form of a link.
#[derive(Args)]
pub struct Shown {
    /// Web page that opens the link, put in front of it, such as `https://viewer.example/` [default: none]
    #[arg(long, value_name = "URL", env = "GENERION_VIEWER", hide_env_values = true, value_parser = viewer)]
    pub viewer: Option<Url>,
    /// Don't show the QR code
    #[arg(long)]
    pub no_qr: bool,
}

fn viewer(text: &str) -> Result<Url, String> {
    let text = text.strip_suffix('#').unwrap_or(text);
    match Url::parse(text) {
        Ok(url) if url.fragment().is_some() => {
            Err("expected an address without a fragment (#): the link takes its place".to_owned())
        }
        Ok(url) if matches!(url.scheme(), "http" | "https") => Ok(url),
        _ => Err("expected the http or https URL of a viewer".to_owned()),
    }
}

/// An owner's links, as far as the stores could be read.
pub struct FoundLinks {
    /// The keys that erase the links.
    pub keys: LinkKeys,
    /// The links of the stores that answered.
    pub own: OwnLinks,
    /// The addresses of the stores that could not be read, each with the reason.
    pub unread: Vec<(String, Failure)>,
}

impl Place {
    /// The owner's links at all the stores. Stores that can't be read are no failure while another one answers.
    pub async fn links(&self, context: &Context) -> Result<FoundLinks, Failure> {
        let opener = context.opener().await?;
        let keys = context
            .client
            .link_keys(&*opener, self.earlier_keys)
            .await?;
        let _waiting = waiting::until_done("asking the document store");
        let mut own = OwnLinks::default();
        let mut unread = Vec::new();
        for store in &self.store {
            match context.client.links(&keys, store).await {
                Ok(OwnLinks { links, not_ours }) => {
                    own.links.extend(links);
                    own.not_ours.extend(not_ours);
                }
                Err(error) => unread.push((redacted(store.as_str()), Failure::from(error))),
            }
        }
        match unread.pop() {
            Some((_, failure)) if unread.len() + 1 == self.store.len() => Err(failure),
            last => {
                unread.extend(last);
                Ok(FoundLinks { keys, own, unread })
            }
        }
    }
}

impl FoundLinks {
    /// The failure of a command that saw a part of the links.
    pub fn failure(&self) -> Option<Failure> {
        let (store, failure) = self.unread.first()?;
        let message = format!(
            "the links in the store {store} are missing: {}",
            failure.message
        );
        Some(Failure::new(message, &failure.advice))
    }

    /// The link that a name is the beginning of, by its position.
    pub fn find(&self, name: &str) -> Result<usize, Failure> {
        find(&self.own.links, name).map_err(|failure| match self.failure() {
            Some(missing) => Failure::new(
                format!("{}; {}", failure.message, missing.message),
                missing.advice,
            ),
            None => failure,
        })
    }
}

/// The hash in a link's address, by the beginning of which people name the link.
pub fn name_of(link: &OwnLink) -> String {
    link.id
        .to_string()
        .split_once('/')
        .map_or_else(String::new, |(_, hash)| hash.to_owned())
}

/// The position of the link that a name is the beginning of.
fn find(links: &[OwnLink], name: &str) -> Result<usize, Failure> {
    if name.len() < MIN_NAME {
        return Err(Failure::new(
            format!("{name:?} is too short to name a link"),
            "Pass at least 4 characters of the link (`generion share links`).",
        ));
    }
    let mut found = (0..links.len()).filter(|index| name_of(&links[*index]).starts_with(name));
    match (found.next(), found.next()) {
        (Some(index), None) => Ok(index),
        (None, _) => Err(Failure::new(
            format!(
                "you have no link {name:?} there: it has expired, was revoked, or is in another store"
            ),
            "Pass the first characters of a link (`generion share links`), and its store (--store).",
        )),
        (Some(_), Some(_)) => Err(Failure::new(
            format!("several of your links begin with {name:?}"),
            "Pass more characters of the link.",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_viewer_is_a_page_without_a_fragment() {
        for text in ["https://viewer.example/#", "https://viewer.example/"] {
            assert_eq!(viewer(text).unwrap().as_str(), "https://viewer.example/");
        }
        assert!(viewer("http://127.0.0.1:8080/open").is_ok());
        for text in [
            "viewer.example",
            "file:///x",
            "https://viewer.example/#a",
            "shlink:/x",
        ] {
            assert!(viewer(text).is_err(), "{text}");
        }
    }
}

//! What all commands that write records have in common.

use std::path::PathBuf;

use clap::Args;
use generion_client::{NewDocument, locator::StoreUrl, rpc::url::redacted};
use serde::Serialize;
use solana_address::Address;

use crate::{
    args::parse::{address, store_url},
    document::fhir::Guess,
    output::text::Text,
};

/// Options for writing records, shared by `create` and `import`.
#[derive(Args)]
pub struct WriteArgs {
    /// Document stores to upload to, one to three, separated by commas
    #[arg(long, value_name = "URL", env = "GENERION_STORE", hide_env_values = true, required = true,
          value_delimiter = ',', value_parser = store_url)]
    store: Vec<StoreUrl>,
    /// Number of stores that must accept the document [default: all]
    #[arg(long, value_name = "NUMBER")]
    needed_stores: Option<usize>,
    /// Wallet that can erase the document from its stores [default: the owner]
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    erase_authority: Option<Address>,
    /// Don't sign the record. Without a signature, readers have to trust their nodes about its creator
    #[arg(long)]
    unsigned: bool,
}

impl WriteArgs {
    /// A document to write with these options.
    pub fn document(&self, path: PathBuf, owner: Address, guess: Guess) -> NewDocument {
        NewDocument {
            path,
            owner,
            media_type: guess.media_type,
            kind: guess.kind,
            stores: self.store.clone(),
            needed_stores: self.needed_stores,
            erase_authority: self.erase_authority,
            sign: !self.unsigned,
        }
    }

    /// The stores, as text.
    pub fn stores(&self) -> String {
        let stores: Vec<_> = self
            .store
            .iter()
            .map(|store| redacted(store.as_str()))
            .collect();
        stores.join(" and ")
    }
}

/// The locator's description of the document.
#[derive(Serialize)]
pub struct DocumentCreated {
    pub urls: Vec<String>,
    pub media_type: String,
    pub kind: String,
    /// Size of the plain document in bytes.
    pub plain_size: u64,
    /// Whether the creator signed for the record.
    pub signed: bool,
}

impl DocumentCreated {
    pub fn describe(&self, text: &mut Text) {
        text.field("kind", &self.kind)
            .field("media type", &self.media_type)
            .field("plain size", bytes(self.plain_size));
        for url in &self.urls {
            text.field("stored at", url);
        }
    }
}

/// A size, as text.
pub fn bytes(count: u64) -> String {
    match count {
        1 => "1 byte".to_owned(),
        count => format!("{count} bytes"),
    }
}

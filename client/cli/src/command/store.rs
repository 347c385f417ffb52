use clap::Subcommand;
use generion_client::{rpc::url::redacted, store::FetchPolicy};
use serde::Serialize;
use url::Url;

use crate::{
    args::parse::document_url,
    context::Context,
    output::{
        failure::Failure,
        report::{Output, Report},
        text::Text,
        waiting,
    },
    prompt::consent::Plan,
};

#[derive(Subcommand)]
pub enum StoreCommand {
    /// Show a document's state in a store
    Status {
        /// The document's URL
        #[arg(value_parser = document_url)]
        document: Url,
    },
    /// Erase a document for good; your wallet must be its erase authority
    Erase {
        /// The document's URL
        #[arg(value_parser = document_url)]
        document: Url,
    },
}

impl StoreCommand {
    pub async fn run(self, context: &Context) -> Result<Output, Failure> {
        match self {
            Self::Status { document } => status(context, document).await,
            Self::Erase { document } => erase(context, document).await,
        }
    }
}

#[derive(Serialize)]
struct Status {
    url: String,
    erase_authority: String,
    /// Size of the ciphertext in bytes.
    size: u64,
}

async fn status(context: &Context, document: Url) -> Result<Output, Failure> {
    // The user typed this address, so private addresses are allowed.
    let policy = FetchPolicy {
        allow_private: true,
        ..context.client.fetch_policy
    };
    let _waiting = waiting::until_done("asking the document store");
    let status = context.client.store.status(&document, &policy).await?;
    Output::found(&Status {
        url: document.into(),
        erase_authority: status.erase_authority.to_string(),
        size: status.size,
    })
}

impl Report for Status {
    fn describe(&self, text: &mut Text) {
        text.field("document", &self.url)
            .field("erase authority", &self.erase_authority)
            .field("size", format_args!("{} bytes, encrypted", self.size));
    }
}

#[derive(Serialize)]
struct Erased {
    url: String,
    erased: bool,
}

async fn erase(context: &Context, document: Url) -> Result<Output, Failure> {
    let consent = context.consent()?;
    let wallet = context.wallet().await?;
    let id = document.path().rsplit('/').next().unwrap_or_default();
    let plan = Plan::new(format!(
        "Erase document {id} at {}",
        redacted(document.as_str())
    ))
    .notes("this can't be undone: nobody can open it again, and the store does not accept it a second time");
    consent.to(plan).await?;
    let erase = async {
        let _waiting = waiting::until_done("erasing the document from its store");
        context.client.store.delete(&document, wallet).await?;
        Output::new(&Erased {
            url: document.into(),
            erased: true,
        })
    };
    context.free_unless_dry_run(erase).await
}

impl Report for Erased {
    fn describe(&self, text: &mut Text) {
        text.field("erased", &self.url);
    }
}

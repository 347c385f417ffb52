//! Listing links.

use clap::Args;
use serde::Serialize;

use super::{args::Place, view::LinkView};
use crate::{
    context::Context,
    output::{
        failure::Failure,
        report::{Output, Report},
        text::Text,
    },
};

/// Characters of a link's name in a table.
const SHORT_NAME: usize = 8;

#[derive(Args)]
pub struct ListArgs {
    #[command(flatten)]
    place: Place,
}

#[derive(Serialize)]
struct Links {
    links: Vec<LinkView>,
    /// Links that a store lists as yours, and that you did not make.
    not_yours: Vec<NotYours>,
    /// Stores that could not be read. Their links are missing.
    unread_stores: Vec<UnreadStore>,
}

#[derive(Serialize)]
struct UnreadStore {
    store: String,
    reason: String,
}

#[derive(Serialize)]
struct NotYours {
    id: String,
    reason: String,
}

/// Lists the links that the stores have of this owner.
pub async fn list(context: &Context, args: ListArgs) -> Result<Output, Failure> {
    let found = args.place.links(context).await?;
    let not_yours = found.own.not_ours.iter().map(|(id, error)| NotYours {
        id: id.to_string(),
        reason: error.to_string(),
    });
    let unread_stores = found.unread.iter().map(|(store, failure)| UnreadStore {
        store: store.clone(),
        reason: failure.message.clone(),
    });
    let links = Links {
        links: found.own.links.iter().map(LinkView::from).collect(),
        not_yours: not_yours.collect(),
        unread_stores: unread_stores.collect(),
    };
    // An empty list says nothing about the program on the ledger.
    Ok(Output::found(&links)?.with_failure(found.failure()))
}

impl Report for Links {
    fn describe(&self, text: &mut Text) {
        let rows = self.links.iter().map(|link| {
            [
                link.id[..SHORT_NAME].to_owned(),
                link.record.clone(),
                link.label.clone().unwrap_or_default(),
                link.expiry(),
            ]
        });
        text.table(["LINK", "RECORD", "LABEL", "EXPIRES"], rows, "no links");
        for NotYours { id, reason } in &self.not_yours {
            text.line(format_args!("not yours: {id}: {reason}"));
        }
        for UnreadStore { store, reason } in &self.unread_stores {
            text.line(format_args!("not read: {store}: {reason}"));
        }
    }
}

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
}

#[derive(Serialize)]
struct NotYours {
    id: String,
    reason: String,
}

/// Lists the links that the stores have of this owner.
pub async fn list(context: &Context, args: ListArgs) -> Result<Output, Failure> {
    let (_, found) = args.place.links(context).await?;
    let not_yours = found.not_ours.iter().map(|(id, error)| NotYours {
        id: id.to_string(),
        reason: error.to_string(),
    });
    let links = Links {
        links: found.links.iter().map(LinkView::from).collect(),
        not_yours: not_yours.collect(),
    };
    // An empty list says nothing about the program on the ledger.
    Output::found(&links)
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
    }
}

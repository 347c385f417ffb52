//! Revoking links.

use clap::Args;
use serde::Serialize;

use super::{args::Place, view::LinkView};
use crate::{
    context::Context,
    output::{
        failure::Failure,
        report::{Output, Report},
        text::Text,
        waiting,
    },
};

#[derive(Args)]
pub struct RevokeArgs {
    /// The links, by their first characters (`generion share links`)
    #[arg(value_name = "LINK", required = true, num_args = 1.., value_delimiter = ',')]
    links: Vec<String>,
    #[command(flatten)]
    place: Place,
}

#[derive(Serialize)]
struct Revoked {
    revoked: Vec<LinkView>,
}

/// Erases the copies of links. Links that can't be found are refused before any is revoked.
pub async fn revoke(context: &Context, args: RevokeArgs) -> Result<Output, Failure> {
    let found = args.place.links(context).await?;
    let mut chosen = Vec::new();
    for name in &args.links {
        let index = found.find(name)?;
        if !chosen.contains(&index) {
            chosen.push(index);
        }
    }
    let revoke = async {
        let _waiting = waiting::until_done("erasing the copies from their stores");
        let mut revoked = Vec::new();
        let mut failure = None;
        // One store that is away keeps no other link open.
        for link in chosen.iter().map(|index| &found.own.links[*index]) {
            match context.client.revoke_link(&found.keys, link).await {
                Ok(()) => revoked.push(LinkView::from(link)),
                Err(error) => failure = failure.or(Some(Failure::from(error))),
            }
        }
        let failure = failure.map(|mut failed| {
            let count = format!(" ({} of {} were revoked)", revoked.len(), chosen.len());
            failed.message.push_str(&count);
            failed
        });
        Ok(Output::new(&Revoked { revoked })?.with_failure(failure))
    };
    context.free_unless_dry_run(revoke).await
}

impl Report for Revoked {
    fn describe(&self, text: &mut Text) {
        for link in &self.revoked {
            text.field("revoked", &link.id);
        }
    }
}

//! The creators of records that the user trusts.

use clap::Args;
use serde::Serialize;
use solana_address::Address;

use crate::{
    args::parse::address,
    context::Context,
    files::trusted_creators::TrustedCreators,
    output::{
        failure::Failure,
        report::{Output, Report},
        text::Text,
    },
};

#[derive(Args)]
pub struct TrustArgs {
    /// The creator's wallet, as you learned it from the creator
    #[arg(value_parser = address)]
    creator: Address,
    /// Your name for the creator
    #[arg(long, default_value = "", hide_default_value = true)]
    name: String,
}

#[derive(Serialize)]
struct Creators {
    /// Whether the list changed.
    changed: bool,
    creators: Vec<CreatorView>,
}

#[derive(Serialize)]
struct CreatorView {
    wallet: String,
    /// Empty: the user gave no name.
    name: String,
}

pub async fn trust(
    context: &Context,
    TrustArgs { creator, name }: TrustArgs,
) -> Result<Output, Failure> {
    change(context, |creators| creators.add(creator, name)).await
}

pub async fn distrust(context: &Context, creator: Address) -> Result<Output, Failure> {
    change(context, |creators| creators.remove(&creator)).await
}

async fn change(
    context: &Context,
    change: impl FnOnce(&mut TrustedCreators) -> bool,
) -> Result<Output, Failure> {
    let mut creators = TrustedCreators::read(context.data())?;
    let changed = change(&mut creators);
    let write = async {
        if changed {
            creators.write(context.data())?;
        }
        Output::new(&view(&creators, changed))
    };
    context.free_unless_dry_run(write).await
}

pub fn trusted(context: &Context) -> Result<Output, Failure> {
    let creators = TrustedCreators::read(context.data())?;
    Output::found(&view(&creators, false))
}

fn view(creators: &TrustedCreators, changed: bool) -> Creators {
    let creators = creators.iter().map(|(wallet, name)| CreatorView {
        wallet: wallet.to_string(),
        name: name.to_owned(),
    });
    Creators {
        changed,
        creators: creators.collect(),
    }
}

impl Report for Creators {
    fn describe(&self, text: &mut Text) {
        let rows = self
            .creators
            .iter()
            .map(|creator| [creator.wallet.clone(), creator.name.clone()]);
        text.table(["CREATOR", "NAME"], rows, "you trust no creators");
    }
}

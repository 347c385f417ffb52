//! Users: wallets with a published encryption key, and the creators that they trust.

mod card;
mod creators;
mod list;
mod show;

use clap::Subcommand;
use solana_address::Address;

use self::{card::card, creators::TrustArgs, list::list, show::show};
use crate::{
    args::parse::address,
    command::key::rotate::rotate,
    context::Context,
    output::{failure::Failure, report::Output},
};

#[derive(Subcommand)]
pub enum UserCommand {
    /// Publish your encryption key, or the next one, so that others can write records for you; the same as `key
    /// rotate`
    #[command(visible_alias = "set")]
    SetKey,
    /// Show a wallet's balance and published encryption key
    #[command(visible_alias = "get")]
    Show {
        /// The wallet [default: yours]
        #[arg(value_parser = address)]
        wallet: Option<Address>,
    },
    /// Print a wallet's card: one line with its signed encryption key, so that others can write records for it without
    /// trusting a node
    Card {
        /// The wallet [default: yours]
        #[arg(value_parser = address)]
        wallet: Option<Address>,
        /// Also print the card as a QR code
        #[arg(long)]
        qr: bool,
    },
    /// List all users
    List,
    /// Trust a creator, whose records are then listed first; the list is kept on this machine
    Trust(TrustArgs),
    /// Stop trusting a creator
    Distrust {
        /// The creator's wallet
        #[arg(value_parser = address)]
        creator: Address,
    },
    /// List the creators that you trust
    Trusted,
}

impl UserCommand {
    pub async fn run(self, context: &Context) -> Result<Output, Failure> {
        match self {
            Self::SetKey => rotate(context).await,
            Self::Show { wallet } => show(context, wallet).await,
            Self::Card { wallet, qr } => card(context, wallet, qr).await,
            Self::List => list(context).await,
            Self::Trust(args) => creators::trust(context, args).await,
            Self::Distrust { creator } => creators::distrust(context, creator).await,
            Self::Trusted => creators::trusted(context),
        }
    }
}

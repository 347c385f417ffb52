use clap::Subcommand;
use generion_client::{Listed, state::User};
use serde::Serialize;
use solana_address::Address;

use crate::{
    amount::Sol,
    cli::address,
    command::key,
    context::Context,
    failure::Failure,
    output::{Output, Report, Text},
    view::UserView,
};

#[derive(Subcommand)]
pub enum UserCommand {
    /// Publish the wallet's encryption key, or the next one: then anyone can write records to it. Same as `key rotate`
    #[command(visible_alias = "set")]
    SetKey,
    /// Show a user
    #[command(visible_alias = "get")]
    Show {
        /// The wallet [default: the acting one]
        #[arg(value_parser = address)]
        wallet: Option<Address>,
    },
    /// List all users
    List,
}

impl UserCommand {
    pub async fn run(self, context: &Context) -> Result<Output, Failure> {
        match self {
            Self::SetKey => key::rotate(context).await,
            Self::Show { wallet } => show(context, wallet).await,
            Self::List => list(context).await,
        }
    }
}

/// A user, and what its wallet holds.
#[derive(Serialize)]
struct Shown {
    #[serde(flatten)]
    user: UserView,
    balance_lamports: u64,
}

async fn show(context: &Context, wallet: Option<Address>) -> Result<Output, Failure> {
    let wallet = context.address_or_own(wallet).await?;
    let ledger = context.ledger();
    let user = Listed {
        address: ledger.addresses().user(&wallet),
        account: ledger.user(&wallet).await?,
    };
    Output::new(&Shown {
        user: UserView::from(&user),
        balance_lamports: ledger.lamports(&wallet).await?,
    })
}

impl Report for Shown {
    fn describe(&self, text: &mut Text) {
        describe(&self.user, text);
        text.field("balance", Sol(self.balance_lamports));
    }
}

pub fn describe(user: &UserView, text: &mut Text) {
    text.field("wallet", &user.wallet)
        .field("user account", &user.account)
        .field("encryption key", &user.encryption_key)
        .field("key index", user.key_index)
        .field("records", user.record_count)
        .field("next record id", user.next_record_id)
        .field("next order id", user.next_order_id);
}

#[derive(Serialize)]
struct Users {
    users: Vec<UserView>,
}

async fn list(context: &Context) -> Result<Output, Failure> {
    let users = context.ledger().list::<User>(&[]).await?;
    Output::new(&Users {
        users: users.iter().map(UserView::from).collect(),
    })
}

impl Report for Users {
    fn describe(&self, text: &mut Text) {
        let rows = self.users.iter().map(|user| {
            [
                user.wallet.clone(),
                user.key_index.to_string(),
                user.record_count.to_string(),
                user.encryption_key.clone(),
            ]
        });
        text.table(
            ["WALLET", "KEY INDEX", "RECORDS", "ENCRYPTION KEY"],
            rows,
            "no users",
        );
    }
}

use clap::Subcommand;
use generion_client::{Listed, NewAccount, state::User};
use serde::Serialize;
use solana_address::Address;
use solana_signer::Signer;

use crate::{
    amount::Sol,
    cli::address,
    consent::Plan,
    context::Context,
    failure::Failure,
    output::{Output, Report, Text},
    view::{TransactionView, UserView},
};

#[derive(Subcommand)]
pub enum UserCommand {
    /// Publish the wallet's encryption key, or the next one: then anyone can write records to it
    SetKey,
    /// Show a user
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
            Self::SetKey => set_key(context).await,
            Self::Show { wallet } => show(context, wallet).await,
            Self::List => list(context).await,
        }
    }
}

#[derive(Serialize)]
struct KeySet {
    user: UserView,
    transaction: TransactionView,
}

async fn set_key(context: &Context) -> Result<Output, Failure> {
    let consent = context.consent()?;
    let signers = context.signers()?;
    let (wallet, payer) = (signers.wallet.pubkey(), signers.payer().pubkey());
    let address = context.ledger().addresses().user(&wallet);
    let user = context.ledger().find::<User>(&address).await?;
    let (plan, rent) = match user {
        Some(user) => {
            let next = user.key_index.saturating_add(1);
            let plan = Plan::new(format!(
                "Replace the encryption key of wallet {wallet} by the one with index {next}"
            ));
            (plan.notes("existing records and shares stay readable"), 0)
        }
        None => {
            let rent = context.ledger().rent(NewAccount::User).await?;
            let plan = Plan::new(format!(
                "Publish the first encryption key of wallet {wallet}"
            ));
            (
                plan.pays(rent, format!("of rent, for good, from wallet {payer}")),
                rent,
            )
        }
    };
    context.require_funds(&payer, rent).await?;
    consent.to(plan).await?;
    let landed = context
        .client
        .publish_key(&signers.wallet, signers.payer())
        .await?;
    let user = Listed {
        address,
        account: context
            .ledger()
            .user(&wallet)
            .await
            .map_err(|error| Failure::from(error).after(&landed))?,
    };
    Output::new(&KeySet {
        user: UserView::from(&user),
        transaction: TransactionView::from(&landed),
    })
}

impl Report for KeySet {
    fn describe(&self, text: &mut Text) {
        describe(&self.user, text);
        self.transaction.describe(text);
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
    let wallet = context.address_or_own(wallet)?;
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

fn describe(user: &UserView, text: &mut Text) {
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

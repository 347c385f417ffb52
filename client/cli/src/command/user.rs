//! Users: wallets with a published encryption key, and the creators that they trust.

mod creators;

use clap::Subcommand;
use generion_client::{KeyedAccount, attestation::KeyAttestation, rpc::amount::Sol, state::User};
use qrcode::{EcLevel, QrCode, render::unicode::Dense1x2};
use serde::Serialize;
use solana_address::Address;
use solana_signature::Signature;

use crate::{
    args::parse::address,
    command::{key::rotate::rotate, user::creators::TrustArgs},
    context::Context,
    output::{
        failure::Failure,
        report::{Output, Report},
        text::Text,
        view::UserView,
    },
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
            Self::Trust(args) => creators::trust(context, args),
            Self::Distrust { creator } => creators::distrust(context, creator),
            Self::Trusted => creators::trusted(context),
        }
    }
}

/// A wallet, and its User account if there is one.
#[derive(Serialize)]
struct Shown {
    wallet: String,
    balance_lamports: u64,
    /// `null`, here and below: the wallet has published no encryption key.
    account: Option<String>,
    encryption_key: Option<String>,
    key_index: Option<u32>,
    attestation: Option<String>,
    /// Whether `attestation` is the wallet's valid signature for this key.
    attested: Option<bool>,
    next_order_id: Option<u64>,
    record_count: Option<u64>,
    #[serde(skip)]
    user: Option<UserView>,
    #[serde(skip)]
    evidence: String,
}

async fn show(context: &Context, wallet: Option<Address>) -> Result<Output, Failure> {
    let wallet = context.address_or_own(wallet).await?;
    let ledger = context.ledger();
    let address = ledger.addresses().user(&wallet);
    let account = ledger.find::<User>(&address).await?;
    let attested = account.as_ref().map(|user| {
        let statement = KeyAttestation {
            deployment: *ledger.deployment(),
            wallet,
            index: user.key_index,
            key: user.encryption_key,
        };
        statement.verify(&user.attestation)
    });
    let user = account.map(|account| UserView::from(&KeyedAccount { address, account }));
    let of = user.as_ref();
    let is_empty = of.is_none();
    let shown = Shown {
        wallet: wallet.to_string(),
        balance_lamports: ledger.lamports(&wallet).await?,
        account: of.map(|user| user.account.clone()),
        encryption_key: of.map(|user| user.encryption_key.clone()),
        key_index: of.map(|user| user.key_index),
        attestation: of.map(|user| user.attestation.clone()),
        attested: attested.as_ref().map(Result::is_ok),
        next_order_id: of.map(|user| user.next_order_id),
        record_count: of.map(|user| user.record_count),
        user,
        evidence: match attested {
            Some(Ok(envelope)) => format!("yes, as {envelope}"),
            Some(Err(error)) => format!("NO: {error}"),
            None => String::new(),
        },
    };
    Output::listed(&shown, is_empty)
}

impl Report for Shown {
    fn describe(&self, text: &mut Text) {
        match &self.user {
            Some(user) => {
                user.describe(text);
                text.field("attested", &self.evidence);
            }
            None => {
                text.field("wallet", &self.wallet).field(
                    "encryption key",
                    "none: `generion user set-key` publishes one",
                );
            }
        }
        text.field("balance", Sol(self.balance_lamports));
    }
}

/// A wallet's card.
#[derive(Serialize)]
struct Carded {
    card: String,
    wallet: String,
    genesis: String,
    program_id: String,
    key_index: u32,
    encryption_key: String,
    attestation: String,
    /// The envelope in which the wallet signed the line.
    envelope: String,
    #[serde(skip)]
    qr: Option<String>,
}

async fn card(context: &Context, wallet: Option<Address>, qr: bool) -> Result<Output, Failure> {
    let wallet = context.address_or_own(wallet).await?;
    context.create_data()?;
    let card = context.client.user_card(&wallet).await?;
    let qr = qr.then(|| qr_code(&card.to_string())).transpose()?;
    Output::found(&Carded {
        qr,
        card: card.to_string(),
        wallet: wallet.to_string(),
        genesis: card.deployment().genesis.to_string(),
        program_id: card.deployment().program_id.to_string(),
        key_index: card.index(),
        encryption_key: hex::encode(card.key()),
        attestation: Signature::from(*card.attestation()).to_string(),
        envelope: card.envelope().to_string(),
    })
}

/// A QR code for a terminal with light text on a dark background.
fn qr_code(text: &str) -> Result<String, Failure> {
    let code = QrCode::with_error_correction_level(text, EcLevel::L).map_err(|error| {
        Failure::new(
            format!("can't make a QR code of the card: {error}"),
            "Leave out --qr.",
        )
    })?;
    let mut renderer = code.render::<Dense1x2>();
    renderer
        .dark_color(Dense1x2::Light)
        .light_color(Dense1x2::Dark);
    Ok(renderer.build())
}

impl Report for Carded {
    fn describe(&self, text: &mut Text) {
        text.line(&self.card);
        if let Some(qr) = &self.qr {
            text.line(qr);
        }
    }
}

#[derive(Serialize)]
struct Users {
    users: Vec<UserView>,
}

async fn list(context: &Context) -> Result<Output, Failure> {
    let users = context.ledger().list::<User>(&[]).await?;
    let users: Vec<_> = users.iter().map(UserView::from).collect();
    let is_empty = users.is_empty();
    Output::listed(&Users { users }, is_empty)
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

//! Encryption keys of the acting wallet.

pub mod rotate;

use std::path::PathBuf;

use clap::{Args, Subcommand};
use generion_client::{Existing, KeySource, OwnKey, crypto::keys::KeyFile};
use serde::Serialize;
use solana_address::Address;
use solana_signer::Signer;

use crate::{
    context::Context,
    files::key_file,
    output::{
        failure::Failure,
        report::{Output, Report},
        text::Text,
    },
    prompt::{consent::Plan, passphrase},
};

#[derive(Subcommand)]
pub enum KeyCommand {
    /// Show your wallet's encryption keys, and which of their secrets are available
    Show,
    /// Write your wallet's encryption secrets to a key file protected by a passphrase, for a delivery agent
    Export(ExportArgs),
    /// Publish the next encryption key; old records stay readable. With --key-file, the key is random and kept in that
    /// file
    Rotate,
}

#[derive(Args)]
pub struct ExportArgs {
    /// Key file to write; it must not exist yet
    #[arg(long, value_name = "FILE")]
    to: PathBuf,
    /// Indexes of the keys to write [default: all up to the current one]
    #[arg(long = "index", value_name = "INDEX")]
    indexes: Vec<u32>,
    /// File descriptor to read the new file's passphrase from [default: ask on the terminal]
    #[arg(long, value_name = "FD")]
    new_passphrase_fd: Option<u32>,
}

impl KeyCommand {
    pub async fn run(self, context: &Context) -> Result<Output, Failure> {
        match self {
            Self::Show => show(context).await,
            Self::Export(args) => export(context, args).await,
            Self::Rotate => rotate::rotate(context).await,
        }
    }
}

#[derive(Serialize)]
struct Keys {
    wallet: String,
    /// Index of the key that new records are encrypted to.
    key_index: u32,
    /// That key, in hex.
    encryption_key: String,
    keys: Vec<Key>,
    /// The reason why the published key can't be used; `null`: it can.
    warning: Option<String>,
}

#[derive(Serialize)]
struct Key {
    index: u32,
    /// `null`: its secret is not available.
    encryption_key: Option<String>,
    source: &'static str,
    is_present: bool,
}

async fn show(context: &Context) -> Result<Output, Failure> {
    let file = context.key_file().await?;
    // With a key file the wallet is not needed.
    let wallet = match file {
        Some(_) => None,
        None => Some(context.wallet().await?),
    };
    let address = match (&file, &wallet) {
        (Some(file), _) => file.wallet,
        (None, Some(wallet)) => wallet.pubkey(),
        (None, None) => Address::default(),
    };
    let user = context.ledger().user(&address).await?;
    let source = match (file, &wallet) {
        (Some(file), _) => Some(("key file", Box::new(file) as Box<dyn KeySource>)),
        (None, Some(wallet)) => Some(("wallet", context.keys(wallet).await?)),
        (None, None) => None,
    };
    let own = match &source {
        Some((_, keys)) => Some(context.client.own_key(&**keys).await?),
        None => None,
    };
    let key = |index: u32| {
        let (name, keys) = source.as_ref()?;
        let secret = keys.encryption_secret(context.ledger().deployment(), index);
        let public = secret.ok().map(|secret| secret.public_key().to_bytes());
        Some(Key {
            index,
            encryption_key: public.map(hex::encode),
            source: match public {
                Some(_) => name,
                None => "not available",
            },
            is_present: index == user.key_index && public == Some(user.encryption_key),
        })
    };
    Output::found(&Keys {
        wallet: address.to_string(),
        key_index: user.key_index,
        encryption_key: hex::encode(user.encryption_key),
        keys: (0..=user.key_index).filter_map(key).collect(),
        warning: match own {
            Some(OwnKey::OtherIndex { index, own }) => Some(format!(
                "the published key, with index {index}, was made for index {own}: you can open records made for it, but so can anybody who knows the older key; replace it with `generion key rotate`"
            )),
            Some(OwnKey::Foreign { index }) => Some(format!(
                "the published key, with index {index}, is none of these, so they can't open records made for it; replace it with `generion key rotate`"
            )),
            _ => None,
        },
    })
}

impl Report for Keys {
    fn describe(&self, text: &mut Text) {
        text.field("wallet", &self.wallet)
            .field("key index", self.key_index)
            .field("encryption key", &self.encryption_key);
        let rows = self.keys.iter().map(|key| {
            let present = if key.is_present { "published now" } else { "" };
            [
                key.index.to_string(),
                key.source.to_owned(),
                key.encryption_key.clone().unwrap_or_default(),
                present.to_owned(),
            ]
        });
        text.table(["INDEX", "SECRET", "ENCRYPTION KEY", ""], rows, "no keys");
        if let Some(warning) = &self.warning {
            text.line(format_args!("WARNING: {warning}"));
        }
    }
}

#[derive(Serialize)]
struct Exported {
    wallet: String,
    path: PathBuf,
    indexes: Vec<u32>,
}

async fn export(context: &Context, args: ExportArgs) -> Result<Output, Failure> {
    let consent = context.consent()?;
    if args.to.symlink_metadata().is_ok() {
        return Err(Failure::new(
            format!("{} already exists", args.to.display()),
            "Choose another path: an existing key file is never replaced.",
        ));
    }
    let wallet = context.wallet().await?;
    let user = context.ledger().user(&wallet.pubkey()).await?;
    let indexes = match args.indexes.is_empty() {
        true => (0..=user.key_index).collect(),
        false => args.indexes,
    };
    let deployment = *context.ledger().deployment();
    let keys = context.keys(wallet).await?;
    let mut file = KeyFile::new(wallet.pubkey(), deployment);
    for index in &indexes {
        let secret = keys.encryption_secret(&deployment, *index)?;
        if *index == user.key_index && secret.public_key().to_bytes() != user.encryption_key {
            return Err(generion_client::ClientError::ForeignKey {
                wallet: wallet.pubkey(),
                index: *index,
            }
            .into());
        }
        key_file::insert(&mut file, *index, secret, &args.to)?;
        if *index == user.key_index {
            // The attestation lets the file's holder prove the key without a node. An older account may have no valid
            // one.
            let _ = file.attest(*index, user.attestation);
        }
    }
    let plan = Plan::new(format!(
        "Write the encryption secrets of wallet {} to {}",
        wallet.pubkey(),
        args.to.display()
    ))
    .notes("anybody who has this file and its passphrase can read all records made for these keys, and deliver them")
    .notes("the file can't sign or move money; it can't be revoked either, so replace the key (`generion key rotate`) if you lose the file");
    consent.to(plan).await?;
    let export = async {
        let passphrase = passphrase::choose(args.new_passphrase_fd).await?;
        key_file::write(&args.to, &file, &passphrase, Existing::Keep)?;
        Output::new(&Exported {
            wallet: wallet.pubkey().to_string(),
            path: args.to,
            indexes,
        })
    };
    context.free_unless_dry_run(export).await
}

impl Report for Exported {
    fn describe(&self, text: &mut Text) {
        let indexes: Vec<_> = self.indexes.iter().map(u32::to_string).collect();
        text.field("wallet", &self.wallet)
            .field("keys", indexes.join(", "))
            .field("written to", self.path.display());
    }
}

//! Publishing the next encryption key.

use std::path::{Path, PathBuf};

use generion_client::{
    AccountToCreate, ConfirmedTransaction, KeyedAccount,
    crypto::{
        keys::{EncryptionSecret, KeyFile},
        rand_core::OsRng,
    },
    state::User,
};
use serde::Serialize;
use solana_address::Address;
use solana_keypair::Keypair;
use solana_signer::Signer;

use crate::{
    context::Context,
    files::{destination::existing, key_file},
    output::{
        failure::{Failure, files::key_file_error},
        report::{Output, Report},
        text::Text,
        view::{TransactionView, UserView},
    },
    prompt::{consent::Plan, passphrase},
};

#[derive(Serialize)]
struct KeySet {
    user: UserView,
    /// The key file that holds the secret; `null`: it is derived from the wallet.
    key_file: Option<PathBuf>,
    transaction: TransactionView,
}

/// Publishes the wallet's first encryption key, or the next.
pub async fn rotate(context: &Context) -> Result<Output, Failure> {
    let consent = context.consent()?;
    let signers = context.signers().await?;
    let (wallet, payer) = (signers.wallet.pubkey(), signers.payer.pubkey());
    let address = context.ledger().addresses().user(&wallet);
    let next = context.client.next_key_index(&wallet).await?;
    let kept = match context.key_path() {
        Some(path) => format!("it is random, and kept in {} only", path.display()),
        None => "it is derived from the wallet".to_owned(),
    };
    let (plan, rent) = match next {
        0 => {
            let rent = context.ledger().rent(AccountToCreate::User).await?;
            let plan = Plan::new(format!(
                "Publish the first encryption key of wallet {wallet}"
            ))
            .notes(kept);
            (
                plan.pays(rent, format!("of rent, for good, from wallet {payer}")),
                rent,
            )
        }
        next => {
            let plan = Plan::new(format!(
                "Replace the encryption key of wallet {wallet} with the one with index {next}"
            ))
            .notes(kept);
            (plan.notes("existing records and shares stay readable"), 0)
        }
    };
    context.require_funds_of(&signers, rent).await?;
    let publication = match context.key_path() {
        Some(path) => {
            // A placeholder: any key costs the same, and this one is not kept.
            let key = EncryptionSecret::random(&mut OsRng).public_key();
            let placeholder = async {
                let (wallet, payer) = (signers.wallet, signers.payer);
                let placeholder = context
                    .client
                    .publish_given_key(wallet, payer, next, &key, None)?;
                placeholder.dry_run().await
            };
            if let Some(dry_run) = context.dry_run(placeholder).await? {
                consent.to(plan).await?;
                return Ok(dry_run);
            }
            consent.to(plan).await?;
            let confirmed =
                publish_from_file(context, path, next, signers.wallet, signers.payer).await?;
            return published(context, address, &confirmed).await;
        }
        None => {
            context
                .client
                .publish_key(signers.wallet, signers.payer)
                .await?
        }
    };
    let dry_run = context.dry_run_before_asking(publication.dry_run()).await?;
    consent.to(plan).await?;
    if let Some(dry_run) = dry_run {
        return Ok(dry_run);
    }
    let confirmed = publication.send().await?.confirmed;
    published(context, address, &confirmed).await
}

/// Reports the User account after its key was published.
async fn published(
    context: &Context,
    address: Address,
    confirmed: &ConfirmedTransaction,
) -> Result<Output, Failure> {
    let account = context.ledger().get::<User>(&address).await;
    let user = KeyedAccount {
        address,
        account: account.map_err(|error| Failure::from(error).after(confirmed))?,
    };
    Output::new(&KeySet {
        user: UserView::from(&user),
        key_file: context.key_path().map(Path::to_owned),
        transaction: context.transaction(confirmed),
    })
}

impl Report for KeySet {
    fn describe(&self, text: &mut Text) {
        self.user.describe(text);
        if let Some(path) = &self.key_file {
            text.field("secret kept in", path.display());
        }
        self.transaction.describe(text);
    }
}

/// Publishes a random key after its secret and the wallet's attestation are safely in the file. A key that an
/// interrupted run left in the file is used. If another rotation took the index first, the ledger refuses.
async fn publish_from_file(
    context: &Context,
    path: &Path,
    index: u32,
    wallet: &Keypair,
    payer: &Keypair,
) -> Result<ConfirmedTransaction, Failure> {
    let deployment = *context.ledger().deployment();
    let (mut file, passphrase) = match path.exists() {
        true => key_file::read(path, context.passphrase_fd()).await?,
        false => (
            KeyFile::new(wallet.pubkey(), deployment),
            passphrase::choose(context.passphrase_fd()).await?,
        ),
    };
    if (file.wallet, file.deployment) != (wallet.pubkey(), deployment) {
        return Err(Failure::new(
            format!(
                "key file {} belongs to wallet {} and program {} on the cluster with genesis hash {}",
                path.display(),
                file.wallet,
                file.deployment.program_id,
                file.deployment.genesis
            ),
            "Pass another key file (--key-file), or its wallet (-k) and its cluster (--cluster).",
        ));
    }
    let key = match file.secret(index) {
        Some(secret) => secret.public_key(),
        None => {
            let secret = EncryptionSecret::random(&mut OsRng);
            let key = secret.public_key();
            key_file::insert(&mut file, index, secret, path)?;
            key
        }
    };
    let publication = context
        .client
        .publish_given_key(wallet, payer, index, &key, None)?;
    file.attest(index, publication.outcome.attestation)
        .map_err(|error| key_file_error(path, error))?;
    key_file::write(path, &file, &passphrase, existing(path.exists()))?;
    Ok(publication.send().await?.confirmed)
}

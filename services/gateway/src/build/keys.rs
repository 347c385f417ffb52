//! A wallet's encryption key.

use generion::{GenerionError as Rule, SetEncryptionKeyArgs, curve, state::User};
use generion_interface::{AccountToCreate, Deployment, attestation::KeyAttestation};
use solana_address::Address;

use super::{
    builder::Builder,
    error::BuildError,
    plan::{Created, Plan},
    units,
    unsigned::Unsigned,
};

const ROLES: &[&str] = &["wallet", "payer", "user", "system_program"];

/// A key that a wallet has attested.
#[derive(Clone, Copy, Debug)]
pub struct AttestedKey {
    /// The key's index: 0 for the wallet's first key, then one more each time.
    pub index: u32,
    /// The key.
    pub key: [u8; 32],
    /// The wallet's signature over the line that names both.
    pub attestation: [u8; 64],
}

impl Builder<'_> {
    /// A wallet publishes its first key.
    ///
    /// # Errors
    /// [`BuildError`].
    pub async fn create_user(
        &self,
        wallet: Address,
        key: AttestedKey,
    ) -> Result<Unsigned, BuildError> {
        self.set_encryption_key(wallet, key, true).await
    }

    /// A wallet publishes its next key.
    ///
    /// # Errors
    /// [`BuildError`].
    pub async fn rotate_key(
        &self,
        wallet: Address,
        key: AttestedKey,
    ) -> Result<Unsigned, BuildError> {
        self.set_encryption_key(wallet, key, false).await
    }

    async fn set_encryption_key(
        &self,
        wallet: Address,
        key: AttestedKey,
        is_first: bool,
    ) -> Result<Unsigned, BuildError> {
        let user = self.addresses().user(&wallet);
        let payer = self.payer(wallet);
        let accounts = self.reader.read(&[user, wallet, payer]).await?;
        let present = accounts.find::<User>(&user)?;
        let next = match (&present, is_first) {
            (None, true) => 0,
            (Some(user), false) => user.key_index.saturating_add(1),
            (None, false) => return Err(BuildError::NoKey(wallet)),
            (Some(_), true) => {
                return Err(BuildError::rule(
                    Rule::AccountAlreadyExists,
                    format!(
                        "wallet {wallet} has published a key already: replace it by the next one"
                    ),
                ));
            }
        };
        if key.index != next {
            let detail = format!(
                "the wallet's next key has index {next}, and not {}",
                key.index
            );
            return Err(BuildError::rule(Rule::KeyIndexChanged, detail));
        }
        if !curve::is_valid_key(&key.key) {
            return Err(BuildError::rule(
                Rule::InvalidPoint,
                Rule::InvalidPoint.text(),
            ));
        }
        self.check_attestation(wallet, &key)?;
        let args = SetEncryptionKeyArgs {
            key_index: key.index,
            encryption_key: key.key,
            attestation: key.attestation,
        };
        let instruction = self.instructions.set_encryption_key(wallet, payer, args);
        let effect = format!(
            "Wallet {wallet} publishes its encryption key number {}: {}.",
            key.index,
            hex::encode(key.key)
        );
        let mut plan = Plan::new(
            instruction,
            ROLES,
            units::SET_ENCRYPTION_KEY,
            wallet,
            vec![effect],
        );
        plan.creates = is_first.then(|| Created {
            address: user,
            account: AccountToCreate::User,
            rent_payer: payer,
            prefunded: accounts.lamports(&user),
        });
        if is_first {
            plan.effects.push(format!(
                "It creates the User account {user}, which is never closed, so its rent does not come back."
            ));
        }
        self.finish(plan, &accounts).await
    }

    /// The program takes any attestation. Nobody would encrypt to a key with a wrong one.
    fn check_attestation(&self, wallet: Address, key: &AttestedKey) -> Result<(), BuildError> {
        let attestation = KeyAttestation {
            deployment: Deployment {
                genesis: self.genesis,
                program_id: self.addresses().program_id,
            },
            wallet,
            index: key.index,
            key: key.key,
        };
        match attestation.verify(&key.attestation) {
            Ok(_) => Ok(()),
            Err(_) => Err(BuildError::WrongAttestation(wallet)),
        }
    }
}

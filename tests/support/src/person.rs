use std::convert::Infallible;

use generion::SetEncryptionKeyArgs;
use generion_crypto::keys::{EncryptionKey, EncryptionSecret, PurchaseSecret};
use generion_interface::{Deployment, attestation::KeyAttestation};
use solana_address::Address;
use solana_keypair::Keypair;
use solana_signer::Signer;

/// A wallet, and the keys that follow from it on one deployment of the program.
pub struct Person {
    /// The wallet.
    pub wallet: Keypair,
    /// Index of the present encryption key.
    pub key_index: u32,
    /// The deployment that the keys are for.
    pub deployment: Deployment,
}

impl Person {
    /// A person with this wallet, whose encryption key has index 0.
    pub const fn new(wallet: Keypair, deployment: Deployment) -> Self {
        Self {
            wallet,
            key_index: 0,
            deployment,
        }
    }

    /// The wallet's address.
    pub fn address(&self) -> Address {
        self.wallet.pubkey()
    }

    /// The encryption secret at an index.
    pub fn secret_at(&self, index: u32) -> EncryptionSecret {
        EncryptionSecret::derive_from_wallet(&self.address(), &self.deployment, index, |line| {
            self.sign(line)
        })
        .unwrap_or_else(|error| panic!("{error}"))
    }

    /// The encryption secret at the present index.
    pub fn secret(&self) -> EncryptionSecret {
        self.secret_at(self.key_index)
    }

    /// The encryption key at the present index.
    pub fn key(&self) -> EncryptionKey {
        self.secret().public_key()
    }

    /// The secret for a purchase of an order.
    pub fn purchase_secret(&self, order: &Address) -> PurchaseSecret {
        PurchaseSecret::derive_from_wallet(&self.address(), &self.deployment, order, |line| {
            self.sign(line)
        })
        .unwrap_or_else(|error| panic!("{error}"))
    }

    /// The wallet's signature over the statement that `key` is its encryption key at this index. The key may be anybody's.
    pub fn attest(&self, index: u32, key: [u8; 32]) -> [u8; 64] {
        let statement = KeyAttestation {
            deployment: self.deployment,
            wallet: self.address(),
            index,
            key,
        };
        let signed = statement.sign(|line| self.sign(line));
        signed.unwrap_or_else(|error| panic!("{error}")).0
    }

    /// The arguments that publish the key at the present index, attested by the wallet.
    pub fn published_key(&self) -> SetEncryptionKeyArgs {
        let encryption_key = self.key().to_bytes();
        SetEncryptionKeyArgs {
            key_index: self.key_index,
            encryption_key,
            attestation: self.attest(self.key_index, encryption_key),
        }
    }

    fn sign(&self, line: &[u8]) -> Result<[u8; 64], Infallible> {
        Ok(self.wallet.sign_message(line).into())
    }
}

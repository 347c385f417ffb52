use generion::{ID, SetEncryptionKeyArgs};
use generion_crypto::keys::{EncryptionKey, EncryptionSecret, PurchaseSecret};
use generion_interface::{Deployment, GenesisHash, attestation::KeyAttestation};
use rand_chacha::rand_core::RngCore;
use solana_address::Address;
use solana_keypair::Keypair;
use solana_signer::Signer;

use crate::vm::World;

/// The deployment in the VM. The program can't see the genesis hash, which only matters to signatures of wallets and to
/// the derivation of keys.
pub const DEPLOYMENT: Deployment = Deployment {
    genesis: GenesisHash([0x67; 32]),
    program_id: ID,
};

/// A wallet with lamports, and the keys that are derived from it.
pub struct Person {
    /// The wallet.
    pub wallet: Keypair,
    /// Index of the encryption key.
    pub key_index: u32,
}

impl Person {
    /// The wallet's address.
    pub fn address(&self) -> Address {
        self.wallet.pubkey()
    }

    /// The encryption secret at the current index.
    pub fn secret(&self) -> EncryptionSecret {
        EncryptionSecret::derive_from_wallet(&self.address(), &DEPLOYMENT, self.key_index, |line| {
            self.sign(line)
        })
        .unwrap_or_else(|error| panic!("{error}"))
    }

    /// The encryption key at the current index.
    pub fn key(&self) -> EncryptionKey {
        self.secret().public_key()
    }

    /// The arguments that publish the current key, attested by the wallet.
    pub fn published_key(&self) -> SetEncryptionKeyArgs {
        let encryption_key = self.key().to_bytes();
        let (attestation, _) = KeyAttestation {
            deployment: DEPLOYMENT,
            wallet: self.address(),
            index: self.key_index,
            key: encryption_key,
        }
        .sign(|line| self.sign(line))
        .unwrap_or_else(|error| panic!("{error}"));
        SetEncryptionKeyArgs {
            key_index: self.key_index,
            encryption_key,
            attestation,
        }
    }

    /// The secret for a purchase of an order.
    pub fn purchase_secret(&self, order: &Address) -> PurchaseSecret {
        PurchaseSecret::derive_from_wallet(&self.address(), &DEPLOYMENT, order, |line| {
            self.sign(line)
        })
        .unwrap_or_else(|error| panic!("{error}"))
    }

    fn sign(&self, line: &[u8]) -> Result<[u8; 64], std::convert::Infallible> {
        Ok(self.wallet.sign_message(line).into())
    }
}

impl World {
    /// A person with 100 SOL.
    pub fn person(&mut self) -> Person {
        let mut seed = [0; 32];
        self.rng.fill_bytes(&mut seed);
        let person = Person {
            wallet: Keypair::new_from_array(seed),
            key_index: 0,
        };
        self.svm
            .airdrop(&person.address(), 100_000_000_000)
            .expect("an airdrop");
        person
    }

    /// A person with 100 SOL and a published encryption key.
    pub fn user(&mut self) -> Person {
        let person = self.person();
        self.publish_key(&person);
        person
    }

    /// Publishes a person's key at the current index.
    #[track_caller]
    pub fn publish_key(&mut self, person: &Person) -> crate::landed::Landed {
        let wallet = person.address();
        let instruction =
            self.instructions
                .set_encryption_key(wallet, wallet, person.published_key());
        self.lands(instruction, &[&person.wallet])
    }
}

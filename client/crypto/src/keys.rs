//! Keys that capsules are made for: a user's encryption key, and a buyer's key for one purchase.
//!
//! Both come from a wallet: it signs a line of text, and the signature is hashed to the secret scalar. Nothing has to
//! be stored, and whoever restores the wallet has the keys back. Encryption keys can live in a [`KeyFile`] instead.

mod file;
mod key_pair;

pub use self::{
    file::{KeyFile, KeyFileError, Passphrase},
    key_pair::{
        DeliveryKey, DerivationError, Encryption, EncryptionKey, EncryptionSecret, ForDelivery,
        ForPurchase, KeyUse, PublicKey, PurchaseKey, PurchaseSecret, SecretKey, WalletKeyUse,
        encryption_key_line, purchase_key_line,
    },
};

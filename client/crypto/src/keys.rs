//! Keys that capsules are encrypted to: a user's encryption key, a buyer's key for one purchase, and a sponsor's key for one
//! study.
//!
//! All are derived from a wallet: the wallet signs a line of text, and the secret scalar is a hash of the signature.
//! So nothing has to be stored, and a restored wallet gives the same keys again. Encryption keys can also be kept in a
//! [`KeyFile`].

mod file;
mod key_pair;

pub use self::{
    file::{KeyFile, KeyFileError, Passphrase},
    key_pair::{
        DeliveryKey, DerivationError, Encryption, EncryptionKey, EncryptionSecret, ForDelivery,
        ForPurchase, ForStudy, KeyUse, PublicKey, PurchaseKey, PurchaseSecret, SecretKey, StudyKey,
        StudySecret, WalletKeyUse, encryption_key_line, purchase_key_line, study_key_line,
    },
};

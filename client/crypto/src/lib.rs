//! Generion's cryptography (docs/PROTOCOL.md, sections 2, 3 and 6).
//!
//! Use [`keys`] to derive a user's or buyer's secret from a wallet, [`record::RecordElement`] to make a record,
//! [`document`] and [`locator`] to encrypt what belongs to it, [`facts`] to attest what it says, [`capsule`] to hand it to
//! somebody, and [`delivery`] and [`settle`] to prove to the ledger that a buyer gets it, and be paid.
//!
//! A secret is zeroized when dropped and has neither `Debug` nor `Serialize`. Random generators are passed in, so that
//! known-answer vectors can be made; pass [`rand_core::OsRng`].
//!
//! A record's whole life, without a ledger: a clinic writes it, its owner opens it and sells it, and whoever bought it
//! opens it.
//!
//! ```
//! use ed25519_dalek::{Signer, SigningKey};
//! use generion_crypto::{
//!     capsule::{self, RecordBinding},
//!     delivery::{self, DeliveryRecord},
//!     document,
//!     keys::{EncryptionSecret, PurchaseSecret},
//!     rand_core::OsRng,
//!     record::RecordElement,
//!     settle::{Sale, SettleSecret},
//! };
//! use generion_interface::{Deployment, GenesisHash};
//! use solana_address::Address;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let address = |byte| Address::new_from_array([byte; 32]);
//! # let (program_id, record, order, purchase) = (address(1), address(2), address(3), address(4));
//! # let (genesis, deadline, terms) = (GenesisHash([8; 32]), 1_790_000_000, [9; 32]);
//! # let [patient, clinic, buyer] = [5, 6, 7].map(|byte| SigningKey::from_bytes(&[byte; 32]));
//! let wallet = |key: &SigningKey| Address::new_from_array(key.verifying_key().to_bytes());
//! let sign = |key: &SigningKey, line: &[u8]| Ok::<_, std::convert::Infallible>(key.sign(line).to_bytes());
//!
//! // The program, on a cluster that the client knows by its genesis hash.
//! let deployment = Deployment { genesis, program_id };
//!
//! // A patient's secret follows from what the wallet signs. Its public key goes on the ledger.
//! let secret = EncryptionSecret::derive_from_wallet(&wallet(&patient), &deployment, 0, |line| sign(&patient, line))?;
//!
//! // A clinic draws a record, encrypts the document to it, and seals it to the patient. The proof, which the program
//! // asks for, says that this clinic made this capsule for this record.
//! let element = RecordElement::random(&mut OsRng);
//! let data_public_key = element.record_key(&wallet(&patient), &wallet(&clinic)).data_public_key();
//! let mut ciphertext = Vec::new();
//! document::encrypt(&b"72 beats a minute"[..], &mut ciphertext, &data_public_key)?;
//! let (sealed, randomness) = capsule::seal(&element, &secret.public_key(), &mut OsRng);
//! let binding = RecordBinding {
//!     program_id,
//!     record,
//!     creator: wallet(&clinic),
//!     owner_key: secret.public_key(),
//!     data_public_key,
//! };
//! let _proof = capsule::prove(&binding, &sealed, &randomness, &mut OsRng);
//!
//! // The patient opens it, and compares the key before believing anything else.
//! let key = capsule::open(&sealed, &secret)?.record_key(&wallet(&patient), &wallet(&clinic));
//! assert!(key.data_public_key() == data_public_key);
//! let mut opened = Vec::new();
//! document::decrypt(&ciphertext[..], &mut opened, &key)?;
//! assert_eq!(opened, b"72 beats a minute");
//!
//! // A buyer has a secret for each order. The patient re-encrypts for it and for a secret of its own, which follows from
//! // all that it believes about the sale, and proves that it is the same element. Nobody can open that yet.
//! let bought = PurchaseSecret::derive_from_wallet(&wallet(&buyer), &deployment, &order, |line| sign(&buyer, line))?;
//! let sale = Sale { deployment, purchase, deadline, buyer_key: bought.public_key(), terms };
//! let batch = [DeliveryRecord { record, capsule: sealed }];
//! let delivery = delivery::deliver(&secret, &sale, &batch, &mut OsRng)?;
//!
//! // The purchase is locked. The patient shows its secret, the program pays, and the buyer opens with both.
//! let shown = SettleSecret::derive(&secret, &sale)?.to_bytes();
//!
//! let settled = SettleSecret::from_bytes(&shown).ok_or("no scalar")?;
//! assert!(settled.is_of(&delivery.settle_key.to_bytes()));
//! let element = delivery::open_settled(&delivery.capsules[0], &bought, &settled)?;
//! assert!(element.record_key(&wallet(&patient), &wallet(&clinic)).data_public_key() == data_public_key);
//! # Ok(())
//! # }
//! ```
#![forbid(unsafe_code)]
#![deny(missing_docs)]

pub mod capsule;
pub mod delivery;
pub mod document;
pub mod facts;
pub mod keys;
pub mod locator;
pub mod record;
pub mod settle;

pub use generion::proof::{Capsule, capsule::CapsuleProof, delivery::DeliveryProof};
pub use rand_core;

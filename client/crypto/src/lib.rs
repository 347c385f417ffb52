//! Generion's cryptography (docs/PROTOCOL.md, sections 2, 3 and 6).
//!
//! [`keys`] derives the secrets of users and buyers from wallets, and [`record::RecordElement`] makes a record's keys.
//! [`document`] and [`locator`] encrypt the record's contents, [`facts`] commits to facts about the document, and
//! [`capsule`] hands the record to somebody. [`delivery`] and [`settle`] prove to the ledger that a buyer gets a
//! record, for which the seller is paid. [`letter`] seals what a participant writes to a study's sponsor. [`health_link`] and [`jwe`] are for links to copies of records.
//!
//! Secrets are zeroized when dropped, and implement neither `Debug` nor `Serialize`. Callers pass in the random
//! generator, so that known-answer vectors can be made: pass [`rand_core::OsRng`].
//!
//! The whole life of a record, without a ledger: a clinic writes it, its owner opens and sells it, and the buyer opens
//! it.
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
//! // A clinic draws a record's element, encrypts the document, and seals the element to the patient. The proof, which the
//! // program verifies, shows that this clinic made this capsule for this record.
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
//! // The patient opens the record, and first compares the data public key.
//! let key = capsule::open(&sealed, &secret)?.record_key(&wallet(&patient), &wallet(&clinic));
//! assert!(key.data_public_key() == data_public_key);
//! let mut opened = Vec::new();
//! document::decrypt(&ciphertext[..], &mut opened, &key)?;
//! assert_eq!(opened, b"72 beats a minute");
//!
//! // A buyer has a secret for each order. The patient re-encrypts the element to the sum of the buyer's key and a key of
//! // the patient's own, which depends on everything that the patient believes about the sale. A proof shows that it is
//! // the same element. Nobody can open it yet.
//! let bought = PurchaseSecret::derive_from_wallet(&wallet(&buyer), &deployment, &order, |line| sign(&buyer, line))?;
//! let sale = Sale { deployment, purchase, deadline, buyer_key: bought.public_key(), terms };
//! let batch = [DeliveryRecord { record, capsule: sealed }];
//! let delivery = delivery::deliver(&secret, &sale, &batch, &mut OsRng)?;
//!
//! // The purchase is locked. The patient shows the settle secret, the program pays, and the buyer opens the record with
//! // both secrets.
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
pub mod health_link;
pub mod jwe;
pub mod keys;
pub mod letter;
pub mod locator;
mod point;
pub mod record;
pub mod settle;

pub use generion::proof::{Capsule, capsule::CapsuleProof, delivery::DeliveryProof};
pub use rand_core;

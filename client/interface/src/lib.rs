//! The code that Generion's clients and servers share: addresses, accounts and instructions of the program, locators of
//! documents, and requests to a document store. No type of this crate can hold a secret key, so a server that depends on it
//! can't hold one either.
//!
//! Addresses follow from wallets, ids and contents. An instruction is ready to be signed and sent.
//!
//! ```
//! use generion_interface::{Addresses, Instructions};
//! use solana_address::Address;
//!
//! # let patient = Address::new_from_array([7; 32]);
//! let addresses = Addresses::default(); // or Addresses::new(program_id), for another deployment
//! # let record = Address::new_from_array([8; 32]);
//!
//! let instruction = Instructions { addresses }.verify_record(patient, record);
//! assert_eq!(instruction.program_id, addresses.program_id);
//! let signers: Vec<_> = instruction.accounts.iter().filter(|account| account.is_signer).collect();
//! assert_eq!(signers[0].pubkey, patient);
//! ```
//!
//! Data from a node are hostile until they are decoded: owner, kind, version and length are checked first.
//!
//! ```
//! use generion_interface::accounts::{AccountError, LedgerAccount, RecordAccount};
//! # use generion_interface::Addresses;
//! # use solana_address::Address;
//!
//! # let program_id = Addresses::default().program_id;
//! # let (owner, data) = (Address::new_from_array([1; 32]), vec![0; 512]);
//! match RecordAccount::decode(&program_id, &owner, &data) {
//!     Ok(record) => println!("written by {}", record.state.creator),
//!     Err(error @ AccountError::WrongOwner { .. }) => println!("another program's: {error}"),
//!     Err(error) => println!("{error}"),
//! }
//! ```
//!
//! An upload is signed as a text of eight lines, and the signature is sent in headers ([`store`] has the routes).
//!
//! ```
//! use generion_interface::store::{DocumentId, Nonce, Operation, StoreRequest, canonical_host};
//! # use solana_address::Address;
//! # use solana_signature::Signature;
//!
//! # let (uploader, patient) = (Address::new_from_array([1; 32]), Address::new_from_array([2; 32]));
//! # let sign = |_: &[u8]| Signature::default();
//! let request = StoreRequest {
//!     operation: Operation::Upload(DocumentId::of(b"the ciphertext").into()),
//!     host: canonical_host("store.example", None),
//!     erase_authority: patient,
//!     unix_time: 1_772_323_200,
//!     nonce: Nonce([1; 16]), // a fresh one each time
//! };
//! assert!(request.text().starts_with("generion store v1\nstore.example\nPUT\n"));
//! let signature = sign(request.text().as_bytes());
//! for (name, value) in request.signed(uploader, signature).headers() {
//!     println!("{name}: {value}");
//! }
//! ```
#![forbid(unsafe_code)]

mod account_to_create;
pub mod accounts;
mod addresses;
pub mod attestation;
pub mod card;
pub mod decode;
mod deployment;
pub mod events;
pub mod facts;
pub mod health;
mod instructions;
pub mod locator;
pub mod signed_line;
pub mod store;
pub mod transaction;

pub use account_to_create::AccountToCreate;
pub use addresses::Addresses;
pub use deployment::{Deployment, GenesisHash, InvalidGenesisHash, LOCAL_LEDGER};
pub use instructions::Instructions;
pub use locator::Locator;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use solana_address::Address;

use crate::text::{hex32, shown};

/// A record that a report is made from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnnexRecord {
    /// The record.
    #[serde(with = "shown")]
    pub record: Address,
    /// The participant's wallet.
    #[serde(with = "shown")]
    pub wallet: Address,
    /// SHA-256 of the ciphertext.
    #[serde(with = "hex32")]
    pub document: [u8; 32],
}

/// The list of the records that a report is made from. It goes to those who check the report, together with the documents, and
/// is not published: the report names its hash. The addresses are public, so without the salt anybody could try lists.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Annex {
    /// 32 random bytes.
    #[serde(with = "hex32")]
    pub salt: [u8; 32],
    /// The records, sorted by their addresses, each once.
    pub records: Vec<AnnexRecord>,
}

impl Annex {
    /// The annex of these records.
    pub fn new(salt: [u8; 32], mut records: Vec<AnnexRecord>) -> Self {
        records.sort_by_key(|record| record.record);
        records.dedup_by_key(|record| record.record);
        Self { salt, records }
    }

    /// Its file: JSON.
    pub fn to_json(&self) -> String {
        let json = serde_json::to_string_pretty(self);
        json.expect("an annex has no map") + "\n"
    }

    /// What the report names: SHA-256 of [`Self::to_json`].
    pub fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.to_json()).into()
    }
}

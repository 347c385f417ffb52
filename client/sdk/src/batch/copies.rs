//! Research copies of a batch's documents. A copy is made ready first: encrypted, stored and signed, so that the address of its
//! record is known and the original can name it. The journal keeps it, and it is written when it is due, by this run or a later
//! one. What the journal keeps of it is what the ledger will show, and opens nothing.

use std::{
    io::Read,
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use generion::CreateRecordArgs;
use generion_crypto::{
    keys::EncryptionKey,
    rand_core::{OsRng, RngCore},
};
use generion_deidentify::{DeidentifyError, Profile, ResearchCopy, Unreadable, deidentify};
use generion_interface::decode::Decoded;
use serde::{Deserialize, Serialize};
use solana_address::Address;
use zeroize::Zeroizing;

use super::{content::ContentDigest, document::DocumentName};
use crate::flows::{
    create::SealedArgs,
    research_copy::{PseudonymKeys, present_year},
};

/// The longest document that has a research copy, and one byte more.
const LARGEST: u64 = (16 << 20) + 1;

/// How research copies are made.
#[derive(Clone, Debug)]
pub struct CopyRules {
    keys: PseudonymKeys,
    profile: Option<Arc<Profile>>,
    hold_back: Option<HoldBack>,
    year: u16,
}

/// How long copies are held back after their originals, so that times on the ledger don't lead from one to the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HoldBack {
    from: Duration,
    to: Duration,
}

impl HoldBack {
    /// A time between these, at random for each copy. `None`: the first is longer than the second.
    pub fn between(from: Duration, to: Duration) -> Option<Self> {
        (from <= to).then_some(Self { from, to })
    }

    /// The longest time.
    pub const fn longest(self) -> Duration {
        self.to
    }

    fn draw(self) -> Duration {
        let range = (self.to - self.from).as_secs() + 1;
        // The remainder favours short times by less than one in 2^40.
        self.from + Duration::from_secs(OsRng.next_u64() % range)
    }
}

impl CopyRules {
    /// With the built-in profile, and nothing held back.
    pub fn new(keys: PseudonymKeys) -> Self {
        Self {
            keys,
            profile: None,
            hold_back: None,
            year: present_year(),
        }
    }

    /// With another profile.
    #[must_use]
    pub fn by(mut self, profile: Profile) -> Self {
        self.profile = Some(Arc::new(profile));
        self
    }

    /// With copies held back.
    #[must_use]
    pub const fn held_back(mut self, hold_back: HoldBack) -> Self {
        self.hold_back = Some(hold_back);
        self
    }

    /// The profile.
    pub fn profile(&self) -> &Profile {
        self.profile.as_deref().unwrap_or(Profile::safe_harbor())
    }

    /// Makes the copy of a patient's document for the wallet that gets it. The document is read to its end, so that its digest
    /// is known.
    ///
    /// # Errors
    /// An error of the reader; or why the document has no copy.
    pub fn copy_of(
        &self,
        mut document: impl Read,
        patient: &Address,
        copy_owner: &Address,
    ) -> std::io::Result<Result<ResearchCopy, DeidentifyError>> {
        let mut bytes = Zeroizing::new(Vec::new());
        document.by_ref().take(LARGEST).read_to_end(&mut bytes)?;
        let key = self.keys.key(patient, copy_owner);
        // A longer one is refused as too large.
        let copy = deidentify(&bytes, self.profile(), &key, self.year);
        std::io::copy(&mut document, &mut std::io::sink())?;
        Ok(copy)
    }

    /// The time at which a copy that is made now is due, in seconds since 1970.
    pub(super) fn due(&self) -> u64 {
        let wait = self.hold_back.map_or(Duration::ZERO, HoldBack::draw);
        now().saturating_add(wait.as_secs())
    }
}

/// Whether a document has no copy because it is no FHIR resource. Any other reason concerns what the resource says.
pub fn is_no_resource(error: &DeidentifyError) -> bool {
    matches!(
        error,
        DeidentifyError::Unreadable(Unreadable::NotJson | Unreadable::NoResource)
    )
}

/// The present time, in seconds since 1970.
pub(super) fn now() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    now.map_or(0, |since| since.as_secs())
}

/// A research copy that is ready to be written. The ledger will show all of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct ReadyCopy {
    /// The document's name, with the copy's owner.
    #[serde(flatten)]
    pub name: DocumentName,
    /// The content of the original.
    pub content: ContentDigest,
    /// When it is to be written, in seconds since 1970.
    pub due: u64,
    /// The address of its record.
    pub record: String,
    /// `c` of its record, in hex. The original names it.
    contents: String,
    /// The owner's key that it is sealed to, in hex.
    owner_key: String,
    /// The data of the instruction that writes it, in hex.
    instruction: String,
}

impl ReadyCopy {
    pub fn new(name: DocumentName, content: ContentDigest, due: u64, sealed: &SealedArgs) -> Self {
        Self {
            name,
            content,
            due,
            record: sealed.record.to_string(),
            contents: hex::encode(sealed.contents),
            owner_key: hex::encode(sealed.owner_key.to_bytes()),
            instruction: hex::encode(&sealed.data),
        }
    }

    /// The record's `c`; `None`: the journal is damaged.
    pub fn contents(&self) -> Option<[u8; 32]> {
        let mut contents = [0; 32];
        hex::decode_to_slice(&self.contents, &mut contents).ok()?;
        Some(contents)
    }

    /// What is written; `None`: the journal is damaged.
    pub fn read(&self) -> Option<(Address, EncryptionKey, CreateRecordArgs)> {
        let owner = self.name.owner.parse().ok()?;
        let mut key = [0; 32];
        hex::decode_to_slice(&self.owner_key, &mut key).ok()?;
        let data = hex::decode(&self.instruction).ok()?;
        // Which accounts it names is decided when it is sent.
        let accounts = [Address::default(); 8];
        match Decoded::decode(&data, &accounts).ok()? {
            Decoded::CreateRecord(created) => {
                Some((owner, EncryptionKey::from_bytes(&key)?, created.args))
            }
            _ => None,
        }
    }
}

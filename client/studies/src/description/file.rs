use core::{fmt, str};

use generion_interface::{
    Deployment,
    attestation::StudyAttestation,
    signed_line::{LineError, SignLineError},
};
use sha2::{Digest, Sha256};
use solana_address::Address;

use super::document::Description;

/// Largest size of a description's file, in bytes.
pub const MAX_FILE: usize = 64 * 1024;

/// The beginning of the file's first line.
const HEAD: &str = "generion-study v1 ";

/// Why a file is not taken as the description of a study.
#[derive(Debug, thiserror::Error)]
pub enum DescriptionError {
    /// The file is longer than [`MAX_FILE`]. Holds its size in bytes.
    #[error("a description has at most {MAX_FILE} bytes, and this one has {0}")]
    TooLong(usize),
    /// The first line is not `generion-study v1` and a signature.
    #[error(
        "the file does not begin with the line \"generion-study v1\" and a signature in base58"
    )]
    Head,
    /// The rest is not the JSON of a description.
    #[error("the description is not as docs/study.schema.json says")]
    Json(#[source] serde_json::Error),
    /// Creators or requirements are not in the order of the ledger, or one occurs twice.
    #[error(
        "the description's creators must be strictly increasing, and its requirements strictly increasing by the SHA-256 of their facts"
    )]
    Order,
    /// The groups of requirements are not numbered from 0 without gaps.
    #[error("the description's groups of requirements are not numbered from 0 without gaps")]
    Groups,
    /// The signature is not the sponsor's over this description.
    #[error("the description is not signed by the study's sponsor")]
    Signature(#[source] LineError),
}

/// A description with its signature, to the byte. It has been read, and not verified: whoever signed it is another question
/// ([`Self::verify`]).
#[derive(Clone, PartialEq, Eq)]
pub struct DescriptionFile {
    bytes: Vec<u8>,
    signature: [u8; 64],
    json: usize,
    description: Description,
}

impl DescriptionFile {
    /// Reads a file. Names that occur twice, unknown names, and numbers that are not whole are refused, so that two readers
    /// can't differ about what was agreed to.
    ///
    /// # Errors
    /// [`DescriptionError`].
    pub fn read(bytes: Vec<u8>) -> Result<Self, DescriptionError> {
        if bytes.len() > MAX_FILE {
            return Err(DescriptionError::TooLong(bytes.len()));
        }
        let end = bytes.iter().position(|byte| *byte == b'\n');
        let end = end.ok_or(DescriptionError::Head)?;
        let signature = signature(&bytes[..end]).ok_or(DescriptionError::Head)?;
        let description = read_json(&bytes[end + 1..])?;
        Ok(Self {
            bytes,
            signature,
            json: end + 1,
            description,
        })
    }

    /// Makes the file of a description, which the sponsor signs. Creators and requirements are sorted.
    ///
    /// # Errors
    /// The signer's error, or [`LineError`] if it signed something else; [`DescriptionError`] where no reader would take the
    /// file.
    pub fn sign<E>(
        description: &Description,
        deployment: Deployment,
        sponsor: Address,
        sign: impl FnOnce(&[u8]) -> Result<[u8; 64], E>,
    ) -> Result<Result<Self, DescriptionError>, SignLineError<E>> {
        let mut description = description.clone();
        description.sort();
        let mut json = serde_json::to_vec_pretty(&description)
            .expect("a description has no map with other keys than strings");
        json.push(b'\n');
        // A file that no reader would take is not worth a signature.
        if let Err(error) = read_json(&json) {
            return Ok(Err(error));
        }
        let attestation = attestation(&json, deployment, sponsor, description.study);
        let (signature, _) = attestation.sign(sign)?;
        let head = format!("{HEAD}{}\n", bs58::encode(signature).into_string());
        Ok(Self::read([head.as_bytes(), &json].concat()))
    }

    /// Verifies that the study's sponsor signed the description, for this deployment.
    ///
    /// # Errors
    /// [`DescriptionError::Signature`].
    pub fn verify(&self, deployment: Deployment, sponsor: Address) -> Result<(), DescriptionError> {
        let json = &self.bytes[self.json..];
        attestation(json, deployment, sponsor, self.description.study)
            .verify(&self.signature)
            .map(|_| ())
            .map_err(DescriptionError::Signature)
    }

    /// The description.
    pub const fn description(&self) -> &Description {
        &self.description
    }

    /// The file, as it is stored.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// `description_hash` on the ledger: SHA-256 of the whole file. A store addresses the file by it.
    pub fn hash(&self) -> [u8; 32] {
        Sha256::digest(&self.bytes).into()
    }
}

impl fmt::Debug for DescriptionFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("DescriptionFile")
            .field(&self.description)
            .finish()
    }
}

fn attestation(
    json: &[u8],
    deployment: Deployment,
    sponsor: Address,
    study: Address,
) -> StudyAttestation {
    StudyAttestation {
        deployment,
        sponsor,
        study,
        description: Sha256::digest(json).into(),
    }
}

fn read_json(json: &[u8]) -> Result<Description, DescriptionError> {
    // What it may hold has a fixed depth, far below the 16 levels that readers take.
    let description: Description = serde_json::from_slice(json).map_err(DescriptionError::Json)?;
    let hashes = description.requirements.iter().map(|one| one.fact.hash());
    if !description
        .creators
        .is_sorted_by(|left, right| left < right)
        || !hashes.is_sorted_by(|left, right| left < right)
    {
        return Err(DescriptionError::Order);
    }
    let has_group = |group| {
        description
            .requirements
            .iter()
            .any(|one| one.group == group)
    };
    match description
        .requirements
        .iter()
        .all(|one| one.group < u8::MAX)
        && (0..description.groups()).all(has_group)
    {
        true => Ok(description),
        false => Err(DescriptionError::Groups),
    }
}

/// The signature of the first line, which has one spelling.
fn signature(line: &[u8]) -> Option<[u8; 64]> {
    let text = str::from_utf8(line).ok()?.strip_prefix(HEAD)?;
    let mut signature = [0; 64];
    let length = bs58::decode(text).onto(&mut signature).ok()?;
    (length == 64).then_some(signature)
}

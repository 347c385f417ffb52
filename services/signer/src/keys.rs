//! Keys from files that nobody else can read.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write},
    os::unix::fs::{MetadataExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use base64::{Engine, prelude::BASE64_STANDARD};
use ed25519_dalek::{Signer as _, SigningKey};
use solana_keypair::Keypair;
use zeroize::Zeroizing;

/// The prefix of a webhook key that signs, after the Standard Webhooks specification.
const SECRET_PREFIX: &str = "whsk_";
/// The prefix of a webhook key that verifies.
const PUBLIC_PREFIX: &str = "whpk_";
/// The prefix of an ed25519 signature of a webhook.
const SIGNATURE_PREFIX: &str = "v1a,";
/// Group and others.
const NOT_THE_OWNER: u32 = 0o077;

/// Why a key can't be used. No text of it shows a key.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// The file can't be read or written.
    #[error("can't use the key file {}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Other users could read it.
    #[error(
        "other users can read the key file {} (mode {mode:04o}): run `chmod 600` on it, and consider its key known to them",
        path.display()
    )]
    Permissions {
        /// The file.
        path: PathBuf,
        /// The file's mode.
        mode: u32,
    },
    /// The file belongs to another user, who could replace it.
    #[error("the key file {} belongs to user {owner}: it must belong to the signer's user or to root", path.display())]
    Owner {
        /// The file.
        path: PathBuf,
        /// The file's owner.
        owner: u32,
    },
    /// The file does not hold a key.
    #[error("{} does not hold {expected}", path.display())]
    Contents {
        /// The file.
        path: PathBuf,
        /// The kind of key that it should hold.
        expected: &'static str,
    },
}

/// The wallet that pays fees and rent, from a keypair file of the Solana tools.
///
/// # Errors
/// [`KeyError`].
pub fn fee_payer(path: &Path) -> Result<Keypair, KeyError> {
    let text = read(path)?;
    let keypair = serde_json::from_str(&text).ok().and_then(|bytes: Vec<u8>| {
        let bytes = Zeroizing::new(bytes);
        Keypair::try_from(&bytes[..]).ok()
    });
    keypair.ok_or_else(|| KeyError::Contents {
        path: path.to_owned(),
        expected: "a keypair as the Solana tools write it: 64 numbers in JSON",
    })
}

/// The key that signs webhooks.
pub struct WebhookKey(SigningKey);

impl WebhookKey {
    /// Reads a key that [`Self::create`] wrote.
    ///
    /// # Errors
    /// [`KeyError`].
    pub fn read(path: &Path) -> Result<Self, KeyError> {
        let text = read(path)?;
        let bytes = text.trim().strip_prefix(SECRET_PREFIX).and_then(|text| {
            let bytes = Zeroizing::new(BASE64_STANDARD.decode(text).ok()?);
            <[u8; 64]>::try_from(&bytes[..]).ok().map(Zeroizing::new)
        });
        let key = bytes.and_then(|bytes| SigningKey::from_keypair_bytes(&bytes).ok());
        key.map(Self).ok_or_else(|| KeyError::Contents {
            path: path.to_owned(),
            expected: "a webhook key: `whsk_` and the base64 of 64 bytes",
        })
    }

    /// Writes a new key into a file that does not exist yet.
    ///
    /// # Errors
    /// [`KeyError::File`], also where there is a file already.
    pub fn create(path: &Path) -> Result<Self, KeyError> {
        let failed = |source| KeyError::File {
            path: path.to_owned(),
            source,
        };
        let mut seed = Zeroizing::new([0; 32]);
        getrandom::fill(&mut seed[..]).map_err(|error| failed(io::Error::other(error)))?;
        let key = SigningKey::from_bytes(&seed);
        let bytes = Zeroizing::new(key.to_keypair_bytes());
        let text = Zeroizing::new(BASE64_STANDARD.encode(&bytes[..]));
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(path)
            .map_err(failed)?;
        file.write_all(SECRET_PREFIX.as_bytes())
            .and_then(|()| file.write_all(text.as_bytes()))
            .and_then(|()| file.write_all(b"\n"))
            .and_then(|()| file.sync_all())
            .map_err(failed)?;
        Ok(Self(key))
    }

    /// The key that verifies webhooks: `whpk_` and base64.
    pub fn public_key(&self) -> String {
        let bytes = self.0.verifying_key().to_bytes();
        format!("{PUBLIC_PREFIX}{}", BASE64_STANDARD.encode(bytes))
    }

    /// The signature over `id.unix_time.body`: `v1a,` and base64.
    pub fn sign(&self, id: &str, unix_time: i64, body: &[u8]) -> String {
        let signed = [format!("{id}.{unix_time}.").as_bytes(), body].concat();
        let signature = self.0.sign(&signed).to_bytes();
        format!("{SIGNATURE_PREFIX}{}", BASE64_STANDARD.encode(signature))
    }
}

/// The text of a file that only its owner can read.
fn read(path: &Path) -> Result<Zeroizing<String>, KeyError> {
    let failed = |source| KeyError::File {
        path: path.to_owned(),
        source,
    };
    let file = fs::File::open(path).map_err(failed)?;
    // Of the open file, so that nobody can swap it in between.
    let metadata = file.metadata().map_err(failed)?;
    let mode = metadata.mode() & 0o7777;
    if mode & NOT_THE_OWNER != 0 {
        return Err(KeyError::Permissions {
            path: path.to_owned(),
            mode,
        });
    }
    let owner = metadata.uid();
    if owner != 0 && owner != rustix::process::geteuid().as_raw() {
        return Err(KeyError::Owner {
            path: path.to_owned(),
            owner,
        });
    }
    io::read_to_string(file).map(Zeroizing::new).map_err(failed)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use ed25519_dalek::{Signature, VerifyingKey};
    use solana_signer::Signer;

    use super::*;

    fn write(path: &Path, text: &str, mode: u32) {
        fs::write(path, text).unwrap();
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }

    #[test]
    fn a_webhook_key_signs_as_the_specification_says() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("webhook-key");
        let created = WebhookKey::create(&path).unwrap();
        let key = WebhookKey::read(&path).unwrap();
        assert_eq!(key.public_key(), created.public_key());
        let public = key.public_key();
        let public = BASE64_STANDARD.decode(public.strip_prefix("whpk_").unwrap());
        let public = VerifyingKey::from_bytes(&public.unwrap().try_into().unwrap()).unwrap();
        let signature = key.sign("msg_1", 1_764_288_000, b"{}");
        let signature = BASE64_STANDARD.decode(signature.strip_prefix("v1a,").unwrap());
        let signature = Signature::from_slice(&signature.unwrap()).unwrap();
        let verified = public.verify_strict(b"msg_1.1764288000.{}", &signature);
        assert!(verified.is_ok());
        // An existing key is never overwritten.
        assert!(matches!(
            WebhookKey::create(&path),
            Err(KeyError::File { .. })
        ));
    }

    #[test]
    fn key_files_that_others_can_read_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("fee-payer.json");
        let keypair = Keypair::new();
        let text = serde_json::to_string(&keypair.to_bytes().to_vec()).unwrap();
        for mode in [0o640, 0o604, 0o660, 0o644] {
            write(&path, &text, mode);
            let error = fee_payer(&path).unwrap_err();
            assert!(matches!(error, KeyError::Permissions { .. }), "{error}");
        }
        write(&path, &text, 0o400);
        assert_eq!(fee_payer(&path).unwrap().pubkey(), keypair.pubkey());
    }

    #[test]
    fn files_without_a_key_are_refused_and_not_quoted() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        for text in ["", "[1,2,3]", "whsk_AAAA", "not a key at all"] {
            write(&path, text, 0o600);
            let errors = [
                fee_payer(&path).err().unwrap(),
                WebhookKey::read(&path).err().unwrap(),
            ];
            for error in errors {
                assert!(matches!(error, KeyError::Contents { .. }), "{error}");
                assert!(text.is_empty() || !format!("{error:?}").contains(text));
            }
        }
        let missing = fee_payer(&folder.path().join("none")).unwrap_err();
        assert!(matches!(missing, KeyError::File { .. }));
    }
}

//! The secret that a receiver shares with the operator. It signs webhooks to this receiver, and nothing else.

use std::{fmt, fs, io, os::unix::fs::MetadataExt, path::Path};

use base64::{Engine, prelude::BASE64_STANDARD};
use hmac::{Hmac, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

/// The prefix of a secret, after the Standard Webhooks specification.
const SECRET_PREFIX: &str = "whsec_";
/// The prefix of a signature by HMAC-SHA256.
const SIGNATURE_PREFIX: &str = "v1,";
/// Bytes of a secret.
const SECRET_BYTES: std::ops::RangeInclusive<usize> = 24..=64;
/// Users that are neither the owner nor in the group.
const OTHERS: u32 = 0o007;

/// Why a file holds no secrets. No text of it shows one.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SecretError {
    /// The secret can't be read.
    #[error("the secret's file can't be read")]
    Unreadable(#[from] io::Error),
    /// Everybody on this machine can read it.
    #[error(
        "everybody on this machine can read the secret's file (mode {mode:04o}): run `chmod 640` on it, and give the receiver a new secret"
    )]
    Permissions {
        /// The file's mode.
        mode: u32,
    },
    /// The file or variable does not hold a secret.
    #[error(
        "the secret's file has to hold `whsec_` and the base64 of 24 to 64 random bytes: one secret, or one a line"
    )]
    Contents,
}

/// A secret that signs webhooks by HMAC-SHA256. It is wiped from memory when it is dropped.
pub struct WebhookSecret(Zeroizing<Vec<u8>>);

impl fmt::Debug for WebhookSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

impl WebhookSecret {
    /// A secret from its text.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.strip_prefix(SECRET_PREFIX)?;
        let bytes = Zeroizing::new(BASE64_STANDARD.decode(text).ok()?);
        SECRET_BYTES.contains(&bytes.len()).then_some(Self(bytes))
    }

    /// The secrets in a file, one a line: webhooks are signed with each of them, so that a receiver can change over from one to
    /// the next.
    ///
    /// # Errors
    /// [`SecretError`].
    pub fn read(path: &Path) -> Result<Vec<Self>, SecretError> {
        let file = fs::File::open(path)?;
        // Of the open file, so that nobody can swap it in between.
        let mode = file.metadata()?.mode() & 0o7777;
        if mode & OTHERS != 0 {
            return Err(SecretError::Permissions { mode });
        }
        let text = Zeroizing::new(io::read_to_string(file)?);
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        let secrets: Option<Vec<_>> = lines.map(Self::parse).collect();
        match secrets {
            Some(secrets) if !secrets.is_empty() => Ok(secrets),
            _ => Err(SecretError::Contents),
        }
    }

    /// The signature over `id.unix_time.body`: `v1,` and base64.
    pub fn sign(&self, id: &str, unix_time: i64, body: &[u8]) -> String {
        let mut mac =
            Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes keys of any length");
        mac.update(format!("{id}.{unix_time}.").as_bytes());
        mac.update(body);
        let tag = BASE64_STANDARD.encode(mac.finalize().into_bytes());
        format!("{SIGNATURE_PREFIX}{tag}")
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    /// A signature is that of the specification's own libraries, in their test.
    #[test]
    fn a_signature_is_that_of_the_published_example() {
        let secret = WebhookSecret::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let signature = secret.sign(
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1_614_265_330,
            br#"{"test": 2432232314}"#,
        );
        assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
        assert_eq!(format!("{secret:?}"), "…");
    }

    /// A file holds one secret or several; one that everybody can read, or that holds something else, is refused without a word
    /// of it.
    #[test]
    fn files_hold_secrets_that_others_cant_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret");
        let first = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
        let second = format!("whsec_{}", BASE64_STANDARD.encode([7; 64]));
        let read = |text: &str, mode| {
            fs::write(&path, text).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            WebhookSecret::read(&path)
        };
        assert_eq!(
            read(&format!("{first}\n{second}\n"), 0o640).unwrap().len(),
            2
        );
        assert!(matches!(
            read(first, 0o644),
            Err(SecretError::Permissions { mode: 0o644 })
        ));
        let short = format!("whsec_{}", BASE64_STANDARD.encode([7; 23]));
        let long = format!("whsec_{}", BASE64_STANDARD.encode([7; 65]));
        for text in ["", &first[6..], &short, &long, &format!("{first}\nx")] {
            let error = read(text, 0o600).unwrap_err();
            assert!(matches!(error, SecretError::Contents), "{error}");
        }
        fs::remove_file(&path).unwrap();
        let error = WebhookSecret::read(&path).unwrap_err();
        assert!(matches!(error, SecretError::Unreadable(_)), "{error}");
    }
}

//! Key files: a user's encryption secrets, encrypted with a passphrase, for use without the wallet.
//!
//! A delivery agent uses a key file instead of the seller's wallet. A key file opens every record of its owner, and
//! can't sign. It is an armored age file (C2SP age specification) whose only recipient is a passphrase, so `age -d`
//! shows its contents: a line `generion-key-file v2`, then `wallet`, `genesis` and `program`, and for each key a line
//! `key <index> <secret in hex>`, followed by the wallet's attestation in hex if the file has it.
//!
//! With the attestations, a user of the file who does not have the wallet can show the wallet's keys without a node,
//! and publish a key that was attested before.

use std::{
    collections::{BTreeMap, btree_map::Entry},
    fmt,
    io::{self, Read, Write},
};

use age::{
    DecryptError, Decryptor, Encryptor,
    armor::{ArmoredReader, ArmoredWriter, Format},
    scrypt,
    secrecy::SecretString,
};
use generion_interface::{
    Deployment,
    attestation::KeyAttestation,
    signed_line::{Envelope, LineError},
};
use rand_core::CryptoRngCore;
use solana_address::Address;
use zeroize::Zeroizing;

use crate::keys::key_pair::EncryptionSecret;

/// The beginning of the first encrypted line, which the version follows.
const TITLE: &str = "generion-key-file v";
/// The version of the encrypted contents.
const VERSION: &str = "2";
/// The scrypt cost for new files, as a power of two. It is the default of the age tool: 256 MiB and about a second.
const LOG_N: u8 = 18;
/// The highest cost of a file that is read. The maker of the file chose its cost.
const MAX_LOG_N: u8 = 20;
/// The highest length of a file, in bytes. That is enough for thousands of keys.
const MAX_BYTES: u64 = 1 << 20;

/// The encryption secrets of a wallet in a deployment of the program, by index.
///
/// ```compile_fail,E0277
/// fn print(file: generion_crypto::keys::KeyFile) { println!("{file:?}") }
/// ```
pub struct KeyFile {
    /// The wallet that the secrets belong to.
    pub wallet: Address,
    /// The cluster, and the program on it.
    pub deployment: Deployment,
    keys: BTreeMap<u32, Key>,
}

struct Key {
    secret: EncryptionSecret,
    attestation: Option<[u8; 64]>,
}

/// The passphrase of a key file. It is wiped when dropped, and its `Debug` does not show it.
#[derive(Clone)]
pub struct Passphrase(SecretString);

/// Why a key file can't be read or written. A new variant is a breaking change, so that every program that advises its users
/// learns of it when it is compiled.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// Reading or writing failed.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// The file is encrypted with another passphrase.
    #[error("the passphrase is wrong")]
    WrongPassphrase,
    /// The file's scrypt cost is higher than that of any of our key files.
    #[error("its scrypt cost is 2^{0}, which is more than any key file has")]
    ExcessiveWork(u8),
    /// The file is not a key file, or it is damaged.
    #[error("it is not a key file, or it is damaged")]
    Malformed,
    /// The file has version 1.
    #[error(
        "it has version 1, which does not say which cluster its keys are for: decrypt it with `age --decrypt`, replace its \
         first line by `generion-key-file v2`, add a line `genesis <the cluster's genesis hash>` below the wallet's line, \
         and encrypt it again with `age --passphrase --armor`"
    )]
    Version1,
    /// The file has a version that this software does not know.
    #[error(
        "it has version {0}, but this software only knows version {VERSION}: update the software"
    )]
    UnknownVersion(u32),
    /// The file already holds another secret with this index.
    #[error("it already holds another key with index {0}")]
    Taken(u32),
    /// The file holds no secret with this index, so there is nothing to attest.
    #[error("it holds no key with index {0}")]
    NoKey(u32),
    /// The attestation is not the wallet's attestation of this key.
    #[error("the attestation of key {index} is not valid")]
    Attestation {
        /// The index of the key.
        index: u32,
        /// The reason why the signature is refused.
        source: LineError,
    },
}

impl Passphrase {
    /// Takes ownership of the text.
    pub fn new(text: String) -> Self {
        Self(text.into())
    }
}

impl KeyFile {
    /// A key file without secrets.
    pub const fn new(wallet: Address, deployment: Deployment) -> Self {
        Self {
            wallet,
            deployment,
            keys: BTreeMap::new(),
        }
    }

    /// The secret with this index.
    pub fn secret(&self, index: u32) -> Option<&EncryptionSecret> {
        Some(&self.keys.get(&index)?.secret)
    }

    /// The wallet's attestation of the key with this index, if the file has it. It is valid.
    pub fn attestation(&self, index: u32) -> Option<&[u8; 64]> {
        self.keys.get(&index)?.attestation.as_ref()
    }

    /// The indexes of the secrets, in order.
    pub fn indexes(&self) -> impl Iterator<Item = u32> {
        self.keys.keys().copied()
    }

    /// Adds a secret. Adding the same secret again has no effect.
    ///
    /// # Errors
    /// [`KeyFileError::Taken`] if there is another secret with this index, which is kept.
    pub fn insert(&mut self, index: u32, secret: EncryptionSecret) -> Result<(), KeyFileError> {
        match self.keys.entry(index) {
            Entry::Vacant(entry) => {
                entry.insert(Key {
                    secret,
                    attestation: None,
                });
                Ok(())
            }
            Entry::Occupied(known) if known.get().secret.to_bytes() == secret.to_bytes() => Ok(()),
            Entry::Occupied(_) => Err(KeyFileError::Taken(index)),
        }
    }

    /// Checks and adds the wallet's attestation of a key, and replaces an earlier one. Returns the envelope that the
    /// wallet signed.
    ///
    /// # Errors
    /// [`KeyFileError::NoKey`], [`KeyFileError::Attestation`].
    pub fn attest(&mut self, index: u32, attestation: [u8; 64]) -> Result<Envelope, KeyFileError> {
        let statement = self.statement(index).ok_or(KeyFileError::NoKey(index))?;
        let envelope = statement
            .verify(&attestation)
            .map_err(|source| KeyFileError::Attestation { index, source })?;
        if let Some(key) = self.keys.get_mut(&index) {
            key.attestation = Some(attestation);
        }
        Ok(envelope)
    }

    /// The statement that the wallet signs to attest the key with this index.
    pub fn statement(&self, index: u32) -> Option<KeyAttestation> {
        Some(KeyAttestation {
            deployment: self.deployment,
            wallet: self.wallet,
            index,
            key: self.secret(index)?.public_key().to_bytes(),
        })
    }

    /// Removes a secret and its attestation.
    pub fn remove(&mut self, index: u32) -> Option<EncryptionSecret> {
        Some(self.keys.remove(&index)?.secret)
    }

    /// Encrypts the key file. Write to a file that only its user can read, and replace an old file in one step.
    ///
    /// # Errors
    /// [`KeyFileError::Io`].
    pub fn write(&self, passphrase: &Passphrase, to: impl Write) -> Result<(), KeyFileError> {
        self.write_at_cost(passphrase, LOG_N, to)
    }

    /// Like [`Self::write`], with another scrypt cost, as a power of two. For tests.
    ///
    /// # Errors
    /// [`KeyFileError::Io`].
    pub fn write_at_cost(
        &self,
        passphrase: &Passphrase,
        log_n: u8,
        to: impl Write,
    ) -> Result<(), KeyFileError> {
        let mut recipient = scrypt::Recipient::new(passphrase.0.clone());
        recipient.set_work_factor(log_n);
        let recipients = [&recipient as &dyn age::Recipient];
        let encryptor = Encryptor::with_recipients(recipients.into_iter())
            .map_err(|error| io::Error::other(error.to_string()))?;
        let armored = ArmoredWriter::wrap_output(to, Format::AsciiArmor)?;
        let mut writer = encryptor.wrap_output(armored)?;
        writer.write_all(self.text().as_bytes())?;
        writer.finish()?.finish()?.flush()?;
        Ok(())
    }

    /// Decrypts a key file.
    ///
    /// # Errors
    /// [`KeyFileError`].
    pub fn read(from: impl Read, passphrase: &Passphrase) -> Result<Self, KeyFileError> {
        let mut identity = scrypt::Identity::new(passphrase.0.clone());
        identity.set_max_work_factor(MAX_LOG_N);
        // Read the whole file first, so that later errors are about the contents and not the disk.
        let mut armored = Vec::new();
        from.take(MAX_BYTES).read_to_end(&mut armored)?;
        let decryptor = Decryptor::new(ArmoredReader::new(&armored[..])).map_err(refusal)?;
        if !decryptor.is_scrypt() {
            return Err(KeyFileError::Malformed);
        }
        let reader = decryptor
            .decrypt(std::iter::once(&identity as &dyn age::Identity))
            .map_err(refusal)?;
        // The length has a limit, so the buffer does not grow and leave copies of secrets behind.
        let mut text = Zeroizing::new(String::with_capacity(MAX_BYTES as usize));
        reader
            .take(MAX_BYTES)
            .read_to_string(&mut text)
            .map_err(|_| KeyFileError::Malformed)?;
        Self::parse(&text)
    }

    fn text(&self) -> Zeroizing<String> {
        use fmt::Write;

        // As above: enough capacity for everything, so that no copy of a secret is left behind.
        let mut text = Zeroizing::new(String::with_capacity(256 + 256 * self.keys.len()));
        // Writing to a string can't fail.
        let _ = writeln!(text, "{TITLE}{VERSION}");
        let _ = writeln!(text, "wallet {}", self.wallet);
        let _ = writeln!(text, "genesis {}", self.deployment.genesis);
        let _ = writeln!(text, "program {}", self.deployment.program_id);
        for (
            index,
            Key {
                secret,
                attestation,
            },
        ) in &self.keys
        {
            let _ = write!(text, "key {index} ");
            for byte in secret.to_bytes().iter() {
                let _ = write!(text, "{byte:02x}");
            }
            for (place, byte) in attestation.iter().flatten().enumerate() {
                let _ = write!(text, "{}{byte:02x}", if place == 0 { " " } else { "" });
            }
            text.push('\n');
        }
        text
    }

    fn parse(text: &str) -> Result<Self, KeyFileError> {
        let version = text
            .lines()
            .next()
            .and_then(|line| line.strip_prefix(TITLE));
        match version {
            Some(VERSION) => Self::parse_lines(text).ok_or(KeyFileError::Malformed),
            Some("1") => Err(KeyFileError::Version1),
            Some(version) => Err(version
                .parse()
                .map_or(KeyFileError::Malformed, KeyFileError::UnknownVersion)),
            None => Err(KeyFileError::Malformed),
        }
    }

    fn parse_lines(text: &str) -> Option<Self> {
        let mut lines = text.lines().skip(1);
        let wallet = lines.next()?.strip_prefix("wallet ")?.parse().ok()?;
        let deployment = Deployment {
            genesis: lines.next()?.strip_prefix("genesis ")?.parse().ok()?,
            program_id: lines.next()?.strip_prefix("program ")?.parse().ok()?,
        };
        let mut file = Self::new(wallet, deployment);
        for line in lines {
            let (index, key) = line.strip_prefix("key ")?.split_once(' ')?;
            let (secret, attestation) = match key.split_once(' ') {
                Some((secret, attestation)) => (secret, Some(attestation)),
                None => (key, None),
            };
            // Without a leading `+`, which parsing a number would accept.
            let digits = index.bytes().all(|digit| digit.is_ascii_digit());
            let index = digits.then(|| index.parse().ok())??;
            let secret = EncryptionSecret::from_bytes(&*decode_hex(secret)?)?;
            file.insert(index, secret).ok()?;
            if let Some(attestation) = attestation {
                file.attest(index, *decode_hex(attestation)?).ok()?;
            }
        }
        Some(file)
    }
}

impl EncryptionSecret {
    /// Draws a secret that is not derived from a wallet, for a [`KeyFile`].
    pub fn random(rng: &mut impl CryptoRngCore) -> Self {
        let mut wide = Zeroizing::new([0; 64]);
        rng.fill_bytes(wide.as_mut());
        Self::from_wide(&wide)
    }
}

fn decode_hex<const N: usize>(text: &str) -> Option<Zeroizing<[u8; N]>> {
    let mut bytes = Zeroizing::new([0; N]);
    // The crate also accepts upper-case digits, so that a key would have several texts.
    text.bytes()
        .all(|digit| !digit.is_ascii_uppercase())
        .then_some(())?;
    hex::decode_to_slice(text, bytes.as_mut()).ok()?;
    Some(bytes)
}

fn refusal(error: DecryptError) -> KeyFileError {
    match error {
        DecryptError::ExcessiveWork { required, .. } => KeyFileError::ExcessiveWork(required),
        DecryptError::DecryptionFailed
        | DecryptError::KeyDecryptionFailed
        | DecryptError::NoMatchingKeys => KeyFileError::WrongPassphrase,
        _ => KeyFileError::Malformed,
    }
}

#[cfg(test)]
mod tests {
    use generion_interface::GenesisHash;
    use rand_core::OsRng;

    use super::*;

    /// If the text outgrew its capacity, the old buffer would keep secrets in memory, and nothing would wipe it.
    #[test]
    fn the_text_has_room_for_all_secrets() {
        let wallet = Address::new_from_array([0xff; 32]);
        let deployment = Deployment {
            genesis: GenesisHash([0xff; 32]),
            program_id: wallet,
        };
        for count in [0, 1, 1000] {
            let mut file = KeyFile::new(wallet, deployment);
            for index in (0..=u32::MAX).rev().take(count) {
                let key = Key {
                    secret: EncryptionSecret::random(&mut OsRng),
                    attestation: Some([0xff; 64]),
                };
                file.keys.insert(index, key);
            }
            let text = file.text();
            assert_eq!(text.lines().count(), 4 + count);
            assert_eq!(text.capacity(), 256 + 256 * count);
        }
    }
}

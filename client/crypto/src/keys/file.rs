//! Key files: a user's encryption secrets under a passphrase, as an alternative to deriving them from the wallet.
//!
//! A delivery agent works with one instead of the seller's wallet. A key file opens every record of its owner and signs
//! nothing. It is an armored age file (C2SP age specification) with a passphrase as only recipient, so that `age -d`
//! shows what is in it: a line `generion-key-file v1`, then `wallet`, `program` and one `key <index> <secret in hex>`
//! for each key.

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
use rand_core::CryptoRngCore;
use solana_address::Address;
use zeroize::Zeroizing;

use super::EncryptionSecret;

/// The first line of what is encrypted.
const TITLE: &str = "generion-key-file v1";
/// Scrypt's cost to make a file, as a power of two: what the age tool takes, 256 MiB and about a second.
const LOG_N: u8 = 18;
/// The highest cost at which a file is read, since whoever made it chose it.
const MAX_LOG_N: u8 = 20;
/// Most bytes of a file. One holds thousands of keys.
const MAX_BYTES: u64 = 1 << 20;

/// Encryption secrets of a wallet in a deployment of the program, by index.
///
/// ```compile_fail,E0277
/// fn print(file: generion_crypto::keys::KeyFile) { println!("{file:?}") }
/// ```
pub struct KeyFile {
    /// The wallet whose secrets they are.
    pub wallet: Address,
    /// The program's id.
    pub program_id: Address,
    secrets: BTreeMap<u32, EncryptionSecret>,
}

/// What protects a key file. It is wiped when dropped, and has no `Debug` that shows it.
#[derive(Clone)]
pub struct Passphrase(SecretString);

/// Why a key file can't be read or written.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// Reading or writing failed.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// The passphrase is another one.
    #[error("the passphrase is wrong")]
    WrongPassphrase,
    /// The file asks for more work than a key file of ours.
    #[error("the file asks for more work than any key file: 2^{0} rounds")]
    ExcessiveWork(u8),
    /// It is no key file, or damaged.
    #[error("it is no key file, or it is damaged")]
    Malformed,
    /// It has a secret with this index already, another one.
    #[error("it holds another key with index {0} already")]
    Taken(u32),
}

impl Passphrase {
    /// Takes the text over.
    pub fn new(text: String) -> Self {
        Self(text.into())
    }
}

impl KeyFile {
    /// Without any secrets yet.
    pub const fn new(wallet: Address, program_id: Address) -> Self {
        Self {
            wallet,
            program_id,
            secrets: BTreeMap::new(),
        }
    }

    /// The secret with an index.
    pub fn secret(&self, index: u32) -> Option<&EncryptionSecret> {
        self.secrets.get(&index)
    }

    /// The indexes of its secrets, in order.
    pub fn indexes(&self) -> impl Iterator<Item = u32> {
        self.secrets.keys().copied()
    }

    /// Adds a secret. One that is there already with this index is fine.
    ///
    /// # Errors
    /// [`KeyFileError::Taken`] by another one, which is kept.
    pub fn insert(&mut self, index: u32, secret: EncryptionSecret) -> Result<(), KeyFileError> {
        match self.secrets.entry(index) {
            Entry::Vacant(entry) => {
                entry.insert(secret);
                Ok(())
            }
            Entry::Occupied(known) if known.get().to_bytes() == secret.to_bytes() => Ok(()),
            Entry::Occupied(_) => Err(KeyFileError::Taken(index)),
        }
    }

    /// Removes a secret.
    pub fn remove(&mut self, index: u32) -> Option<EncryptionSecret> {
        self.secrets.remove(&index)
    }

    /// Encrypts it. Write to a file that only its user can read, and replace an old one in one step.
    ///
    /// # Errors
    /// [`KeyFileError::Io`].
    pub fn write(&self, passphrase: &Passphrase, to: impl Write) -> Result<(), KeyFileError> {
        self.write_at_cost(passphrase, LOG_N, to)
    }

    /// As [`Self::write`], at another cost of guessing the passphrase: scrypt's, as a power of two. For tests.
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

    /// Decrypts one.
    ///
    /// # Errors
    /// [`KeyFileError`].
    pub fn read(from: impl Read, passphrase: &Passphrase) -> Result<Self, KeyFileError> {
        let mut identity = scrypt::Identity::new(passphrase.0.clone());
        identity.set_max_work_factor(MAX_LOG_N);
        // All of it first: from here on an error is the content's, not the disk's.
        let mut armored = Vec::new();
        from.take(MAX_BYTES).read_to_end(&mut armored)?;
        let decryptor = Decryptor::new(ArmoredReader::new(&armored[..])).map_err(refusal)?;
        if !decryptor.is_scrypt() {
            return Err(KeyFileError::Malformed);
        }
        let reader = decryptor
            .decrypt(std::iter::once(&identity as &dyn age::Identity))
            .map_err(refusal)?;
        // Its size is known to be bounded, so that no part of it is left behind when it grows.
        let mut text = Zeroizing::new(String::with_capacity(MAX_BYTES as usize));
        reader
            .take(MAX_BYTES)
            .read_to_string(&mut text)
            .map_err(|_| KeyFileError::Malformed)?;
        Self::parse(&text).ok_or(KeyFileError::Malformed)
    }

    fn text(&self) -> Zeroizing<String> {
        use fmt::Write;

        // As above: with room for everything, no copy of a secret is left behind.
        let mut text = Zeroizing::new(String::with_capacity(256 + 128 * self.secrets.len()));
        // Writing to a string can't fail.
        let _ = writeln!(text, "{TITLE}");
        let _ = writeln!(text, "wallet {}", self.wallet);
        let _ = writeln!(text, "program {}", self.program_id);
        for (index, secret) in &self.secrets {
            let _ = write!(text, "key {index} ");
            for byte in secret.to_bytes().iter() {
                let _ = write!(text, "{byte:02x}");
            }
            text.push('\n');
        }
        text
    }

    fn parse(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        (lines.next()? == TITLE).then_some(())?;
        let wallet = lines.next()?.strip_prefix("wallet ")?.parse().ok()?;
        let program_id = lines.next()?.strip_prefix("program ")?.parse().ok()?;
        let mut file = Self::new(wallet, program_id);
        for line in lines {
            let (index, secret) = line.strip_prefix("key ")?.split_once(' ')?;
            let secret = EncryptionSecret::from_bytes(&*decode_hex(secret)?)?;
            file.insert(index.parse().ok()?, secret).ok()?;
        }
        Some(file)
    }
}

impl EncryptionSecret {
    /// A secret that follows from no wallet, to be kept in a [`KeyFile`].
    pub fn random(rng: &mut impl CryptoRngCore) -> Self {
        let mut wide = Zeroizing::new([0; 64]);
        rng.fill_bytes(wide.as_mut());
        Self::from_wide(&wide)
    }
}

fn decode_hex(text: &str) -> Option<Zeroizing<[u8; 32]>> {
    let mut bytes = Zeroizing::new([0; 32]);
    (text.len() == 64 && text.is_ascii()).then_some(())?;
    for (byte, at) in bytes.iter_mut().zip((0..).step_by(2)) {
        *byte = u8::from_str_radix(&text[at..at + 2], 16).ok()?;
    }
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
    use rand_core::OsRng;

    use super::*;

    /// A text that outgrew its room would leave its secrets behind in memory, where nothing wipes them.
    #[test]
    fn the_text_has_room_for_all_secrets() {
        let wallet = Address::new_from_array([0xff; 32]);
        for count in [0, 1, 1000] {
            let mut file = KeyFile::new(wallet, wallet);
            for index in (0..=u32::MAX).rev().take(count) {
                let inserted = file.insert(index, EncryptionSecret::random(&mut OsRng));
                assert!(inserted.is_ok());
            }
            let text = file.text();
            assert_eq!(text.lines().count(), 3 + count);
            assert_eq!(text.capacity(), 256 + 128 * count);
        }
    }
}

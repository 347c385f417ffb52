//! Cards: an attested encryption key of a wallet as one line of text (docs/PROTOCOL.md, section 2).

use core::{fmt, str::FromStr};

use solana_address::Address;
use solana_signature::Signature;

use crate::{
    attestation::KeyAttestation,
    deployment::Deployment,
    signed_line::{Envelope, Hex, LineError},
};

/// The first field of a card.
const TITLE: &str = "generion-card-v1";
/// The beginning of the first field in every version.
const ANY_VERSION: &str = "generion-card-v";

/// A wallet's encryption key with the wallet's attestation, as one line of text. With a card, nobody needs a node to
/// encrypt to its wallet. A card is public, and its signature is its checksum.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Card {
    statement: KeyAttestation,
    attestation: [u8; 64],
    envelope: Envelope,
}

/// Why a text is not a card.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CardError {
    /// The text is something else.
    #[error("its text does not begin with {TITLE}:")]
    NoCard,
    /// The text is a card of a later version.
    #[error("this software does not know its version")]
    UnknownVersion,
    /// A field can't be read, or is written in another form.
    #[error("its text is cut short or damaged")]
    Malformed,
    /// The wallet did not sign for the key.
    #[error(transparent)]
    Attestation(#[from] LineError),
}

impl Card {
    /// Makes a card, and verifies its attestation.
    ///
    /// # Errors
    /// [`LineError`] if the attestation is not the wallet's signature for this key.
    pub fn new(statement: KeyAttestation, attestation: [u8; 64]) -> Result<Self, LineError> {
        let envelope = statement.verify(&attestation)?;
        Ok(Self {
            statement,
            attestation,
            envelope,
        })
    }

    /// The wallet.
    pub const fn wallet(&self) -> &Address {
        &self.statement.wallet
    }

    /// The deployment in which the key is valid.
    pub const fn deployment(&self) -> &Deployment {
        &self.statement.deployment
    }

    /// Index of the key.
    pub const fn index(&self) -> u32 {
        self.statement.index
    }

    /// The key.
    pub const fn key(&self) -> &[u8; 32] {
        &self.statement.key
    }

    /// The wallet's signature.
    pub const fn attestation(&self) -> &[u8; 64] {
        &self.attestation
    }

    /// The envelope in which the wallet signed the line.
    pub const fn envelope(&self) -> Envelope {
        self.envelope
    }
}

/// Title, wallet, genesis hash, program, index, key in hex and signature in base58, separated by colons.
fn line(statement: &KeyAttestation, attestation: [u8; 64]) -> String {
    let KeyAttestation {
        deployment,
        wallet,
        index,
        key,
    } = statement;
    format!(
        "{TITLE}:{wallet}:{}:{}:{index}:{}:{}",
        deployment.genesis,
        deployment.program_id,
        Hex(key),
        Signature::from(attestation),
    )
}

impl fmt::Display for Card {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&line(&self.statement, self.attestation))
    }
}

impl fmt::Debug for Card {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Card({self})")
    }
}

impl FromStr for Card {
    type Err = CardError;

    fn from_str(text: &str) -> Result<Self, CardError> {
        let text = text.trim();
        let (title, fields) = text.split_once(':').ok_or(CardError::NoCard)?;
        match title {
            TITLE => {}
            _ if title.starts_with(ANY_VERSION) => return Err(CardError::UnknownVersion),
            _ => return Err(CardError::NoCard),
        }
        let (statement, attestation) = read(fields).ok_or(CardError::Malformed)?;
        // A number, a key or a hash may have several spellings, of which a card has only one.
        match line(&statement, attestation) == text {
            true => Ok(Self::new(statement, attestation)?),
            false => Err(CardError::Malformed),
        }
    }
}

fn read(fields: &str) -> Option<(KeyAttestation, [u8; 64])> {
    let mut fields = fields.split(':');
    let wallet = fields.next()?.parse().ok()?;
    let genesis = fields.next()?.parse().ok()?;
    let program_id = fields.next()?.parse().ok()?;
    let index = fields.next()?.parse().ok()?;
    let mut key = [0; 32];
    hex::decode_to_slice(fields.next()?, &mut key).ok()?;
    let attestation: Signature = fields.next()?.parse().ok()?;
    let statement = KeyAttestation {
        deployment: Deployment {
            genesis,
            program_id,
        },
        wallet,
        index,
        key,
    };
    match fields.next() {
        None => Some((statement, attestation.into())),
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use ed25519_dalek::{Signer, SigningKey};

    use super::*;
    use crate::GenesisHash;

    fn card() -> Card {
        let wallet = SigningKey::from_bytes(&[7; 32]);
        let statement = KeyAttestation {
            deployment: Deployment {
                genesis: GenesisHash([1; 32]),
                program_id: Address::new_from_array([2; 32]),
            },
            wallet: wallet.verifying_key().to_bytes().into(),
            index: 3,
            key: [0xab; 32],
        };
        let sign = |line: &[u8]| Ok::<_, ()>(wallet.sign(line).to_bytes());
        let (attestation, _) = statement.sign(sign).unwrap();
        Card::new(statement, attestation).unwrap()
    }

    fn refusal(text: &str) -> CardError {
        text.parse::<Card>().expect_err(text)
    }

    #[test]
    fn a_card_is_one_line_that_parses_back() {
        let card = card();
        let text = card.to_string();
        assert!(!text.contains(char::is_whitespace), "{text}");
        assert_eq!(text.parse(), Ok(card));
        assert_eq!(format!(" {text}\n").parse(), Ok(card));
        assert_eq!((card.index(), card.key()), (3, &[0xab; 32]));
    }

    #[test]
    fn a_card_that_is_cut_short_is_none() {
        let text = card().to_string();
        for end in 0..text.len() {
            let expected = match end {
                ..=15 if text[..end].contains(':') => CardError::Malformed,
                ..=16 => CardError::NoCard,
                _ => CardError::Malformed,
            };
            let error = refusal(&text[..end]);
            // A signature may be cut to a shorter one, which is none.
            let is_signature = matches!(error, CardError::Attestation(_));
            assert!(error == expected || is_signature, "{end}: {error}");
        }
    }

    #[test]
    fn a_changed_card_is_none() {
        let text = card().to_string();
        let wallet = *card().wallet();
        let false_card = CardError::Attestation(LineError::NotTheWallets(wallet));
        let genesis = GenesisHash([1; 32]).to_string();
        let other = GenesisHash([5; 32]).to_string();
        for (changed, expected) in [
            (text.replace(":3:", ":4:"), false_card),
            (text.replace("abab", "abac"), false_card),
            // Of another cluster: the wallet signed for one.
            (text.replace(&genesis, &other), false_card),
            (
                text.replace("card-v1", "card-v2"),
                CardError::UnknownVersion,
            ),
            ("hello".to_owned(), CardError::NoCard),
            ("hello:".to_owned(), CardError::NoCard),
            (format!("{text}:"), CardError::Malformed),
            // The same values, written otherwise.
            (text.replace(":3:", ":+3:"), CardError::Malformed),
            (text.replace(":3:", ":03:"), CardError::Malformed),
            (text.replace("abab", "ABAB"), CardError::Malformed),
            (text.replace(":3:", ":4294967296:"), CardError::Malformed),
        ] {
            assert_eq!(refusal(&changed), expected, "{changed}");
        }
    }
}

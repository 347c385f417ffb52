use core::{fmt, str::FromStr};

use generion_interface::{
    Deployment,
    attestation::KeyAttestation,
    signed_line::{Envelope, LineError},
};
use solana_address::Address;

use crate::ClientError;

/// What a card's text begins with.
const TITLE: &str = "generion-card-v1";

/// A wallet's encryption key with the wallet's attestation, as one line of text: who is handed it by its owner needs no
/// node to encrypt to the owner. It is public, and its signature is its checksum.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Card {
    statement: KeyAttestation,
    attestation: [u8; 64],
    envelope: Envelope,
}

impl Card {
    /// A card, whose attestation is checked.
    ///
    /// # Errors
    /// That the attestation is not the wallet's for this key.
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

    /// Where the key counts.
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

    /// What the wallet made of the line before it signed it.
    pub const fn envelope(&self) -> Envelope {
        self.envelope
    }
}

impl fmt::Display for Card {
    /// One line: title, wallet, genesis hash, program, index, key in hex, signature in base58, with colons in between.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let KeyAttestation {
            deployment,
            wallet,
            index,
            key,
        } = &self.statement;
        write!(
            f,
            "{TITLE}:{wallet}:{}:{}:{index}:{}:{}",
            deployment.genesis,
            deployment.program_id,
            hex::encode(key),
            bs58::encode(self.attestation).into_string()
        )
    }
}

impl fmt::Debug for Card {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Card({self})")
    }
}

impl FromStr for Card {
    type Err = ClientError;

    fn from_str(text: &str) -> Result<Self, ClientError> {
        let malformed = || ClientError::Card("its text is cut short or damaged".to_owned());
        let mut parts = text.trim().split(':');
        match parts.next() {
            Some(TITLE) => {}
            Some(other) if other.starts_with("generion-card-v") => {
                return Err(ClientError::Card(
                    "it has a version that this software doesn't know".to_owned(),
                ));
            }
            _ => {
                return Err(ClientError::Card(format!(
                    "its text begins with {TITLE}: and this one does not"
                )));
            }
        }
        let mut next = || parts.next().ok_or_else(malformed);
        let wallet = next()?.parse().map_err(|_| malformed())?;
        let genesis = next()?.parse().map_err(|_| malformed())?;
        let program_id = next()?.parse().map_err(|_| malformed())?;
        let index = next()?.parse().map_err(|_| malformed())?;
        let mut key = [0; 32];
        hex::decode_to_slice(next()?, &mut key).map_err(|_| malformed())?;
        let attestation = bs58::decode(next()?).into_vec().map_err(|_| malformed())?;
        let attestation = attestation.try_into().map_err(|_| malformed())?;
        if parts.next().is_some() {
            return Err(malformed());
        }
        let statement = KeyAttestation {
            deployment: Deployment {
                genesis,
                program_id,
            },
            wallet,
            index,
            key,
        };
        Self::new(statement, attestation).map_err(|error| ClientError::Card(error.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use generion_interface::GenesisHash;
    use solana_keypair::Keypair;
    use solana_signer::{Signer, SignerError};

    use super::*;

    fn card() -> Card {
        let wallet = Keypair::new_from_array([7; 32]);
        let statement = KeyAttestation {
            deployment: Deployment {
                genesis: GenesisHash([1; 32]),
                program_id: Address::new_from_array([2; 32]),
            },
            wallet: wallet.pubkey(),
            index: 3,
            key: [4; 32],
        };
        let sign = |line: &[u8]| Ok::<_, SignerError>(wallet.try_sign_message(line)?.into());
        let (attestation, _) = statement.sign(sign).unwrap();
        Card::new(statement, attestation).unwrap()
    }

    #[test]
    fn a_card_is_one_line_that_parses_back() {
        let card = card();
        let text = card.to_string();
        assert!(!text.contains(char::is_whitespace), "{text}");
        assert_eq!(text.parse::<Card>().unwrap(), card);
        assert_eq!(format!(" {text}\n").parse::<Card>().unwrap(), card);
        assert_eq!((card.index(), card.key()), (3, &[4; 32]));
    }

    #[test]
    fn a_changed_card_is_none() {
        let text = card().to_string();
        let refusal = |text: &str| match text.parse::<Card>() {
            Err(ClientError::Card(reason)) => reason,
            other => panic!("{other:?}"),
        };
        for end in 1..text.len() {
            refusal(&text[..end]);
        }
        assert!(refusal(&text.replace(":3:", ":4:")).contains("not wallet"));
        assert!(refusal(&text.replace("0404", "0405")).contains("not wallet"));
        assert!(refusal(&format!("{text}:")).contains("damaged"));
        assert!(refusal(&text.replace("card-v1", "card-v2")).contains("doesn't know"));
        assert!(refusal("hello").contains("begins with"));
        // Of another cluster: the wallet signed for one.
        let genesis = GenesisHash([1; 32]).to_string();
        let other = text.replace(&genesis, &GenesisHash([5; 32]).to_string());
        assert!(refusal(&other).contains("not wallet"));
    }
}

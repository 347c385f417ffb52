//! Cards: a reader accepts only the exact line of a card, and only if its wallet signed the content.

use std::sync::LazyLock;

use arbitrary::{Arbitrary, Unstructured};
use ed25519_dalek::{Signer, SigningKey};
use generion_interface::{
    Deployment, GenesisHash,
    attestation::KeyAttestation,
    card::{Card, CardError},
};
use solana_address::Address;

use generion_native::memory::within;

/// Honest cards, with indexes of every length.
static CARDS: LazyLock<[String; 3]> = LazyLock::new(|| {
    [0, 77, u32::MAX].map(|index| {
        let wallet = SigningKey::from_bytes(&[7; 32]);
        let statement = KeyAttestation {
            deployment: Deployment {
                genesis: GenesisHash([1; 32]),
                program_id: Address::new_from_array([2; 32]),
            },
            wallet: wallet.verifying_key().to_bytes().into(),
            index,
            key: [0xab; 32],
        };
        let signature = wallet.sign(statement.line().as_bytes()).to_bytes();
        let card = Card::new(statement, signature).expect("the wallet signed it");
        card.to_string()
    })
});

/// Honest cards, other texts, and changes to honest cards.
pub fn seeds() -> Vec<Vec<u8>> {
    let others = [
        "",
        "generion-card-v1",
        "generion-card-v1:",
        "generion-card-v2:a",
        "generion-card-v1:::::::",
    ];
    let texts = CARDS.iter().map(String::as_str).chain(others);
    let mut seeds: Vec<_> = texts.map(|text| [&[0], text.as_bytes()].concat()).collect();
    seeds.extend(
        (0..=255)
            .step_by(17)
            .map(|byte| vec![1, byte, byte, byte, byte]),
    );
    seeds
}

/// The first byte selects the meaning of the rest: a text, or changes to an honest card.
pub fn run(input: &[u8]) {
    let Some((kind, bytes)) = input.split_first() else {
        return;
    };
    match kind % 2 {
        0 => {
            if let Ok(text) = str::from_utf8(bytes) {
                read(text);
            }
        }
        _ => {
            if let Ok((card, changes)) =
                Changed::arbitrary_take_rest(Unstructured::new(bytes)).map(|changed| {
                    (
                        &CARDS[usize::from(changed.card) % CARDS.len()],
                        changed.changes,
                    )
                })
            {
                let mut text: Vec<char> = card.chars().collect();
                changes
                    .into_iter()
                    .take(3)
                    .for_each(|change| change.apply(&mut text));
                read(&text.into_iter().collect::<String>());
            }
        }
    }
}

#[derive(Arbitrary)]
struct Changed {
    card: u8,
    changes: Vec<Change>,
}

#[derive(Arbitrary)]
enum Change {
    /// Another character, one more, or one less.
    Replace(u16, char),
    Insert(u16, char),
    Remove(u16),
    /// A field in the place of another, or twice.
    Swap(u8, u8),
    Repeat(u8),
}

impl Change {
    fn apply(self, text: &mut Vec<char>) {
        if text.is_empty() {
            return;
        }
        let at = |position: u16| usize::from(position) % text.len();
        match self {
            Self::Replace(position, character) => {
                let at = at(position);
                text[at] = character;
            }
            Self::Insert(position, character) => text.insert(at(position), character),
            Self::Remove(position) => drop(text.remove(at(position))),
            Self::Swap(..) | Self::Repeat(..) => {
                let line: String = text.iter().collect();
                let mut fields: Vec<_> = line.split(':').collect();
                let count = fields.len();
                match self {
                    Self::Swap(one, other) => {
                        fields.swap(usize::from(one) % count, usize::from(other) % count);
                    }
                    Self::Repeat(one) => fields.push(fields[usize::from(one) % count]),
                    _ => {}
                }
                *text = fields.join(":").chars().collect();
            }
        }
    }
}

/// Reads a text and compares it with the specification: the fields, their form, and that only honest cards are signed.
fn read(text: &str) {
    let read = within(4 * text.len() + 4096, "a card", || text.parse::<Card>());
    let line = text.trim();
    let is_honest = CARDS.iter().any(|card| card == line);
    match read {
        // Nobody can forge the wallet's signature.
        Ok(card) => {
            assert!(is_honest, "{text:?}");
            assert_eq!(card.to_string(), line);
        }
        Err(error) => {
            assert!(!is_honest, "{text:?}: {error}");
            let fields: Vec<_> = line.split(':').collect();
            let is_titled = fields[0] == "generion-card-v1" && fields.len() > 1;
            match error {
                CardError::NoCard => {
                    let is_card = fields[0].starts_with("generion-card-v") && fields.len() > 1;
                    assert!(!is_card, "{text:?}");
                }
                CardError::UnknownVersion => assert!(!is_titled, "{text:?}"),
                CardError::Malformed => assert!(is_titled, "{text:?}"),
                // A text that was read has the form of a card.
                CardError::Attestation(_) => assert!(is_titled && is_written(&fields), "{text:?}"),
                _ => panic!("{text:?}: {error}"),
            }
        }
    }
}

/// Whether the text has seven fields of valid characters.
fn is_written(fields: &[&str]) -> bool {
    let is_base58 = |text: &&str| {
        let is_digit = |c: char| c.is_ascii_alphanumeric() && !"0OIl".contains(c);
        !text.is_empty() && text.chars().all(is_digit)
    };
    let [_, wallet, genesis, program, index, key, attestation] = fields else {
        return false;
    };
    let is_hex = |c: char| c.is_ascii_digit() || ('a'..='f').contains(&c);
    [wallet, genesis, program, attestation]
        .into_iter()
        .all(is_base58)
        && index
            .parse::<u32>()
            .is_ok_and(|number| number.to_string() == *index)
        && key.len() == 64
        && key.chars().all(is_hex)
}

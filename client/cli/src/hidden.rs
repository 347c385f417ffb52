//! What a user typed, as it may be printed back: an address without the key that may be in it, and a secret not at all.

use clap::error::{ContextKind, ContextValue};
use generion_client::rpc::url::redacted;
use solana_address::Address;

/// What stands in the place of a secret.
const HIDDEN: &str = "[hidden]";
/// Words of the shortest seed phrase.
const PHRASE_WORDS: usize = 12;
/// Characters in base58 of the shortest text that stands for a keypair's 64 bytes.
const KEYPAIR_CHARS: usize = 80;
/// Hexadecimal digits of the shortest secret key.
const SECRET_DIGITS: usize = 64;

/// Whether it may be a secret key itself in the place of where one is: the numbers of a keypair file, a keypair in base58
/// or hexadecimal digits, or a seed phrase.
pub fn looks_secret(text: &str) -> bool {
    let text = text.trim();
    let is_base58 = |c: char| c.is_ascii_alphanumeric() && !matches!(c, '0' | 'O' | 'I' | 'l');
    let is_word = |word: &str| word.len() > 1 && word.bytes().all(|byte| byte.is_ascii_lowercase());
    let mut words = text.split_whitespace();
    text.starts_with('[')
        || (text.len() >= KEYPAIR_CHARS && text.chars().all(is_base58))
        || (text.len() >= SECRET_DIGITS && text.bytes().all(|byte| byte.is_ascii_hexdigit()))
        || (words.clone().count() >= PHRASE_WORDS && words.all(is_word))
}

/// Whether it is 32 bytes in base58: an address, or a secret seed.
pub fn looks_like_an_address(text: &str) -> bool {
    text.parse::<Address>().is_ok()
}

/// A text that was typed, as it may be printed.
pub fn shown(text: &str) -> String {
    if looks_secret(text) {
        HIDDEN.to_owned()
    } else if text.contains("://") {
        redacted(text)
    } else {
        text.to_owned()
    }
}

/// Takes secrets out of what is printed of a wrong command line.
pub fn hide(error: &mut clap::Error) {
    let quoted: Vec<_> = error
        .context()
        .filter(|(kind, _)| {
            matches!(
                kind,
                ContextKind::InvalidValue
                    | ContextKind::InvalidArg
                    | ContextKind::InvalidSubcommand
            )
        })
        .filter_map(|(kind, value)| match value {
            ContextValue::String(text) => Some((kind, shown(text))),
            _ => None,
        })
        .collect();
    for (kind, text) in quoted {
        error.insert(kind, ContextValue::String(text));
    }
}

#[cfg(test)]
mod tests {
    use solana_keypair::Keypair;

    use super::*;

    #[test]
    fn secrets_are_told_from_names() {
        let keypair = Keypair::new();
        let numbers = serde_json::to_string(&keypair.to_bytes().to_vec()).unwrap();
        let phrase = "abandon ".repeat(11) + "about";
        for secret in [
            &numbers,
            &keypair.to_base58_string(),
            &hex::encode(keypair.to_bytes()),
            &"ab".repeat(32),
            &phrase,
            &format!(" {phrase}\n"),
        ] {
            assert!(looks_secret(secret), "{secret}");
            assert_eq!(shown(secret), HIDDEN);
        }
        for name in [
            "id.json",
            "/home/somebody/keys/id.json",
            "prompt://?key=0/0",
            "a file of mine that has a name of twelve words and an end.json",
            "11111111111111111111111111111111",
            "",
        ] {
            assert!(!looks_secret(name), "{name}");
        }
        assert!(looks_like_an_address("11111111111111111111111111111111"));
        assert!(!looks_like_an_address("id.json"));
    }

    #[test]
    fn addresses_are_shown_without_their_keys() {
        assert_eq!(
            shown("https://u:p@host.example:1/key?k=v"),
            "https://host.example:1"
        );
        assert_eq!(shown("devnet"), "devnet");
    }
}

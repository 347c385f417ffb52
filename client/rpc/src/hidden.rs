//! Makes the text that a user typed safe to print: hides the keys in URLs, and all secrets.

use std::{env, sync::OnceLock};

use solana_address::Address;
use url::{Position, Url};

use crate::url::redacted;

/// Replaces a secret.
const HIDDEN: &str = "[hidden]";
/// The number of words of the shortest seed phrase.
const PHRASE_WORDS: usize = 12;
/// The shortest base58 text of a keypair's 64 bytes, in characters.
const KEYPAIR_CHARS: usize = 80;
/// The shortest secret key in hexadecimal, in digits.
const SECRET_DIGITS: usize = 64;

/// Whether the text may be a secret key that was typed in place of a path: the numbers of a keypair file, a keypair in
/// base58 or hexadecimal, or a seed phrase.
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

/// Whether the text is 32 bytes in base58: an address, or a secret seed.
pub fn looks_like_an_address(text: &str) -> bool {
    text.parse::<Address>().is_ok()
}

/// The printable form of a text that a user typed.
pub fn shown(text: &str) -> String {
    if looks_secret(text) {
        HIDDEN.to_owned()
    } else if text.contains("://") {
        redacted(text)
    } else {
        text.to_owned()
    }
}

/// The parts of this program's arguments and environment that must not be printed, each with its replacement.
struct Typed(Vec<(String, String)>);

impl Typed {
    fn of(texts: impl Iterator<Item = String>) -> Self {
        let mut replaced = Vec::new();
        for text in texts {
            // Values also occur as in `--keypair=…`, `-k=…` and `-k…`, or as a list with commas.
            let value = match (text.strip_prefix("--"), text.strip_prefix('-')) {
                (Some(flag), _) => flag.split_once('=').map_or(flag, |(_, value)| value),
                (None, Some(flag)) => {
                    let value = flag.get(1..).unwrap_or_default();
                    value.strip_prefix('=').unwrap_or(value)
                }
                (None, None) => &text,
            };
            if looks_secret(value) {
                replaced.push((value.to_owned(), HIDDEN.to_owned()));
                continue;
            }
            // In `OLD=NEW`, the sign between two URLs can also occur in a query.
            let addresses = value
                .split(',')
                .flat_map(|part| match part.split_once("=http") {
                    Some((old, new)) => vec![old.to_owned(), format!("http{new}")],
                    None => vec![part.to_owned()],
                });
            for address in addresses.filter(|address| address.contains("://")) {
                // A file URL contains only its path.
                let url = match Url::parse(address.trim()) {
                    Ok(url) if !url.has_host() => continue,
                    url => url,
                };
                replaced.push((address.clone(), redacted(&address)));
                let Ok(url) = url else {
                    continue;
                };
                let secrets = [
                    &url[Position::BeforePath..],
                    url.query().unwrap_or_default(),
                    url.password().unwrap_or_default(),
                    url.username(),
                ];
                let secrets = secrets.into_iter().filter(|secret| secret.len() >= 4);
                replaced.extend(secrets.map(|secret| (secret.to_owned(), HIDDEN.to_owned())));
            }
        }
        Self(replaced)
    }

    fn hide(&self, text: &str) -> String {
        let hidden = |text: String, (secret, shown): &(String, String)| text.replace(secret, shown);
        self.0.iter().fold(text.to_owned(), hidden)
    }
}

/// Removes the secrets that the user typed from a text that is about to be printed. Our own messages don't contain
/// them; this filter is for texts of libraries, nodes and stores.
pub fn hide_typed(text: &str) -> String {
    static TYPED: OnceLock<Typed> = OnceLock::new();
    let typed = TYPED.get_or_init(|| {
        let arguments = env::args_os().skip(1);
        let settings = env::vars_os()
            .filter(|(name, _)| name.as_encoded_bytes().starts_with(b"GENERION_"))
            .map(|(_, value)| value);
        let texts = arguments.chain(settings);
        Typed::of(texts.filter_map(|text| text.into_string().ok()))
    });
    typed.hide(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The length of a keypair in base58, and in numbers.
    fn keypair() -> (String, String) {
        (
            "4gW373uxNprfbap7g4GnHimVYj5sL57tP7d4Wb4w4MLMfcs5tURhPAhWVaFTGvMKX1UZ8aMjLo5evJ77tzVdpJgJ".to_owned(),
            format!("[{}]", ["213"; 64].join(",")),
        )
    }

    #[test]
    fn secrets_are_told_from_names() {
        let (base58, numbers) = keypair();
        let phrase = "abandon ".repeat(11) + "about";
        for secret in [
            &numbers,
            &base58,
            &"cd".repeat(64),
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
    fn what_was_typed_is_hidden_wherever_it_turns_up() {
        let (secret, _) = keypair();
        let typed = Typed::of(
            [
                format!("--keypair={secret}"),
                "https://user:password@a.example/path?key=1,https://b.example/other".to_owned(),
                "https://a.example/old=https://b.example/new".to_owned(),
                "ftp://a.example/?token=1234".to_owned(),
                "file:///home/somebody/id.json".to_owned(),
                "id.json".to_owned(),
            ]
            .into_iter(),
        );
        let told = format!(
            "{secret} password /path?key=1 key=1 https://b.example/other, https://a.example/old=https://b.example/new ftp://a.example/?token=1234 /home/somebody/id.json"
        );
        assert_eq!(
            typed.hide(&told),
            "[hidden] [hidden] [hidden] [hidden] https://b.example, https://a.example=https://b.example ftp://a.example /home/somebody/id.json"
        );
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

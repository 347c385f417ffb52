//! Wallets, from the sources that the Solana tools support.

use std::{
    fmt, io,
    path::{Path, PathBuf},
    str::FromStr,
};

use bip39::Mnemonic;
use solana_derivation_path::DerivationPath;
use solana_keypair::{
    Keypair, keypair_from_seed, read_keypair, read_keypair_file,
    seed_derivable::keypair_from_seed_and_derivation_path,
};
use uriparse::URIReference;
use zeroize::Zeroizing;

use crate::{
    output::{failure::Failure, redaction},
    prompt::secret,
};

/// The source of a wallet's secret key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeypairSource {
    /// A file with 64 numbers in JSON, as solana-keygen writes it.
    File(PathBuf),
    /// The contents of such a file on standard input.
    Stdin,
    /// A seed phrase typed on the terminal, and how the keypair is derived from it.
    Prompt(Derivation),
    /// A text that looks like a secret key itself. It is not stored.
    Itself,
}

/// The derivation of a keypair from a seed phrase.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Derivation {
    /// The first half of the seed is the secret key, as `solana-keygen new` does it.
    Seed,
    /// A BIP 32 derivation path.
    Path(DerivationPath),
}

impl FromStr for KeypairSource {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let uri = match text {
            "" => return Err("expected a keypair file, prompt:// or -".to_owned()),
            "-" => return Ok(Self::Stdin),
            "ASK" => return Ok(Self::Prompt(Derivation::Seed)),
            text if is_secret(text) => return Ok(Self::Itself),
            text => URIReference::try_from(text).ok(),
        };
        // A text that is not a URI, or a URI without a scheme, is a file's path.
        let Some((uri, scheme)) = uri
            .as_ref()
            .and_then(|uri| Some((uri, uri.scheme()?.as_str())))
        else {
            return Ok(Self::File(text.into()));
        };
        match scheme {
            "file" => Ok(Self::File(uri.path().to_string().into())),
            "stdin" => Ok(Self::Stdin),
            "prompt" => {
                let path = DerivationPath::from_uri_any_query(uri).map_err(|error| error.to_string())?;
                Ok(Self::Prompt(Derivation::Path(path.unwrap_or_default())))
            }
            "usb" => Err(
                "encryption keys can't be derived from a hardware wallet: expected a keypair file, prompt:// or -"
                    .to_owned(),
            ),
            _ => Ok(Self::File(text.into())),
        }
    }
}

impl fmt::Display for KeypairSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "the keypair file {}", path.display()),
            Self::Stdin => f.write_str("a keypair from standard input"),
            Self::Prompt(_) => f.write_str("a seed phrase"),
            Self::Itself => f.write_str("no keypair file"),
        }
    }
}

/// Whether a text looks like a secret key and is not the name of an existing file.
fn is_secret(text: &str) -> bool {
    (redaction::looks_secret(text) || redaction::looks_like_an_address(text))
        && !Path::new(text).exists()
}

impl KeypairSource {
    /// Reads the wallet. `role` is its name in questions and messages.
    pub async fn read(&self, role: &str) -> Result<Keypair, Failure> {
        match self {
            Self::File(path) => from_file(path),
            Self::Itself => Err(Failure::new(
                format!("the {role} looks like a key itself, not like a keypair file"),
                "Pass a keypair file with -k. If that was a secret key, your shell's history has it now: move to another wallet.",
            )),
            Self::Stdin => read_keypair(&mut io::stdin()).map_err(|error| {
                Failure::new(
                    format!("can't read {self}: {error}"),
                    "Pass a JSON array of 64 numbers, as in `generion … -k - < id.json`.",
                )
            }),
            Self::Prompt(derivation) => {
                let what = self.to_string();
                let instead = "Pass a keypair file with -k where there is no terminal.";
                let question = format!("Seed phrase of the {role}: ");
                let phrase = secret::hidden(&question, &what, instead).await?;
                let question = "Its passphrase, empty if there is none: ";
                let passphrase = secret::hidden(question, &what, instead).await?;
                derivation.keypair(&phrase, &passphrase).map_err(|reason| {
                    Failure::new(
                        format!("the seed phrase of the {role} is not valid: {reason}"),
                        "Type all of its words again, in order.",
                    )
                })
            }
        }
    }
}

impl Derivation {
    fn keypair(&self, phrase: &str, passphrase: &str) -> Result<Keypair, String> {
        let mnemonic = Mnemonic::parse(phrase).map_err(|error| error.to_string())?;
        let seed = Zeroizing::new(mnemonic.to_seed(passphrase));
        let keypair = match self {
            Self::Seed => keypair_from_seed(&*seed),
            Self::Path(path) => keypair_from_seed_and_derivation_path(&*seed, Some(path.clone())),
        };
        keypair.map_err(|error| error.to_string())
    }
}

fn from_file(path: &Path) -> Result<Keypair, Failure> {
    read_keypair_file(path).map_err(|error| {
        let advice = match error.downcast_ref::<io::Error>().map(io::Error::kind) {
            Some(io::ErrorKind::NotFound) => "Pass a keypair file with -k, or make one with `solana-keygen new`.",
            Some(io::ErrorKind::PermissionDenied) => "Check the file's permissions, or pass another keypair file with -k.",
            _ => "Pass a keypair file with -k: a JSON array of 64 numbers, as `solana-keygen new` writes it.",
        };
        Failure::new(format!("can't read the keypair file {}: {error}", path.display()), advice)
    })
}

#[cfg(test)]
mod tests {
    use solana_signer::Signer;

    use super::*;

    /// The first test vector of BIP 39.
    const PHRASE: &str = "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about";

    fn source(text: &str) -> KeypairSource {
        text.parse().unwrap()
    }

    fn address(text: &str, passphrase: &str) -> String {
        let KeypairSource::Prompt(derivation) = source(text) else {
            panic!("{text} asks for nothing");
        };
        let keypair = derivation.keypair(PHRASE, passphrase).unwrap();
        keypair.pubkey().to_string()
    }

    #[test]
    fn sources_have_the_words_of_the_solana_tools() {
        assert_eq!(source("id.json"), KeypairSource::File("id.json".into()));
        assert_eq!(
            source("/a/b c.json"),
            KeypairSource::File("/a/b c.json".into())
        );
        assert_eq!(source("file:///a/b"), KeypairSource::File("/a/b".into()));
        for text in ["-", "stdin:", "stdin://"] {
            assert_eq!(source(text), KeypairSource::Stdin, "{text}");
        }
        let path = |text: &str| {
            let path = DerivationPath::from_absolute_path_str(text).unwrap();
            KeypairSource::Prompt(Derivation::Path(path))
        };
        assert_eq!(source("ASK"), KeypairSource::Prompt(Derivation::Seed));
        assert_eq!(source("prompt://"), path("m/44'/501'"));
        assert_eq!(source("prompt:"), path("m/44'/501'"));
        assert_eq!(source("prompt://?key=0/1"), path("m/44'/501'/0'/1'"));
        assert_eq!(
            source("prompt://?full-path=m/44'/501'/7'"),
            path("m/44'/501'/7'")
        );
        for (text, reason) in [
            ("", "expected a keypair file"),
            ("usb://ledger", "hardware wallet"),
            ("prompt://?key=x", "invalid"),
            ("prompt://?lock=1", "invalid"),
        ] {
            let error = text.parse::<KeypairSource>().unwrap_err();
            assert!(error.contains(reason), "{text}: {error}");
        }
    }

    #[tokio::test]
    async fn a_secret_in_the_place_of_a_file_is_not_printed_back() {
        let keypair = Keypair::new();
        for secret in [
            keypair.to_base58_string(),
            serde_json::to_string(&keypair.to_bytes().to_vec()).unwrap(),
            keypair.pubkey().to_string(),
            PHRASE.to_owned(),
        ] {
            let source = source(&secret);
            assert_eq!(source, KeypairSource::Itself, "{secret}");
            let failure = source.read("wallet").await.unwrap_err();
            assert!(failure.message.contains("a key itself"), "{failure:?}");
            assert!(!format!("{failure:?}{source}").contains(&secret));
        }
    }

    #[test]
    fn a_seed_phrase_leads_to_the_wallets_that_others_show() {
        // The address that Phantom and Ledger show for this phrase.
        assert_eq!(
            address("prompt://?key=0/0", ""),
            "HAgk14JpMQLgt6rVgv7cBQFJWFto5Dqxi472uT3DKpqk"
        );
        // The keypair that the Solana tools' own library derives.
        let expected =
            solana_keypair::keypair_from_seed_phrase_and_passphrase(PHRASE, "extra").unwrap();
        assert_eq!(address("ASK", "extra"), expected.pubkey().to_string());
    }

    #[test]
    fn a_phrase_with_a_wrong_word_is_refused() {
        for (phrase, reason) in [
            (PHRASE.replace("about", "abandon"), "checksum"),
            (PHRASE.replace("about", "generion"), "unknown word"),
            ("abandon".to_owned(), "word count"),
        ] {
            let error = Derivation::Seed.keypair(&phrase, "").unwrap_err();
            assert!(error.contains(reason), "{error}");
            assert!(!error.contains("abandon"), "a secret is shown: {error}");
        }
    }
}

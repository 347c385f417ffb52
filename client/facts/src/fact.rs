use core::{fmt, str::FromStr};

use sha2::{Digest, Sha256};
use thiserror::Error;

/// Largest length of a fact, in bytes.
pub const MAX_FACT_LEN: usize = 128;

/// A fact: a line `name=value`, at most [`MAX_FACT_LEN`] bytes. The name is of lower-case letters, digits and hyphens; the
/// value, which is not empty, of printable ASCII (0x20 to 0x7e). The first `=` ends the name.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fact(String);

/// The text is not a fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error(
    "a fact is name=value, at most {MAX_FACT_LEN} characters: a name of lower-case letters, digits and hyphens, a value of printable ASCII"
)]
pub struct InvalidFact;

impl Fact {
    /// The fact that `name` has `value`, or `None` if this can't be a fact, for example because the value is too long. A
    /// client leaves it out then and never cuts it.
    pub fn new(name: &str, value: &str) -> Option<Self> {
        // With an `=` the text would have another name.
        is_name(name).then(|| format!("{name}={value}").parse().ok())?
    }

    /// The whole line.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text before the first `=`.
    pub fn name(&self) -> &str {
        self.0.split_once('=').map_or("", |(name, _)| name)
    }

    /// The text after the first `=`.
    pub fn value(&self) -> &str {
        self.0.split_once('=').map_or("", |(_, value)| value)
    }

    /// SHA-256 of the line, against which a disclosure is checked.
    pub fn hash(&self) -> [u8; 32] {
        Sha256::digest(&self.0).into()
    }
}

fn is_name(name: &str) -> bool {
    let is_inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    !name.is_empty() && name.bytes().all(is_inner)
}

impl FromStr for Fact {
    type Err = InvalidFact;

    fn from_str(text: &str) -> Result<Self, InvalidFact> {
        let (name, value) = text.split_once('=').ok_or(InvalidFact)?;
        let is_value = !value.is_empty() && value.bytes().all(|byte| (0x20..=0x7e).contains(&byte));
        match is_name(name) && is_value && text.len() <= MAX_FACT_LEN {
            true => Ok(Self(text.to_owned())),
            false => Err(InvalidFact),
        }
    }
}

impl fmt::Display for Fact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Fact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fact({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fact_has_a_name_and_a_value() {
        for (text, name, value) in [
            (
                "kind=fhir:Observation/4548-4",
                "kind",
                "fhir:Observation/4548-4",
            ),
            ("value=7.2 %", "value", "7.2 %"),
            ("a==", "a", "="),
            ("a-1= ~", "a-1", " ~"),
        ] {
            let fact: Fact = text.parse().unwrap();
            assert_eq!((fact.name(), fact.value()), (name, value));
            assert_eq!(Fact::new(name, value), Some(fact.clone()));
            assert_eq!(fact.to_string(), text);
            assert_eq!(format!("{fact:?}"), format!("Fact({text})"));
        }
        // `printf 'gender=female' | sha256sum`
        assert_eq!(
            hex::encode(Fact::new("gender", "female").unwrap().hash()),
            "3c093f70d6fc88da7b2fdb18bf8d628af937fb7d5f57e58af3d732adb7ec1f4c"
        );
    }

    #[test]
    fn nothing_else_is_a_fact() {
        let long = |length: usize| format!("a={}", "b".repeat(length - 2));
        assert!(long(MAX_FACT_LEN).parse::<Fact>().is_ok());
        for text in [
            "",
            "=",
            "a",
            "a=",
            "=a",
            "A=a",
            "a_b=a",
            "a b=a",
            "a=\t",
            "a=b\n",
            "a=\u{e4}",
            "a=\x7f",
            &long(MAX_FACT_LEN + 1),
        ] {
            assert_eq!(text.parse::<Fact>(), Err(InvalidFact), "{text:?}");
        }
        assert_eq!(Fact::new("a=b", "c"), None);
    }
}

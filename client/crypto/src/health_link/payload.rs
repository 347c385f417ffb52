//! The payload of a link.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use serde_json::Number;
use thiserror::Error;
use zeroize::Zeroizing;

use crate::jwe::ContentKey;

/// The longest address of a link's file, in characters ("Establish a SMART Health Link Manifest URL").
pub const MAX_URL_CHARACTERS: usize = 128;

/// The longest label, in UTF-16 units: 80 characters however they are counted ("Construct a SMART Health Link Payload").
pub const MAX_LABEL_UNITS: usize = 80;

/// A link is longer than this only if it does not keep to the limits of its parts.
const MAX_PAYLOAD_CHARACTERS: usize = 4096;

const SCHEME: &str = "shlink:/";

/// A link that leads to one file. Everybody who has the link can read the file, so the type does not print it by accident.
#[derive(Clone)]
pub struct HealthLink {
    /// The address of the file.
    pub url: String,
    /// The key of the file.
    pub key: ContentKey,
    /// The time at which the file is removed, in seconds since 1970-01-01T00:00:00Z.
    pub expiry: Option<u64>,
    /// A description of the file, which everybody who sees the link can read. It comes from the maker of the link.
    pub label: Option<String>,
}

/// A link that can't be made.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum UnfitLink {
    /// The address of the file is too long.
    #[error(
        "the link's file would have an address of {found} characters, and links take at most {MAX_URL_CHARACTERS}: use a store with an address that is shorter by {}", found - MAX_URL_CHARACTERS
    )]
    LongUrl {
        /// The number of characters.
        found: usize,
    },
    /// The label is too long.
    #[error("the label has {found} characters, and links take at most {MAX_LABEL_UNITS}")]
    LongLabel {
        /// The number of characters, as UTF-16 counts them.
        found: usize,
    },
    /// The label has a character that is not shown.
    #[error(
        "the label has a control or formatting character: use letters, digits, spaces and punctuation"
    )]
    UnprintableLabel,
}

/// A text is no link that this software can open.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum HealthLinkError {
    /// The text is no health link.
    #[error(
        "it is not a health link: expected shlink:/ and a payload in base64url, with or without a viewer's address before it"
    )]
    Malformed,
    /// The link has a version that this software does not know.
    #[error("it is of version {0}, and this software knows version 1")]
    Version(u64),
    /// The link leads to a list of files, which may need a passcode.
    #[error(
        "it leads to a list of files instead of one file (flag U), which this software does not open: open it with a viewer"
    )]
    Manifest,
}

/// The payload as it stands in JSON. It is read and written here alone.
#[derive(Serialize, Deserialize)]
pub(super) struct Payload {
    url: String,
    #[serde(with = "base64url")]
    key: ContentKey,
    #[serde(skip_serializing_if = "Option::is_none")]
    exp: Option<Number>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    flag: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    v: Option<u64>,
}

mod base64url {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};
    use zeroize::Zeroizing;

    use crate::jwe::ContentKey;

    pub fn serialize<S: Serializer>(key: &ContentKey, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&key.to_base64url())
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<ContentKey, D::Error> {
        let text = Zeroizing::new(String::deserialize(from)?);
        ContentKey::from_base64url(&text).ok_or_else(|| D::Error::custom("a key is 32 bytes"))
    }
}

impl From<&HealthLink> for Payload {
    fn from(link: &HealthLink) -> Self {
        Self {
            url: link.url.clone(),
            key: link.key.clone(),
            exp: link.expiry.map(Number::from),
            flag: Some("U".to_owned()),
            label: link.label.clone(),
            v: None,
        }
    }
}

impl TryFrom<Payload> for HealthLink {
    type Error = HealthLinkError;

    fn try_from(payload: Payload) -> Result<Self, HealthLinkError> {
        if let Some(version) = payload.v.filter(|version| *version != 1) {
            return Err(HealthLinkError::Version(version));
        }
        let flags = payload.flag.unwrap_or_default();
        if !flags.contains('U') || flags.contains('P') {
            return Err(HealthLinkError::Manifest);
        }
        let link = Self {
            url: payload.url,
            key: payload.key,
            expiry: payload.exp.as_ref().map(seconds),
            label: payload.label.filter(|label| !label.is_empty()),
        };
        match Self::require_fit_url(&link.url) {
            Ok(()) => Ok(link),
            Err(_) => Err(HealthLinkError::Malformed),
        }
    }
}

impl HealthLink {
    /// Refuses a link whose parts are longer than the specification allows.
    ///
    /// # Errors
    /// [`UnfitLink`].
    pub fn require_fit(&self) -> Result<(), UnfitLink> {
        Self::require_fit_url(&self.url)?;
        self.label
            .as_deref()
            .map_or(Ok(()), Self::require_fit_label)
    }

    /// Refuses an address that is too long.
    ///
    /// # Errors
    /// [`UnfitLink::LongUrl`].
    pub fn require_fit_url(url: &str) -> Result<(), UnfitLink> {
        match url.chars().count() {
            found if found > MAX_URL_CHARACTERS => Err(UnfitLink::LongUrl { found }),
            _ => Ok(()),
        }
    }

    /// Refuses a label that is too long, or that a reader would see differently.
    ///
    /// # Errors
    /// [`UnfitLink::LongLabel`], [`UnfitLink::UnprintableLabel`].
    pub fn require_fit_label(label: &str) -> Result<(), UnfitLink> {
        let found = label.encode_utf16().count();
        if found > MAX_LABEL_UNITS {
            return Err(UnfitLink::LongLabel { found });
        }
        match label.chars().any(is_unprintable) {
            true => Err(UnfitLink::UnprintableLabel),
            false => Ok(()),
        }
    }

    /// The payload, as minified JSON.
    pub fn payload(&self) -> Zeroizing<String> {
        let json = serde_json::to_string(&Payload::from(self));
        Zeroizing::new(json.expect("texts and numbers are JSON"))
    }

    /// The link, after a viewer's address if there is one, which ends without `#`.
    pub fn to_uri(&self, viewer: Option<&str>) -> Zeroizing<String> {
        let payload = URL_SAFE_NO_PAD.encode(self.payload().as_bytes());
        Zeroizing::new(match viewer {
            None => format!("{SCHEME}{payload}"),
            Some(viewer) => format!("{viewer}#{SCHEME}{payload}"),
        })
    }

    /// Reads a link, with or without a viewer's address.
    ///
    /// # Errors
    /// [`HealthLinkError`].
    pub fn parse(text: &str) -> Result<Self, HealthLinkError> {
        let text = text.trim();
        let payload = match text.split_once('#') {
            Some((_, fragment)) => fragment.strip_prefix(SCHEME),
            None => text.strip_prefix(SCHEME),
        };
        let payload = payload
            .filter(|payload| payload.len() <= MAX_PAYLOAD_CHARACTERS)
            .ok_or(HealthLinkError::Malformed)?;
        let json = URL_SAFE_NO_PAD
            .decode(payload)
            .map_err(|_| HealthLinkError::Malformed)?;
        Self::from_payload(&Zeroizing::new(json))
    }

    /// Reads a payload in JSON.
    ///
    /// # Errors
    /// [`HealthLinkError`].
    pub fn from_payload(json: &[u8]) -> Result<Self, HealthLinkError> {
        let payload: Payload =
            serde_json::from_slice(json).map_err(|_| HealthLinkError::Malformed)?;
        payload.try_into()
    }
}

/// Other programs write fractions of seconds. A negative time has expired.
fn seconds(number: &Number) -> u64 {
    number
        .as_u64()
        // Saturates at both ends.
        .unwrap_or_else(|| number.as_f64().unwrap_or_default() as u64)
}

/// Characters that are not seen, or that change how others are seen.
fn is_unprintable(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{ad}'
                | '\u{61c}'
                | '\u{180e}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{feff}'
                | '\u{fff9}'..='\u{fffb}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the specification ("Example SMART Health Link Generation").
    const KEY: &str = "rxTgYlOaKJPFtcEd0qcceN8wEU4p94SqAwIWQe6uX7Q";

    fn link() -> HealthLink {
        HealthLink {
            url: "https://store.example/v1/links/1790000000/00".to_owned(),
            key: ContentKey::from_base64url(KEY).unwrap(),
            expiry: Some(1_790_000_000),
            label: Some("Blood test".to_owned()),
        }
    }

    fn uri(json: &str) -> String {
        format!("shlink:/{}", URL_SAFE_NO_PAD.encode(json))
    }

    fn error(json: &str) -> HealthLinkError {
        HealthLink::parse(&uri(json)).err().unwrap()
    }

    #[test]
    fn a_link_is_minified_and_reads_back() {
        let json = format!(
            "{{\"url\":\"https://store.example/v1/links/1790000000/00\",\"key\":\"{KEY}\",\
             \"exp\":1790000000,\"flag\":\"U\",\"label\":\"Blood test\"}}"
        );
        assert_eq!(*link().payload(), json);
        assert_eq!(*link().to_uri(None), uri(&json));
        let viewed = link().to_uri(Some("https://viewer.example/open"));
        assert_eq!(
            *viewed,
            format!("https://viewer.example/open#{}", uri(&json))
        );
        for text in [&viewed[..], &uri(&json), &format!(" {}\n", uri(&json))] {
            let read = HealthLink::parse(text).unwrap();
            assert_eq!(*read.payload(), json);
        }
        let short = HealthLink {
            label: None,
            expiry: None,
            ..link()
        };
        assert!(!short.payload().contains("label") && !short.payload().contains("exp"));
    }

    #[test]
    fn what_others_add_is_ignored() {
        let json = format!(
            "{{\"url\":\"https://ehr.example/f\",\"flag\":\"LUX\",\"key\":\"{KEY}\",\"exp\":1790000000.5,\
             \"label\":\"\",\"v\":1,\"_ours\":[1],\"extension\":{{}}}}"
        );
        let read = HealthLink::parse(&uri(&json)).unwrap();
        assert_eq!(read.expiry, Some(1_790_000_000));
        assert_eq!((read.label, &*read.url), (None, "https://ehr.example/f"));
        let past = json.replace("1790000000.5", "-1");
        assert_eq!(HealthLink::parse(&uri(&past)).unwrap().expiry, Some(0));
    }

    #[test]
    fn a_link_that_can_t_be_opened_is_told_apart() {
        let json = |flag: &str, more: &str| {
            format!(
                "{{\"url\":\"https://ehr.example/f\",\"key\":\"{KEY}\",\"flag\":\"{flag}\"{more}}}"
            )
        };
        assert_eq!(error(&json("L", "")), HealthLinkError::Manifest);
        assert_eq!(error(&json("PU", "")), HealthLinkError::Manifest);
        assert_eq!(error(&json("U", ",\"v\":2")), HealthLinkError::Version(2));
        let malformed = HealthLinkError::Malformed;
        let long = format!("https://ehr.example/{}", "f".repeat(109));
        let at_limit = json("U", "").replace(
            "https://ehr.example/f",
            &long[1..].replacen("ttps", "http", 1),
        );
        assert!(HealthLink::parse(&uri(&at_limit)).is_ok());
        for wrong in [
            json("U", "").replace("https://ehr.example/f", &long),
            json("U", "").replace(KEY, &KEY[1..]),
            json("U", "").replace("\"url\"", "\"uri\""),
            json("U", ",\"flag\":\"U\""),
            "[]".to_owned(),
            String::new(),
        ] {
            assert_eq!(error(&wrong), malformed, "{wrong}");
        }
        let valid = uri(&json("U", ""));
        for text in [
            "",
            &valid["shlink:".len()..],
            &format!("{valid}="),
            &valid.replace("shlink:/", "shlink://"),
            &format!("https://viewer.example{valid}"),
            &format!("https://viewer.example#x#{valid}"),
            &format!("shlink:/{}", "e".repeat(MAX_PAYLOAD_CHARACTERS + 1)),
        ] {
            assert_eq!(
                HealthLink::parse(text).err(),
                Some(malformed.clone()),
                "{text}"
            );
        }
    }

    #[test]
    fn parts_that_are_too_long_are_refused_before_a_link_is_made() {
        assert_eq!(link().require_fit(), Ok(()));
        let url = |length: usize| HealthLink {
            url: "u".repeat(length),
            ..link()
        };
        assert_eq!(url(128).require_fit(), Ok(()));
        assert_eq!(
            url(129).require_fit(),
            Err(UnfitLink::LongUrl { found: 129 })
        );
        let label = |label: &str| HealthLink::require_fit_label(label);
        assert_eq!(label(&"ä".repeat(80)), Ok(()));
        assert_eq!(
            label(&"a".repeat(81)),
            Err(UnfitLink::LongLabel { found: 81 })
        );
        // Two units each, as JavaScript counts.
        assert_eq!(label(&"🩺".repeat(40)), Ok(()));
        assert_eq!(
            label(&"🩺".repeat(41)),
            Err(UnfitLink::LongLabel { found: 82 })
        );
        for hidden in ["a\nb", "a\u{202e}b", "\u{200b}", "\u{feff}a", "\u{7f}"] {
            assert_eq!(
                label(hidden),
                Err(UnfitLink::UnprintableLabel),
                "{hidden:?}"
            );
        }
    }
}

use std::collections::BTreeMap;

use generion_facts::Fact;
use serde::{Deserialize, Deserializer, Serialize, de};
use solana_address::Address;

use crate::text::{hex32, not_empty, optional, shown, shown_list};

/// How participants get a seat.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Admission {
    /// The program checks what participants disclose, and anyone whose records meet the requirements gets a seat.
    Open,
    /// Participants apply with a sealed letter, and the sponsor chooses.
    Selection,
}

/// A fact that a record can show to meet a requirement. One fact of each group is enough.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Requirement {
    /// Number of the group, from 0 without gaps.
    pub group: u8,
    /// The fact, `name=value`.
    #[serde(with = "shown")]
    pub fact: Fact,
}

/// What a study is about, in one language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Text {
    /// Name of the study.
    #[serde(deserialize_with = "not_empty")]
    pub title: String,
    /// What it is to find out.
    #[serde(deserialize_with = "not_empty")]
    pub purpose: String,
    /// The organisation behind it.
    #[serde(deserialize_with = "not_empty")]
    pub sponsor: String,
    /// How to reach the organisation.
    #[serde(deserialize_with = "not_empty")]
    pub contact: String,
    /// What participants are asked for.
    #[serde(deserialize_with = "not_empty")]
    pub asked: String,
    /// What is done with the data.
    #[serde(rename = "use", deserialize_with = "not_empty")]
    pub use_of_data: String,
    /// For how long the data are kept.
    #[serde(deserialize_with = "not_empty")]
    pub retention: String,
    /// Which records are asked for, in words.
    #[serde(deserialize_with = "not_empty")]
    pub criteria: String,
    /// The approval of an ethics committee.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "optional"
    )]
    pub ethics: Option<String>,
}

/// The description of a study. [`DescriptionFile`](super::DescriptionFile) is its signed form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Description {
    /// Address of the study.
    #[serde(with = "shown")]
    pub study: Address,
    /// `B`, the study's key, to which letters and what is collected are encrypted.
    #[serde(with = "hex32")]
    pub study_key: [u8; 32],
    /// How participants get a seat.
    pub admission: Admission,
    /// What each participant is paid, in lamports.
    pub reward: u64,
    /// The time to deliver, in seconds.
    pub delivery_window: u32,
    /// The number of records that each participant sells.
    pub records: u8,
    /// The accepted creators of records, in the ledger's order: strictly increasing. Empty: anyone but the owner, which only
    /// a study by selection can say.
    #[serde(with = "shown_list")]
    pub creators: Vec<Address>,
    /// What each record has to show, in the ledger's order: strictly increasing by the fact's hash.
    pub requirements: Vec<Requirement>,
    /// The study in words, by BCP 47 language tag.
    #[serde(deserialize_with = "texts")]
    pub texts: BTreeMap<String, Text>,
    /// A condition in FHIRPath, which a client evaluates on the owner's machine where the facts don't say enough.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "optional"
    )]
    pub fhirpath: Option<String>,
}

impl Description {
    /// The text in a language. If the study has none in it, in English, and otherwise in the first of its languages.
    pub fn text(&self, language: &str) -> Option<(&str, &Text)> {
        let found = [language, "en"]
            .iter()
            .find_map(|tag| self.texts.get_key_value(*tag));
        found
            .or_else(|| self.texts.first_key_value())
            .map(|(tag, text)| (tag.as_str(), text))
    }

    /// The number of groups of requirements.
    pub fn groups(&self) -> u8 {
        let groups = self
            .requirements
            .iter()
            .map(|required| required.group.saturating_add(1));
        groups.max().unwrap_or(0)
    }

    /// Puts creators and requirements into the order that the ledger asks for.
    pub fn sort(&mut self) {
        self.creators.sort_unstable();
        self.requirements
            .sort_by_key(|required| required.fact.hash());
    }
}

/// The texts by their languages. A language that occurs twice is refused: otherwise two readers could show two texts for the
/// same consent.
fn texts<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeMap<String, Text>, D::Error> {
    struct Texts;

    impl<'de> de::Visitor<'de> for Texts {
        type Value = BTreeMap<String, Text>;

        fn expecting(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
            f.write_str("texts by their language tags")
        }

        fn visit_map<A: de::MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut texts = BTreeMap::new();
            while let Some((language, text)) = map.next_entry::<String, Text>()? {
                if !is_language(&language) {
                    let message = format!("{language:?} is no language tag, such as en or de-CH");
                    return Err(de::Error::custom(message));
                }
                if texts.insert(language.clone(), text).is_some() {
                    let message = format!("the language {language} occurs twice");
                    return Err(de::Error::custom(message));
                }
            }
            match texts.is_empty() {
                true => Err(de::Error::custom("there is no text in any language")),
                false => Ok(texts),
            }
        }
    }

    deserializer.deserialize_map(Texts)
}

/// Whether it has the form of a BCP 47 tag: parts of 1 to 8 letters or digits with hyphens between, the first one of 2 or 3
/// letters.
fn is_language(tag: &str) -> bool {
    let mut parts = tag.split('-');
    let is_part = |part: &str| {
        (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
    };
    let first = parts.next().unwrap_or_default();
    (2..=3).contains(&first.len())
        && first.bytes().all(|byte| byte.is_ascii_lowercase())
        && parts.all(is_part)
}

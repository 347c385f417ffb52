//! Values that JSON has as strings.

use core::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

/// A string that is not empty.
pub fn not_empty<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let text = String::deserialize(deserializer)?;
    match text.is_empty() {
        true => Err(D::Error::custom("a text is empty")),
        false => Ok(text),
    }
}

/// A string that is not empty, for a member that may be absent. It is never `null`.
pub fn optional<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    not_empty(deserializer).map(Some)
}

/// A value that is written as `Display` shows it, and read from exactly that.
pub mod shown {
    use super::*;

    pub fn serialize<T: fmt::Display, S: Serializer>(
        value: &T,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_str(value)
    }

    pub fn deserialize<'de, T, D>(deserializer: D) -> Result<T, D::Error>
    where
        T: FromStr<Err: fmt::Display> + fmt::Display,
        D: Deserializer<'de>,
    {
        let text = String::deserialize(deserializer)?;
        let value: T = text.parse().map_err(D::Error::custom)?;
        match value.to_string() == text {
            true => Ok(value),
            false => Err(D::Error::custom(format!(
                "{text:?} is not in its canonical form"
            ))),
        }
    }
}

/// A list of values as [`shown`] has them.
pub mod shown_list {
    use super::*;

    #[derive(Serialize, Deserialize)]
    #[serde(bound(
        serialize = "T: fmt::Display",
        deserialize = "T: FromStr<Err: fmt::Display> + fmt::Display"
    ))]
    struct Item<T>(#[serde(with = "shown")] T);

    pub fn serialize<T: fmt::Display, S: Serializer>(
        values: &[T],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(values.iter().map(ToString::to_string))
    }

    pub fn deserialize<'de, T, D>(deserializer: D) -> Result<Vec<T>, D::Error>
    where
        T: FromStr<Err: fmt::Display> + fmt::Display,
        D: Deserializer<'de>,
    {
        let items = Vec::<Item<T>>::deserialize(deserializer)?;
        Ok(items.into_iter().map(|Item(value)| value).collect())
    }
}

/// 32 bytes in lower-case hex.
pub mod hex32 {
    use super::*;

    pub fn serialize<S: Serializer>(bytes: &[u8; 32], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&hex::encode(bytes))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<[u8; 32], D::Error> {
        let text = String::deserialize(deserializer)?;
        let mut bytes = [0; 32];
        match hex::decode_to_slice(&text, &mut bytes).is_ok() && hex::encode(bytes) == text {
            true => Ok(bytes),
            false => Err(D::Error::custom(format!(
                "{text:?} is not 64 digits of lower-case hex"
            ))),
        }
    }
}

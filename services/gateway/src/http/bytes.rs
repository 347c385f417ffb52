//! The form of bytes in JSON: keys and hashes in hex, other bytes in base64.

use std::borrow::Cow;

use base64::{Engine, prelude::BASE64_STANDARD};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ObjectBuilder, RefOr, Schema, schema::Type},
};

/// Makes a type for bytes that stand in JSON as text.
macro_rules! bytes_type {
    ($(#[doc = $doc:literal])+ $name:ident($inner:ty), $decode:expr, $encode:expr, $pattern:literal, $expected:literal) => {
        $(#[doc = $doc])+
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $name(pub $inner);

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.serialize_str(&$encode(&self.0))
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let text = Cow::<str>::deserialize(from)?;
                let bytes: Option<Vec<u8>> = $decode(text.as_bytes()).ok();
                let bytes = bytes.and_then(|bytes| bytes.try_into().ok());
                bytes.map(Self).ok_or_else(|| D::Error::custom($expected))
            }
        }

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                ObjectBuilder::new()
                    .schema_type(Type::String)
                    .pattern(Some($pattern))
                    .description(Some([$($doc),+].map(str::trim).join(" ")))
                    .into()
            }
        }

        impl ToSchema for $name {
            fn name() -> Cow<'static, str> {
                Cow::Borrowed(stringify!($name))
            }
        }
    };
}

bytes_type!(
    /// A key or a hash: 32 bytes in hex.
    HexKey([u8; 32]),
    hex::decode,
    hex::encode,
    "^[0-9a-fA-F]{64}$",
    "expected 32 bytes in hex"
);
bytes_type!(
    /// A capsule: 64 bytes in base64.
    CapsuleBytes([u8; 64]),
    |text: &[u8]| BASE64_STANDARD.decode(text),
    |bytes: &[u8; 64]| BASE64_STANDARD.encode(bytes),
    "^[A-Za-z0-9+/]{86}==$",
    "expected 64 bytes in base64"
);
bytes_type!(
    /// The proof of a record's capsule: the challenge (16 bytes) and the response (32), in base64.
    CapsuleProofBytes([u8; 48]),
    |text: &[u8]| BASE64_STANDARD.decode(text),
    |bytes: &[u8; 48]| BASE64_STANDARD.encode(bytes),
    "^[A-Za-z0-9+/]{64}$",
    "expected 48 bytes in base64"
);
bytes_type!(
    /// The proof of a delivery: the challenge (16 bytes) and both responses (32 each), in base64.
    DeliveryProofBytes([u8; 80]),
    |text: &[u8]| BASE64_STANDARD.decode(text),
    |bytes: &[u8; 80]| BASE64_STANDARD.encode(bytes),
    "^[A-Za-z0-9+/]{107}=$",
    "expected 80 bytes in base64"
);
bytes_type!(
    /// Bytes in base64.
    Base64Bytes(Vec<u8>),
    |text: &[u8]| BASE64_STANDARD.decode(text),
    |bytes: &Vec<u8>| BASE64_STANDARD.encode(bytes),
    "^[A-Za-z0-9+/]*={0,2}$",
    "expected bytes in base64"
);

//! The form of the ledger's values in JSON: addresses and signatures in base58, numbers of 64 bits as decimal strings, because
//! the numbers of many clients end at 2^53.

use std::borrow::Cow;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use solana_address::Address;
use solana_signature::Signature;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ObjectBuilder, RefOr, Schema, schema::Type},
};

/// Makes a type that stands in JSON as text.
macro_rules! text_type {
    ($(#[doc = $doc:literal])+ $name:ident($inner:ty), $pattern:literal, $example:literal, $expected:literal) => {
        $(#[doc = $doc])+
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub struct $name(pub $inner);

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.collect_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let text = Cow::<str>::deserialize(from)?;
                let parsed = text.parse().map($name);
                parsed.map_err(|_| D::Error::custom($expected))
            }
        }

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                ObjectBuilder::new()
                    .schema_type(Type::String)
                    .pattern(Some($pattern))
                    .examples([$example])
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

text_type!(
    /// The address of an account or a wallet, in base58.
    AddressText(Address),
    "^[1-9A-HJ-NP-Za-km-z]{32,44}$",
    "SysvarC1ock11111111111111111111111111111111",
    "expected an address in base58"
);
text_type!(
    /// A signature, in base58.
    SignatureText(Signature),
    "^[1-9A-HJ-NP-Za-km-z]{64,88}$",
    "1111111111111111111111111111111111111111111111111111111111111111",
    "expected a signature in base58"
);
text_type!(
    /// An unsigned number of 64 bits, in decimal digits.
    U64Text(u64),
    "^(0|[1-9][0-9]{0,19})$",
    "1000000000",
    "expected a number from 0 to 18446744073709551615 as a string of digits"
);

/// The finality of a state of the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Commitment {
    /// Two thirds of the stake have voted for it. A fork may still take it back.
    Confirmed,
    /// The state is final.
    Finalized,
}

use core::{fmt, str::FromStr};

use generion_interface::facts::Fact;

/// Defines which facts follow from a document. The locator names the profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Profile {
    /// The facts that are known of any document: `kind` and `media-type`, as the locator has them, and
    /// `ciphertext-sha256` in lower-case hex, in this order. A value that makes no [`Fact`], because it is too long or
    /// not printable ASCII, is left out.
    Document1,
}

/// This software does not know the profile, so it can't check the facts of the record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this software doesn't know the profile, and can't check the record's facts")]
pub struct UnknownProfile;

impl Profile {
    /// The name of the profile, with its version.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Document1 => "document/1",
        }
    }

    /// The facts of a document, in the order of the profile.
    pub fn facts(self, kind: &str, media_type: &str, ciphertext_sha256: &[u8; 32]) -> Vec<Fact> {
        match self {
            Self::Document1 => [
                Fact::new("kind", kind),
                Fact::new("media-type", media_type),
                Fact::new("ciphertext-sha256", &lower_hex(ciphertext_sha256)),
            ]
            .into_iter()
            .flatten()
            .collect(),
        }
    }
}

fn lower_hex(bytes: &[u8; 32]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl FromStr for Profile {
    type Err = UnknownProfile;

    fn from_str(name: &str) -> Result<Self, UnknownProfile> {
        match name {
            "document/1" => Ok(Self::Document1),
            _ => Err(UnknownProfile),
        }
    }
}

impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

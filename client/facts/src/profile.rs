use core::{fmt, str::FromStr};

use crate::{fact::Fact, fhir};

/// Defines which facts follow from a document. The locator names the profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Profile {
    /// The facts that are known of any document: `kind` and `media-type`, as the locator has them, and
    /// `ciphertext-sha256` in lower-case hex, in this order. A value that makes no [`Fact`], because it is too long or
    /// not printable ASCII, is left out.
    Document1,
    /// Those of [`Self::Document1`], and those that follow from the content of a FHIR R4 resource in JSON. If none follow,
    /// the two profiles give the same facts.
    FhirR4_1,
    /// Those of [`Self::FhirR4_1`] without `month`, and `deidentified=safe-harbor-document/1`, if the document is labelled as
    /// de-identified. The labels alone prove nothing: a client names this profile, and accepts it, only for a document that
    /// the de-identification of this name would not change.
    SafeHarborDocument1,
}

/// The profiles that this software knows.
const ALL: [Profile; 3] = [
    Profile::Document1,
    Profile::FhirR4_1,
    Profile::SafeHarborDocument1,
];

/// This software does not know the profile, so it can't check the facts of the record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this software doesn't know the profile, and can't check the record's facts")]
pub struct UnknownProfile;

/// The facts that follow from the content of a document, by the profile that applies to it. They are derived once, and the
/// content isn't needed any more.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ContentFacts {
    facts: Vec<Fact>,
    is_labelled: bool,
}

impl ContentFacts {
    /// Derives the facts of a plain document. `None`: it is longer than [`MAX_CONTENT`](crate::MAX_CONTENT), so that no facts follow.
    pub fn of(document: Option<&[u8]>) -> Self {
        let fhir::Content { facts, is_labelled } = document.map(fhir::content).unwrap_or_default();
        Self { facts, is_labelled }
    }

    /// The profile that a client names in the locator of such a document, if it is no research copy.
    pub const fn profile(&self) -> Profile {
        match self.facts.is_empty() {
            true => Profile::Document1,
            false => Profile::FhirR4_1,
        }
    }

    /// Whether the document is labelled as de-identified, so that it may be a research copy.
    pub const fn is_labelled(&self) -> bool {
        self.is_labelled
    }
}

impl Profile {
    /// The name of the profile, with its version.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Document1 => "document/1",
            Self::FhirR4_1 => "fhir-r4/1",
            Self::SafeHarborDocument1 => "safe-harbor-document/1",
        }
    }

    /// Whether facts of this profile follow from the content of a document, and not from its locator alone.
    pub const fn reads_content(self) -> bool {
        match self {
            Self::Document1 => false,
            Self::FhirR4_1 | Self::SafeHarborDocument1 => true,
        }
    }

    /// The facts of a document, in the order of the profile: at most 32, all different. `content` is not looked at unless
    /// [`Self::reads_content`].
    pub fn facts(
        self,
        kind: &str,
        media_type: &str,
        ciphertext_sha256: &[u8; 32],
        content: &ContentFacts,
    ) -> Vec<Fact> {
        let of_any_document = [
            Fact::new("kind", kind),
            Fact::new("media-type", media_type),
            Fact::new("ciphertext-sha256", &lower_hex(ciphertext_sha256)),
        ];
        let is_copy = self == Self::SafeHarborDocument1;
        let deidentified = match is_copy && content.is_labelled {
            true => Fact::new("deidentified", self.name()),
            false => None,
        };
        let of_content = match self.reads_content() {
            true => &content.facts[..],
            false => &[],
        };
        let of_content = of_content
            .iter()
            .filter(|fact| !is_copy || !fact.as_str().starts_with("month="));
        let of_any_document = of_any_document.into_iter().flatten();
        of_any_document
            .chain(deidentified)
            .chain(of_content.cloned())
            .collect()
    }
}

fn lower_hex(bytes: &[u8; 32]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl FromStr for Profile {
    type Err = UnknownProfile;

    fn from_str(name: &str) -> Result<Self, UnknownProfile> {
        ALL.into_iter()
            .find(|profile| profile.name() == name)
            .ok_or(UnknownProfile)
    }
}

impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What a value is that a document reveals. Those whose words say "unchecked" are what nobody can tell from its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum RevealedKind {
    /// Of a person, an organization or a place.
    Name,
    /// Numbers that a hospital, an insurer or a state gave: `identifier`.
    Identifier,
    /// Telephone numbers, e-mail addresses: `telecom`.
    Contact,
    /// Where somebody lives or works.
    Address,
    /// `birthDate`, and the date of a death, unless it is a year alone.
    BirthDate,
    /// Pictures.
    Photo,
    /// Links to other resources, such as the patient's: `reference`.
    Reference,
    /// What a resource or a part of it is called by its system: `id`. It may be the number of a patient.
    Id,
    /// Numbers of devices and batches.
    SerialNumber,
    /// Dates and times, unless they are a year alone.
    Date,
    /// Notes, comments, conclusions and any other text.
    FreeText,
    /// Text for people, which says what the fields say, and sometimes more: `text.div`.
    Narrative,
    /// Documents inside the document, and what is said about them.
    Attachment,
    /// Names of codes, in words: nobody compared them with the code.
    CodeWords,
    /// Codes of a terminology that isn't known here, or that aren't formed as its codes are.
    UncheckedCode,
    /// Units that aren't known here.
    UncheckedUnit,
    /// Extensions that aren't the standard's own, by their URL.
    UncheckedExtension,
    /// URLs that aren't a known terminology's or profile's.
    UncheckedUrl,
    /// Numbers that measure nothing, or are too long for it.
    UncheckedNumber,
    /// Text where the standard has something else.
    UncheckedText,
}

impl RevealedKind {
    /// In words, plural.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Name => "names",
            Self::Identifier => "identifiers",
            Self::Contact => "telephone numbers and e-mail addresses",
            Self::Address => "addresses",
            Self::BirthDate => "dates of birth or death",
            Self::Photo => "pictures",
            Self::Reference => "references to other records",
            Self::Id => "ids of records",
            Self::SerialNumber => "serial and lot numbers",
            Self::Date => "dates",
            Self::FreeText => "free text",
            Self::Narrative => "narratives",
            Self::Attachment => "attached documents",
            Self::CodeWords => "unchecked words for codes",
            Self::UncheckedCode => "unchecked codes",
            Self::UncheckedUnit => "unchecked units",
            Self::UncheckedExtension => "unchecked extensions",
            Self::UncheckedUrl => "unchecked URLs",
            Self::UncheckedNumber => "unchecked numbers",
            Self::UncheckedText => "unchecked text",
        }
    }
}

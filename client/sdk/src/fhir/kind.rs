/// The kind of a value that a document reveals. The kinds with "unchecked" in their text are those that the place does not
/// determine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum RevealedKind {
    /// The name of a person, an organization or a place.
    Name,
    /// Numbers that a hospital, an insurer or a state gave: `identifier`.
    Identifier,
    /// Telephone numbers, e-mail addresses: `telecom`.
    Contact,
    /// A home or workplace.
    Address,
    /// `birthDate`, and the date of a death, unless it is a year alone.
    BirthDate,
    /// Pictures.
    Photo,
    /// Links to other resources, such as the patient's: `reference`.
    Reference,
    /// The name of a resource, or of a part of it, in its system: `id`. It may be the number of a patient.
    Id,
    /// Numbers of devices and batches.
    SerialNumber,
    /// Dates and times, unless they are a year alone.
    Date,
    /// Notes, comments, conclusions and any other text.
    FreeText,
    /// Text for people, which repeats the fields, and sometimes has more: `text.div`.
    Narrative,
    /// Documents inside the document, and their descriptions.
    Attachment,
    /// Displayed names of codes: nobody compared them with the code.
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

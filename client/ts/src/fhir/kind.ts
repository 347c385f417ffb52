// The kinds of values that a document reveals.

/** What a value is that a document reveals, in their order. Those with `unchecked` are what nobody can tell from its place. */
export const REVEALED_KINDS = [
    /** Of a person, an organization or a place. */
    'name',
    /** Numbers that a hospital, an insurer or a state gave: `identifier`. */
    'identifier',
    /** Telephone numbers, e-mail addresses: `telecom`. */
    'contact',
    /** Where somebody lives or works. */
    'address',
    /** `birthDate`, and the date of a death, unless it is a year alone. */
    'birth_date',
    /** Pictures. */
    'photo',
    /** Links to other resources, such as the patient's: `reference`. */
    'reference',
    /** What a resource or a part of it is called by its system: `id`. It may be the number of a patient. */
    'id',
    /** Numbers of devices and batches. */
    'serial_number',
    /** Dates and times, unless they are a year alone. */
    'date',
    /** Notes, comments, conclusions and any other text. */
    'free_text',
    /** Text for people, which says what the fields say, and sometimes more: `text.div`. */
    'narrative',
    /** Documents inside the document, and what is said about them. */
    'attachment',
    /** Names of codes, in words: nobody compared them with the code. */
    'code_words',
    /** Codes of a terminology that is not known here, or that are not formed as its codes are. */
    'unchecked_code',
    /** Units that are not known here. */
    'unchecked_unit',
    /** Extensions that are not the standard's own, by their URL. */
    'unchecked_extension',
    /** URLs that are not a known terminology's or profile's. */
    'unchecked_url',
    /** Numbers that measure nothing, or are too long for it. */
    'unchecked_number',
    /** Text where the standard has something else. */
    'unchecked_text',
] as const;

/** The kind of a value that a document reveals. */
export type RevealedKind = (typeof REVEALED_KINDS)[number];

/** A kind in English, plural. */
export const KIND_WORDS: Readonly<Record<RevealedKind, string>> = {
    name: 'names',
    identifier: 'identifiers',
    contact: 'telephone numbers and e-mail addresses',
    address: 'addresses',
    birth_date: 'dates of birth or death',
    photo: 'pictures',
    reference: 'references to other records',
    id: 'ids of records',
    serial_number: 'serial and lot numbers',
    date: 'dates',
    free_text: 'free text',
    narrative: 'narratives',
    attachment: 'attached documents',
    code_words: 'unchecked words for codes',
    unchecked_code: 'unchecked codes',
    unchecked_unit: 'unchecked units',
    unchecked_extension: 'unchecked extensions',
    unchecked_url: 'unchecked URLs',
    unchecked_number: 'unchecked numbers',
    unchecked_text: 'unchecked text',
};

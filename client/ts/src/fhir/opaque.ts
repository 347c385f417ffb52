// Why a document can't be looked into.

/** Why a document can't be looked into. Everything in it has to be taken for identifying. */
export type Opaque =
    /** It is larger than what is looked into; bytes. */
    | { why: 'too_large'; limit: number }
    /** It is not JSON, or not to the letter; `line`: where, from 1, if that is known. */
    | { why: 'not_json'; line: number | undefined }
    /** There is more behind the end of the document. */
    | { why: 'trailing_data'; line: number }
    /** It has comments, which JSON does not have. */
    | { why: 'comment'; line: number }
    /** Parts in parts in parts, and so on. */
    | { why: 'too_deep'; limit: number }
    /** A name or a number is longer than any that means something. */
    | { why: 'too_long'; limit: number }
    /** It is JSON, but not a FHIR resource. */
    | { why: 'no_resource_type' }
    /** FHIR R4 does not know this resource type. */
    | { why: 'unknown_resource_type'; name: string }
    /** FHIR R4 does not know this element, or not in this case. */
    | { why: 'unknown_element'; path: string }
    /** An element is there twice: which one counts is up to its reader. */
    | { why: 'repeated'; path: string }
    /** An element has parts where FHIR R4 has a value, or is a list where it has none, or the other way round. */
    | { why: 'misshapen'; path: string }
    /** It has more resources than are kept in memory. */
    | { why: 'too_many_resources' };

/** Ends the reading of a document. It never leaves this folder. */
export class Stop extends Error {
    constructor(readonly opaque: Opaque) {
        super(opaque.why);
    }
}

/** Why a document can't be looked into, in words. */
export function opaqueWords(opaque: Opaque): string {
    switch (opaque.why) {
        case 'too_large':
            return `it is larger than ${opaque.limit / (1 << 20)} MiB`;
        case 'not_json':
            return `it is not JSON, or is damaged${opaque.line === undefined ? '' : ` in line ${opaque.line}`}`;
        case 'trailing_data':
            return `something follows behind its end, in line ${opaque.line}`;
        case 'comment':
            return `it has a comment, in line ${opaque.line}`;
        case 'too_deep':
            return `it is nested more than ${opaque.limit} deep`;
        case 'too_long':
            return `it has a name or a number of more than ${opaque.limit} characters`;
        case 'no_resource_type':
            return 'it is no FHIR resource: it has no resourceType';
        case 'unknown_resource_type':
            return `FHIR R4 has no resource type ${opaque.name}`;
        case 'unknown_element':
            return `FHIR R4 has no element ${opaque.path}`;
        case 'repeated':
            return `${opaque.path} is there twice`;
        case 'misshapen':
            return `${opaque.path} is not of the form that FHIR R4 gives it`;
        case 'too_many_resources':
            return 'it has too many resources';
    }
}

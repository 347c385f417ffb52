// Guessing a document's media type and kind, for its locator, from what is in it. A FHIR resource gets the kind that the Rust
// client gives it; other documents are told by their first bytes.

/** Media type and kind of a document. */
export type Guess = {
    /** Such as `application/fhir+json`. */
    mediaType: string;
    /** Such as `fhir:Observation/4548-4`: resource type and first code. */
    kind: string;
};

/** Bytes of the largest resource that is parsed. */
const LARGEST = 16 << 20;
/** First bytes that a format is recognised by. */
const HEAD = 8 * 1024;
/** Characters of the longest type or code that a kind names: a locator has little room. */
const LONGEST_NAME = 40;
/** Formats by the bytes that they begin with. */
const MARKS: readonly (readonly [mediaType: string, offset: number, mark: string])[] = [
    ['application/pdf', 0, '%PDF-'],
    ['image/png', 0, '\x89PNG\r\n\x1a\n'],
    ['image/jpeg', 0, '\xff\xd8\xff'],
    ['image/gif', 0, 'GIF8'],
    ['image/webp', 8, 'WEBP'],
    ['image/tiff', 0, 'II*\0'],
    ['image/tiff', 0, 'MM\0*'],
    ['application/dicom', 128, 'DICM'],
    ['application/zip', 0, 'PK\x03\x04'],
    ['application/rtf', 0, '{\\rtf'],
];

/** Guesses a document's media type and kind. Its bytes decide, not its name. */
export async function guessDocument(document: Blob): Promise<Guess> {
    const head = new Uint8Array(await document.slice(0, HEAD).arrayBuffer());
    const byBytes = MARKS.find(([, offset, bytes]) =>
        [...bytes].every((character, index) => head[offset + index] === character.charCodeAt(0)),
    );
    if (byBytes) return { mediaType: byBytes[0], kind: 'document' };
    // The decoder leaves out the mark of a UTF-8 file.
    const first = new TextDecoder().decode(head).trimStart()[0];
    if (first === '{' && document.size <= LARGEST) {
        const json = parsed(await document.text());
        const kind = kindOfResource(json);
        if (kind) return { mediaType: 'application/fhir+json', kind };
        if (json !== undefined) return { mediaType: 'application/json', kind: 'document' };
    }
    return { mediaType: isText(head) ? 'text/plain' : 'application/octet-stream', kind: 'document' };
}

function parsed(text: string): unknown {
    try {
        return JSON.parse(text);
    } catch {
        return undefined;
    }
}

/** The kind of a FHIR resource: `fhir:`, type and first code; `undefined`: it is none. */
function kindOfResource(json: unknown): string | undefined {
    const { resourceType, code, vaccineCode } = (json ?? {}) as { [field: string]: unknown };
    if (!isName(resourceType)) return undefined;
    const { coding } = ((code ?? vaccineCode) || {}) as { coding?: unknown };
    const codes = (Array.isArray(coding) ? coding : []).map((one) => (one as { code?: unknown } | null)?.code);
    const [known] = codes.filter((one) => typeof one === 'string');
    return !isName(known) ? `fhir:${resourceType}` : `fhir:${resourceType}/${known}`;
}

const isName = (name: unknown): name is string =>
    typeof name === 'string' && name !== '' && name.length <= LONGEST_NAME;

/** Whether bytes are the beginning of a text in UTF-8. */
function isText(head: Uint8Array): boolean {
    if (head.length === 0 || head.includes(0)) return false;
    try {
        // The text may end within a character.
        new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: head.length === HEAD });
        return true;
    } catch {
        return false;
    }
}

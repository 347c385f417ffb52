// The documents in a file behind a health link. A stranger wrote it: all of it is data for the app's own rendering.

import { LosslessNumber, parse, stringify } from 'lossless-json';

/** A document as the app renders it. */
export type LinkDocument = {
    document: Blob;
    mediaType: string;
    /** Whether the document comes from a SMART Health Card, whose signature was not checked. */
    isCard: boolean;
};

/** A file behind a link. */
type File = { contentType: string; content: Blob };

/** The content of a file. */
type Found = {
    documents: LinkDocument[];
    /** Whether the file gives access to a server, which this app does not use. */
    hasAccess: boolean;
};

type Json = null | boolean | string | LosslessNumber | Json[] | { [field: string]: Json };
type Resource = { [field: string]: Json };

const FHIR = 'application/fhir+json';
const CARD = 'application/smart-health-card';
const ACCESS = 'application/smart-api-access';
/** Documents of a file that are shown. */
const MAX_DOCUMENTS = 100;
/** Resources within resources, to this depth. */
const MAX_DEPTH = 6;
/** Bytes of a card's content, unpacked. */
const MAX_CARD = 2 ** 22;

/** The documents in a file. What can't be read is handed on as it is, to be saved. */
export async function documentsOf({ content, contentType }: File): Promise<Found> {
    const type = contentType.split(';')[0]?.trim().toLowerCase() ?? '';
    if (type === ACCESS) return { documents: [], hasAccess: true };
    const whole = { document: content, mediaType: type, isCard: false };
    if (type !== FHIR && type !== CARD && type !== '' && type !== 'application/json') {
        return { documents: [whole], hasAccess: false };
    }
    const json = parsed(await content.text());
    if (!isObject(json)) return { documents: [whole], hasAccess: false };
    const cards = json.verifiableCredential;
    if (Array.isArray(cards)) {
        const texts = await Promise.all(cards.slice(0, MAX_DOCUMENTS).map(fhirOfCard));
        const found = texts.filter((text) => text !== undefined).flatMap((text) => withAttachments(text, true));
        return { documents: found.slice(0, MAX_DOCUMENTS), hasAccess: false };
    }
    const found = withAttachments(json, false, content);
    return { documents: found.slice(0, MAX_DOCUMENTS), hasAccess: false };
}

/** A FHIR document and the documents attached within it, such as a PDF. `original`: its bytes, if nothing is attached. */
function withAttachments(json: Resource, isCard: boolean, original?: Blob): LinkDocument[] {
    const attached: LinkDocument[] = [];
    const rest = withoutAttachments(json, attached, isCard, 0);
    const isUnchanged = attached.length === 0 && original;
    const document = isUnchanged ? original : new Blob([stringify(rest) ?? '']);
    const fhir = rest === undefined ? [] : [{ document, mediaType: FHIR, isCard }];
    return [...fhir, ...attached];
}

/** A resource without what it has attached, which is added to `attached`; `undefined`: nothing else is in it. */
function withoutAttachments(
    resource: Resource,
    attached: LinkDocument[],
    isCard: boolean,
    depth: number,
): Resource | undefined {
    if (depth > MAX_DEPTH) return resource;
    const inner = (one: Json): Json | undefined =>
        isObject(one) ? withoutAttachments(one, attached, isCard, depth + 1) : one;
    if (resource.resourceType === 'Bundle' && Array.isArray(resource.entry)) {
        const entry = resource.entry.flatMap((one) => {
            if (!isObject(one) || !isObject(one.resource)) return [one];
            const kept = inner(one.resource);
            return kept === undefined ? [] : [{ ...one, resource: kept }];
        });
        return entry.length === 0 && resource.entry.length > 0 ? undefined : { ...resource, entry };
    }
    const field = { DocumentReference: 'content', DiagnosticReport: 'presentedForm' }[String(resource.resourceType)];
    const list = field ? resource[field] : undefined;
    if (!field || !Array.isArray(list)) return resource;
    const kept = list.filter((one) => {
        const attachment = isObject(one) && field === 'content' ? one.attachment : one;
        const document = documentOf(attachment);
        if (document) attached.push({ ...document, isCard });
        return !document;
    });
    const { [field]: _, ...others } = resource;
    const isOnlyFrame = Object.keys(others).every((name) => ['resourceType', 'status', 'id', 'meta'].includes(name));
    if (kept.length === 0) return isOnlyFrame ? undefined : others;
    return { ...others, [field]: kept };
}

/** The document in an attachment with data of its own. */
function documentOf(attachment: Json | undefined): Omit<LinkDocument, 'isCard'> | undefined {
    if (!isObject(attachment) || typeof attachment.data !== 'string') return undefined;
    try {
        const bytes = Uint8Array.from(atob(attachment.data), (character) => character.charCodeAt(0));
        const mediaType = typeof attachment.contentType === 'string' ? attachment.contentType : '';
        return { document: new Blob([bytes]), mediaType: mediaType.split(';')[0]?.trim().toLowerCase() ?? '' };
    } catch {
        return undefined;
    }
}

/** The FHIR document in a SMART Health Card (a JWS, packed with DEFLATE), whose signature is not checked. */
async function fhirOfCard(card: Json): Promise<Resource | undefined> {
    if (typeof card !== 'string') return undefined;
    try {
        const [header = '', payload = ''] = card.split('.');
        const isPacked = JSON.parse(text(fromBase64url(header))).zip === 'DEF';
        const bytes = fromBase64url(payload);
        const json = parsed(text(isPacked ? await unpacked(bytes) : bytes));
        const bundle = path(json, 'vc', 'credentialSubject', 'fhirBundle');
        return isObject(bundle) ? bundle : undefined;
    } catch {
        return undefined;
    }
}

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const path = (json: Json | undefined, ...names: string[]): Json | undefined =>
    names.reduce<Json | undefined>((one, name) => (isObject(one) ? one[name] : undefined), json);

function fromBase64url(part: string): Uint8Array<ArrayBuffer> {
    const binary = atob(part.replaceAll('-', '+').replaceAll('_', '/'));
    return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}

async function unpacked(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
    const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw')).getReader();
    const chunks: Uint8Array[] = [];
    let length = 0;
    for (;;) {
        const { done, value } = await reader.read();
        if (done) break;
        chunks.push(value);
        length += value.length;
        if (length > MAX_CARD) {
            await reader.cancel();
            throw new RangeError('the card is too long');
        }
    }
    return new Uint8Array(await new Blob(chunks as Uint8Array<ArrayBuffer>[]).arrayBuffer());
}

function parsed(text: string): Json | undefined {
    try {
        return parse(text) as Json;
    } catch {
        return undefined;
    }
}

const isObject = (json: Json | undefined): json is Resource =>
    typeof json === 'object' && json !== null && !Array.isArray(json) && !(json instanceof LosslessNumber);

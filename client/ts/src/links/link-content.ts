// What a link hands over: FHIR as it is, so that its bytes and hash stay the record's; anything else as the attachment of a
// DocumentReference (docs/PROTOCOL.md, section 7).

import { utf8ToBytes } from '@noble/hashes/utils.js';
import { base64 } from '@scure/base';

/** The media type of every file that this client puts behind a link. */
export const FHIR_JSON = 'application/fhir+json';

/** The FHIR document that a link hands over for a document with a media type. */
export function linkContent(document: Uint8Array, mediaType: string): Uint8Array {
    if (mediaType === FHIR_JSON && isResource(document)) return document;
    const attachment = { contentType: mediaType, data: base64.encode(document) };
    const resource = { resourceType: 'DocumentReference', status: 'current', content: [{ attachment }] };
    const entry = [{ fullUrl: `urn:uuid:${crypto.randomUUID()}`, resource }];
    return utf8ToBytes(JSON.stringify({ resourceType: 'Bundle', type: 'collection', entry }));
}

function isResource(document: Uint8Array): boolean {
    try {
        const json: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(document));
        return (
            typeof json === 'object' && json !== null && 'resourceType' in json && typeof json.resourceType === 'string'
        );
    } catch {
        return false;
    }
}

// SMART Health Links (HL7, "SMART Health Cards and Links" 1.0.0, STU 1): what a link says, and how it is written.

import { utf8ToBytes } from '@noble/hashes/utils.js';
import { base64urlnopad } from '@scure/base';
import { LinkError } from './link-error.js';

/** A health link that was read. A stranger may have written it. */
export type HealthLink = {
    /** Leads to the file (flag `U`), or to the list of files. */
    url: string;
    /** The key of the files, 32 bytes in base64url. Whoever has it can read them. */
    key: string;
    /** Seconds since 1970; `undefined`: the link does not say when it ends. */
    expiresAt: number | undefined;
    /** What it is about, in the words of whoever made it. */
    label: string | undefined;
    /** Flag `L`: what is behind it may change. */
    isLongTerm: boolean;
    /** Flag `P`: it opens with a passcode. */
    needsPasscode: boolean;
    /** Flag `U`: the address is that of the only file. */
    isDirectFile: boolean;
};

const SCHEME = 'shlink:/';
/** Characters of the longest link that is read. HL7's own limits lead to about 700. */
const MAX_LINK = 8_192;
/** Characters of an address in a link. */
const MAX_URL = 128;
/** UTF-16 units of a label. */
const MAX_LABEL = 80;
const KEY = /^[A-Za-z0-9_-]{43}$/;
/** Control and formatting characters, and halves of characters. */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Cs}]/u;

/** The payload of a link of our own: one file, until a time. */
export type LinkPayload = {
    /** Address of the file. */
    url: string;
    /** The file's key, 32 bytes in base64url. */
    key: string;
    /** Seconds since 1970. */
    exp: number;
    /** `U`: the address is that of the file. */
    flag: 'U';
    /** What it is about. */
    label?: string;
};

/**
 * Makes the payload of a link.
 *
 * @throws {LinkError} `store_address`: the address is too long; `invalid_label`.
 */
export function linkPayload(url: string, key: string, expiresAt: number, label = ''): LinkPayload {
    if (url.length > MAX_URL) {
        const most = `a health link has room for ${MAX_URL} characters, and this address has ${url.length}`;
        throw new LinkError('store_address', `${most}: ${url}. Choose a store with a shorter address`);
    }
    if (label.length > MAX_LABEL || HIDDEN.test(label)) {
        throw new LinkError('invalid_label', `a label has at most ${MAX_LABEL} characters, all of them visible`);
    }
    return { url, key, exp: expiresAt, flag: 'U', ...(label !== '' && { label }) };
}

/** Writes a link. With the address of a viewer, a browser opens it there: the part behind `#` goes to no server. */
export function writeLink(payload: LinkPayload, viewer?: string): string {
    const link = SCHEME + base64urlnopad.encode(utf8ToBytes(JSON.stringify(payload)));
    return viewer === undefined ? link : `${viewer.split('#')[0]}#${link}`;
}

/**
 * Reads a link, with or without a viewer before it.
 *
 * @throws {LinkError} `not_a_link`, `newer_version`.
 */
export function readLink(text: string): HealthLink {
    const link = text.trim();
    const start = link.indexOf(SCHEME);
    if (link.length > MAX_LINK || start < 0 || (start > 0 && link[start - 1] !== '#')) throw notALink();
    return healthLink(payloadOf(link.slice(start + SCHEME.length)));
}

/**
 * Checks a payload that was read.
 *
 * @throws {LinkError} As {@link readLink}.
 */
export function healthLink(payload: unknown): HealthLink {
    if (typeof payload !== 'object' || payload === null) throw notALink();
    const { exp, flag = '', key, label, url, v = 1 } = payload as { [name: string]: unknown };
    if (v !== 1) throw new LinkError('newer_version', 'the health link has a version that this client does not know');
    if (typeof url !== 'string' || !URL.canParse(url) || typeof key !== 'string' || !isKey(key)) throw notALink();
    if (typeof flag !== 'string' || (label !== undefined && typeof label !== 'string')) throw notALink();
    if (exp !== undefined && !(typeof exp === 'number' && Number.isFinite(exp))) throw notALink();
    const [isLongTerm, needsPasscode, isDirectFile] = ['L', 'P', 'U'].map((one) => flag.includes(one));
    if (needsPasscode && isDirectFile) throw notALink();
    return {
        url,
        key,
        expiresAt: exp,
        label,
        isLongTerm: isLongTerm ?? false,
        needsPasscode: needsPasscode ?? false,
        isDirectFile: isDirectFile ?? false,
    };
}

/** The bytes of a link's key. */
export const keyBytes = (key: string): Uint8Array<ArrayBuffer> => Uint8Array.from(base64urlnopad.decode(key));

/** Text of base64url that has 32 bytes. */
export const keyText = (key: Uint8Array): string => base64urlnopad.encode(key);

function isKey(text: string): boolean {
    try {
        return KEY.test(text) && keyBytes(text).length === 32;
    } catch {
        // The last character has bits that no byte has.
        return false;
    }
}

function payloadOf(encoded: string): unknown {
    try {
        const bytes = base64urlnopad.decode(encoded.replace(/=+$/, ''));
        return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    } catch (cause) {
        throw notALink({ cause });
    }
}

const notALink = (options?: ErrorOptions) =>
    new LinkError('not_a_link', 'this is no health link, or not all of it', {}, options);

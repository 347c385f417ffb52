// Opening a health link, whoever made it (HL7, "SMART Health Cards and Links" 1.0.0, STU 1). A stranger chose the address:
// only servers of the public internet are asked, without redirects, credentials or a referrer, and with limits.

import { ClientError } from '../base/errors.js';
import { type IsAllowedStore, isPublicHttps } from '../store/store-client.js';
import { type StoreOptions, Transfer } from '../store/transfer.js';
import { type HealthLink, keyBytes } from './health-link.js';
import { LinkError } from './link-error.js';
import { decryptLinkFile, type LinkFile, MAX_LINK_FILE } from './link-file.js';
import { bodyText } from './link-store.js';

/** The reader of a link, and options. */
export type LinkVisit = {
    /** Who reads it, as the person sees who shared it: required by HL7's text. */
    recipient: string;
    /** The passcode, for a link that needs one. */
    passcode?: string;
    /** The present time in seconds since 1970 [default: this device's clock]. */
    now?: number;
    /** Which servers to ask [default: {@link isPublicHttps}]. */
    isAllowed?: IsAllowedStore;
    /** How to reach them. */
    options?: StoreOptions;
};

/** Files of a list that are read. */
const MAX_FILES = 50;
/** Milliseconds for each request. */
const TIMEOUT = 120_000;
const IDLE_TIMEOUT = 30_000;

/**
 * Fetches and decrypts the content of a link.
 *
 * @throws {LinkError} `expired`, `inactive`, `passcode_needed`, `wrong_passcode`, `not_allowed`, `unreachable`, `busy`,
 * `damaged`, `too_large`.
 */
export async function openLink(link: HealthLink, visit: LinkVisit): Promise<LinkFile[]> {
    const { expiresAt } = link;
    const { now = Math.floor(Date.now() / 1000), passcode } = visit;
    if (expiresAt !== undefined && expiresAt <= now) throw new LinkError('expired', 'the time of this link is over');
    if (link.needsPasscode && !passcode) throw new LinkError('passcode_needed', 'this link opens with a passcode');
    const key = keyBytes(link.key);
    try {
        if (link.isDirectFile) {
            const url = new URL(link.url);
            url.searchParams.set('recipient', visit.recipient);
            return [await decryptLinkFile(await ask(url, {}, visit), key)];
        }
        return await filesOf(await manifestOf(link, visit), key, visit);
    } finally {
        key.fill(0);
    }
}

type Entry = { contentType?: unknown; embedded?: unknown; location?: unknown };

/** The list of files behind a link without the flag `U`. */
async function manifestOf(link: HealthLink, visit: LinkVisit): Promise<Entry[]> {
    const { passcode, recipient } = visit;
    const body = JSON.stringify({
        recipient,
        ...(link.needsPasscode && { passcode }),
        embeddedLengthMax: MAX_LINK_FILE,
    });
    const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body };
    const text = await ask(new URL(link.url), init, visit);
    try {
        const { files } = JSON.parse(text);
        if (Array.isArray(files) && files.length > 0 && files.length <= MAX_FILES) return files;
    } catch {
        // Told below.
    }
    throw new LinkError('damaged', `${new URL(link.url).host} answered with something else than a list of files`);
}

async function filesOf(entries: readonly Entry[], key: Uint8Array, visit: LinkVisit): Promise<LinkFile[]> {
    const files: LinkFile[] = [];
    let total = 0;
    for (const entry of entries) {
        const { contentType, embedded, location } = entry ?? {};
        const declared = typeof contentType === 'string' ? contentType : undefined;
        if (typeof location === 'string' && !URL.canParse(location)) throw noFile();
        const file = typeof embedded === 'string' ? embedded : undefined;
        const address = typeof location === 'string' ? new URL(location) : undefined;
        const text = file ?? (address && (await ask(address, {}, visit)));
        if (text === undefined) throw noFile();
        const opened = await decryptLinkFile(text, key, declared);
        files.push(opened);
        total += opened.content.size;
        if (total > MAX_LINK_FILE) throw tooLarge();
    }
    return files;
}

/** The text of an answer. */
async function ask(url: URL, init: RequestInit, visit: LinkVisit): Promise<string> {
    const { isAllowed = isPublicHttps, options } = visit;
    if (!isAllowed(url) || url.username !== '' || url.password !== '') {
        throw new LinkError('not_allowed', `${url.host}: this app does not ask such addresses`);
    }
    const limits = { totalTimeout: TIMEOUT, idleTimeout: IDLE_TIMEOUT, ...options };
    const transfer = new Transfer(BigInt(MAX_LINK_FILE), limits);
    try {
        const response = await transfer.send(url, init);
        if (response.status === 401 && init.method === 'POST') throw await wrongPasscode(response, transfer);
        if (response.status === 404 || response.status === 410) {
            throw new LinkError('inactive', `${url.host} has nothing behind this link any more`);
        }
        if (response.status === 429 || response.status === 503) throw new LinkError('busy', `${url.host} is busy`);
        if (response.status !== 200) throw new LinkError('unreachable', `${url.host} answered ${response.status}`);
        return await bodyText(response, transfer, MAX_LINK_FILE);
    } catch (cause) {
        options?.signal?.throwIfAborted();
        if (cause instanceof LinkError) throw cause;
        if (cause instanceof ClientError && cause.code === 'too_large') throw tooLarge();
        throw new LinkError(
            'unreachable',
            `${url.host} did not answer as a server of health links does`,
            {},
            { cause },
        );
    } finally {
        transfer.end();
    }
}

async function wrongPasscode(response: Response, transfer: Transfer): Promise<LinkError> {
    let remaining: unknown;
    try {
        remaining = JSON.parse(await bodyText(response, transfer, 4_096)).remainingAttempts;
    } catch {
        // A server that does not tell.
    }
    const isNumber = typeof remaining === 'number' && Number.isInteger(remaining) && remaining >= 0;
    return new LinkError(
        'wrong_passcode',
        'the passcode is wrong',
        isNumber ? { remainingAttempts: remaining as number } : {},
    );
}

const tooLarge = () => new LinkError('too_large', `what is behind this link has more than ${MAX_LINK_FILE} bytes`);
const noFile = () => new LinkError('damaged', 'the list behind the link has an entry without a file');

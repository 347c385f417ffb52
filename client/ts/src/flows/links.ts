// Health links of one's own: a copy of a record for somebody without a wallet, made, listed and ended.

import type { Address } from '@solana/kit';
import { ClientError } from '../base/errors.js';
import { secureRandom } from '../crypto/group.js';
import { keyText, linkPayload, writeLink } from '../links/health-link.js';
import { FHIR_JSON, linkContent } from '../links/link-content.js';
import { encryptLinkFile } from '../links/link-file.js';
import { LinkKey } from '../links/link-key.js';
import {
    eraseLinkFile,
    type ListedLinkFile,
    linkFileName,
    linkFileUrl,
    listLinkFiles,
    uploadLinkFile,
} from '../links/link-store.js';
import type { KeySource } from '../wallets/wallet.js';
import { type FlowContext, storeOptionsOf } from './context.js';
import type { OpenedDocument } from './open.js';
import { ownKey } from './own-key.js';

/** A link to be made. */
export type NewLink = {
    /** The store that keeps the file. */
    store: string;
    /** Seconds since 1970. */
    expiresAt: number;
    /** The link's label, of at most 80 characters, for its recipient. */
    label: string;
    /** The page that shows it in a browser. */
    viewer?: string;
};

/** A link of the owner's. */
export type OwnLink = {
    /** The store that keeps its file. */
    store: string;
    /** Seconds since 1970 at which it ends. */
    expiresAt: number;
    /** SHA-256 of its file, in hexadecimal. */
    sha256: string;
    /** The link's label. */
    label: string | undefined;
    /** The record that was copied. */
    record: Address;
    /** The link itself. Whoever has it can read the copy. */
    link: string;
    /** Index of the encryption key whose owner can end it. */
    keyIndex: number;
};

/** Links that were found, and the stores that were not read. */
export type OwnLinks = {
    links: OwnLink[];
    /** Why a store's list could not be read. Its links are missing here. */
    failed: { store: string; error: unknown }[];
};

/**
 * Copies a record that was opened into a file with a key of its own, uploads it, and makes the link to it. From then on,
 * whoever has the link can read the copy, until it ends or is ended. What was read by then stays read.
 *
 * @throws {LinkError} `too_large`, `store_address`, `invalid_label`.
 * @throws {ClientError} `expiry_in_past`; `no_key`, `foreign_key`: the wallet has no key of its own on the ledger; those of
 * the source of keys.
 * @throws {StoreError} The store refused. Nothing is shared then.
 */
export async function makeLink(
    context: FlowContext,
    keys: KeySource,
    { address, document, locator }: Pick<OpenedDocument, 'address' | 'document' | 'locator'>,
    { expiresAt, label, store, viewer }: NewLink,
): Promise<OwnLink> {
    if (expiresAt <= Date.now() / 1000) {
        throw new ClientError('expiry_in_past', `the time ${expiresAt} at which the link ends is in the past`);
    }
    const keyIndex = await ownIndex(context, keys);
    const linkKey = new LinkKey(await keys.encryptionSecret(context.ledger.deployment, keyIndex));
    const content = linkContent(new Uint8Array(await document.arrayBuffer()), locator.mediaType);
    const key = secureRandom(32);
    const file = await encryptLinkFile(content, FHIR_JSON, key);
    const name = linkFileName(file, expiresAt);
    const url = linkFileUrl(store, name);
    const payload = linkPayload(url.href, keyText(key), expiresAt, label);
    key.fill(0);
    const note = await linkKey.sealNote({ link: payload, record: address });
    context.onProgress?.({ activity: 'uploading', done: 0, total: file.length });
    await uploadLinkFile(url, file, note, linkKey.signer, storeOptionsOf(context));
    return {
        store,
        expiresAt,
        sha256: name.sha256,
        label: payload.label,
        record: address,
        link: writeLink(payload, viewer),
        keyIndex,
    };
}

/**
 * Lists the owner's links, also those of other devices. A store can leave some out, and can't invent one: each has a note
 * that only the owner can write.
 *
 * @param viewer The page that shows them in a browser.
 * @throws {ClientError} As {@link makeLink}.
 */
export async function listLinks(
    context: FlowContext,
    keys: KeySource,
    stores: readonly string[],
    viewer?: string,
): Promise<OwnLinks> {
    const found: OwnLinks = { links: [], failed: [] };
    const latest = await ownIndex(context, keys);
    for (const keyIndex of Array.from({ length: latest + 1 }, (_, index) => latest - index)) {
        const linkKey = await linkKeyOf(context, keys, keyIndex, latest);
        if (!linkKey) continue;
        for (const store of stores) {
            if (found.failed.some((one) => one.store === store)) continue;
            try {
                for (const file of await listLinkFiles(store, linkKey.signer, storeOptionsOf(context))) {
                    const own = await ownLink(linkKey, store, file, viewer);
                    if (own) found.links.push({ ...own, keyIndex });
                }
            } catch (error) {
                context.signal?.throwIfAborted();
                found.failed.push({ store, error });
            }
        }
    }
    found.links.sort((one, other) => one.expiresAt - other.expiresAt);
    return found;
}

/**
 * Ends a link: its file is erased. Whoever read it may have kept a copy.
 *
 * @throws {StoreError} The store refused.
 * @throws {ClientError} Those of the source of keys.
 */
export async function endLink(
    context: FlowContext,
    keys: KeySource,
    { expiresAt, keyIndex, sha256, store }: Pick<OwnLink, 'store' | 'expiresAt' | 'sha256' | 'keyIndex'>,
): Promise<void> {
    const linkKey = new LinkKey(await keys.encryptionSecret(context.ledger.deployment, keyIndex));
    const url = linkFileUrl(store, { expiry: expiresAt, sha256 });
    await eraseLinkFile(url, linkKey.signer, storeOptionsOf(context));
}

/** A file of a list as the owner's link, if its note is the owner's, and about this very file. */
async function ownLink(linkKey: LinkKey, store: string, file: ListedLinkFile, viewer: string | undefined) {
    const note = await linkKey.openNote(file.note);
    if (!note || note.link.url !== linkFileUrl(store, file).href || note.link.expiresAt !== file.expiry)
        return undefined;
    const { label } = note.link;
    const link = writeLink(note.payload, viewer);
    return { store, expiresAt: file.expiry, sha256: file.sha256, label, record: note.record, link };
}

/** The index of the owner's present key, as the owner has it. */
async function ownIndex(context: FlowContext, keys: KeySource): Promise<number> {
    const own = await ownKey(context, keys);
    if (own.key === 'present') return own.index;
    if (own.key === 'other_index') return own.own;
    if (own.key === 'none') throw new ClientError('no_key', `wallet ${keys.wallet} has published no encryption key`);
    throw new ClientError('foreign_key', `the key of wallet ${keys.wallet} on the ledger is not its own`);
}

/** The key of the links that were made with an earlier secret, too, where this source has that one. */
async function linkKeyOf(
    { ledger }: FlowContext,
    keys: KeySource,
    index: number,
    latest: number,
): Promise<LinkKey | undefined> {
    try {
        return new LinkKey(await keys.encryptionSecret(ledger.deployment, index));
    } catch (error) {
        if (index === latest || !(error instanceof ClientError && error.code === 'no_secret')) throw error;
        return undefined;
    }
}

// Documents that the unlocked account opened before, for times without a connection: kept on this device, encrypted under
// keys that
// follow from the account's words. A wallet gives no such key without another signature, so nothing is kept for it.

import type { Address } from '@solana/kit';
import { KeptDocuments, type KeptRow } from '../storage/kept.js';
import type { ReadRecord, RecordCard } from './records.js';
import type { Session } from './session.js';

/** Bytes of the largest document that is kept. */
const MAX_DOCUMENT = 20_000_000;

/** A record that was opened before. */
export type KeptCard = RecordCard & {
    /** The address of the record, or of the share, that was opened. */
    subject: Address;
    /** Whether somebody shares it with the account. */
    isShared: boolean;
    /** When it was opened and checked, in milliseconds since 1970. */
    keptAt: number;
    /** When a share ends, in seconds since 1970. It is not shown afterwards. */
    expiresAt: number | undefined;
};

/** A record that was opened before, with its document. */
export type ReadKept = KeptCard & { document: Blob };

/** The space that the account's documents take on this device. */
export type KeptUsage = { documents: number; bytes: number };

type Keys = { seal: CryptoKey; name: (text: string) => Promise<string> };

/** Documents that the unlocked account opened before. */
export class Offline {
    #kept: Promise<KeptDocuments> | undefined;
    #keys: { words: string; keys: Promise<Keys> } | undefined;

    constructor(private readonly session: Session) {}

    /** Keeps a record that was opened. Returns whether it is kept. What can't be kept stops nobody. */
    async keep(record: ReadRecord, share?: { address: Address; expiresAt: number | undefined }): Promise<boolean> {
        const { document, ...card } = record;
        if (document.size > MAX_DOCUMENT || !this.keepsAnything()) return false;
        try {
            const subject = share?.address ?? record.address;
            const [keys, id] = [await this.keys(), await this.idOf(subject)];
            const keptAt = Date.now();
            const kept: KeptCard = {
                ...card,
                subject,
                isShared: share !== undefined,
                keptAt,
                expiresAt: share?.expiresAt,
            };
            const sealedCard = await seal(keys.seal, `${id} card`, new TextEncoder().encode(JSON.stringify(kept)));
            const sealed = await seal(keys.seal, `${id} document`, new Uint8Array(await document.arrayBuffer()));
            const size = sealedCard.length + sealed.length;
            const row = { id, group: await this.group(), at: keptAt, size, card: sealedCard };
            return await (await this.database()).put(row, sealed);
        } catch {
            return false;
        }
    }

    /** The documents, the last opened one first. */
    async list(): Promise<KeptCard[]> {
        if (!this.keepsAnything()) return [];
        const rows = await (await this.database()).list(await this.group());
        const cards = await Promise.all(rows.map((row) => this.cardOf(row)));
        return cards.filter((card) => card !== undefined);
    }

    /** A record that was opened before, as it was then. */
    async open(subject: Address): Promise<ReadKept | undefined> {
        if (!this.keepsAnything()) return undefined;
        const found = await (await this.database()).get(await this.idOf(subject));
        const card = found && (await this.cardOf(found.row));
        if (!card) return undefined;
        const bytes = await unseal((await this.keys()).seal, `${found.row.id} document`, found.document);
        return { ...card, document: new Blob([bytes]) };
    }

    /** The space that they take. */
    async usage(): Promise<KeptUsage> {
        if (!this.keepsAnything()) return { documents: 0, bytes: 0 };
        const rows = await (await this.database()).list(await this.group());
        return { documents: rows.length, bytes: rows.reduce((all, { size }) => all + size, 0) };
    }

    /** Removes a record that is gone. */
    async forget(subject: Address): Promise<void> {
        if (!this.keepsAnything()) return;
        await (await this.database()).remove([await this.idOf(subject)]);
    }

    /** Removes all that is kept for the account. */
    async forgetAll(): Promise<void> {
        if (!this.keepsAnything()) return;
        const database = await this.database();
        const rows = await database.list(await this.group());
        await database.remove(rows.map(({ id }) => id));
    }

    /** The content of a row. A share that has ended is removed. A row that the account's key does not open has none. */
    private async cardOf({ id, card }: KeptRow): Promise<KeptCard | undefined> {
        let kept: KeptCard;
        try {
            const text = new TextDecoder().decode(await unseal((await this.keys()).seal, `${id} card`, card));
            kept = JSON.parse(text) as KeptCard;
        } catch {
            return undefined;
        }
        if (kept.expiresAt === undefined || kept.expiresAt > Date.now() / 1000) return kept;
        await (await this.database()).remove([id]);
        return undefined;
    }

    private async idOf(subject: Address): Promise<string> {
        const { ledger } = await this.session.context();
        const { genesis, program } = ledger.deployment;
        return await (await this.keys()).name(`${genesis} ${program} ${subject}`);
    }

    private async group(): Promise<string> {
        const { ledger } = await this.session.context();
        const { genesis, program } = ledger.deployment;
        return await (await this.keys()).name(`${genesis} ${program}`);
    }

    /** Whether anything can be kept: for an account of this device, and not for a wallet app. */
    private keepsAnything(): boolean {
        return this.session.unlocked().account !== undefined;
    }

    private async keys(): Promise<Keys> {
        const { words } = this.session.account();
        if (this.#keys?.words !== words) this.#keys = { words, keys: keysOf(words) };
        return await this.#keys.keys;
    }

    private async database(): Promise<KeptDocuments> {
        this.#kept ??= KeptDocuments.open();
        return await this.#kept;
    }
}

const utf8 = (text: string) => new TextEncoder().encode(text);

/** The keys that follow from an account's words. A browser gives none of them out again. */
async function keysOf(words: string): Promise<Keys> {
    const source = await crypto.subtle.importKey('raw', utf8(words), 'HKDF', false, ['deriveKey']);
    const hkdf = (info: string) => ({
        name: 'HKDF',
        hash: 'SHA-256',
        salt: utf8('generion/offline/v1'),
        info: utf8(info),
    });
    const [seal, naming] = await Promise.all([
        crypto.subtle.deriveKey(hkdf('documents'), source, { name: 'AES-GCM', length: 256 }, false, [
            'encrypt',
            'decrypt',
        ]),
        crypto.subtle.deriveKey(hkdf('names'), source, { name: 'HMAC', hash: 'SHA-256', length: 256 }, false, ['sign']),
    ]);
    const name = async (text: string) => {
        const bytes = new Uint8Array(await crypto.subtle.sign('HMAC', naming, utf8(text)));
        return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
    };
    return { seal, name };
}

/** Bytes of the nonce before each ciphertext. */
const NONCE = 12;

async function seal(key: CryptoKey, place: string, bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
    const iv = crypto.getRandomValues(new Uint8Array(NONCE));
    const sealed = await crypto.subtle.encrypt({ name: 'AES-GCM', iv, additionalData: utf8(place) }, key, bytes);
    const all = new Uint8Array(NONCE + sealed.byteLength);
    all.set(iv);
    all.set(new Uint8Array(sealed), NONCE);
    return all;
}

async function unseal(key: CryptoKey, place: string, sealed: Uint8Array<ArrayBuffer>): Promise<ArrayBuffer> {
    const algorithm = { name: 'AES-GCM', iv: sealed.slice(0, NONCE), additionalData: utf8(place) };
    return await crypto.subtle.decrypt(algorithm, key, sealed.slice(NONCE));
}

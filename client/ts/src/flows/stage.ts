// Encrypting and uploading documents, before there is a record.

import type { Address } from '@solana/kit';
import { ClientError } from '../base/errors.js';
import { RecordElement } from '../crypto/record.js';
import { encryptDocumentStream } from '../documents/document.js';
import { DOCUMENT_PROFILE, profileOf } from '../documents/facts.js';
import { contentFacts, MAX_CONTENT_LENGTH } from '../documents/fhir-facts.js';
import { type Locator, sealLocator } from '../documents/locator.js';
import { uploadDocument } from '../store/store-client.js';
import type { Wallet } from '../wallets/wallet.js';
import { type FlowContext, storeOptionsOf } from './context.js';
import { counted, toBlob } from './streams.js';

/** A document that is to become a record. */
export type NewDocument = {
    /** The plain document. A `File` of a page is read piece by piece. */
    plain: Blob | Uint8Array<ArrayBuffer>;
    /** The wallet that it is for. */
    owner: Address;
    /** Its media type, e.g. `application/fhir+json`. */
    mediaType: string;
    /** Kind of the document, e.g. `fhir:Observation/4548-4`. It is sealed: only people who can open the record can read it. */
    kind: string;
    /** The document stores that get it, 1 to 3, e.g. `https://store.example`. Readers try them in this order. */
    stores: readonly string[];
    /** The number of stores that must take it [default: all]. The record names those that did. */
    neededStores?: number;
    /** The wallet that may erase the ciphertext [default: the owner's]. */
    eraseAuthority?: Address;
    /**
     * Whether the creator signs the record, so that everybody who can open it can prove who wrote it, without any node
     * [default: true].
     */
    isSigned?: boolean;
};

/** A document that is encrypted and stored, and has no record yet. */
export type StagedDocument = {
    /** The element whose key encrypts it. */
    element: RecordElement;
    /** Locations and kind of the document. */
    locator: Omit<Locator, 'signature'>;
    /** The facts that follow from its content. */
    content: readonly string[];
};

/** What the locator of a document says before the document is encrypted, with the longest profile. */
export function locatorOf({ kind, mediaType, stores }: NewDocument): Omit<Locator, 'signature'> {
    return { stores, sha256: new Uint8Array(32), size: 0n, mediaType, kind, profile: DOCUMENT_PROFILE };
}

/**
 * Bytes of the sealed locator that a document gets at most.
 *
 * @throws {ClientError} `too_long`, `stores`, `malformed`: media type, kind and stores fit no locator.
 */
export function sealedLength(document: NewDocument): number {
    const [owner, random] = [document.owner, RecordElement.random()];
    return sealLocator(locatorOf(document), random.recordKey(owner, owner).dataPublicKey()).length;
}

/**
 * Encrypts a document with a fresh key, and uploads it. What it leaves behind if it fails later is a ciphertext that nobody
 * can open.
 *
 * @throws {ClientError} As {@link sealedLength}, before anything is uploaded.
 * @throws {StoreError} A store refused, and too few took it.
 */
export async function stageDocument(
    context: FlowContext,
    creator: Pick<Wallet, 'address' | 'signMessage'>,
    document: NewDocument,
): Promise<StagedDocument> {
    sealedLength(document);
    const { eraseAuthority, neededStores, owner, stores } = document;
    const plain = document.plain instanceof Blob ? document.plain : new Blob([document.plain]);
    const element = RecordElement.random();
    const dataPublicKey = element.recordKey(owner, creator.address).dataPublicKey();
    // A short one is read once, so that its facts are those of what is encrypted, whatever happens to a file meanwhile.
    const short = plain.size <= MAX_CONTENT_LENGTH ? new Uint8Array(await plain.arrayBuffer()) : undefined;
    const content = short ? contentFacts(short) : [];
    const stream = (short ? new Blob([short]) : plain).stream();
    const source = counted(context, 'encrypting', stream, plain.size);
    const encrypted = encryptDocumentStream(source, dataPublicKey);
    const ciphertext = await toBlob(context, encrypted.ciphertext);
    const { sha256, size } = await encrypted.digest;
    if (BigInt(ciphertext.size) !== size) {
        throw new ClientError('incomplete', `${ciphertext.size} bytes of the ciphertext were kept, of ${size}`);
    }
    const signer = { wallet: creator.address, sign: creator.signMessage };
    const [taken, errors]: [string[], unknown[]] = [[], []];
    for (const store of stores) {
        context.onProgress?.({ activity: 'uploading', done: 0, total: ciphertext.size });
        try {
            const options = storeOptionsOf(context);
            await uploadDocument(store, ciphertext, sha256, eraseAuthority ?? owner, signer, options);
            taken.push(store);
            context.onProgress?.({ activity: 'uploading', done: ciphertext.size, total: ciphertext.size });
        } catch (error) {
            context.signal?.throwIfAborted();
            if (neededStores === undefined) throw error;
            errors.push(error);
        }
    }
    if (errors.length > 0 && taken.length < Math.max(neededStores ?? 1, 1)) throw errors[0];
    const locator = { ...locatorOf(document), profile: profileOf(content), stores: taken, sha256, size };
    return { element, locator, content };
}

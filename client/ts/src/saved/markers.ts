// Markers of settlements, saved before the secret of a delivery is shown to anybody. The file is that of the Rust client.

import { sha256 } from '@noble/hashes/sha2.js';
import { concatBytes } from '@noble/hashes/utils.js';
import type { Address, ReadonlyUint8Array } from '@solana/kit';
import { addressBytes, copy, i64Bytes } from '../base/bytes.js';
import { ClientError } from '../base/errors.js';
import { exactJson } from '../base/exact-json.js';
import { type Deployment, genesisBytes } from '../crypto/deployment.js';
import { Fields, inHex } from './fields.js';
import type { SavedState } from './saved-state.js';

const VERSION = 1n;
const PLACE = 'settlements';
/** How the names of markers end. */
const SUFFIX = '.settling';

/**
 * A settlement whose secret may have been shown. From then on it is sent, by this page and every later one, until the ledger
 * has it or can't take it any more. Nothing in a marker is secret: the secret follows from it and the seller's keys.
 */
export type Marker = {
    /** The cluster, and the program there. */
    deployment: Deployment;
    /** The order. */
    order: Address;
    /** The seller's wallet. */
    seller: Address;
    /** The purchase. */
    purchase: Address;
    /** Its deadline, Unix time in seconds: it tells the purchase from another one at the same address. */
    deadline: bigint;
    /** `B`. */
    buyerKey: ReadonlyUint8Array;
    /** Hash of the terms. */
    terms: ReadonlyUint8Array;
    /** The seller's encryption key that the records were made for. */
    ownerKey: ReadonlyUint8Array;
    /** `S`. */
    settleKey: ReadonlyUint8Array;
};

/** The name of a marker: genesis hash, purchase, deadline and `S` decide. */
export function markerName({ deadline, deployment, purchase, settleKey }: Marker): string {
    const hash = sha256(
        concatBytes(genesisBytes(deployment.genesis), addressBytes(purchase), i64Bytes(deadline), copy(settleKey)),
    );
    return `${PLACE}/${purchase}.${inHex(hash.slice(0, 8))}${SUFFIX}`;
}

function markerText(marker: Marker): string {
    return exactJson({
        version: VERSION,
        genesis: marker.deployment.genesis,
        program: marker.deployment.program,
        order: marker.order,
        seller: marker.seller,
        purchase: marker.purchase,
        deadline: marker.deadline,
        buyer_key: inHex(marker.buyerKey),
        terms: inHex(marker.terms),
        owner_key: inHex(marker.ownerKey),
        settle_key: inHex(marker.settleKey),
    });
}

/**
 * Whether the secret of this settlement may have been shown.
 *
 * @throws {ClientError} `marker`: there is a marker that can't be read.
 */
export async function hasMarker(saved: SavedState, marker: Marker): Promise<boolean> {
    const name = markerName(marker);
    const text = await saved.read(name);
    return text !== undefined && markerText(readMarker(name, text)) === markerText(marker);
}

/** Saves a marker. It is on the disk when this returns. */
export async function saveMarker(saved: SavedState, marker: Marker): Promise<void> {
    await saved.update(markerName(marker), () => markerText(marker));
}

/** Removes the marker of a settlement that has ended. */
export async function removeMarker(saved: SavedState, marker: Marker): Promise<void> {
    await saved.update(markerName(marker), () => undefined);
}

/**
 * A seller's settlements that have to be continued, by their deadlines.
 *
 * @throws {ClientError} `marker`: one can't be read. It may be of a settlement that has to be continued.
 */
export async function savedMarkers(
    saved: SavedState,
    { genesis, program }: Deployment,
    seller: Address,
): Promise<Marker[]> {
    const markers: Marker[] = [];
    for (const name of await saved.names(PLACE)) {
        const text = name.endsWith(SUFFIX) ? await saved.read(name) : undefined;
        // Another page has ended it meanwhile.
        if (text === undefined) continue;
        const marker = readMarker(name, text);
        const { deployment } = marker;
        if (deployment.genesis === genesis && deployment.program === program && marker.seller === seller) {
            markers.push(marker);
        }
    }
    return markers.sort(
        (one, other) => Number(one.deadline - other.deadline) || (one.purchase < other.purchase ? -1 : 1),
    );
}

function readMarker(name: string, text: string): Marker {
    try {
        const fields = Fields.parse(text);
        const version = fields.integer('version', 8);
        if (version !== VERSION) throw new Error(`it has version ${version}, this software knows ${VERSION}`);
        return {
            deployment: { genesis: fields.address('genesis'), program: fields.address('program') },
            order: fields.address('order'),
            seller: fields.address('seller'),
            purchase: fields.address('purchase'),
            deadline: fields.integer('deadline', 64, true),
            buyerKey: fields.bytes('buyer_key', 32),
            terms: fields.bytes('terms', 32),
            ownerKey: fields.bytes('owner_key', 32),
            settleKey: fields.bytes('settle_key', 32),
        };
    } catch (error) {
        const reason = error instanceof Error ? error.message : 'it is damaged';
        throw new ClientError('marker', `the marker ${name} of a settlement can't be read: ${reason}`, {
            cause: error,
        });
    }
}

// Cards (docs/PROTOCOL.md, section 2): a wallet's attested encryption key as one line of text, for a QR code or a
// message.

import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import { address, getBase58Codec, type ReadonlyUint8Array } from '@solana/kit';
import { copy } from '../base/bytes.js';
import { ClientError } from '../base/errors.js';
import { type AttestedKey, verifyKeyAttestation } from './attestation.js';
import type { Deployment } from './deployment.js';
import type { Envelope } from './envelopes.js';

const TITLE = 'generion-card-v1';
const BASE58 = getBase58Codec();
const MAX_INDEX = 0xffff_ffff;

/** A wallet's encryption key with the wallet's signature. A client that gets a card from its owner needs no node. */
export type Card = {
    /** The deployment that the key is for. */
    deployment: Deployment;
    /** The key, its index and its wallet. */
    key: AttestedKey;
    /** The wallet's signature, 64 bytes. */
    attestation: ReadonlyUint8Array;
};

/** A card as one line of text. */
export function cardText({ deployment, key, attestation }: Card): string {
    return [
        TITLE,
        key.wallet,
        deployment.genesis,
        deployment.program,
        key.index,
        bytesToHex(copy(key.key)),
        BASE58.decode(attestation),
    ].join(':');
}

/**
 * Reads a card and checks its attestation. Returns the card, and the envelope that the wallet signed. If the envelope
 * is `memo`, two nodes have to agree as well (docs/PROTOCOL.md, section 2).
 *
 * @throws {ClientError} `malformed`: the text is no card, or not in the canonical form; `unknown_version`; `missing`,
 * `can_not_sign`, `not_the_wallets`: the wallet did not attest the key.
 */
export function readCard(text: string): Card & { envelope: Envelope } {
    const line = text.trim();
    const [title = '', ...fields] = line.split(':');
    if (title !== TITLE) {
        const isCard = line.includes(':') && title.startsWith('generion-card-v');
        throw isCard
            ? new ClientError('unknown_version', 'this software does not know the version of the card')
            : new ClientError('malformed', `the text of a card begins with ${TITLE}:`);
    }
    const card = parse(fields);
    // A number, a key or a hash can have several texts. A card has the canonical one.
    if (!card || cardText(card) !== line) {
        throw new ClientError('malformed', "the card's text is cut short or damaged");
    }
    return { ...card, envelope: verifyKeyAttestation(card.deployment, card.key, card.attestation) };
}

function parse(fields: string[]): Card | undefined {
    const [wallet = '', genesis = '', program = '', index = '', key = '', attestation = ''] = fields;
    if (fields.length !== 6 || !/^[0-9]{1,10}$/.test(index) || Number(index) > MAX_INDEX) return undefined;
    if (!/^[0-9a-f]{64}$/.test(key)) return undefined;
    try {
        const signature = BASE58.encode(attestation);
        if (signature.length !== 64) return undefined;
        return {
            // A genesis hash is 32 bytes in base58, like an address.
            deployment: { genesis: address(genesis), program: address(program) },
            key: { wallet: address(wallet), index: Number(index), key: hexToBytes(key) },
            attestation: signature,
        };
    } catch {
        return undefined;
    }
}

// Accounts as a node returned them, which is hostile input: owner, discriminator, version and length are checked before
// anything is read. The generated decoders check none of these.

import type { Account, Address, Decoder, EncodedAccount, MaybeEncodedAccount, ReadonlyUint8Array } from '@solana/kit';
import { ClientError } from './errors.js';
import {
    ACCOUNT_LAYOUTS,
    ACCOUNT_VERSION,
    type Capsule,
    GENERION_PROGRAM_ADDRESS,
    getOrderDecoder,
    getOrderDiscriminatorBytes,
    getPurchaseDecoder,
    getPurchaseDiscriminatorBytes,
    getRecordDecoder,
    getRecordDiscriminatorBytes,
    getShareDecoder,
    getShareDiscriminatorBytes,
    getUserDecoder,
    getUserDiscriminatorBytes,
    type Order,
    type Purchase,
    type Record as RecordState,
    type Share,
    type User,
} from './generated/index.js';

/** The accounts of the program. */
export type Accounts = {
    order: Order;
    purchase: Purchase;
    record: RecordState;
    share: Share;
    user: User;
};

const KINDS: { [Kind in keyof Accounts]: { discriminator: ReadonlyUint8Array; decoder: Decoder<Accounts[Kind]> } } = {
    order: { discriminator: getOrderDiscriminatorBytes(), decoder: getOrderDecoder() },
    purchase: { discriminator: getPurchaseDiscriminatorBytes(), decoder: getPurchaseDecoder() },
    record: { discriminator: getRecordDiscriminatorBytes(), decoder: getRecordDecoder() },
    share: { discriminator: getShareDiscriminatorBytes(), decoder: getShareDecoder() },
    user: { discriminator: getUserDiscriminatorBytes(), decoder: getUserDecoder() },
};

/**
 * Reads an account of a kind, with its tail.
 *
 * @throws {ClientError} `wrong_owner`, `wrong_kind`, `unknown_version` or `malformed`.
 */
export function readAccount<Kind extends keyof Accounts>(
    kind: Kind,
    account: Pick<EncodedAccount, 'data' | 'programAddress'>,
    program: Address = GENERION_PROGRAM_ADDRESS,
): Accounts[Kind] {
    const { data, programAddress } = account;
    if (programAddress !== program) {
        throw new ClientError(
            'wrong_owner',
            `the account belongs to program ${programAddress}, not to Generion (${program})`,
        );
    }
    const { discriminator, decoder } = KINDS[kind];
    if (!discriminator.every((byte, index) => byte === data[index])) {
        throw new ClientError('wrong_kind', `the account is not a ${kind}`);
    }
    const version = data[discriminator.length];
    if (version !== undefined && version !== ACCOUNT_VERSION) {
        throw new ClientError(
            'unknown_version',
            `the account has layout version ${version}, this software knows version ${ACCOUNT_VERSION}: update it`,
        );
    }
    if (data.length !== lengthOf(kind, data)) {
        throw new ClientError('malformed', `the account's data is malformed: ${data.length} bytes`);
    }
    return decoder.decode(data);
}

/** How long the data must be; `undefined` where it is too short to tell. */
function lengthOf(kind: keyof Accounts, data: ReadonlyUint8Array): number | undefined {
    const { size, tail } = ACCOUNT_LAYOUTS[kind];
    if (!tail) return size;
    if (data.length < size + 4) return undefined;
    const count = new DataView(Uint8Array.from(data.subarray(size, size + 4)).buffer).getUint32(0, true);
    return size + 4 + count * tail.itemSize;
}

/**
 * Reads what a node returned for an address; `undefined` where there is no account.
 *
 * @throws {ClientError} As {@link readAccount}.
 */
export function readMaybeAccount<Kind extends keyof Accounts>(
    kind: Kind,
    account: MaybeEncodedAccount,
    program: Address = GENERION_PROGRAM_ADDRESS,
): Account<Accounts[Kind]> | undefined {
    if (!account.exists) return undefined;
    const { exists: _, ...encoded } = account;
    return { ...encoded, data: readAccount(kind, encoded, program) };
}

/** An order's label as text. */
export function orderLabel(order: Order): string {
    const end = order.label.indexOf(0);
    const bytes = Uint8Array.from(end < 0 ? order.label : order.label.subarray(0, end));
    return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
}

/** The capsules of a purchase, one for each record of the order; `undefined`: not delivered yet. */
export function deliveredCapsules(purchase: Purchase): (Capsule | undefined)[] {
    return purchase.capsules.map((capsule) => (capsule.ephemeral.every((byte) => byte === 0) ? undefined : capsule));
}

// Accounts as a node returned them. They are hostile input: these functions check owner, discriminator, version and
// length before they read anything, and recompute the address from the contents. The generated decoders check none of
// these.

import type {
    Account,
    Address,
    Decoder,
    EncodedAccount,
    MaybeEncodedAccount,
    ProgramDerivedAddress,
    ReadonlyUint8Array,
} from '@solana/kit';
import { copy, isZero } from '../base/bytes.js';
import { ClientError } from '../base/errors.js';
import {
    ACCOUNT_LAYOUTS,
    ACCOUNT_VERSION,
    type Application,
    type Capsule,
    findApplicationPda,
    findOrderPda,
    findPurchasePda,
    findRecordPda,
    findSeatPda,
    findSharePda,
    findStudyPda,
    findUserPda,
    GENERION_PROGRAM_ADDRESS,
    getApplicationDecoder,
    getApplicationDiscriminatorBytes,
    getOrderDecoder,
    getOrderDiscriminatorBytes,
    getPurchaseDecoder,
    getPurchaseDiscriminatorBytes,
    getRecordDecoder,
    getRecordDiscriminatorBytes,
    getShareDecoder,
    getShareDiscriminatorBytes,
    getStudyDecoder,
    getStudyDiscriminatorBytes,
    getUserDecoder,
    getUserDiscriminatorBytes,
    type Order,
    type Purchase,
    type RecordState,
    type Share,
    type Study,
    type User,
} from '../generated/index.js';
import { ANYONE, recordContents } from '../records/commitments.js';
import { readTail } from '../studies/tail.js';

/** The accounts of the program. */
export type Accounts = {
    application: Application;
    order: Order;
    purchase: Purchase;
    record: RecordState;
    share: Share;
    study: Study;
    user: User;
};

type Kind<State> = {
    discriminator: ReadonlyUint8Array;
    decoder: Decoder<State>;
    /** The address that follows from the contents. The program creates the account at this address and nowhere else. */
    find: (state: State, config: { programAddress: Address }) => Promise<ProgramDerivedAddress>;
    /** Checks what the length of the data does not show. */
    check?: (state: State) => unknown;
};

const KINDS: { [Name in keyof Accounts]: Kind<Accounts[Name]> } = {
    order: { discriminator: getOrderDiscriminatorBytes(), decoder: getOrderDecoder(), find: findOrderPda },
    purchase: {
        discriminator: getPurchaseDiscriminatorBytes(),
        decoder: getPurchaseDecoder(),
        find: (purchase, config) =>
            purchase.seat === 0
                ? findPurchasePda(purchase, config)
                : findSeatPda({ vault: purchase.buyer, participant: purchase.seller }, config),
    },
    record: {
        discriminator: getRecordDiscriminatorBytes(),
        decoder: getRecordDecoder(),
        find: (record, config) => findRecordPda({ owner: record.owner, contents: recordContents(record) }, config),
    },
    application: {
        discriminator: getApplicationDiscriminatorBytes(),
        decoder: getApplicationDecoder(),
        find: findApplicationPda,
    },
    study: {
        discriminator: getStudyDiscriminatorBytes(),
        decoder: getStudyDecoder(),
        find: findStudyPda,
        check: readTail,
    },
    share: { discriminator: getShareDiscriminatorBytes(), decoder: getShareDecoder(), find: findSharePda },
    user: { discriminator: getUserDiscriminatorBytes(), decoder: getUserDecoder(), find: findUserPda },
};

/** The bytes with which the data of every account of a kind begins. */
export const discriminatorOf = (kind: keyof Accounts): Uint8Array<ArrayBuffer> => copy(KINDS[kind].discriminator);

/**
 * Reads an account of a kind, with its tail, and checks that it belongs to the requested address. For a record, the
 * address proves everything that the creator decided. For the other kinds, it proves only whose account it is; the node
 * could have invented the rest.
 *
 * @throws {ClientError} `wrong_owner`, `wrong_kind`, `unknown_version`, `malformed` or `wrong_address`.
 */
export async function readAccount<Name extends keyof Accounts>(
    kind: Name,
    account: Pick<EncodedAccount, 'address' | 'data' | 'programAddress'>,
    program: Address = GENERION_PROGRAM_ADDRESS,
): Promise<Accounts[Name]> {
    const state = decodeChecked(kind, account, program);
    const [expected] = await KINDS[kind].find(state, { programAddress: program });
    if (expected !== account.address) {
        throw new ClientError(
            'wrong_address',
            `the ${kind} that was returned for ${account.address} belongs to address ${expected}`,
        );
    }
    return state;
}

/** Checks all but the address. */
function decodeChecked<Name extends keyof Accounts>(
    kind: Name,
    { data, programAddress }: Pick<EncodedAccount, 'data' | 'programAddress'>,
    program: Address,
): Accounts[Name] {
    if (programAddress !== program) {
        throw new ClientError(
            'wrong_owner',
            `the account belongs to program ${programAddress}, not to Generion (${program})`,
        );
    }
    const { check, discriminator, decoder } = KINDS[kind];
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
    const state = decoder.decode(data);
    check?.(state);
    return state;
}

/** The length that the data must have; `undefined` if the data is too short to tell. */
function lengthOf(kind: keyof Accounts, data: ReadonlyUint8Array): number | undefined {
    const { size, tail } = ACCOUNT_LAYOUTS[kind];
    if (!tail) return size;
    if (data.length < size + 4) return undefined;
    const count = new DataView(Uint8Array.from(data.subarray(size, size + 4)).buffer).getUint32(0, true);
    return size + 4 + count * tail.itemSize;
}

/**
 * Reads a node's answer for an address; `undefined` if there is no account, or one without data that belongs to the system
 * program: anybody can send lamports to an address.
 *
 * @throws {ClientError} As {@link readAccount}.
 */
export async function readMaybeAccount<Name extends keyof Accounts>(
    kind: Name,
    account: MaybeEncodedAccount,
    program: Address = GENERION_PROGRAM_ADDRESS,
): Promise<Account<Accounts[Name]> | undefined> {
    if (!account.exists || isPlain(account)) return undefined;
    const { exists: _, ...encoded } = account;
    return { ...encoded, data: await readAccount(kind, encoded, program) };
}

const SYSTEM_PROGRAM = '11111111111111111111111111111111' as Address;

/** Whether an account holds lamports and nothing else. */
const isPlain = ({ data, programAddress }: EncodedAccount) => data.length === 0 && programAddress === SYSTEM_PROGRAM;

/** An order's label as text. */
export function orderLabel(order: Order): string {
    const end = order.label.indexOf(0);
    const bytes = Uint8Array.from(end < 0 ? order.label : order.label.subarray(0, end));
    return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
}

/** The only wallet that may buy; `undefined` if anyone may. */
export function onlyBuyerOf(order: Order): Address | undefined {
    return order.onlyBuyer === ANYONE ? undefined : order.onlyBuyer;
}

/**
 * State of a purchase: waiting for deliveries, completely delivered and locked, or settled: paid, with capsules that
 * open.
 */
export type PurchaseStatus = (typeof PURCHASE_STATUSES)[number];

const PURCHASE_STATUSES = ['pending', 'locked', 'settled'] as const;

/**
 * The state of a purchase.
 *
 * @throws {ClientError} `malformed`: a status that no purchase has.
 */
export function purchaseStatus({ status }: Purchase): PurchaseStatus {
    const known = PURCHASE_STATUSES[status];
    if (!known) throw new ClientError('malformed', `a purchase has no status ${status}`);
    return known;
}

/** The capsules of a purchase, one for each record of the order; `undefined` for a record that is not delivered yet. */
export function deliveredCapsules(purchase: Purchase): (Capsule | undefined)[] {
    return purchase.capsules.map((capsule) => (isZero(capsule.ephemeral) ? undefined : capsule));
}

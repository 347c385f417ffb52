// Lists of accounts by their fields, from all nodes.

import { type Address, type Base58EncodedBytes, getBase58Decoder, getBase64Encoder } from '@solana/kit';
import { addressBytes, compareBytes, isSame } from '../base/bytes.js';
import { ClientError } from '../base/errors.js';
import { FIELD_OFFSETS } from '../generated/index.js';
import { type Accounts, discriminatorOf, readAccount } from './accounts.js';
import type { Ledger } from './ledger.js';
import type { LedgerNode } from './node.js';

/** Fields by which a kind of account can be listed, with the value to look for: an address, or a state of one byte. */
export type Filter<Name extends keyof Accounts> = {
    [Field in keyof (typeof FIELD_OFFSETS)[Name] & keyof Accounts[Name]]?: Accounts[Name][Field];
};

/** An account and its address. */
export type KeyedAccount<Name extends keyof Accounts> = { address: Address; state: Accounts[Name] };

/** Accounts that match a filter. */
export type Listing<Name extends keyof Accounts> = {
    /** The accounts, sorted by address. */
    accounts: KeyedAccount<Name>[];
    /**
     * What nodes showed that can't be, or that they don't agree on. Each names its node, or the address in question. An
     * account that all nodes leave out can't be noticed.
     */
    doubts: ClientError[];
};

/** Accounts that nodes show differently, and that are read again. Anybody can invent any number of accounts. */
const MOST_DISPUTED = 100;
/** How many of them are read at a time. */
const AT_A_TIME = 10;

/**
 * Lists accounts, such as the records of an owner: `list(ledger, 'record', { owner })`. All nodes are asked, and an account
 * that they don't show alike is read again with {@link Ledger.find}, 100 of them at most. Each account is checked as `readAccount` does, and
 * against the filter.
 *
 * A node lists all accounts of the filter at once: filter by an address, unless the ledger is small.
 *
 * @throws {ClientError} `no_node`: no node answers.
 * @throws {RangeError} This kind of account can't be listed by one of these fields.
 */
export async function list<Name extends keyof Accounts>(
    ledger: Ledger,
    kind: Name,
    filter: Filter<Name>,
): Promise<Listing<Name>> {
    const filters = filtersOf(kind, filter);
    await ledger.checkGenesis();
    const answers = await ledger.askAll((node) => listAt(ledger, node, kind, filter, filters));
    const doubts = answers.flatMap(({ value }) => value.doubts);
    const accounts = new Map<Address, KeyedAccount<Name>>();
    const take = (address: Address, state: Accounts[Name] | undefined) => {
        if (state && matches(state, filter)) accounts.set(address, { address, state });
    };
    const shown = answers.map(({ value }) => value.found);
    const disputed = new Map<Address, number>();
    for (const found of shown) {
        let place = 0;
        for (const [address, { data, state }] of found) {
            if (shown.every((other) => isSame(other.get(address)?.data ?? new Uint8Array(), data))) {
                take(address, state);
            } else {
                disputed.set(address, Math.min(place, disputed.get(address) ?? place));
                place += 1;
            }
        }
    }
    // By their places among what each node shows, so that a node that invents many does not crowd out another's.
    const inTurn = [...disputed].sort(([, one], [, other]) => one - other).map(([address]) => address);
    for (let first = 0; first < Math.min(inTurn.length, MOST_DISPUTED); first += AT_A_TIME) {
        const asked = inTurn.slice(first, first + AT_A_TIME).map(async (address) => {
            try {
                take(address, (await ledger.find(kind, address)).state);
            } catch (error) {
                if (!(error instanceof ClientError)) throw error;
                doubts.push(error);
            }
        });
        await Promise.all(asked);
    }
    const rest = inTurn.length - MOST_DISPUTED;
    if (rest > 0) {
        doubts.push(new ClientError('nodes_disagree', `the nodes show ${rest} further accounts differently`));
    }
    const sorted = [...accounts.values()].sort((one, other) =>
        compareBytes(addressBytes(one.address), addressBytes(other.address)),
    );
    return { accounts: sorted, doubts };
}

type Found<Name extends keyof Accounts> = {
    found: Map<Address, { state: Accounts[Name]; data: Uint8Array }>;
    doubts: ClientError[];
};

/** The filter as a node takes it. */
function filtersOf<Name extends keyof Accounts>(kind: Name, filter: Filter<Name>) {
    const filters = [memcmp(0, discriminatorOf(kind))];
    for (const [field, value] of Object.entries(filter)) {
        const offset = (FIELD_OFFSETS[kind] as { [field: string]: number })[field];
        if (offset === undefined) throw new RangeError(`a ${kind} can't be listed by ${field}`);
        filters.push(memcmp(offset, typeof value === 'number' ? Uint8Array.of(value) : addressBytes(value as Address)));
    }
    return filters;
}

async function listAt<Name extends keyof Accounts>(
    ledger: Ledger,
    node: LedgerNode,
    kind: Name,
    filter: Filter<Name>,
    filters: ReturnType<typeof memcmp>[],
): Promise<Found<Name>> {
    const { deployment } = ledger;
    const { name, rpc } = node;
    const minContextSlot = ledger.minContextSlotOf(node);
    const config = { commitment: 'confirmed', encoding: 'base64', filters, minContextSlot } as const;
    const shown = await rpc.getProgramAccounts(deployment.program, config).send();
    const [found, doubts]: [Found<Name>['found'], ClientError[]] = [new Map(), []];
    for (const { account, pubkey: address } of shown) {
        const data = Uint8Array.from(getBase64Encoder().encode(account.data[0]));
        try {
            const encoded = { address, data, programAddress: account.owner };
            const state = await readAccount(kind, encoded, deployment.program);
            if (!matches(state, filter)) throw new ClientError('not_asked_for', `${address} does not match the filter`);
            found.set(address, { state, data });
        } catch (error) {
            if (!(error instanceof ClientError)) throw error;
            doubts.push(new ClientError(error.code, `node ${name} shows at ${address}: ${error.message}`));
        }
    }
    return { found, doubts };
}

const memcmp = (offset: number, bytes: Uint8Array) => ({
    memcmp: {
        offset: BigInt(offset),
        bytes: getBase58Decoder().decode(bytes) as Base58EncodedBytes,
        encoding: 'base58' as const,
    },
});

const matches = <Name extends keyof Accounts>(state: Accounts[Name], filter: Filter<Name>) =>
    Object.entries(filter).every(([field, value]) => (state as { [field: string]: unknown })[field] === value);

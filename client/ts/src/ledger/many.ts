// Accounts of several addresses, from all nodes, with few requests.

import { type Address, parseBase64RpcAccount } from '@solana/kit';
import { addressBytes, compareBytes, isSame } from '../base/bytes.js';
import { ClientError } from '../base/errors.js';
import { type Accounts, readMaybeAccount } from './accounts.js';
import type { Ledger } from './ledger.js';
import type { KeyedAccount, Listing } from './listings.js';
import type { LedgerNode } from './node.js';

/** Accounts that a node gives in one answer. */
const AT_ONCE = 100;

type Shown<Name extends keyof Accounts> = { state: Accounts[Name]; data: Uint8Array };
type Answer<Name extends keyof Accounts> = { found: Map<Address, Shown<Name>>; doubts: ClientError[] };

/**
 * Reads the accounts at these addresses. All nodes are asked, each account is checked as `readAccount` does, and one that they
 * don't show alike is read again with {@link Ledger.find}. Addresses without an account are left out.
 *
 * @throws {ClientError} `no_node`: no node answers; `wrong_cluster`.
 */
export async function readMany<Name extends keyof Accounts>(
    ledger: Ledger,
    kind: Name,
    addresses: Iterable<Address>,
): Promise<Listing<Name>> {
    const asked = [...new Set(addresses)];
    if (asked.length === 0) return { accounts: [], doubts: [] };
    await ledger.checkGenesis();
    const answers = await ledger.askAll((node) => readAt(ledger, node, kind, asked));
    const doubts = answers.flatMap(({ value }) => value.doubts);
    const accounts: KeyedAccount<Name>[] = [];
    for (const address of asked) {
        const shown = answers.map(({ value }) => value.found.get(address));
        const [first] = shown;
        if (shown.every((one) => isSame(one?.data ?? new Uint8Array(), first?.data ?? new Uint8Array()))) {
            if (first) accounts.push({ address, state: first.state });
            continue;
        }
        try {
            const { state } = await ledger.find(kind, address);
            if (state) accounts.push({ address, state });
        } catch (error) {
            if (!(error instanceof ClientError)) throw error;
            doubts.push(error);
        }
    }
    accounts.sort((one, other) => compareBytes(addressBytes(one.address), addressBytes(other.address)));
    return { accounts, doubts };
}

async function readAt<Name extends keyof Accounts>(
    ledger: Ledger,
    node: LedgerNode,
    kind: Name,
    addresses: readonly Address[],
): Promise<Answer<Name>> {
    const { deployment } = ledger;
    const config = {
        commitment: 'confirmed',
        encoding: 'base64',
        minContextSlot: ledger.minContextSlotOf(node),
    } as const;
    const [found, doubts]: [Answer<Name>['found'], ClientError[]] = [new Map(), []];
    for (let first = 0; first < addresses.length; first += AT_ONCE) {
        const some = addresses.slice(first, first + AT_ONCE);
        const { value } = await node.rpc.getMultipleAccounts(some, config).send();
        for (const [index, address] of some.entries()) {
            const account = parseBase64RpcAccount(address, value[index] ?? null);
            try {
                const read = await readMaybeAccount(kind, account, deployment.program);
                if (read && account.exists)
                    found.set(address, { state: read.data, data: Uint8Array.from(account.data) });
            } catch (error) {
                if (!(error instanceof ClientError)) throw error;
                doubts.push(new ClientError(error.code, `node ${node.name} shows at ${address}: ${error.message}`));
            }
        }
    }
    return { found, doubts };
}

// Whether somebody has access is the nodes' word: what a gateway leaves out is neither revoked nor "nobody" for that.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ClientError } from '@generion/client';
import type { Address } from '@solana/kit';
import type { Offline } from '../src/worker/offline.js';
import type { Session } from '../src/worker/session.js';
import { Shares } from '../src/worker/shares.js';

const ME = '11111111111111111111111111111111';
const seen = { address: 'share', record: 'record', owner: 'owner', recipient: ME };
/** The ledger's time, far from this device's. */
const NOW = 1_000n;

type Answers = {
    /** The share at its address, as the nodes have it. */
    find?: () => Promise<{ state: object | undefined }>;
    /** The answer of all nodes. */
    all?: () => Promise<{ value: unknown }[]>;
    /** The gateway's list. */
    listed?: { address: Address; state: object }[];
};

/** The shares of an account that has seen one, with a ledger and a gateway that answer so. */
function sharesWith({ all, find, listed = [] }: Answers) {
    const [forgotten, kept] = [[] as string[], new Map<string, unknown>([[`shares ${ME}`, [seen]]])];
    const ledger = { checkGenesis: async () => {}, find, askAll: all ?? (async () => [{ value: NOW }]) };
    const gateway = { list: () => listed };
    const database = {
        get: async (_: string, name: string) => kept.get(name),
        put: async (_: string, value: unknown, name: string) => kept.set(name, value),
    };
    const session = {
        actor: () => ({ keys: { wallet: ME } }),
        context: async () => ({ ledger, gateway }),
        database: async () => database,
    };
    const offline = { forget: async (subject: string) => void forgotten.push(subject) };
    const shares = new Shares(session as unknown as Session, offline as unknown as Offline);
    return { shares, forgotten, kept: () => kept.get(`shares ${ME}`) };
}

const stateUntil = (expiresAt: bigint) => ({ record: 'record', owner: 'owner', recipient: ME, expiresAt });

test('a share that a gateway leaves out is shown as the nodes have it', async () => {
    const { forgotten, kept, shares } = sharesWith({ find: async () => ({ state: stateUntil(NOW + 1n) }) });
    const { doubt, shares: found } = await shares.withMe();
    assert.deepEqual(found, [{ ...seen, expiresAt: 1_001, hasExpired: false, isRevoked: false }]);
    assert.deepEqual([doubt, forgotten, kept()], [undefined, [], [seen]]);
});

test('a share that the nodes say is gone is revoked, and what was kept of it is forgotten', async () => {
    const { forgotten, kept, shares } = sharesWith({ find: async () => ({ state: undefined }) });
    const { doubt, shares: found } = await shares.withMe();
    assert.deepEqual(found, [{ ...seen, expiresAt: undefined, hasExpired: false, isRevoked: true }]);
    assert.deepEqual([doubt, forgotten, kept()], [undefined, ['share'], [seen]]);
});

test('a share of which the nodes say nothing certain is not called revoked, and stays known', async () => {
    for (const [code, expected] of [
        ['nodes_disagree', 'nodes_disagree'],
        ['no_node', 'unanswered'],
    ] as const) {
        const { forgotten, kept, shares } = sharesWith({
            find: async () => {
                throw new ClientError(code, 'no agreement');
            },
        });
        assert.deepEqual(await shares.withMe(), { shares: [], doubt: expected });
        assert.deepEqual([forgotten, kept()], [[], [seen]]);
    }
});

test('a share ends by the clock of the ledger', async () => {
    const listed = [NOW, NOW + 1n, 0n].map((end, index) => ({
        address: `share ${index}` as Address,
        state: stateUntil(end),
    }));
    for (const [one, hasExpired] of [
        [listed[0], true],
        [listed[1], false],
        [listed[2], false],
    ] as const) {
        assert.ok(one);
        const { shares } = sharesWith({ find: async () => ({ state: undefined }), listed: [one] });
        assert.equal((await shares.withMe()).shares[0]?.hasExpired, hasExpired);
    }
});

test('who has access is asked of the nodes, and their doubts are told', async () => {
    const listing = (doubts: ClientError[]) => async () => [{ value: { found: new Map(), doubts } }];
    const listed = [{ address: 'other' as Address, state: stateUntil(0n) }];
    const sure = sharesWith({ all: listing([]), listed });
    assert.deepEqual(await sure.shares.byMe(), { shares: [], doubt: undefined });
    const unsure = sharesWith({ all: listing([new ClientError('nodes_disagree', '')]) });
    assert.deepEqual(await unsure.shares.byMe(), { shares: [], doubt: 'nodes_disagree' });
    const silent = sharesWith({
        all: async () => {
            throw new ClientError('no_node', 'none');
        },
    });
    assert.deepEqual(await silent.shares.byMe(), { shares: [], doubt: 'gateway_alone' });
});

// The file of networks, which whoever serves the app writes.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { readNetworks } from '../src/network/network.js';

const local = { name: 'Local', cluster: 'localnet', nodes: ['http://127.0.0.1:8899'], stores: [] };

test('the file that the app comes with is read', () => {
    const file = new URL('../../public/networks.json', import.meta.url);
    assert.equal(readNetworks(JSON.parse(readFileSync(file, 'utf8'))).length, 1);
});

test('what is wrong in the file is named with its place', () => {
    for (const [entry, message] of [
        [{ ...local, name: '' }, 'networks.json, network 1: "name" is missing'],
        [{ ...local, cluster: 'toString' }, /network 1: "cluster" is one of mainnet-beta, devnet, testnet, localnet/],
        [{ ...local, program: 'x' }, 'networks.json, network 1: "program" is no address'],
        [{ ...local, nodes: [] }, /network 1, "nodes": a list of https addresses/],
        [{ ...local, nodes: ['http://node.example'] }, /"nodes": a list of https addresses/],
        [{ ...local, stores: ['javascript:alert(1)'] }, /"stores": a list of https addresses/],
        [{ ...local, gateway: 'http://gateway.example' }, /"gateway": a list of https addresses/],
        [{ ...local, rate: { currency: 'EUR', price: '1', date: '2026-11-28' } }, /"rate": \{"currency": "EUR"/],
        [{ ...local, rate: { currency: 'euro', price: 1, date: '2026-11-28' } }, /"rate"/],
        [{ ...local, rate: { currency: 'EUR', price: 1, date: 'today' } }, /"rate"/],
        [null, /"name" is missing/],
    ] as const) {
        assert.throws(() => readNetworks([entry]), { name: 'InvalidNetworks', message });
    }
    assert.throws(() => readNetworks([]), { message: 'networks.json: a list of networks' });
});

// What happened to a record, as the ledger shows it, compared with the Rust client's history of it.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
    addressesIn,
    findRecipient,
    Gateway,
    getVerifyRecordInstruction,
    Ledger,
    type LedgerNode,
    publishKey,
    readHistory,
    revokeShare,
    sendPrepared,
    shareRecord,
} from '../src/index.js';
import { writeRecord } from './support/acts.js';
import { Town } from './support/localnet.js';
import { type Trader, traderOf } from './support/market.js';
import { assertCode } from './support/refusals.js';

let town: Town;
let [patient, clinic, doctor] = [] as unknown as [Trader, Trader, Trader];

before(async () => {
    town = await Town.found();
    for (const role of ['patient', 'clinic', 'doctor']) {
        const trader = traderOf(town, await town.person(role));
        if (role === 'patient') patient = trader;
        else if (role === 'clinic') clinic = trader;
        else doctor = trader;
        await sendPrepared(trader.context, await publishKey(trader.context, trader.actor));
    }
});

after(async () => await town?.close());

test('a record’s history has what the Rust client’s has, with the shares that ended', async () => {
    const { actor, context, wallet } = patient;
    const record = await writeRecord(town, clinic.person, wallet.address, Buffer.from('a document'));
    await town.send(patient.person, getVerifyRecordInstruction({ owner: wallet.signer, record }));
    const recipient = await findRecipient(context, doctor.wallet.address);
    const { outcome } = await sendPrepared(context, await shareRecord(context, actor, record, recipient));
    await sendPrepared(context, await revokeShare(context, actor, outcome.share));

    const history = await readHistory(context, record);
    assert.deepEqual([history.nodes, history.missing, history.isCut], [1, 0, false]);
    const names = history.entries.flatMap(({ events }) => events.map(({ name }) => name));
    assert.deepEqual(names, ['ShareRevoked', 'RecordShared', 'RecordVerified', 'RecordCreated']);
    assert.ok(history.entries.every(({ hasFailed, shownBy, time }) => !hasFailed && shownBy === 1 && time));
    assert.deepEqual(
        history.entries.map(({ signers }) => signers),
        [[wallet.address], [wallet.address], [wallet.address], [clinic.wallet.address]],
    );
    const shared = history.entries[1]?.events[0];
    assert.ok(shared && addressesIn(shared).some(({ address }) => address === doctor.wallet.address));

    const rust = await clinic.person.does('history', record);
    const entries = rust.entries as unknown as { kind: string; signature: string }[];
    const signatures = history.entries.map(({ signature }) => signature as string);
    assert.deepEqual(new Set(entries.map(({ signature }) => signature)), new Set(signatures), JSON.stringify(rust));

    // With a gateway, which names the same.
    const gateway = new Gateway(town.gatewayUrl);
    const named = await gateway.signaturesOf(record);
    assert.ok(named.length >= 3 && named.every((one) => signatures.includes(one)), named.join());
    assert.deepEqual((await readHistory({ ...context, gateway }, record)).entries, history.entries);
});

test('what a node leaves out is marked, and another transaction than the one asked for tells nothing', async () => {
    const record = await writeRecord(town, clinic.person, patient.wallet.address, Buffer.from('another'));
    const [real] = town.ledger.nodes;
    assert.ok(real);
    const whole = await readHistory(patient.context, record);
    assert.equal(whole.entries.length, 1);

    // A second node that lists nothing.
    const answers = { getSignaturesForAddress: { send: async () => [] }, getTransaction: { send: async () => null } };
    const empty = nodeThat(real, answers);
    const both = { ...patient.context, ledger: new Ledger(town.deployment, [real, empty]) };
    const marked = await readHistory(both, record);
    assert.deepEqual([marked.nodes, marked.entries[0]?.shownBy], [2, 1]);

    // A node that answers with a transaction of somebody else's.
    const other = await writeRecord(town, clinic.person, patient.wallet.address, Buffer.from('a third'));
    const [stranger] = (await readHistory(patient.context, other)).entries;
    assert.ok(stranger);
    const config = { commitment: 'confirmed', encoding: 'json', maxSupportedTransactionVersion: 0 } as const;
    const shown = await real.rpc.getTransaction(stranger.signature, config).send();
    const lying = nodeThat(real, { getTransaction: { send: async () => shown } });
    const told = await readHistory({ ...patient.context, ledger: new Ledger(town.deployment, [lying]) }, record);
    assert.deepEqual([told.entries, told.missing], [[], 1]);

    // A node that shows the same transaction with another outcome or another log, or without any.
    const [entry] = whole.entries;
    assert.ok(entry);
    const own = await real.rpc.getTransaction(entry.signature, config).send();
    assert.ok(own?.meta);
    const failed = { ...own, meta: { ...own.meta, err: { InstructionError: [0, { Custom: 1 }] } } };
    const logless = { ...own, meta: { ...own.meta, logMessages: [] } };
    const bare = { ...own, meta: null };
    for (const [answer, hasFailed, events] of [
        [failed, true, 0],
        [logless, false, 0],
        [bare, false, 0],
    ] as const) {
        const liar = nodeThat(real, { getTransaction: { send: async () => answer } });
        const read = async (...nodes: LedgerNode[]) =>
            (await readHistory({ ...patient.context, ledger: new Ledger(town.deployment, nodes) }, record)).entries[0];
        const alone = await read(liar);
        assert.deepEqual([alone?.hasFailed, alone?.events.length, alone?.shownBy], [hasFailed, events, 1]);
        assert.equal((await read(real, liar))?.shownBy, 1);
        // Two of three show it as it was, in whatever order they are asked.
        for (const nodes of [
            [liar, real, { ...real, name: 'third' }],
            [real, { ...real, name: 'third' }, liar],
        ]) {
            const most = await read(...nodes);
            assert.deepEqual([most?.hasFailed, most?.events, most?.shownBy], [false, entry.events, 2]);
        }
    }
    assert.equal(
        (await readHistory({ ...patient.context, ledger: new Ledger(town.deployment, [real, { ...real }]) }, record))
            .entries[0]?.shownBy,
        2,
    );

    // A node that has forgotten.
    const forgetful = nodeThat(real, { getTransaction: { send: async () => null } });
    const forgotten = { ...patient.context, ledger: new Ledger(town.deployment, [forgetful]) };
    assert.equal((await readHistory(forgotten, record)).missing, 1);
});

/** A node that answers some questions by itself, and the others as a real one. */
function nodeThat(real: LedgerNode, answers: { [method: string]: { send: () => Promise<unknown> } }): LedgerNode {
    const rpc = new Proxy(real.rpc, {
        get: (target, method) =>
            typeof method === 'string' && answers[method]
                ? () => answers[method]
                : (target as unknown as { [name: string | symbol]: unknown })[method],
    });
    return { ...real, name: 'other', rpc };
}

test('a gateway that names nonsense is passed over, and its refusal is told to whoever asks it alone', async () => {
    const record = await writeRecord(town, clinic.person, patient.wallet.address, Buffer.from('a fourth'));
    for (const body of ['{"items":[{"signature":"x"}]}', '{"items":[null]}', '{}', '[]']) {
        const gateway = new Gateway('https://gateway.example', { fetch: async () => new Response(body) });
        await assertCode(gateway.signaturesOf(record), 'malformed');
        assert.equal((await readHistory({ ...patient.context, gateway }, record)).entries.length, 1, body);
    }
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type AccountMeta, AccountRole, type Address, createNoopSigner, type Instruction } from '@solana/kit';
import * as client from '../src/index.js';
import {
    type Accounts,
    ClientError,
    type ClientErrorCode,
    decodeEvent,
    deliveredCapsules,
    eventsFromLogs,
    findOrderPda,
    findPurchasePda,
    findRecordPda,
    findSharePda,
    findUserPda,
    getCreateOrderInstructionAsync,
    onlyBuyerOf,
    orderLabel,
    orderTerms,
    purchaseStatus,
    readAccount,
} from '../src/index.js';
import { bytes, camelCase, describedErrors, hex, inVectorForm, vectors } from './support/vectors.js';

/** `Record` as `record`. */
const kindOf = (account: string) => account.toLowerCase() as keyof Accounts;

test('addresses are derived', async () => {
    type Seeds = { [name: string]: string };
    const file = vectors<{
        cases: { account: string; program_id: Address; seeds: Seeds; address: Address; bump: number }[];
    }>('addresses');
    const find = (account: string, seeds: Seeds, programAddress: Address) => {
        const address = (name: string) => seeds[name] as Address;
        const id = BigInt(seeds.id ?? 0);
        const config = { programAddress };
        switch (account) {
            case 'User':
                return findUserPda({ wallet: address('wallet') }, config);
            case 'Record':
                return findRecordPda({ owner: address('owner'), contents: bytes(seeds.contents ?? '') }, config);
            case 'Order':
                return findOrderPda({ seller: address('seller'), id }, config);
            case 'Purchase':
                return findPurchasePda({ order: address('order'), buyer: address('buyer') }, config);
            case 'Share':
                return findSharePda({ record: address('record'), recipient: address('recipient') }, config);
            case 'Study':
                return client.findStudyPda({ sponsor: address('sponsor'), id }, config);
            case 'Application':
                return client.findApplicationPda(
                    { study: address('study'), participant: address('participant') },
                    config,
                );
            case 'Vault':
                return client.findVaultPda({ study: address('study') }, config);
            case 'Seat':
                return client.findSeatPda({ vault: address('vault'), participant: address('participant') }, config);
            default:
                throw new Error(`an address of ${account}`);
        }
    };
    for (const { account, program_id, seeds, address, bump } of file.cases) {
        assert.deepEqual(await find(account, seeds, program_id), [address, bump], account);
    }
    assert.ok(file.cases.length >= 18);
});

type AccountFile = {
    program_id: Address;
    cases: {
        account: string;
        address: Address;
        data: string;
        fields: unknown;
        label?: string;
        terms?: string;
        status?: string;
        delivered?: boolean[];
    }[];
    refused: {
        name: string;
        account: string;
        asked: Address;
        owner: Address;
        data: string;
        error: ClientErrorCode;
    }[];
};
const accounts = vectors<AccountFile>('accounts');

test('accounts are read with their tails, and encoded back to the same bytes', async () => {
    for (const { account, address, data, fields, ...vector } of accounts.cases) {
        const kind = kindOf(account);
        const state = await readAccount(kind, { address, data: bytes(data), programAddress: accounts.program_id });
        assert.deepEqual(inVectorForm(state), fields, account);
        assert.equal(hex(encodeAccount(kind, state)), data, account);
        if (kind === 'order') {
            assert.equal(orderLabel(state as client.Order), vector.label);
            assert.equal(hex(orderTerms(address, state as client.Order)), vector.terms);
        }
        if (kind === 'purchase') {
            const slots = deliveredCapsules(state as client.Purchase);
            assert.deepEqual(
                slots.map((slot) => slot !== undefined),
                vector.delivered,
            );
            assert.equal(purchaseStatus(state as client.Purchase), vector.status);
        }
    }
    assert.deepEqual(
        new Set(accounts.cases.map(({ account }) => kindOf(account))),
        new Set(['application', 'order', 'purchase', 'record', 'share', 'study', 'user']),
    );
});

test('an order for one buyer names it, and a purchase has no fourth status', async () => {
    const named = { order: 0, purchase: 0 };
    for (const { account, address, data } of accounts.cases) {
        const kind = kindOf(account);
        const state = await readAccount(kind, { address, data: bytes(data), programAddress: accounts.program_id });
        if (kind === 'order' && onlyBuyerOf(state as client.Order)) named.order += 1;
        if (kind !== 'purchase') continue;
        named.purchase += 1;
        assert.throws(
            () => purchaseStatus({ ...(state as client.Purchase), status: 3 }),
            (thrown) => thrown instanceof ClientError && thrown.code === 'malformed',
        );
    }
    assert.ok(named.order === 1 && named.purchase >= 4);
});

function encodeAccount(kind: keyof Accounts, state: Accounts[keyof Accounts]) {
    switch (kind) {
        case 'application':
            return client.getApplicationEncoder().encode(state as client.Application);
        case 'study':
            return client.getStudyEncoder().encode(state as client.Study);
        case 'order':
            return client.getOrderEncoder().encode(state as client.Order);
        case 'purchase':
            return client.getPurchaseEncoder().encode(state as client.Purchase);
        case 'record':
            return client.getRecordEncoder().encode(state as client.RecordState);
        case 'share':
            return client.getShareEncoder().encode(state as client.Share);
        case 'user':
            return client.getUserEncoder().encode(state as client.User);
    }
}

test('wrong accounts are refused', async () => {
    for (const { name, account, asked, owner, data, error } of accounts.refused) {
        await assert.rejects(
            readAccount(kindOf(account), { address: asked, data: bytes(data), programAddress: owner }),
            (thrown) => thrown instanceof ClientError && thrown.code === error,
            `${account}: ${name}`,
        );
    }
    assert.ok(accounts.refused.some(({ error }) => error === 'wrong_address'));
    assert.ok(accounts.refused.length >= 38);
});

/** Why an account is not taken, if it is not. */
async function refusalOf(
    kind: keyof Accounts,
    account: Parameters<typeof readAccount>[1],
): Promise<ClientErrorCode | undefined> {
    try {
        await readAccount(kind, account);
        return undefined;
    } catch (error) {
        assert.ok(error instanceof ClientError);
        return error.code;
    }
}

test('at a record’s address, only the bytes of its state can change', async () => {
    const record = accounts.cases.find(({ account }) => account === 'Record');
    assert.ok(record);
    // Bump, verified, reserved, key index, times, listings; and who gets the rent back.
    const free = (at: number) => (at >= 9 && at < 32) || (at >= 96 && at < 128);
    const refusals = new Set<ClientErrorCode>();
    for (let at = 0; at < record.data.length / 2; at += 1) {
        const data = bytes(record.data);
        data[at] = (data[at] ?? 0) ^ 1;
        const refusal = await refusalOf('record', {
            address: record.address,
            data,
            programAddress: accounts.program_id,
        });
        assert.equal(refusal === undefined, free(at), `byte ${at}`);
        if (refusal) refusals.add(refusal);
    }
    assert.deepEqual(refusals, new Set(['wrong_kind', 'unknown_version', 'wrong_address', 'malformed']));
});

type InstructionFile = {
    program_id: Address;
    cases: {
        instruction: string;
        args: object;
        accounts: { name: string; address: Address; signer: boolean; writable: boolean }[];
        data: string;
    }[];
};

/** What is generated for each instruction, under one shape. */
type Generated = {
    parse: (instruction: object) => { data: object };
    build: (input: object) => Instruction & { accounts: AccountMeta[]; data: Uint8Array };
};

/** The generated functions of an instruction. */
function generated(instruction: string): Generated {
    const name = camelCase(`_${instruction}`);
    const [parse, build] = [`parse${name}Instruction`, `get${name}Instruction`].map((of) => {
        const made = (client as { [name: string]: unknown })[of];
        assert.equal(typeof made, 'function', of);
        return made;
    });
    return { parse, build } as Generated;
}

test('instructions are decoded, and built with the same bytes and accounts', () => {
    const file = vectors<InstructionFile>('instructions');
    for (const { instruction, args, accounts, data } of file.cases) {
        const { parse, build } = generated(instruction);
        const metas = accounts.map(({ address, signer, writable }) => {
            const [read, write] = signer
                ? [AccountRole.READONLY_SIGNER, AccountRole.WRITABLE_SIGNER]
                : [AccountRole.READONLY, AccountRole.WRITABLE];
            return { address, role: writable ? write : read };
        });
        const parsed = parse({ accounts: metas, data: bytes(data), programAddress: file.program_id });
        assert.deepEqual(inVectorForm(parsed.data), args, instruction);

        const named = accounts
            .filter(({ name }) => name !== 'records')
            .map(({ name, address, signer }) => [camelCase(name), signer ? createNoopSigner(address) : address]);
        const records = accounts.filter(({ name }) => name === 'records').map(({ address }) => address);
        const built = build({ ...Object.fromEntries(named), ...parsed.data, records });
        assert.equal(hex(built.data), data, instruction);
        assert.deepEqual(
            built.accounts.map(({ address, role }) => ({ address, role })),
            metas,
            instruction,
        );
        assert.equal(built.programAddress, file.program_id);
    }
    assert.ok(file.cases.length >= 26);
    assert.equal(new Set(file.cases.map(({ instruction }) => instruction)).size, 22);
});

test('derived addresses belong to the program of the instruction', async () => {
    const [program, wallet] = [
        'SysvarC1ock11111111111111111111111111111111' as Address,
        'SysvarRent111111111111111111111111111111111' as Address,
    ];
    const signer = createNoopSigner(wallet);
    const terms = { id: 7, price: 1, deliveryWindow: 600, onlyBuyer: null, label: '' };
    const instruction = await getCreateOrderInstructionAsync(
        { seller: signer, payer: signer, ...terms, records: [] },
        { programAddress: program },
    );
    const [user] = await findUserPda({ wallet }, { programAddress: program });
    const [order] = await findOrderPda({ seller: wallet, id: 7 }, { programAddress: program });
    assert.deepEqual(
        instruction.accounts.slice(2, 4).map(({ address }) => address),
        [user, order],
    );
});

type EventFile = {
    program_id: Address;
    cases: { event: string; data: string; log: string; fields: unknown }[];
    logs: { name: string; lines: string[]; events: string[] }[];
};
const events = vectors<EventFile>('events');

test('events are read', () => {
    for (const { event, data, fields } of events.cases) {
        const read = decodeEvent(bytes(data));
        assert.equal(read?.name, event);
        assert.deepEqual(inVectorForm(read?.fields), fields, event);
    }
    assert.equal(new Set(events.cases.map(({ event }) => event)).size, client.EVENTS.length);
});

test('only the program’s own log lines count', () => {
    for (const { name, lines, events: expected } of events.logs) {
        const read = eventsFromLogs(lines, events.program_id);
        assert.deepEqual(
            read.map((event) => event.name),
            expected,
            name,
        );
    }
    assert.ok(events.logs.length >= 13);
});

test('a program’s log text neither starts nor ends an invocation', () => {
    for (const { name, lines, events: expected } of events.logs) {
        for (const words of ['invoke [2]', 'success', 'failed: no']) {
            const said = lines.flatMap((line) =>
                line.includes(' invoke [') ? [line, `Program log: ${words}`] : [line],
            );
            const read = eventsFromLogs(said, events.program_id);
            assert.deepEqual(
                read.map((event) => event.name),
                expected,
                `${name}, ${words}`,
            );
        }
    }
});

test('errors have the numbers and texts of the interface description', () => {
    const generated: { [name: string]: unknown } = client;
    for (const { code, name, msg } of describedErrors()) {
        const constant = `GENERION_ERROR__${name.replace(/(?<=.)[A-Z]/g, '_$&').toUpperCase()}`;
        assert.equal(generated[constant], code);
        assert.equal(client.getGenerionErrorMessage(code as client.GenerionError), msg);
    }
});

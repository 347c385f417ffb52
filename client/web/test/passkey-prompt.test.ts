// A browser's answers about passkeys, and the app's codes for them.

import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { AccountError } from '../src/account/account-error.js';
import { askPasskey, canAskPasskeys, makePasskey } from '../src/base/passkey-prompt.js';

type Browser = {
    isVerifying?: boolean;
    capabilities?: Record<string, boolean>;
    credentials?: { create?: () => Promise<unknown>; get?: () => Promise<unknown> };
};

const NAMES = ['PublicKeyCredential', 'navigator', 'location'] as const;
const before = NAMES.map((name) => Object.getOwnPropertyDescriptor(globalThis, name));
afterEach(() => {
    for (const [index, name] of NAMES.entries()) {
        const property = before[index];
        if (property) Object.defineProperty(globalThis, name, property);
        else Reflect.deleteProperty(globalThis, name);
    }
});

/** Makes this process look like a page in a browser. Returns which passkeys the browser was told to forget. */
function browser({ isVerifying = true, capabilities, credentials = {} }: Browser): string[] {
    const forgotten: string[] = [];
    const values = {
        PublicKeyCredential: {
            isUserVerifyingPlatformAuthenticatorAvailable: async () => isVerifying,
            ...(capabilities && { getClientCapabilities: async () => capabilities }),
            signalUnknownCredential: async ({ credentialId }: { credentialId: string }) =>
                void forgotten.push(credentialId),
        },
        navigator: { credentials },
        location: { hostname: 'app.example' },
    };
    for (const name of NAMES) Object.defineProperty(globalThis, name, { value: values[name], configurable: true });
    return forgotten;
}

const refusal = (code: string) => (error: unknown) => error instanceof AccountError && error.code === code;
const failing = (name: string) => async () => {
    throw new DOMException('what browsers say', name);
};
/** Present and verified, as the flags of an answer say it. */
const VERIFIED = 0x01 | 0x04;
/** Hash of the site, flags, counter. */
const authenticatorData = (flags: number) => Uint8Array.from([...new Array(32).fill(7), flags, 0, 0, 0, 1]).buffer;
const made = (prf: unknown) => async () => ({
    rawId: Uint8Array.of(251, 255, 3).buffer,
    response: { getTransports: () => ['internal'] },
    getClientExtensionResults: () => ({ prf }),
});

test('passkeys are offered where the device can check its owner and the browser knows the extension, and nowhere else', async () => {
    assert.equal(await canAskPasskeys('app.example'), false);
    browser({});
    assert.equal(await canAskPasskeys('app.example'), true);
    assert.equal(await canAskPasskeys('localhost'), true);
    for (const address of ['127.0.0.1', '[::1]', '192.168.1.20']) assert.equal(await canAskPasskeys(address), false);
    browser({ capabilities: { 'extension:prf': true } });
    assert.equal(await canAskPasskeys('app.example'), true);
    browser({ capabilities: { 'extension:prf': false } });
    assert.equal(await canAskPasskeys('app.example'), false);
    browser({ isVerifying: false });
    assert.equal(await canAskPasskeys('app.example'), false);
});

test('each way in which a device makes no passkey has its code', async () => {
    for (const [name, code] of [
        ['NotAllowedError', 'passkey_not_confirmed'],
        ['AbortError', 'passkey_not_confirmed'],
        ['ConstraintError', 'passkey_without_prf'],
        ['NotSupportedError', 'passkey_without_prf'],
    ] as const) {
        browser({ credentials: { create: failing(name) } });
        await assert.rejects(makePasskey('x'), refusal(code), name);
    }
    browser({ credentials: { create: async () => null } });
    await assert.rejects(makePasskey('x'), refusal('passkey_not_confirmed'));
});

test('a passkey without the extension is forgotten at once', async () => {
    for (const prf of [undefined, {}, { enabled: false }]) {
        const forgotten = browser({ credentials: { create: made(prf) } });
        await assert.rejects(makePasskey('x'), refusal('passkey_without_prf'));
        assert.deepEqual(forgotten, ['-_8D']);
    }
    const forgotten = browser({ credentials: { create: made({ enabled: true }) } });
    const passkey = { id: Uint8Array.of(251, 255, 3), site: 'app.example', transports: ['internal'] };
    assert.deepEqual(await makePasskey('x'), passkey);
    assert.deepEqual(forgotten, []);
});

test('a passkey’s answer is read as browsers and password managers give it', async () => {
    const passkey = { id: Uint8Array.of(1), site: 'app.example', transports: [] };
    const inputs = { first: Uint8Array.of(1), second: Uint8Array.of(2) };
    const answer = (results: unknown, flags = VERIFIED) => ({
        get: async () => ({
            response: { authenticatorData: authenticatorData(flags) },
            getClientExtensionResults: () => ({ prf: { results } }),
        }),
    });
    const outputs = { first: Uint8Array.of(7, 8), second: Uint8Array.of(9) };
    for (const results of [
        { first: Uint8Array.of(7, 8).buffer, second: Uint8Array.of(9).buffer },
        { first: Uint8Array.of(6, 7, 8).subarray(1), second: Uint8Array.of(9) },
        { first: [7, 8], second: [9] },
    ]) {
        browser({ credentials: answer(results) });
        assert.deepEqual(await askPasskey(passkey, inputs), { outputs, canBeCopied: false });
        browser({ credentials: answer(results, VERIFIED | 0x08) });
        assert.equal((await askPasskey(passkey, inputs)).canBeCopied, true);
        // Present, and not verified; backup bits don't matter.
        for (const flags of [0x00, 0x01, 0x01 | 0x08 | 0x10]) {
            browser({ credentials: answer(results, flags) });
            await assert.rejects(askPasskey(passkey, inputs), refusal('passkey_unverified'));
        }
    }
    const results = { first: Uint8Array.of(7, 8), second: Uint8Array.of(9) };
    browser({ credentials: answer(results, 0x01) });
    await assert.rejects(askPasskey(passkey, inputs), refusal('passkey_unverified'));
    assert.deepEqual([...results.first, ...results.second], [0, 0, 0]);
    for (const results of [undefined, { first: Uint8Array.of(7) }]) {
        browser({ credentials: answer(results) });
        await assert.rejects(askPasskey(passkey, inputs), refusal('passkey_without_prf'));
    }
    browser({ credentials: { get: failing('NotAllowedError') } });
    await assert.rejects(askPasskey(passkey, inputs), refusal('passkey_not_confirmed'));
});

// Account files that a passkey opens, without a browser: a passkey's PRF extension is a keyed hash.

import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { afterEach, test } from 'node:test';
import { armor, Decrypter, Encrypter, webauthn } from 'age-encryption';
import { AccountError } from '../src/account/account-error.js';
import { accountOf, accountText, sealAccount } from '../src/account/account-file.js';
import { openByPasskey, type PrfInputs, type PrfOutputs, sealForPasskey } from '../src/account/passkey-file.js';

const WORDS = 'abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about';

const refusal = (code: string) => (error: unknown) => {
    assert.ok(error instanceof AccountError, String(error));
    assert.equal(error.code, code);
    return true;
};

/** A passkey by its secret. */
class Passkey {
    readonly asked: PrfInputs[] = [];
    readonly answers: PrfOutputs[] = [];

    constructor(private readonly secret: string) {}

    prf = (input: Uint8Array): Uint8Array<ArrayBuffer> =>
        Uint8Array.from(createHmac('sha256', this.secret).update(input).digest());

    ask = async (inputs: PrfInputs): Promise<PrfOutputs> => {
        const outputs = { first: this.prf(inputs.first), second: this.prf(inputs.second) };
        this.asked.push(inputs);
        this.answers.push(outputs);
        return outputs;
    };

    /** Puts it where a browser has its passkeys. */
    install(): void {
        const get = async ({ publicKey }: { publicKey: PublicKeyCredentialRequestOptions }) => {
            assert.equal(publicKey.userVerification, 'required');
            const { first, second } = publicKey.extensions?.prf?.eval as PrfInputs;
            const results = { first: this.prf(first), second: this.prf(second) };
            return { getClientExtensionResults: () => ({ prf: { results } }) };
        };
        Object.defineProperty(globalThis, 'navigator', { value: { credentials: { get } }, configurable: true });
    }
}

const before = Object.getOwnPropertyDescriptor(globalThis, 'navigator');
afterEach(() => {
    if (before) Object.defineProperty(globalThis, 'navigator', before);
    else Reflect.deleteProperty(globalThis, 'navigator');
});

/** A file for a passkey, with any text. */
async function fileWith(text: string, passkey: Passkey, passkeys = 1): Promise<string> {
    passkey.install();
    const encrypter = new Encrypter();
    for (let index = 0; index < passkeys; index += 1) encrypter.addRecipient(new webauthn.WebAuthnRecipient());
    return armor.encode(await encrypter.encrypt(text));
}

test('an account file opens with its passkey alone, which is asked once, and whose answers are forgotten', async () => {
    const account = await accountOf(WORDS);
    const passkey = new Passkey('one');
    const file = await sealForPasskey(account, passkey.ask);
    assert.ok(!file.includes('abandon'));
    assert.deepEqual(await openByPasskey(file, passkey.ask), account);
    const [sealing, opening] = passkey.asked;
    assert.equal(passkey.asked.length, 2);
    assert.deepEqual(opening, sealing);
    const label = 'age-encryption.org/fido2prf';
    const [first, second] = [sealing?.first, sealing?.second].map((input) => Buffer.from(input ?? []));
    assert.equal(first?.toString('latin1').slice(0, -16), `${label}\u0001`);
    assert.equal(second?.toString('latin1').slice(0, -16), `${label}\u0002`);
    assert.deepEqual(first?.subarray(-16), second?.subarray(-16));
    assert.ok(passkey.answers.every((answer) => [...answer.first, ...answer.second].every((byte) => byte === 0)));
    await assert.rejects(openByPasskey(file, new Passkey('another').ask), refusal('wrong_passkey'));
    // Another file asks for something else: one confirmation does not open two.
    await sealForPasskey(account, passkey.ask);
    assert.notDeepEqual(passkey.asked[2], sealing);
});

test('the library on its own opens our file, and we open its file', async () => {
    const account = await accountOf(WORDS);
    const passkey = new Passkey('one');
    const file = await sealForPasskey(account, passkey.ask);
    passkey.install();
    const decrypter = new Decrypter();
    decrypter.addIdentity(new webauthn.WebAuthnIdentity());
    assert.equal(await decrypter.decrypt(armor.decode(file), 'text'), accountText(account));
    assert.deepEqual(await openByPasskey(await fileWith(accountText(account), passkey), passkey.ask), account);
});

test('a file that this app did not write for one passkey is refused before the passkey is asked', async () => {
    const account = await accountOf(WORDS);
    const passkey = new Passkey('one');
    const file = await sealForPasskey(account, passkey.ask);
    const before = passkey.asked.length;
    const files = [
        'hello',
        'A'.repeat(20_000),
        await sealAccount(account, 'correct horse battery'),
        await fileWith(accountText(account), passkey, 2),
    ];
    for (const other of files) await assert.rejects(openByPasskey(other, passkey.ask), refusal('damaged_passkey_file'));
    assert.equal(passkey.asked.length, before);
    for (const text of ['generion-account v2\n', accountText({ ...account, address: files[0] as never })]) {
        const other = await fileWith(text, passkey);
        await assert.rejects(openByPasskey(other, passkey.ask), refusal('damaged_passkey_file'));
    }
    const bytes = armor.decode(file);
    bytes[bytes.length - 20] = (bytes.at(-20) ?? 0) ^ 1;
    await assert.rejects(openByPasskey(armor.encode(bytes), passkey.ask), refusal('damaged_passkey_file'));
});

test('a passkey whose answer is too short protects nothing, and a refusal passes as it is', async () => {
    const account = await accountOf(WORDS);
    const short = async () => ({ first: new Uint8Array(32), second: new Uint8Array(16) });
    await assert.rejects(sealForPasskey(account, short), refusal('passkey_without_prf'));
    const refuse = async () => {
        throw new AccountError('passkey_not_confirmed', {});
    };
    await assert.rejects(sealForPasskey(account, refuse), refusal('passkey_not_confirmed'));
    const file = await sealForPasskey(account, new Passkey('one').ask);
    await assert.rejects(openByPasskey(file, refuse), refusal('passkey_not_confirmed'));
});

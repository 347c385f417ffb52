// Key files: what was written is read, and everything else is refused.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bytesToHex } from '@noble/hashes/utils.js';
import { createKeyPairSignerFromPrivateKeyBytes, signBytes } from '@solana/kit';
import { armor, Encrypter, generateX25519Identity, identityToRecipient } from 'age-encryption';
import {
    type ClientErrorCode,
    deploymentOn,
    GENESIS,
    KeyFile,
    KeyRing,
    keyAttestationLine,
    keyPairWallet,
    WalletKeys,
    wrapLine,
} from '../src/index.js';
import { assertCode } from './support/refusals.js';

const deployment = deploymentOn(GENESIS.localnet);
const signer = await createKeyPairSignerFromPrivateKeyBytes(new Uint8Array(32).fill(1));
const wallet = signer.address;
const withCode = (code: ClientErrorCode) => ({ name: 'ClientError', code });
/** A low cost, so that the tests are fast. */
const LOG_N = 2;
const secretOf = (seed: number) => KeyFile.randomSecret((length) => new Uint8Array(length).fill(seed));

/** The wallet's attestation of a key, as a hardware wallet makes it. */
async function attestationOf(index: number, seed: number) {
    const line = keyAttestationLine(deployment, { wallet, index, key: secretOf(seed).publicKey.toBytes() });
    return await signBytes(signer.keyPair.privateKey, wrapLine('version_1', line, wallet, deployment.program));
}

/** A file with keys 0, 1 and 7, of which the wallet attested key 1. */
async function file(): Promise<KeyFile> {
    const made = new KeyFile(wallet, deployment);
    for (const [index, seed] of [
        [7, 3],
        [0, 1],
        [1, 2],
    ] as const) {
        made.insert(index, secretOf(seed));
    }
    assert.equal(made.attest(1, await attestationOf(1, 2)), 'version_1');
    return made;
}

/** A file with any text in it. */
async function fileOf(text: string, passphrase = 'correct horse'): Promise<string> {
    const encrypter = new Encrypter();
    encrypter.setScryptWorkFactor(LOG_N);
    encrypter.setPassphrase(passphrase);
    return armor.encode(await encrypter.encrypt(text));
}

test('what was written is read', async () => {
    const made = await file();
    const text = await made.write('correct horse', LOG_N);
    assert.match(text, /^-----BEGIN AGE ENCRYPTED FILE-----\n/);
    const read = await KeyFile.read(text, 'correct horse');
    assert.deepEqual([read.wallet, read.deployment, read.indexes], [wallet, deployment, [0, 1, 7]]);
    for (const index of read.indexes) {
        const [one, other] = [made, read].map((each) => each.encryptionSecret(deployment, index));
        assert.deepEqual((await one)?.toBytes(), (await other)?.toBytes());
        assert.deepEqual(read.attestation(index), made.attestation(index));
    }
    const key = secretOf(3).publicKey.toBytes();
    assert.equal((await read.secretBehind(deployment, key, 0)).index, 7);
});

test('another passphrase, another format and another version are told apart', async () => {
    const head = `wallet ${wallet}\ngenesis ${deployment.genesis}\nprogram ${deployment.program}\n`;
    const secret = bytesToHex(secretOf(1).toBytes());
    const whole = `generion-key-file v2\n${head}key 0 ${secret}\n`;
    assert.deepEqual((await KeyFile.read(await fileOf(whole), 'correct horse')).indexes, [0]);
    await assertCode(KeyFile.read(await fileOf(whole), 'wrong'), 'wrong_passphrase');
    for (const [text, code] of [
        [whole.replace('v2', 'v1'), 'version_1'],
        [whole.replace('v2', 'v3'), 'unknown_version'],
        [whole.replace('v2', 'vX'), 'malformed'],
        [whole.replace('generion', 'other'), 'malformed'],
        [whole.replace('wallet', 'owner'), 'malformed'],
        [whole.replace(deployment.genesis, 'x'), 'malformed'],
        [whole.slice(0, -1), 'malformed'],
        [whole.replace('key 0', 'key +0'), 'malformed'],
        [whole.replace('key 0', 'key 4294967296'), 'malformed'],
        [whole.replace(secret, '00'.repeat(32)), 'malformed'],
        [whole.replace(secret, 'ff'.repeat(32)), 'malformed'],
        [whole.replace(secret, secret.toUpperCase()), 'malformed'],
        [`${whole}key 0 ${bytesToHex(secretOf(2).toBytes())}\n`, 'malformed'],
        [whole.replace(secret, `${secret} ${'11'.repeat(64)}`), 'malformed'],
        ['', 'malformed'],
    ] as const) {
        await assertCode(KeyFile.read(await fileOf(text), 'correct horse'), code, text);
    }
    await assertCode(KeyFile.read('no age file', 'correct horse'), 'malformed');
    await assertCode(KeyFile.read('x'.repeat(2 ** 20 + 1), 'correct horse'), 'malformed');
    const damaged = (await fileOf(whole)).split('\n');
    const body = damaged.at(-4) ?? '';
    damaged[damaged.length - 4] = `${body.slice(0, 8)}${body[8] === 'A' ? 'B' : 'A'}${body.slice(9)}`;
    await assertCode(KeyFile.read(damaged.join('\n'), 'correct horse'), 'malformed');
    // One that is encrypted to a key is nobody's key file, whoever can open it.
    const encrypter = new Encrypter();
    encrypter.addRecipient(await identityToRecipient(await generateX25519Identity()));
    await assertCode(KeyFile.read(armor.encode(await encrypter.encrypt(whole)), 'correct horse'), 'malformed');
});

test('a file keeps what it has, and attestations of its wallet alone', async () => {
    const made = await file();
    made.insert(0, secretOf(1));
    assert.throws(() => made.insert(0, secretOf(9)), withCode('taken'));
    assert.deepEqual((await made.encryptionSecret(deployment, 0)).toBytes(), secretOf(1).toBytes());
    const attestation = await attestationOf(1, 2);
    assert.throws(() => made.attest(0, attestation), withCode('not_the_wallets'));
    assert.throws(() => made.attest(5, attestation), withCode('no_secret'));
    assert.throws(() => made.attest(1, new Uint8Array(64)), withCode('missing'));
    assert.deepEqual(made.attestation(1), Uint8Array.from(attestation));
});

test('a file serves its deployment, and a ring has the wallet’s keys beside', async () => {
    const made = await file();
    const elsewhere = deploymentOn(GENESIS.devnet);
    await assertCode(made.encryptionSecret(elsewhere, 0), 'other_deployment');
    await assertCode(made.secretBehind(elsewhere, secretOf(1).publicKey.toBytes(), 0), 'other_deployment');
    await assertCode(made.encryptionSecret(deployment, 3), 'no_secret');
    const keys = new WalletKeys(keyPairWallet(signer));
    const own = (await keys.encryptionSecret(deployment, 3)).publicKey.toBytes();
    await assertCode(made.secretBehind(deployment, own, 3), 'foreign_key');
    const ring = new KeyRing(made, keys);
    assert.equal(ring.wallet, wallet);
    assert.equal((await ring.secretBehind(deployment, own, 3)).index, 3);
    assert.deepEqual((await ring.encryptionSecret(deployment, 0)).toBytes(), secretOf(1).toBytes());
    assert.deepEqual((await ring.encryptionSecret(deployment, 3)).publicKey.toBytes(), own);
    await assertCode(ring.secretBehind(deployment, secretOf(9).publicKey.toBytes(), 0), 'foreign_key');
    const other = await createKeyPairSignerFromPrivateKeyBytes(new Uint8Array(32).fill(2));
    assert.throws(() => new KeyRing(made, new WalletKeys(keyPairWallet(other))), withCode('not_yours'));
});

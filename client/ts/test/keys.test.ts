import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { ed25519 } from '@noble/curves/ed25519.js';
import { hkdf } from '@noble/hashes/hkdf.js';
import { sha256, sha512 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { type Address, getBase58Decoder } from '@solana/kit';
import {
    ClientError,
    type ClientErrorCode,
    deploymentOn,
    deriveEncryptionSecret,
    derivePurchaseSecret,
    encryptionKeyLine,
    GENESIS,
    PublicKey,
    purchaseKeyLine,
    SecretKey,
    type WalletKeyUse,
} from '../src/index.js';
import { bytes, hex, vectors } from './support/vectors.js';

type Derived = {
    wallet_seed: string;
    wallet: Address;
    genesis: string;
    program_id: Address;
    line: string;
    salt: string;
    signature: string;
    wide: string;
    secret: string;
    public_key: string;
};
type Refused = { name: string; bytes: string };
const file = vectors<{
    encryption: (Derived & { index: number })[];
    purchase: (Derived & { order: Address })[];
    refused_signers: {
        name: string;
        wallet: Address;
        line: string;
        signatures: [string, string];
        error: ClientErrorCode;
    }[];
    refused_secrets: Refused[];
    refused_public_keys: Refused[];
}>('keys');

/** Signs as the vector's wallet, and checks that the line and the signature are the vector's. */
function signerOf(vector: Derived): (message: Uint8Array) => Uint8Array {
    return (message) => {
        assert.equal(new TextDecoder().decode(message), vector.line);
        const signature = ed25519.sign(message, bytes(vector.wallet_seed));
        assert.equal(hex(signature), vector.signature);
        return signature;
    };
}

function assertDerived(secret: SecretKey<WalletKeyUse>, vector: Derived): void {
    const wide = hkdf(sha512, bytes(vector.signature), utf8ToBytes(vector.salt), undefined, 64);
    assert.equal(hex(wide), vector.wide);
    assert.equal(hex(secret.toBytes()), vector.secret);
    assert.equal(hex(secret.publicKey.toBytes()), vector.public_key);
}

test('a user’s keys depend on the wallet, the program and the index', async () => {
    for (const vector of file.encryption) {
        const deployment = deploymentOn(vector.genesis, vector.program_id);
        assert.equal(encryptionKeyLine(deployment, vector.index), vector.line);
        const secret = await deriveEncryptionSecret(deployment, vector.wallet, vector.index, signerOf(vector));
        assertDerived(secret, vector);
    }
    assert.ok(file.encryption.length >= 6);
});

test('a buyer’s keys depend on the wallet, the program and the order', async () => {
    for (const vector of file.purchase) {
        const deployment = deploymentOn(vector.genesis, vector.program_id);
        assert.equal(purchaseKeyLine(deployment, vector.order), vector.line);
        const secret = await derivePurchaseSecret(deployment, vector.wallet, vector.order, signerOf(vector));
        assertDerived(secret, vector);
    }
    assert.ok(file.purchase.length >= 4);
});

test('signers are refused if no key can be derived from them', async () => {
    const [{ genesis, program_id } = { genesis: '', program_id: undefined }] = file.encryption;
    const deployment = deploymentOn(genesis, program_id);
    for (const { name, wallet, line, signatures, error } of file.refused_signers) {
        const given = signatures.map(bytes);
        const derived = deriveEncryptionSecret(deployment, wallet, 0, (message) => {
            assert.equal(new TextDecoder().decode(message), line);
            return given.shift() ?? new Uint8Array();
        });
        await assert.rejects(derived, (thrown) => thrown instanceof ClientError && thrown.code === error, name);
    }
    assert.ok(file.refused_signers.length >= 9);
});

test('an invalid genesis hash is refused before anything is signed', async () => {
    const wallet = file.encryption[0]?.wallet;
    assert.ok(wallet);
    const deployment = { ...deploymentOn(GENESIS.devnet), genesis: 'devnet' };
    const derived = deriveEncryptionSecret(deployment, wallet, 0, () => assert.fail('it was signed'));
    await assert.rejects(derived, (thrown) => thrown instanceof ClientError && thrown.code === 'malformed');
    assert.throws(() => deploymentOn('devnet'), ClientError);
});

test('the local nodes’ genesis hash is the hash of a text', () => {
    const hash = getBase58Decoder().decode(sha256(utf8ToBytes('generion localnet')));
    assert.equal(GENESIS.localnet, hash);
});

test('a signer’s own error is passed on', async () => {
    const wallet = file.encryption[0]?.wallet;
    assert.ok(wallet);
    const sign = () => Promise.reject(new Error('locked'));
    await assert.rejects(deriveEncryptionSecret(deploymentOn(GENESIS.devnet), wallet, 0, sign), /^Error: locked$/);
});

test('secrets and keys have one encoding', () => {
    const [first] = file.encryption;
    assert.ok(first);
    const secret = SecretKey.fromBytes('encryption', bytes(first.secret));
    assert.equal(secret && hex(secret.publicKey.toBytes()), first.public_key);
    const key = PublicKey.fromBytes('encryption', bytes(first.public_key));
    assert.equal(key && hex(key.toBytes()), first.public_key);
    for (const refused of file.refused_secrets) {
        assert.equal(SecretKey.fromBytes('encryption', bytes(refused.bytes)), undefined, refused.name);
    }
    for (const refused of file.refused_public_keys) {
        assert.equal(PublicKey.fromBytes('purchase', bytes(refused.bytes)), undefined, refused.name);
    }
});

test('a secret does not print', () => {
    const [first] = file.encryption;
    assert.ok(first);
    const secret = SecretKey.fromBytes('encryption', bytes(first.secret));
    const scalar = secret?.scalar().toString() ?? '';
    for (const text of [
        inspect(secret, { depth: 9, showHidden: true }),
        JSON.stringify({ use: secret?.use, secret: secret?.publicKey.use }),
    ]) {
        assert.ok(!text.includes(scalar) && !text.includes(first.secret));
    }
});

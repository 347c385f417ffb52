import assert from 'node:assert/strict';
import { test } from 'node:test';
import { address } from '@solana/kit';
import {
    type BelievedPurchase,
    ClientError,
    type Deployment,
    deliveryKey,
    deliverySecret,
    deploymentOn,
    deriveSettleSecret,
    GENESIS,
    isSettleSecret,
    openCapsule,
    PublicKey,
    RecordElement,
    SecretKey,
    sealCapsule,
} from '../src/index.js';
import { hex } from './support/vectors.js';

const CLOCK = address('SysvarC1ock11111111111111111111111111111111');
const RENT = address('SysvarRent111111111111111111111111111111111');
const L = 2n ** 252n + 27742317777372353535851937790883648493n;

/** The secret with this scalar. */
function secretOf<Use extends 'encryption' | 'purchase' | 'settle'>(use: Use, scalar: bigint): SecretKey<Use> {
    const secret = SecretKey.fromScalar(use, scalar);
    assert.ok(secret);
    return secret;
}

const owner = secretOf('encryption', 11n);
const buyer = secretOf('purchase', 13n);
const deployment = deploymentOn(GENESIS.devnet);
const believed: BelievedPurchase = {
    purchase: CLOCK,
    deadline: 1_800_000_000n,
    buyerKey: buyer.publicKey,
    terms: new Uint8Array(32).fill(5),
};
const malformed = (thrown: unknown) => thrown instanceof ClientError && thrown.code === 'malformed';

test('the settle secret is deterministic, and depends on all the seller’s data', () => {
    const derive = (
        where: Partial<Deployment> = {},
        what: Partial<BelievedPurchase> = {},
        who: SecretKey<'encryption'> = owner,
    ) => hex(deriveSettleSecret({ ...deployment, ...where }, who, { ...believed, ...what }).toBytes());
    assert.equal(derive(), derive());
    const others = [
        derive(),
        derive({ genesis: GENESIS.testnet }),
        derive({ program: RENT }),
        derive({}, { purchase: RENT }),
        derive({}, { deadline: believed.deadline + 1n }),
        derive({}, { deadline: -1n }),
        derive({}, { buyerKey: secretOf('purchase', 14n).publicKey }),
        derive({}, { terms: new Uint8Array(32).fill(6) }),
        derive({}, {}, secretOf('encryption', 12n)),
    ];
    assert.equal(new Set(others).size, others.length);
    assert.throws(() => derive({}, { terms: new Uint8Array(31) }), RangeError);
    assert.throws(() => derive({ genesis: 'devnet' }), malformed);
});

test('capsules for the delivery key open only with both secrets', () => {
    const settle = deriveSettleSecret(deployment, owner, believed);
    const element = RecordElement.random();
    const { capsule } = sealCapsule(element, deliveryKey(buyer.publicKey, settle.publicKey));
    const opened = (secret: Parameters<typeof openCapsule>[1]) => openCapsule(capsule, secret).point();
    assert.ok(opened(deliverySecret(buyer, settle.toBytes())).equals(element.point()));
    assert.ok(!opened(buyer).equals(element.point()));
    assert.ok(!opened(settle).equals(element.point()));
    assert.ok(!opened(deliverySecret(buyer, secretOf('settle', 17n).toBytes())).equals(element.point()));
});

test('keys that cancel each other out are refused', () => {
    const opposite = secretOf('settle', L - buyer.scalar());
    assert.throws(() => deliveryKey(buyer.publicKey, opposite.publicKey), malformed);
    assert.throws(() => deliverySecret(buyer, opposite.toBytes()), malformed);
    assert.throws(() => deliverySecret(buyer, new Uint8Array(32).fill(0xff)), malformed);
    assert.throws(() => deliverySecret(buyer, new Uint8Array(32)), malformed);
    assert.throws(() => deliverySecret(buyer, new Uint8Array(31).fill(1)), malformed);
});

test('a settle secret fits only its key, in one encoding', () => {
    const secret = secretOf('settle', 17n);
    const key = secret.publicKey.toBytes();
    assert.ok(isSettleSecret(secret.toBytes(), key));
    assert.ok(!isSettleSecret(secretOf('settle', 18n).toBytes(), key));
    const plusOrder = Uint8Array.from({ length: 32 }, (_, at) => Number(((17n + L) >> BigInt(8 * at)) & 0xffn));
    assert.ok(!isSettleSecret(plusOrder, key));
    assert.ok(!isSettleSecret(new Uint8Array(32), new Uint8Array(32)));
    assert.equal(PublicKey.fromBytes('settle', new Uint8Array(32)), undefined);
});

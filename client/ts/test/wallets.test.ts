// Wallets: key pairs, and those of the Wallet Standard, which may do less, something else, or change their account.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
    type Address,
    appendTransactionMessageInstruction,
    type Blockhash,
    compileTransaction,
    createKeyPairSignerFromPrivateKeyBytes,
    createTransactionMessage,
    getCompiledTransactionMessageDecoder,
    getTransactionDecoder,
    getTransactionEncoder,
    type Instruction,
    type KeyPairSigner,
    partiallySignTransaction,
    pipe,
    setTransactionMessageFeePayer,
    setTransactionMessageFeePayerSigner,
    setTransactionMessageLifetimeUsingBlockhash,
    signBytes,
    signTransactionMessageWithSigners,
    type Transaction,
} from '@solana/kit';
import type { IdentifierString, Wallet as StandardWallet, WalletAccount } from '@wallet-standard/base';
import {
    attestKey,
    type ClientErrorCode,
    deploymentOn,
    deriveEncryptionSecret,
    GENESIS,
    getVerifyRecordInstruction,
    keyPairWallet,
    PublicKey,
    type Wallet,
    WalletKeys,
    wrapLine,
} from '../src/index.js';
import { standardWallet } from '../src/wallet-standard/index.js';

const deployment = deploymentOn(GENESIS.localnet);
const withCode = (code: ClientErrorCode) => ({ name: 'ClientError', code });
const keyPair = (seed: number) => createKeyPairSignerFromPrivateKeyBytes(new Uint8Array(32).fill(seed));
const FEATURES: IdentifierString[] = ['solana:signMessage', 'solana:signTransaction'];
const BLOCKHASH = GENESIS.devnet as Blockhash;
const GUARD: Instruction = { programAddress: GENESIS.testnet as Address, data: Uint8Array.of(1) };

/** What a test wallet does otherwise than a good one. */
type Manners = {
    features?: IdentifierString[];
    /** What it signs in the place of a message. */
    envelope?: (message: Uint8Array) => Uint8Array;
    /** What becomes of a signature. */
    spoil?: (signature: Uint8Array) => Uint8Array;
    /** Another transaction in the place of the one that it was asked for. */
    rewrite?: (transaction: Transaction) => Transaction;
    /** Runs before each signature. */
    before?: () => void;
    signer?: KeyPairSigner;
};

type Changeable = { -readonly [Name in keyof StandardWallet]: StandardWallet[Name] };

/** A wallet of the standard that holds a real key. */
async function walletWith(
    manners: Manners = {},
): Promise<{ standard: Changeable; wallet: () => Wallet; own: KeyPairSigner }> {
    const own = await keyPair(1);
    const signer = manners.signer ?? own;
    const account = (address: Address): WalletAccount => ({
        address,
        publicKey: new Uint8Array(32),
        chains: ['solana:localnet'],
        features: manners.features ?? FEATURES,
    });
    const signMessage = async ({ message }: { message: Uint8Array }) => {
        manners.before?.();
        const signedMessage = manners.envelope?.(message) ?? message;
        const signature = await signBytes(signer.keyPair.privateKey, signedMessage);
        return [{ signedMessage, signature: manners.spoil?.(signature) ?? signature }];
    };
    const signTransaction = async ({ transaction }: { transaction: Uint8Array }) => {
        manners.before?.();
        const read = getTransactionDecoder().decode(transaction);
        const asked = manners.rewrite?.(read) ?? read;
        const signed = await partiallySignTransaction([signer.keyPair], asked as never);
        return [{ signedTransaction: Uint8Array.from(getTransactionEncoder().encode(signed)) }];
    };
    const standard = {
        version: '1.0.0',
        name: 'Test wallet',
        icon: 'data:image/png;base64,',
        chains: ['solana:localnet'],
        features: {
            'solana:signMessage': { version: '1.1.0', signMessage },
            'solana:signTransaction': { version: '1.0.0', supportedTransactionVersions: ['legacy'], signTransaction },
        },
        accounts: [account(own.address)],
    } satisfies Changeable;
    const chosen = standard.accounts[0];
    assert.ok(chosen);
    return { standard, own, wallet: () => standardWallet(standard, chosen, { chain: 'solana:localnet' }) };
}

/** Signs a transaction as `signTransaction` of this client does. */
function signed(wallet: Wallet, other?: KeyPairSigner) {
    const owner = wallet.signer;
    const message = pipe(
        createTransactionMessage({ version: 'legacy' }),
        (empty) => setTransactionMessageFeePayerSigner(other ?? owner, empty),
        (paid) => setTransactionMessageLifetimeUsingBlockhash({ blockhash: BLOCKHASH, lastValidBlockHeight: 9n }, paid),
        (timed) => appendTransactionMessageInstruction(verifyInstruction(wallet), timed),
    );
    return signTransactionMessageWithSigners(message);
}

const verifyInstruction = ({ signer }: Pick<Wallet, 'signer'>) =>
    getVerifyRecordInstruction({ owner: signer, record: GENESIS.localnet as Address });

/** Another transaction than the one that the wallet was asked for. */
function another(payer: Address, blockhash: Blockhash, ...instructions: Instruction[]): Transaction {
    let message = pipe(
        createTransactionMessage({ version: 'legacy' }),
        (empty) => setTransactionMessageFeePayer(payer, empty),
        (paid) => setTransactionMessageLifetimeUsingBlockhash({ blockhash, lastValidBlockHeight: 9n }, paid),
    );
    for (const instruction of instructions)
        message = appendTransactionMessageInstruction(instruction, message) as never;
    return compileTransaction(message);
}

test('a wallet of the standard signs what a key pair signs', async () => {
    const { own, wallet } = await walletWith();
    const [one, other] = [wallet(), keyPairWallet(own)];
    assert.deepEqual([one.isInteractive, other.isInteractive], [true, false]);
    for (const index of [0, 3]) {
        const [a, b] = await Promise.all(
            [one, other].map((each) => new WalletKeys(each).encryptionSecret(deployment, index)),
        );
        assert.deepEqual(a?.toBytes(), b?.toBytes());
    }
    const [a, b] = [await signed(one), await signed(other)];
    assert.deepEqual(a.signatures, b.signatures);
    assert.deepEqual(a.lifetimeConstraint, b.lifetimeConstraint);
    // Somebody else pays and signs after the wallet.
    const sponsor = await keyPair(2);
    assert.equal(Object.keys((await signed(one, sponsor)).signatures)[0], sponsor.address);
});

test('features are asked of the account', async () => {
    const { wallet } = await walletWith({ features: ['solana:signMessage'] });
    assert.throws(wallet, withCode('feature_missing'));
    const device = (await walletWith({ features: ['solana:signTransaction'] })).wallet();
    await signed(device);
    await assert.rejects(new WalletKeys(device).encryptionSecret(deployment, 0), withCode('feature_missing'));
    const { standard } = await walletWith();
    const [account] = standard.accounts;
    assert.ok(account);
    const without = { ...standard, features: {} };
    assert.throws(() => standardWallet(without, account, { chain: 'solana:localnet' }), withCode('feature_missing'));
});

test('no key is derived from a wallet that signs an envelope, or differently each time', async () => {
    const address = (await keyPair(1)).address;
    const wrap = (message: Uint8Array) =>
        wrapLine('version_1', new TextDecoder().decode(message), address, deployment.program);
    const enveloping = (await walletWith({ envelope: wrap })).wallet();
    await assert.rejects(new WalletKeys(enveloping).encryptionSecret(deployment, 0), withCode('not_plain'));
    // Its attestations are accepted, as the protocol says: the key itself is kept in a file then.
    const key = PublicKey.of('encryption', 7n).toBytes();
    const attested = { wallet: enveloping.address, index: 0, key };
    assert.equal((await attestKey(deployment, attested, enveloping.signMessage)).length, 64);

    let count = 0;
    const nonce = (message: Uint8Array) => {
        count += 1;
        return Uint8Array.of(...message, count);
    };
    const random = (await walletWith({ envelope: nonce })).wallet();
    const derived = deriveEncryptionSecret(deployment, random.address, 0, random.signMessage);
    await assert.rejects(derived, withCode('not_deterministic'));
});

test('a wallet that declines, or gives another’s signature or none, is refused by name', async () => {
    const decline = () => {
        throw new Error('User rejected the request.');
    };
    const declining = (await walletWith({ before: decline })).wallet();
    const refused = { ...withCode('wallet_refused'), message: 'Test wallet did not sign: User rejected the request.' };
    await assert.rejects(async () => await declining.signMessage(Uint8Array.of(1)), refused);
    await assert.rejects(signed(declining), refused);
    const strangers = (await walletWith({ signer: await keyPair(2) })).wallet();
    await assert.rejects(async () => await strangers.signMessage(Uint8Array.of(1)), withCode('not_the_wallets'));
    const spoilt = (await walletWith({ spoil: (signature) => signature.map((byte) => byte ^ 1) })).wallet();
    await assert.rejects(async () => await spoilt.signMessage(Uint8Array.of(1)), withCode('not_the_wallets'));
});

test('an account that changes before or while it signs is noticed', async () => {
    const { own, standard, wallet } = await walletWith();
    const one = wallet();
    const [first] = standard.accounts;
    assert.ok(first && first.address === own.address);
    const second = { ...first, address: (await keyPair(2)).address };
    standard.accounts = [second];
    await assert.rejects(async () => await one.signMessage(Uint8Array.of(1)), withCode('account_changed'));
    await assert.rejects(signed(one), withCode('account_changed'));

    let calls = 0;
    const { standard: fickle, wallet: fickleWallet } = await walletWith({
        before: () => {
            calls += 1;
            if (calls === 2) fickle.accounts = [second];
        },
    });
    const derived = new WalletKeys(fickleWallet()).encryptionSecret(deployment, 0);
    await assert.rejects(derived, withCode('account_changed'));
    assert.equal(calls, 2);
});

test('a wallet may add instructions, and change nothing else', async () => {
    const own = await keyPair(1);
    const owner = own.address;
    const mine = verifyInstruction({ signer: own });
    const guarded = (await walletWith({ rewrite: () => another(owner, BLOCKHASH, mine, GUARD) })).wallet();
    const { messageBytes, signatures } = await signed(guarded);
    assert.equal(getCompiledTransactionMessageDecoder().decode(messageBytes).staticAccounts.length, 4);
    assert.ok(signatures[owner]);

    const theirs = getVerifyRecordInstruction({ owner: own, record: GENESIS.testnet as Address });
    const stranger = (await keyPair(2)).address;
    for (const [name, rewritten] of Object.entries({
        'another record': another(owner, BLOCKHASH, theirs),
        'nothing of it': another(owner, BLOCKHASH, GUARD),
        'another block hash': another(owner, GENESIS.testnet as Blockhash, mine),
        'another payer': another(stranger, BLOCKHASH, mine),
    })) {
        const wallet = (await walletWith({ rewrite: () => rewritten })).wallet();
        await assert.rejects(signed(wallet), withCode('not_asked_for'), name);
    }
    const unsigned = (await walletWith({ signer: await keyPair(2) })).wallet();
    await assert.rejects(signed(unsigned), withCode('wallet_refused'));
});

test('a wallet is searched for the secret behind a key, unless it asks its user', async () => {
    const wallet = keyPairWallet(await keyPair(1));
    let asked = 0;
    const counted = {
        address: wallet.address,
        isInteractive: false,
        signMessage: (message: Uint8Array) => {
            asked += 1;
            return wallet.signMessage(message);
        },
    };
    const keys = new WalletKeys(counted);
    const key = (await keys.encryptionSecret(deployment, 2)).publicKey.toBytes();
    await keys.encryptionSecret(deployment, 2);
    assert.equal(asked, 2);
    assert.equal((await keys.secretBehind(deployment, key, 5)).index, 2);
    assert.equal((await keys.secretBehind(deployment, key, 4_294_967_295)).index, 2);
    keys.forget();
    asked = 0;
    const interactive = new WalletKeys({ ...counted, isInteractive: true });
    await assert.rejects(interactive.secretBehind(deployment, key, 5), withCode('foreign_key'));
    assert.equal(asked, 2);
    assert.equal((await interactive.secretBehind(deployment, key, 2)).index, 2);
    const foreign = PublicKey.of('encryption', 7n).toBytes();
    await assert.rejects(keys.secretBehind(deployment, foreign, 0), withCode('foreign_key'));
});

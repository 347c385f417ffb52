// Key files (docs/PROTOCOL.md, section 2): a wallet's encryption secrets under a passphrase, for wallets that can't give
// them, and for devices without the wallet. An armored age file, as the Rust client writes it.

import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import { type Address, isAddress, type ReadonlyUint8Array } from '@solana/kit';
import { armor, Decrypter, Encrypter } from 'age-encryption';
import { copy, isSame } from '../base/bytes.js';
import { ClientError } from '../base/errors.js';
import { verifyKeyAttestation } from '../crypto/attestation.js';
import { type Deployment, deploymentOn } from '../crypto/deployment.js';
import type { Envelope } from '../crypto/envelopes.js';
import { type RandomBytes, reduce, secureRandom } from '../crypto/group.js';
import { SecretKey } from '../crypto/keys.js';
import type { KeySource, OwnSecret } from './wallet.js';

const TITLE = 'generion-key-file v';
const VERSION = '2';
/** The scrypt cost, as a power of two: 256 MiB and some seconds. The age library reads none above 2^20. */
const LOG_N = 18;
/** Characters of the longest file that is read: enough for thousands of keys. */
const MAX_LENGTH = 1 << 20;
const MAX_INDEX = 0xffff_ffff;

type Key = { secret: SecretKey<'encryption'>; attestation?: Uint8Array<ArrayBuffer> };

/** The encryption secrets of a wallet in a deployment, by index. They open all records of the wallet. */
export class KeyFile implements KeySource {
    readonly #keys = new Map<number, Key>();

    constructor(
        readonly wallet: Address,
        readonly deployment: Deployment,
    ) {}

    /**
     * Draws a secret that does not follow from a wallet. Save the file before you publish its key.
     */
    static randomSecret(random: RandomBytes = secureRandom): SecretKey<'encryption'> {
        const secret = SecretKey.fromScalar('encryption', reduce(random(64)));
        // This happens once in 2^252.
        if (!secret) throw new ClientError('malformed', 'the random secret is zero');
        return secret;
    }

    /**
     * Decrypts a key file. It takes some seconds: call it in a worker.
     *
     * @throws {ClientError} `wrong_passphrase`; `malformed`: it is no key file, or is damaged; `version_1`,
     * `unknown_version`.
     */
    static async read(text: string, passphrase: string): Promise<KeyFile> {
        return parse(await decrypted(text, passphrase));
    }

    /** Encrypts the key file. It takes some seconds: call it in a worker. */
    async write(passphrase: string, logN = LOG_N): Promise<string> {
        const encrypter = new Encrypter();
        encrypter.setScryptWorkFactor(logN);
        encrypter.setPassphrase(passphrase);
        return armor.encode(await encrypter.encrypt(this.#text()));
    }

    /** The indexes of the secrets, in order. */
    get indexes(): number[] {
        return [...this.#keys.keys()].sort((one, other) => one - other);
    }

    /** The wallet's attestation of the key with an index, if the file has it. It is valid. */
    attestation(index: number): ReadonlyUint8Array | undefined {
        return this.#keys.get(index)?.attestation;
    }

    /**
     * Adds a secret. The same one again changes nothing.
     *
     * @throws {ClientError} `taken`: there is another secret with this index, which is kept.
     */
    insert(index: number, secret: SecretKey<'encryption'>): void {
        const known = this.#keys.get(index);
        if (!known) this.#keys.set(index, { secret });
        else if (!isSame(known.secret.toBytes(), secret.toBytes())) {
            throw new ClientError('taken', `the key file already holds another key with index ${index}`);
        }
    }

    /**
     * Checks and adds the wallet's attestation of a key: the envelope that the wallet signed.
     *
     * @throws {ClientError} `no_secret`; `missing`, `can_not_sign`, `not_the_wallets`.
     */
    attest(index: number, attestation: ReadonlyUint8Array): Envelope {
        const secret = this.#secret(index);
        const attested = { wallet: this.wallet, index, key: secret.publicKey.toBytes() };
        const envelope = verifyKeyAttestation(this.deployment, attested, attestation);
        this.#keys.set(index, { secret, attestation: copy(attestation) });
        return envelope;
    }

    /** @throws {ClientError} `other_deployment`; `no_secret`. */
    async encryptionSecret(deployment: Deployment, index: number): Promise<SecretKey<'encryption'>> {
        this.#require(deployment);
        return this.#secret(index);
    }

    async secretBehind(deployment: Deployment, key: ReadonlyUint8Array, hint: number): Promise<OwnSecret> {
        this.#require(deployment);
        for (const [index, { secret }] of this.#keys) {
            if (isSame(secret.publicKey.toBytes(), key)) return { index, secret };
        }
        throw new ClientError('foreign_key', `the key file of wallet ${this.wallet} does not hold key ${hint}`);
    }

    #secret(index: number): SecretKey<'encryption'> {
        const key = this.#keys.get(index);
        if (key) return key.secret;
        throw new ClientError('no_secret', `the key file of wallet ${this.wallet} has no key with index ${index}`);
    }

    #require({ genesis, program }: Deployment): void {
        if (genesis === this.deployment.genesis && program === this.deployment.program) return;
        throw new ClientError(
            'other_deployment',
            `the key file is for program ${this.deployment.program} on the cluster with genesis hash ` +
                `${this.deployment.genesis}, not for ${program} on ${genesis}`,
        );
    }

    #text(): string {
        const { genesis, program } = this.deployment;
        const keys = this.indexes.map((index) => {
            const attestation = this.attestation(index);
            const secret = bytesToHex(this.#secret(index).toBytes());
            return `key ${index} ${secret}${attestation ? ` ${bytesToHex(copy(attestation))}` : ''}`;
        });
        const head = [`${TITLE}${VERSION}`, `wallet ${this.wallet}`, `genesis ${genesis}`, `program ${program}`];
        return [...head, ...keys].map((line) => `${line}\n`).join('');
    }
}

/** A key file, and the wallet for the keys that are not in it. */
export class KeyRing implements KeySource {
    /** @throws {ClientError} `not_yours`: they are of different wallets. */
    constructor(
        private readonly file: KeyFile,
        private readonly rest: KeySource,
    ) {
        if (file.wallet === rest.wallet) return;
        throw new ClientError('not_yours', `the key file is of wallet ${file.wallet}, not of ${rest.wallet}`);
    }

    get wallet(): Address {
        return this.file.wallet;
    }

    async encryptionSecret(deployment: Deployment, index: number): Promise<SecretKey<'encryption'>> {
        const source = this.file.indexes.includes(index) ? this.file : this.rest;
        return await source.encryptionSecret(deployment, index);
    }

    async secretBehind(deployment: Deployment, key: ReadonlyUint8Array, hint: number): Promise<OwnSecret> {
        try {
            return await this.file.secretBehind(deployment, key, hint);
        } catch (error) {
            if (!(error instanceof ClientError) || error.code !== 'foreign_key') throw error;
            return await this.rest.secretBehind(deployment, key, hint);
        }
    }
}

const malformed = (cause?: unknown) =>
    new ClientError('malformed', 'it is not a key file, or it is damaged', { cause });

async function decrypted(text: string, passphrase: string): Promise<string> {
    if (text.length > MAX_LENGTH) throw malformed();
    let file: Uint8Array;
    try {
        file = armor.decode(text);
    } catch (cause) {
        throw malformed(cause);
    }
    // Only a passphrase: another recipient could be somebody else's.
    const [, stanza = ''] = new TextDecoder('latin1').decode(file.subarray(0, 100)).split('\n');
    if (!stanza.startsWith('-> scrypt ')) throw malformed();
    const decrypter = new Decrypter();
    decrypter.addPassphrase(passphrase);
    try {
        return await decrypter.decrypt(file, 'text');
    } catch (cause) {
        const isOther = cause instanceof Error && cause.message.includes('no identity matched');
        throw isOther ? new ClientError('wrong_passphrase', 'the passphrase is wrong', { cause }) : malformed(cause);
    }
}

function parse(text: string): KeyFile {
    const [title = '', ...lines] = text.split('\n');
    const version = title.startsWith(TITLE) ? title.slice(TITLE.length) : '';
    if (version === '1') {
        throw new ClientError('version_1', 'the key file has version 1, which does not say which cluster it is for');
    }
    if (/^[0-9]+$/.test(version) && version !== VERSION) {
        const what = `the key file has version ${version}, this software knows version ${VERSION}: update it`;
        throw new ClientError('unknown_version', what);
    }
    if (version !== VERSION || lines.pop() !== '') throw malformed();
    const [wallet, genesis, program] = ['wallet ', 'genesis ', 'program '].map((name) => {
        const line = lines.shift() ?? '';
        const value = line.slice(name.length);
        if (!line.startsWith(name) || !isAddress(value)) throw malformed();
        return value;
    });
    if (!wallet || !genesis || !program) throw malformed();
    const file = new KeyFile(wallet, deploymentOn(genesis, program));
    for (const line of lines) {
        const match = /^key ([0-9]{1,10}) ([0-9a-f]{64})(?: ([0-9a-f]{128}))?$/.exec(line);
        const secret = match?.[2] && SecretKey.fromBytes('encryption', hexToBytes(match[2]));
        const index = Number(match?.[1]);
        if (!secret || index > MAX_INDEX) throw malformed();
        try {
            file.insert(index, secret);
            if (match[3]) file.attest(index, hexToBytes(match[3]));
        } catch (cause) {
            throw malformed(cause);
        }
    }
    return file;
}

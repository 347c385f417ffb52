// Names that a person gives to addresses, encrypted with a key of the account: who is somebody's patient or doctor is nobody
// else's business.

import { hkdf } from '@noble/hashes/hkdf.js';
import { sha256 } from '@noble/hashes/sha2.js';
import type { Address } from '@solana/kit';
import { oneLine } from '../render/plain-text.js';
import type { Session } from './session.js';

/** Names by addresses. */
export type NamesByAddress = { [address: Address]: string };

/** Characters of the longest name. */
const LONGEST = 80;

/** The names as the device keeps them: encrypted with AES-GCM. */
type Sealed = { iv: Uint8Array<ArrayBuffer>; ciphertext: ArrayBuffer };

/** Names of addresses, on this device. */
export class Names {
    constructor(private readonly session: Session) {}

    /** All names. */
    async all(): Promise<NamesByAddress> {
        const sealed = (await (await this.session.database()).get('settings', this.place())) as Sealed | undefined;
        return sealed ? await this.open(sealed) : {};
    }

    /** Gives an address a name; an empty one takes it away. Several tabs share the names: the last one to save wins. */
    async set(address: Address, name: string): Promise<NamesByAddress> {
        const names = { ...(await this.all()) };
        const said = oneLine(name, LONGEST);
        if (said === '') delete names[address];
        else names[address] = said;
        const iv = crypto.getRandomValues(new Uint8Array(12));
        const plain = new TextEncoder().encode(JSON.stringify(names));
        const ciphertext = await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, await this.key(), plain);
        await (await this.session.database()).put('settings', { iv, ciphertext } satisfies Sealed, this.place());
        return names;
    }

    /** Forgets all names. */
    async forgetAll(): Promise<void> {
        await (await this.session.database()).delete('settings', this.place());
    }

    private async open({ ciphertext, iv }: Sealed): Promise<NamesByAddress> {
        const plain = await crypto.subtle.decrypt({ name: 'AES-GCM', iv }, await this.key(), ciphertext);
        return JSON.parse(new TextDecoder().decode(plain));
    }

    private place(): string {
        return `names ${this.session.actor().wallet.address}`;
    }

    private async key(): Promise<CryptoKey> {
        const { deployment } = (await this.session.context()).ledger;
        const secret = (await this.session.actor().keys.encryptionSecret(deployment, 0)).toBytes();
        const bytes = hkdf(sha256, secret, undefined, new TextEncoder().encode('generion/names/v1'), 32);
        secret.fill(0);
        return await crypto.subtle.importKey('raw', Uint8Array.from(bytes), 'AES-GCM', false, ['encrypt', 'decrypt']);
    }
}

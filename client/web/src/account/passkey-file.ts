// The second account file of a device (docs/PROTOCOL.md, section 2): an age file whose only recipient is a passkey. The page
// asks the passkey, and this file says what for: `age-encryption` knows the recipient, and leaves the question to a
// subclass.

import { armor, Decrypter, Encrypter, webauthn } from 'age-encryption';
import { AccountError } from './account-error.js';
import { type Account, accountText, MAX_LENGTH, readAccountText } from './account-file.js';

/** The inputs of a passkey's PRF extension. No secret. */
export type PrfInputs = { first: Uint8Array<ArrayBuffer>; second: Uint8Array<ArrayBuffer> };

/** The outputs of the extension, 32 bytes each: secret. */
export type PrfOutputs = { first: Uint8Array<ArrayBuffer>; second: Uint8Array<ArrayBuffer> };

/** Asks the passkey. */
export type Ask = (inputs: PrfInputs) => Promise<PrfOutputs>;

const LABEL = 'age-encryption.org/fido2prf';
/** The header of a file with one passkey as its only recipient. */
const HEADER =
    /^age-encryption\.org\/v1\n-> age-encryption\.org\/fido2prf [A-Za-z0-9+/]{22}\n[A-Za-z0-9+/]{43}\n--- [A-Za-z0-9+/]{43}\n/;

class PasskeyRecipient extends webauthn.WebAuthnRecipient {
    constructor(private readonly answerTo: (nonce: Uint8Array) => Promise<PrfOutputs>) {
        super();
    }

    protected override getCredential(nonce: Uint8Array): Promise<PrfOutputs> {
        return this.answerTo(nonce);
    }
}

class PasskeyIdentity extends webauthn.WebAuthnIdentity {
    constructor(private readonly answerTo: (nonce: Uint8Array) => Promise<PrfOutputs>) {
        super();
    }

    protected override getCredential(nonce: Uint8Array): Promise<PrfOutputs> {
        return this.answerTo(nonce);
    }
}

/**
 * Writes an account file that a passkey opens, as armored text.
 *
 * @throws {AccountError} `passkey_without_prf`; what `ask` throws.
 */
export async function sealForPasskey(account: Account, ask: Ask): Promise<string> {
    return await withAnswer(ask, async (answerTo) => {
        const encrypter = new Encrypter();
        encrypter.addRecipient(new PasskeyRecipient(answerTo));
        return armor.encode(await encrypter.encrypt(accountText(account)));
    });
}

/**
 * Opens such a file. The passkey is asked once.
 *
 * @throws {AccountError} `wrong_passkey`, `passkey_without_prf`, `damaged_passkey_file`; what `ask` throws.
 */
export async function openByPasskey(file: string, ask: Ask): Promise<Account> {
    const bytes = readHeader(file);
    const text = await withAnswer(ask, async (answerTo) => {
        const decrypter = new Decrypter();
        let answered = false;
        decrypter.addIdentity(
            new PasskeyIdentity(async (nonce) => {
                const outputs = await answerTo(nonce);
                answered = true;
                return outputs;
            }),
        );
        try {
            return await decrypter.decrypt(bytes, 'text');
        } catch (error) {
            if (!answered) throw error;
            // The library answers with sentences alone.
            const isWrong = error instanceof Error && error.message.includes('no identity matched');
            throw new AccountError(isWrong ? 'wrong_passkey' : 'damaged_passkey_file', {});
        }
    });
    try {
        return await readAccountText(text);
    } catch {
        throw new AccountError('damaged_passkey_file', {});
    }
}

function readHeader(file: string): Uint8Array {
    try {
        if (file.length > MAX_LENGTH) throw new RangeError('too long');
        const bytes = armor.decode(file);
        if (!HEADER.test(new TextDecoder('latin1').decode(bytes))) throw new RangeError('another header');
        return bytes;
    } catch {
        throw new AccountError('damaged_passkey_file', {});
    }
}

/** Runs work that asks a passkey, and forgets the answer when it is done. */
async function withAnswer<T>(
    ask: Ask,
    work: (answerTo: (nonce: Uint8Array) => Promise<PrfOutputs>) => Promise<T>,
): Promise<T> {
    const answers: PrfOutputs[] = [];
    try {
        return await work(async (nonce) => {
            const outputs = await ask(inputsFor(nonce));
            answers.push(outputs);
            if (outputs.first.length !== 32 || outputs.second.length !== 32) {
                throw new AccountError('passkey_without_prf', {});
            }
            return outputs;
        });
    } finally {
        for (const { first, second } of answers) {
            first.fill(0);
            second.fill(0);
        }
    }
}

/** Two inputs, so that one confirmation opens one file alone: an authenticator answers to two inputs at once. */
function inputsFor(nonce: Uint8Array): PrfInputs {
    const input = (place: number) => Uint8Array.from([...new TextEncoder().encode(LABEL), place, ...nonce]);
    return { first: input(1), second: input(2) };
}

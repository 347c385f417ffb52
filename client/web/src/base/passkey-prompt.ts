// Prompts of this device for a passkey (WebAuthn, with the PRF extension). They run on the page alone. What the passkey
// answers
// is a secret: it goes to the worker, and nothing of it stays here.

import { transfer } from 'comlink';
import { AccountError, type PasskeyErrorCode } from '../account/account-error.js';
import type { PrfInputs, PrfOutputs } from '../account/passkey-file.js';
import type { PasskeyName } from '../storage/database.js';

/** Algorithms of signatures, which nobody checks here: EdDSA, ECDSA with P-256, RSA (COSE). */
const ALGORITHMS = [-8, -7, -257];

/** The parts of a browser's API that this file needs. Not all browsers have them, and TypeScript's own types do not. */
type Credentials = typeof PublicKeyCredential & {
    getClientCapabilities?: () => Promise<Record<string, boolean | undefined>>;
    signalUnknownCredential?: (about: { rpId: string; credentialId: string }) => Promise<void>;
};

const credentials = (): Credentials | undefined =>
    'PublicKeyCredential' in globalThis ? (PublicKeyCredential as Credentials) : undefined;

/** Names of sites are names of domains: a page at a bare IP address has no passkeys. */
const isDomain = (host: string): boolean => !/^[\d.]+$|:/.test(host);

/** Whether this device can ask its owner for a fingerprint, a face or a PIN, and the browser knows the PRF extension. */
export async function canAskPasskeys(host = location.hostname): Promise<boolean> {
    const browser = credentials();
    if (!browser || !isDomain(host)) return false;
    if (!(await browser.isUserVerifyingPlatformAuthenticatorAvailable())) return false;
    // A browser without this question may know the extension: the passkey's first answer shows it.
    return (await browser.getClientCapabilities?.())?.['extension:prf'] ?? true;
}

/**
 * Has the device make a passkey. `label` is how its owner finds it there.
 *
 * @throws {AccountError} `passkey_not_confirmed`, `passkey_without_prf`.
 */
export async function makePasskey(label: string): Promise<PasskeyName> {
    const site = location.hostname;
    const made = await prompt(
        navigator.credentials.create({
            publicKey: {
                rp: { name: 'Generion', id: site },
                // One at random: a name that comes back would replace the passkey of another device.
                user: { id: crypto.getRandomValues(new Uint8Array(16)), name: label, displayName: label },
                challenge: crypto.getRandomValues(new Uint8Array(16)),
                pubKeyCredParams: ALGORITHMS.map((alg) => ({ type: 'public-key', alg })),
                authenticatorSelection: {
                    authenticatorAttachment: 'platform',
                    residentKey: 'required',
                    requireResidentKey: true,
                    // With it, the extension answers otherwise than without.
                    userVerification: 'required',
                },
                extensions: { prf: {} },
            },
        }),
    );
    const { transports, id } = {
        id: new Uint8Array(made.rawId),
        transports: (made.response as AuthenticatorAttestationResponse).getTransports?.() ?? [],
    };
    const passkey = { id, site, transports };
    if (made.getClientExtensionResults().prf?.enabled !== true) {
        await forgetPasskey(passkey);
        throw new AccountError('passkey_without_prf', {});
    }
    return passkey;
}

/** A passkey's answer. */
export type PasskeyAnswer = {
    outputs: PrfOutputs;
    /** Whether the passkey may be copied to other devices, by a cloud account or a password manager. */
    canBeCopied: boolean;
};

/** Place and bits of the flags in an answer's authenticator data (WebAuthn Level 3, section 6.1). */
const FLAGS = 32;
const USER_VERIFIED = 0x04;
const BACKUP_ELIGIBLE = 0x08;

/**
 * Asks a passkey. The outputs leave this page with the call that they are given to.
 *
 * @throws {AccountError} `passkey_not_confirmed`, `passkey_without_prf`, `passkey_unverified`.
 */
export async function askPasskey({ id, site, transports }: PasskeyName, inputs: PrfInputs): Promise<PasskeyAnswer> {
    const asserted = await prompt(
        navigator.credentials.get({
            publicKey: {
                rpId: site,
                allowCredentials: [{ type: 'public-key', id, transports: transports as AuthenticatorTransport[] }],
                challenge: crypto.getRandomValues(new Uint8Array(16)),
                userVerification: 'required',
                extensions: { prf: { eval: inputs } },
            },
        }),
    );
    const results = asserted.getClientExtensionResults().prf?.results;
    if (!results?.second) throw new AccountError('passkey_without_prf', {});
    const [first, second] = [bytesOf(results.first), bytesOf(results.second)];
    const { authenticatorData } = asserted.response as AuthenticatorAssertionResponse;
    const flags = bytesOf(authenticatorData)[FLAGS] ?? 0;
    // Browsers leave this check to the site, and a password manager that takes the device's place may ask nobody.
    if ((flags & USER_VERIFIED) === 0) {
        first.fill(0);
        second.fill(0);
        throw new AccountError('passkey_unverified', {});
    }
    const outputs = transfer({ first, second }, [first.buffer, second.buffer]);
    return { outputs, canBeCopied: (flags & BACKUP_ELIGIBLE) !== 0 };
}

/**
 * Tells the device that a passkey is of no use any more. Devices that can't be told keep it until their owner deletes it.
 */
export async function forgetPasskey({ id, site }: PasskeyName): Promise<void> {
    const credentialId = btoa(String.fromCharCode(...id))
        .replaceAll('+', '-')
        .replaceAll('/', '_')
        .replaceAll('=', '');
    await credentials()
        ?.signalUnknownCredential?.({ rpId: site, credentialId })
        .catch(() => undefined);
}

/** Waits for the end of a prompt. */
async function prompt(asked: Promise<Credential | null>): Promise<PublicKeyCredential> {
    try {
        const credential = await asked;
        if (credential) return credential as PublicKeyCredential;
        throw new AccountError('passkey_not_confirmed', {});
    } catch (error) {
        if (!(error instanceof DOMException)) throw error;
        throw new AccountError(CODES[error.name] ?? 'passkey_not_confirmed', {});
    }
}

/**
 * Codes by the names of browsers' errors. One name stands for refusing, for waiting too long and for a passkey that is gone.
 */
const CODES: { [name: string]: PasskeyErrorCode } = {
    NotAllowedError: 'passkey_not_confirmed',
    AbortError: 'passkey_not_confirmed',
    ConstraintError: 'passkey_without_prf',
    NotSupportedError: 'passkey_without_prf',
};

/** Some password managers answer with a list of numbers. */
function bytesOf(result: BufferSource | readonly number[]): Uint8Array<ArrayBuffer> {
    if (result instanceof ArrayBuffer) return new Uint8Array(result);
    if (ArrayBuffer.isView(result)) {
        return new Uint8Array(result.buffer as ArrayBuffer, result.byteOffset, result.byteLength);
    }
    return Uint8Array.from(result as readonly number[]);
}

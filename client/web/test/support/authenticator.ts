// The device's own authenticator for passkeys, as Chromium's developer tools have one.

import type { CDPSession, Page } from 'playwright-core';

/** A fingerprint reader. */
export class Authenticator {
    private constructor(
        private readonly session: CDPSession,
        private readonly id: string,
    ) {}

    /** Builds it into the device of a page, until the page is closed. */
    static async in(page: Page, { hasPrf = true, canBeCopied = false } = {}): Promise<Authenticator> {
        const session = await page.context().newCDPSession(page);
        await session.send('WebAuthn.enable');
        const { authenticatorId } = await session.send('WebAuthn.addVirtualAuthenticator', {
            options: {
                protocol: 'ctap2',
                ctap2Version: 'ctap2_1',
                transport: 'internal',
                hasResidentKey: true,
                hasUserVerification: true,
                isUserVerified: true,
                automaticPresenceSimulation: true,
                hasPrf,
                defaultBackupEligibility: canBeCopied,
            },
        });
        return new Authenticator(session, authenticatorId);
    }

    /** Recognises nobody any more. After some attempts it locks, as real ones do. */
    async recognisesNobody(): Promise<void> {
        await this.session.send('WebAuthn.setUserVerified', { authenticatorId: this.id, isUserVerified: false });
    }

    /** The number of its passkeys. */
    async passkeys(): Promise<number> {
        const { credentials } = await this.session.send('WebAuthn.getCredentials', { authenticatorId: this.id });
        return credentials.length;
    }

    /** Deletes all passkeys, as its owner does in the settings of the device. */
    async forgets(): Promise<void> {
        await this.session.send('WebAuthn.clearCredentials', { authenticatorId: this.id });
    }
}

// The next screen after an account was made or restored, and saved.

import { show } from '../base/route.svelte.js';
import { openedAccount } from '../base/session.svelte.js';

/** Shows the records or, where the device can open the account by itself, its offer to do so. */
export async function showNextScreen(): Promise<void> {
    const account = openedAccount();
    // Its screen also says that a passkey was removed.
    const isOffered = account?.removedPasskey !== undefined || (!account?.hasPasskey && (await canOffer()));
    show(isOffered ? 'passkey' : 'home');
}

/** A part of the app that does not load, or a device that does not answer, keeps nobody from the records. */
async function canOffer(): Promise<boolean> {
    try {
        const { canUsePasskeys } = await import('./passkeys/passkeys.js');
        return await canUsePasskeys();
    } catch {
        return false;
    }
}

// Whose account is open. The worker has its secrets; the page knows the address alone.

import { type Network, readNetworks } from '../network/network.js';
import type { AccountSummary } from '../worker/accounts.js';
import { chooseNetwork, connect, disconnect } from '../worker/connection.js';
import { show } from './route.svelte.js';

/** The app locks after this many milliseconds without a tap, a key or a movement in any of its tabs. */
const IDLE = 10 * 60 * 1000;
/** Milliseconds after which a tab tells the others again that it is used. */
const TELL = 15_000;

/** Messages between tabs. Nothing of an account is in them. */
type TabMessage = 'locked' | 'used' | 'accounts';
const tabs = new BroadcastChannel('generion-tabs');
const tell = (message: TabMessage): void => tabs.postMessage(message);

let accounts = $state<AccountSummary[] | undefined>();
let open = $state<AccountSummary | undefined>();
let chosen = $state.raw<Network | undefined>();
let lastUse = Date.now();
let lastTold = 0;

/** The accounts of this device; `undefined`: not read yet. */
export function knownAccounts(): AccountSummary[] | undefined {
    return accounts;
}

/** The unlocked account. */
export function openedAccount(): AccountSummary | undefined {
    return open;
}

/**
 * Reads which networks the app has, and takes the first.
 *
 * @throws {InvalidNetworks} `networks.json` is not what this app reads.
 */
export async function readConfiguration(): Promise<void> {
    const [network] = readNetworks(await (await fetch('./networks.json')).json());
    if (network) chooseNetwork(network);
    chosen = network;
}

/** The network in use; `undefined`: the configuration is not read yet. */
export function chosenNetwork(): Network | undefined {
    return chosen;
}

/** Reads which accounts this device has. */
export async function readAccounts(): Promise<void> {
    accounts = await connect().accounts.list();
}

/** Notes that an account was unlocked, or has changed. */
export async function opened(account: AccountSummary): Promise<void> {
    open = account;
    lastUse = Date.now();
    // Otherwise a browser may throw the account away when space is short.
    void navigator.storage?.persist?.();
    await readAccounts();
    tell('accounts');
}

/** Notes that the unlocked account is not on this device any more, in all tabs. The screen stays, and says so. */
export async function removed(): Promise<void> {
    tell('locked');
    open = undefined;
    disconnect();
    await readAccounts();
    tell('accounts');
}

/** Forgets all secrets, in all tabs, and asks for the passphrase. */
export async function lock(): Promise<void> {
    tell('locked');
    await lockThisTab();
}

async function lockThisTab(): Promise<void> {
    open = undefined;
    disconnect();
    await readAccounts();
    show('unlock');
}

/** Notes that the app is at work for its person, who waits for it. */
export function noteUse(): void {
    lastUse = Date.now();
}

/** Locks the app when nobody uses it. Timers of a page in the background are late, so the clock decides. */
export function watchUse(): void {
    const used = (): void => {
        const now = Date.now();
        if (open && now - lastUse >= IDLE) void lock();
        lastUse = now;
        if (!open || now - lastTold < TELL) return;
        lastTold = now;
        tell('used');
    };
    tabs.addEventListener('message', ({ data }: MessageEvent<TabMessage>) => {
        if (data === 'locked' && open) void lockThisTab();
        // A tab that has been idle for too long stays idle, whatever the others say.
        if (data === 'used' && Date.now() - lastUse < IDLE) lastUse = Date.now();
        if (data === 'accounts') void readAccounts();
    });
    for (const event of ['pointerdown', 'keydown', 'pointermove', 'visibilitychange']) {
        addEventListener(event, used, { passive: true, capture: true });
    }
    setInterval(() => {
        if (open && Date.now() - lastUse >= IDLE) void lock();
    }, 15_000);
    // A page that a browser keeps for its back button must not come back with a record on it.
    addEventListener('pagehide', () => {
        open = undefined;
        disconnect();
    });
}

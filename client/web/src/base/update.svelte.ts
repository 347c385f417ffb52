// The app's own files on this device, and their next version. A person chooses when to switch: a page that is open stays as
// it is until then.

import { scriptUrl } from './script-url.js';

/** Milliseconds between looks for a next version while the app is open. */
const BETWEEN_LOOKS = 60 * 60 * 1000;

let waiting = $state.raw<ServiceWorker | undefined>();
let isElsewhere = $state(false);
let isPutOff = $state(false);
let isAsked = false;

/** The offer of an update: a version that waits, or one that another tab switched to. */
export function update(): 'ready' | 'elsewhere' | undefined {
    if (isPutOff) return undefined;
    if (waiting) return 'ready';
    return isElsewhere ? 'elsewhere' : undefined;
}

/** Offers it no more until the app starts again. */
export function putOffUpdate(): void {
    isPutOff = true;
}

/** Switches to the version that waits, and loads the page again. */
export function takeUpdate(): void {
    isAsked = true;
    if (waiting) waiting.postMessage('take-over');
    else location.reload();
}

/** Keeps the app's files on this device, where the browser can, and looks for a next version. */
export async function watchUpdates(): Promise<void> {
    const container = navigator.serviceWorker;
    if (!container) return;
    // The first version takes over pages that had none: nothing has changed for these.
    let isControlled = container.controller !== null;
    container.addEventListener('controllerchange', () => {
        if (isAsked) location.reload();
        else if (isControlled) isElsewhere = true;
        isControlled = true;
    });
    try {
        // Every look asks the server, whatever a cache says.
        const registration = await container.register(scriptUrl('./service-worker.js'), { updateViaCache: 'none' });
        const note = () => {
            if (registration.active) waiting = registration.waiting ?? undefined;
        };
        const follow = () => registration.installing?.addEventListener('statechange', note);
        note();
        follow();
        registration.addEventListener('updatefound', follow);
        const look = () => void registration.update().catch(() => undefined);
        setInterval(look, BETWEEN_LOOKS);
        document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && look());
    } catch {
        // A private window keeps no files, and a page of plain http may not: the app works without.
    }
}

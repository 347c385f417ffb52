// Runs before the app: if a part of it does not load, the page is not left blank. The likeliest cause is a page of one
// version and parts of another, from some cache: so the app's own caches go, once, and the page is loaded again. Accounts
// and documents are in no cache.
(() => {
    const KEY = 'generion-loaded-again';
    let isStarted = false;
    let isHandled = false;

    async function startAgain() {
        if (isStarted || isHandled) return;
        isHandled = true;
        if (navigator.onLine && !sessionStorage.getItem(KEY)) {
            sessionStorage.setItem(KEY, 'yes');
            const registration = await navigator.serviceWorker?.getRegistration();
            await registration?.unregister();
            const shells = (await caches.keys()).filter((name) => name.startsWith('generion-shell-'));
            await Promise.all(shells.map((name) => caches.delete(name)));
            location.reload();
            return;
        }
        document.getElementById('starting').hidden = true;
        document.getElementById('not-started').hidden = false;
    }

    const isNeeded = (target) =>
        target instanceof Window || target instanceof HTMLScriptElement || target?.rel === 'stylesheet';
    addEventListener('error', ({ target }) => isNeeded(target) && startAgain(), true);
    addEventListener('generion-started', () => {
        isStarted = true;
        sessionStorage.removeItem(KEY);
    });
})();

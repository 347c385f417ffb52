// Keeps the app's own files, so that it opens without a connection. What people's accounts hold never comes here: documents
// are kept by the worker, encrypted. The build writes the list of files; it changes with each of them.

/** A file of this build: its path below the page, and its hash as `integrity` of a request takes it. */
type ShellFile = { path: string; integrity: string };

declare const self: ServiceWorkerGlobalScope;
/** The files of this build, by the build. */
declare const SHELL_FILES: ShellFile[];
/** The list of further files, which load once somebody needs them: a JSON object of hashes by path. */
declare const PART_LIST: ShellFile;
/** A hash over the list. */
declare const SHELL_VERSION: string;

const PREFIX = 'generion-shell-';
const SHELL = `${PREFIX}${SHELL_VERSION}`;
/**
 * Settings that the operator of the app may change at any time: asked for first, and kept for times without a connection.
 */
const SETTINGS = 'generion-settings';
const SETTINGS_FILE = 'networks.json';

/** Further files that somebody needed. */
const NEEDED = 'generion-needed';

const PAGE = 'index.html';
const scope = new URL('./', self.location.href);
// Some servers redirect `index.html` to its folder, and no page may come from a redirected answer.
const urlOf = (path: string): string => (path === PAGE ? scope : new URL(path, scope)).href;
const paths = new Set(SHELL_FILES.map(({ path }) => path));
const isPart = (path: string): boolean => path.startsWith('assets/pdf-') && !path.endsWith('.map');

self.addEventListener('install', (event) => {
    event.waitUntil(Promise.all([keepShell(), settings().catch(() => undefined)]));
});

/** Keeps every file of this build, or none: a file of another build fails by its hash, and the version before stays. */
async function keepShell(): Promise<void> {
    const cache = await caches.open(SHELL);
    try {
        await Promise.all(
            SHELL_FILES.map(async ({ path, integrity }) => {
                // Names under `assets` have a hash. The others stay the same from build to build.
                const how = path.startsWith('assets/') ? 'default' : 'no-cache';
                const answer = await fetch(urlOf(path), { integrity, cache: how, credentials: 'omit' });
                if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
                await cache.put(urlOf(path), answer);
            }),
        );
    } catch (error) {
        await caches.delete(SHELL);
        throw error;
    }
}

self.addEventListener('activate', (event) => {
    event.waitUntil(forgetOlderShells());
});

/** Keeps the version before this one: a tab that is still open may ask for a part of it. */
async function forgetOlderShells(): Promise<void> {
    const others = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== SHELL);
    await Promise.all(others.slice(0, -1).map((name) => caches.delete(name)));
    const needed = await caches.open(NEEDED);
    // A list of another build: all that was needed loads again, by the hashes of this one.
    if ((await needed.keys()).length > 0 && !(await needed.match(urlOf(PART_LIST.path)))) await caches.delete(NEEDED);
    await self.clients.claim();
}

// Only a person switches versions: a version that waits takes over when the page says so, or when no page is open.
self.addEventListener('message', ({ data }) => {
    if (data === 'take-over') void self.skipWaiting();
});

self.addEventListener('fetch', (event) => {
    const { request } = event;
    const url = new URL(request.url);
    if (request.method !== 'GET' || url.origin !== scope.origin || !url.pathname.startsWith(scope.pathname)) return;
    const path = url.pathname.slice(scope.pathname.length) || PAGE;
    if (path === SETTINGS_FILE) event.respondWith(settings());
    else if (paths.has(path)) event.respondWith(shellFile(path, request));
    else if (isPart(path)) event.respondWith(part(path));
    else if (path.startsWith('assets/')) event.respondWith(earlierFile(request));
});

/** A file of this version. The page itself comes from here only while all that it needs is here, too. */
async function shellFile(path: string, request: Request): Promise<Response> {
    const cache = await caches.open(SHELL);
    const kept = await cache.match(urlOf(path));
    if (!kept) return await fetch(request);
    if (path !== PAGE || (await cache.keys()).length === SHELL_FILES.length) return kept;
    return await fetch(request).catch(() => kept);
}

/** A further file: kept from the first time on that it is needed, and refused if it is not the one of this build. */
async function part(path: string): Promise<Response> {
    if (path === PART_LIST.path) return await neededFile(PART_LIST);
    const hashes = (await (await neededFile(PART_LIST)).json()) as { [path: string]: string };
    const integrity = hashes[path];
    // One of another version, for a tab that is still open.
    return integrity === undefined ? await fetch(urlOf(path)) : await neededFile({ path, integrity });
}

async function neededFile({ path, integrity }: ShellFile): Promise<Response> {
    const cache = await caches.open(NEEDED);
    const kept = await cache.match(urlOf(path));
    if (kept) return kept;
    const answer = await fetch(urlOf(path), { integrity, credentials: 'omit' });
    // A full disk is no reason to go without what has just arrived.
    if (answer.ok) await cache.put(urlOf(path), answer.clone()).catch(() => undefined);
    return answer;
}

/** A file that a tab of the version before asks for. */
async function earlierFile(request: Request): Promise<Response> {
    return (await caches.match(request.url)) ?? (await fetch(request));
}

/** The settings as they are now, or as they were when there was a connection. */
async function settings(): Promise<Response> {
    const cache = await caches.open(SETTINGS);
    try {
        const answer = await fetch(urlOf(SETTINGS_FILE), { cache: 'no-cache', credentials: 'omit' });
        // A full disk is no reason to go without what has just arrived.
        if (answer.ok) await cache.put(urlOf(SETTINGS_FILE), answer.clone()).catch(() => undefined);
        return answer;
    } catch (error) {
        const kept = await cache.match(urlOf(SETTINGS_FILE));
        if (kept) return kept;
        throw error;
    }
}

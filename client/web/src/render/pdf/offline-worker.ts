// Takes from a worker all ways to reach something outside of it. Modules run in the order of their imports, so this one comes
// before those that read what a stranger wrote. Only `import()` can't be taken: the policy that servers send with the worker
// (docs/guides/operator.md) lets it load the app's own files and nothing else, and allows no connection.

/** Everything that a worker could send or keep something with. */
const WAYS_OUT = [
    'fetch',
    'fetchLater',
    'XMLHttpRequest',
    'WebSocket',
    'WebSocketStream',
    'WebTransport',
    'EventSource',
    'BroadcastChannel',
    'Worker',
    'SharedWorker',
    'importScripts',
    'indexedDB',
    'caches',
    'cookieStore',
    'Notification',
    'RTCPeerConnection',
    'webkitRequestFileSystem',
    'webkitRequestFileSystemSync',
    'webkitResolveLocalFileSystemURL',
    'webkitResolveLocalFileSystemSyncURL',
];

/** The same of its `navigator`. */
const WAYS_OF_NAVIGATOR = [
    'storage',
    'storageBuckets',
    'webkitTemporaryStorage',
    'webkitPersistentStorage',
    'locks',
    'serviceWorker',
    'sendBeacon',
    'permissions',
    'hid',
    'serial',
    'usb',
];

/** Takes members from an object and from all its prototypes: most of a worker's are those of its prototypes. */
function take(object: object, names: readonly string[]): void {
    for (let owner: object | null = object; owner; owner = Object.getPrototypeOf(owner)) {
        for (const name of names) {
            if (!Object.hasOwn(owner, name)) continue;
            Object.defineProperty(owner, name, {
                value: undefined,
                writable: false,
                enumerable: false,
                configurable: false,
            });
        }
    }
}

take(self, WAYS_OUT);
take(navigator, WAYS_OF_NAVIGATOR);

/** Names of fonts on the device, as `local(Some Name)`: no address is spelt with these characters alone. */
const LOCAL_FONTS = /^local\([\w .+-]*\)(,\s*local\([\w .+-]*\))*$/;

if (typeof FontFace === 'function') {
    /** Fonts come from the document's bytes or from the device, and from no address. */
    const OwnFontFace = new Proxy(FontFace, {
        construct(target, [family, source, descriptors]: ConstructorParameters<typeof FontFace>) {
            if (ArrayBuffer.isView(source)) return new target(family, source, descriptors);
            if (source instanceof ArrayBuffer) return new target(family, new Uint8Array(source), descriptors);
            const names = String(source);
            if (!LOCAL_FONTS.test(names)) throw new TypeError('not a font of the device');
            return new target(family, names, descriptors);
        },
    });
    const fixed = { value: OwnFontFace, writable: false, configurable: false };
    Object.defineProperty(self, 'FontFace', fixed);
    // A font knows what made it.
    Object.defineProperty(FontFace.prototype, 'constructor', fixed);
}

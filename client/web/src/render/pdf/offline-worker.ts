// Takes from a worker all ways to reach something outside of it. Modules run in the order of their imports, so this one comes
// before those that read what a stranger wrote.

/** Everything that a worker could send or keep something with. */
const WAYS_OUT = [
    'fetch',
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
    'RTCPeerConnection',
    'webkitRequestFileSystem',
    'webkitRequestFileSystemSync',
];

/** The app's own way to its files, kept before it is taken from all others. */
const ownFetch = self.fetch.bind(self);

for (const name of WAYS_OUT) {
    if (name in self) Object.defineProperty(self, name, { value: undefined, writable: false, configurable: false });
}

/** Names of fonts on the device, as `local(Some Name)`: no address is spelt with these characters alone. */
const LOCAL_FONTS = /^local\([\w .+-]*\)(,\s*local\([\w .+-]*\))*$/;

if (typeof FontFace === 'function') {
    /** Fonts come from the document's bytes or from the device, and from no address. */
    class OwnFontFace extends FontFace {
        constructor(family: string, source: string | BufferSource, descriptors?: FontFaceDescriptors) {
            if (typeof source === 'string' && !LOCAL_FONTS.test(source))
                throw new TypeError('not a font of the device');
            super(family, source, descriptors);
        }
    }
    Object.defineProperty(self, 'FontFace', { value: OwnFontFace, writable: false, configurable: false });
}

/** A file of the app's own for PDF documents, such as a font or a table of characters. */
export async function partOf(folder: string, name: string): Promise<Uint8Array> {
    // The name comes from what a stranger wrote.
    if (!/^[\w-]+\.(bcmap|pfb)$/.test(name)) throw new RangeError('no such file');
    const answer = await ownFetch(`${folder}${name}`, { credentials: 'omit', redirect: 'error' });
    if (!answer.ok) throw new Error(`${name}: ${answer.status}`);
    return new Uint8Array(await answer.arrayBuffer());
}

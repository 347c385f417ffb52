// A stand-in for a store's routes of health links, written from docs/PROTOCOL.md, section 7. It verifies what a store
// verifies, and can be told to lie.

import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ed25519 } from '@noble/curves/ed25519.js';
import { type Address, getAddressEncoder, getBase58Encoder } from '@solana/kit';

const CORS = {
    'access-control-allow-origin': '*',
    'access-control-allow-methods': 'GET, HEAD, PUT, DELETE, OPTIONS',
    'access-control-allow-headers':
        'content-type, range, generion-signer, generion-signature, generion-erase-authority, generion-time, generion-nonce, generion-link-note',
};
const NO_BYTES = createHash('sha256').digest('hex');

type Kept = { authority: string; note: string; file: Buffer };

/** A running stand-in. */
export class LinkStore {
    /** Files by their path. */
    readonly files = new Map<string, Kept>();
    /** The requests so far, each with its method and path. */
    readonly asked: string[] = [];
    /** Seconds that its clock is ahead. */
    ahead = 0;
    /** Changes a list before it is sent. */
    lie: ((links: unknown[]) => unknown[]) | undefined;

    private constructor(
        private readonly server: Server,
        /** Its address. */
        readonly url: string,
    ) {}

    /** Starts it. */
    static async start(): Promise<LinkStore> {
        const server = createServer();
        await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
        const store = new LinkStore(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
        server.on('request', (request, response) => void store.#answer(request, response));
        return store;
    }

    /** Ends it. */
    stop(): void {
        this.server.close();
        this.server.closeAllConnections();
    }

    async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
        const chunks: Buffer[] = [];
        for await (const chunk of request) chunks.push(chunk);
        const body = Buffer.concat(chunks);
        const { method = '', url = '' } = request;
        this.asked.push(`${method} ${url}`);
        const send = (status: number, content: string | Buffer = '', type = 'application/json') =>
            response.writeHead(status, { ...CORS, 'content-type': type }).end(content);
        const refuse = (status: number, code: string) => send(status, JSON.stringify({ code, message: code }));
        if (method === 'OPTIONS') return void send(204);
        const [path = ''] = url.split('?');
        const isRead = method === 'GET' && path !== '/v1/links';
        const signer = isRead ? undefined : this.#signer(request, body);
        if (!isRead && !signer) return void refuse(401, 'invalid_signature');
        if (path === '/v1/links') return void send(200, JSON.stringify({ links: this.#list(signer as string) }));
        const [, expiry = '', hash = ''] = /^\/v1\/links\/([1-9][0-9]*)\/([0-9a-f]{64})$/.exec(path) ?? [];
        if (hash === '') return void refuse(400, 'invalid_link');
        const kept = Number(expiry) > this.#now() ? this.files.get(path) : undefined;
        if (method === 'PUT') {
            if (Number(expiry) <= this.#now() || Number(expiry) > this.#now() + 366 * 86_400) {
                return void refuse(400, 'invalid_expiry');
            }
            if (createHash('sha256').update(body).digest('hex') !== hash) return void refuse(422, 'hash_mismatch');
            const note = String(request.headers['generion-link-note'] ?? '');
            if (!/^[A-Za-z0-9._-]{1,2048}$/.test(note)) return void refuse(400, 'malformed_header');
            if (kept && kept.authority !== signer) return void refuse(403, 'not_erase_authority');
            this.files.set(path, { authority: signer as string, note, file: body });
            return void send(kept ? 200 : 201);
        }
        if (!kept) return void refuse(404, 'not_found');
        if (method === 'GET') return void send(200, kept.file, 'application/jose');
        if (kept.authority !== signer) return void refuse(403, 'not_erase_authority');
        this.files.delete(path);
        send(204);
    }

    #now = () => Date.now() / 1000 + this.ahead;

    #list(authority: string): unknown[] {
        const links = [...this.files].flatMap(([path, kept]) => {
            const [, , , expiry, sha256] = path.split('/');
            if (kept.authority !== authority || Number(expiry) <= this.#now()) return [];
            return [{ expiry: Number(expiry), sha256, size: kept.file.length, note: kept.note }];
        });
        return this.lie ? this.lie(links) : links;
    }

    /** The signer of a request, if its signature is valid. */
    #signer({ headers, method, url }: IncomingMessage, body: Buffer): string | undefined {
        const of = (name: string) => String(headers[`generion-${name}`] ?? '');
        if (of('signer') !== of('erase-authority')) return undefined;
        const hash = method === 'PUT' ? createHash('sha256').update(body).digest('hex') : NO_BYTES;
        const signed = [headers.host, method, url, hash, of('erase-authority'), of('time'), of('nonce')];
        const text = ['generion store v1', ...signed].map((line) => `${line}\n`).join('');
        const signature = new Uint8Array(getBase58Encoder().encode(of('signature')));
        const key = new Uint8Array(getAddressEncoder().encode(of('signer') as Address));
        return ed25519.verify(signature, new TextEncoder().encode(text), key) ? of('signer') : undefined;
    }
}

// A server of health links, as other implementations have one, on this machine.

import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A handler for requests by their path. */
export type Handler = (request: IncomingMessage, response: ServerResponse, body: string) => void;

/** A running server. */
export class LinkServer {
    /** The handler of each path. */
    readonly at = new Map<string, Handler>();
    /** The requests so far: method, path, and what a browser told about itself. */
    readonly asked: { line: string; cookie: string | undefined; referer: string | undefined; body: string }[] = [];

    private constructor(
        private readonly server: Server,
        /** Its address. */
        readonly url: string,
    ) {}

    /** Starts it. */
    static async start(): Promise<LinkServer> {
        const server = createServer();
        await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
        const started = new LinkServer(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
        server.on('request', (request, response) => void started.#answer(request, response));
        return started;
    }

    /** Ends it. */
    stop(): void {
        this.server.close();
        this.server.closeAllConnections();
    }

    #answer: RequestListener = async (request, response) => {
        response.setHeader('access-control-allow-origin', '*');
        response.setHeader('access-control-allow-headers', 'content-type');
        if (request.method === 'OPTIONS') return void response.writeHead(204).end();
        let body = '';
        for await (const chunk of request) body += chunk;
        const { cookie, referer } = request.headers;
        this.asked.push({ line: `${request.method} ${request.url}`, cookie, referer, body });
        const handler = this.at.get((request.url ?? '').split('?')[0] ?? '');
        if (handler) handler(request, response, body);
        else response.writeHead(404).end();
    };
}

// Serves the built app as any web server would: files of a folder, with their types and the page's policy.

import { createReadStream, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The built app. */
export const BUILD = fileURLToPath(new URL('../../../dist', import.meta.url));
const TYPES: { [extension: string]: string } = {
    '.css': 'text/css',
    '.html': 'text/html; charset=utf-8',
    '.js': 'text/javascript',
    '.json': 'application/json',
    '.png': 'image/png',
    '.svg': 'image/svg+xml',
    '.webmanifest': 'application/manifest+json',
};

// Workers take no policy from the page, so that the operator's guide has servers send the page's own.
const page = readFileSync(join(BUILD, 'index.html'), 'utf8');
const policy = `${page.match(/Content-Security-Policy"\s+content="([^"]*)"/)?.[1]}; frame-ancestors 'none'`;

// The policy of the worker that reads PDF documents, and the page's permissions, as the operator's guide has them.
const proxy = readFileSync(new URL('../../../../../packaging/proxy/nginx.conf', import.meta.url), 'utf8');
const pdfPolicy = proxy.match(/pdf-worker- "([^"]*)"/)?.[1] ?? '';
const permissions = proxy.match(/Permissions-Policy "([^"]*)"/)?.[1] ?? '';

/** A running server. */
export type Site = {
    url: string;
    /** The folder that it serves, which a test may change as a deployment does. */
    folder: string;
    /** Whether the server is away: then it hangs up on everybody. */
    isAway: boolean;
    stop: () => void;
};

/**
 * Starts a server for the built app in a folder of its own: the app has to work away from the root. `networks` takes the
 * place of the file with that name, as whoever serves the app would write it.
 */
export async function startSite(networks?: unknown): Promise<Site> {
    const server = createServer((request, response) => {
        if (site.isAway) {
            request.socket.destroy();
            return;
        }
        const path = normalize(new URL(request.url ?? '/', 'http://site').pathname);
        const name = path.startsWith('/app/') ? path.slice('/app/'.length) || 'index.html' : '..';
        if (networks && name === 'networks.json') {
            response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(networks));
            return;
        }
        const file = join(site.folder, name);
        const found = name.startsWith('..') ? undefined : statSync(file, { throwIfNoEntry: false });
        if (!found?.isFile()) {
            response.writeHead(404).end();
            return;
        }
        const type = TYPES[extname(file)] ?? 'application/octet-stream';
        const ownPolicy = name.startsWith('assets/pdf-worker-') ? pdfPolicy : policy;
        const policies = { 'content-security-policy': ownPolicy, 'permissions-policy': permissions };
        response.writeHead(200, { 'content-type': type, ...policies });
        createReadStream(file).pipe(response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const stop = () => {
        server.close();
        server.closeAllConnections();
    };
    const site: Site = { url: `http://127.0.0.1:${port}/app/`, folder: BUILD, isAway: false, stop };
    return site;
}

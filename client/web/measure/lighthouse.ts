// Lighthouse's figures for the first screen, on a phone and on a desktop: `npm run measure:lighthouse -w web`. Lighthouse and its
// 200 packages are fetched for the run, in the version that is named here, and are no part of the app's install. The app is
// served as docs/guides/operator.md has it served: compressed, with the policy as a header.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { FLAGS } from '../test/support/person.js';
import { startSite } from '../test/support/site.js';

const VERSION = '12.8.2';
/** Runs of each kind, of which the middle one counts: a machine with other work to do makes single ones slow. */
const RUNS = 3;
const CATEGORIES = ['performance', 'accessibility', 'best-practices'] as const;
const METRICS = [
    'first-contentful-paint',
    'largest-contentful-paint',
    'total-blocking-time',
    'cumulative-layout-shift',
];

type Report = {
    categories: { [category: string]: { score: number; auditRefs: { id: string; weight: number }[] } };
    audits: { [audit: string]: { title: string; score: number | null; displayValue?: string } };
};

/** A server in front of another that compresses what it answers, as nginx and Caddy do. */
async function compressed(site: string): Promise<{ url: string; stop: () => void }> {
    const server = createServer(async (request, response) => {
        const answer = await fetch(new URL(request.url ?? '/', site));
        const body = gzipSync(Buffer.from(await answer.arrayBuffer()));
        const type = answer.headers.get('content-type') ?? 'application/octet-stream';
        const policy = answer.headers.get('content-security-policy') ?? '';
        response.writeHead(answer.status, {
            'content-type': type,
            'content-encoding': 'gzip',
            'content-security-policy': policy,
        });
        response.end(body);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const stop = () => {
        server.close();
        server.closeAllConnections();
    };
    return { url: `http://127.0.0.1:${port}/app/`, stop };
}

async function report(url: string, device: 'phone' | 'desktop', folder: string): Promise<Report> {
    const path = join(folder, `${device}.json`);
    const flags = [...FLAGS, '--headless=new'].join(' ');
    const words = ['--yes', `lighthouse@${VERSION}`, url, '--quiet', '--output=json', `--output-path=${path}`];
    const kind = device === 'desktop' ? ['--preset=desktop'] : [];
    const chrome = process.env.GENERION_CHROMIUM ?? '/usr/bin/chromium';
    await promisify(execFile)('npx', [...words, ...kind, `--chrome-flags=${flags}`], {
        env: { ...process.env, CHROME_PATH: chrome },
    });
    return JSON.parse(readFileSync(path, 'utf8')) as Report;
}

const folder = mkdtempSync(join(tmpdir(), 'generion-lighthouse-'));
const site = await startSite([{ name: 'Town', cluster: 'localnet', nodes: ['http://127.0.0.1:9'], stores: [] }]);
const served = await compressed(site.url);
try {
    for (const device of ['phone', 'desktop'] as const) {
        const reports: Report[] = [];
        for (let run = 0; run < RUNS; run += 1) reports.push(await report(served.url, device, folder));
        const scoreOf = ({ categories }: Report, category: string) =>
            Math.round((categories[category]?.score ?? 0) * 100);
        reports.sort((one, other) => scoreOf(one, 'performance') - scoreOf(other, 'performance'));
        const middle = reports[Math.floor(RUNS / 2)];
        assert.ok(middle);
        const scores = CATEGORIES.map((category) => `${category} ${scoreOf(middle, category)}`);
        const metrics = METRICS.map((name) => `${middle.audits[name]?.title} ${middle.audits[name]?.displayValue}`);
        console.log(`${device}: ${[...scores, ...metrics].join(', ')}`);
        for (const category of CATEGORIES.slice(1)) {
            for (const { id, weight } of middle.categories[category]?.auditRefs ?? []) {
                const audit = middle.audits[id];
                if (audit && weight > 0 && audit.score !== null && audit.score < 1)
                    console.log(`  ${id}: ${audit.title}`);
            }
        }
    }
} finally {
    served.stop();
    site.stop();
    rmSync(folder, { recursive: true, force: true });
}

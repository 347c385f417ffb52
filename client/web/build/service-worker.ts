// The last step of the build: the service worker learns which files there are.

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Plugin } from 'vite';

const WORKER = 'service-worker.js';
/** Files that no visitor needs: maps for developers, and what whoever serves the app changes. */
const isShell = (path: string): boolean => !path.endsWith('.map') && path !== WORKER && path !== 'networks.json';

/** Files that are kept once somebody needs them: what shows PDF documents is larger than all the rest. */
const isPart = (path: string): boolean => path.startsWith('assets/pdf-');

type Files = { path: string; integrity: string }[];

/** The list of the files that load later, which loads before the first of them. */
const isPartList = (path: string): boolean => /^assets\/pdf-files-[\w-]+\.json$/.test(path);

/** The files that the app opens with, and those that load later, in the order of their paths. */
export function appFiles(folder: string): { shell: Files; parts: Files } {
    const files = readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
        .filter((path) => isShell(path) && !isPartList(path))
        .sort()
        .map((path) => ({ path, integrity: integrityOf(readFileSync(join(folder, path))) }));
    return { shell: files.filter(({ path }) => !isPart(path)), parts: files.filter(({ path }) => isPart(path)) };
}

const integrityOf = (bytes: Buffer | string): string => `sha256-${hash(bytes, 'base64')}`;

const hash = (bytes: Buffer | string, encoding: 'base64' | 'hex'): string =>
    createHash('sha256').update(bytes).digest(encoding);

/** Writes the lists of files, and a hash over the first, into the service worker of a build. */
export function listShell(folder: string): void {
    const { parts, shell } = appFiles(folder);
    const list = JSON.stringify(shell);
    const version = hash(list, 'hex').slice(0, 16);
    const partList = JSON.stringify(writePartList(folder, parts));
    const constants = `const SHELL_FILES=${list},PART_LIST=${partList},SHELL_VERSION="${version}";`;
    const file = join(folder, WORKER);
    // Another list, and the name of a map that no longer fits, are left out.
    const lines = readFileSync(file, 'utf8').split('\n');
    const code = lines.filter((line) => line !== '' && !/^(const SHELL_FILES=|\/\/# sourceMappingURL=)/.test(line));
    writeFileSync(file, [constants, ...code, ''].join('\n'));
    rmSync(`${file}.map`, { force: true });
}

/** Writes the hashes of the files that load later into a file of its own: they are some 170. Returns that file. */
function writePartList(folder: string, parts: Files): Files[number] {
    const assets = join(folder, 'assets');
    for (const name of readdirSync(assets)) if (isPartList(`assets/${name}`)) rmSync(join(assets, name));
    const text = JSON.stringify(Object.fromEntries(parts.map(({ path, integrity }) => [path, integrity])));
    const path = `assets/pdf-files-${hash(text, 'hex').slice(0, 8)}.json`;
    writeFileSync(join(folder, path), text);
    return { path, integrity: integrityOf(text) };
}

/** Writes the list once all files are on the disk. */
export function serviceWorker(): Plugin {
    let folder = '';
    return {
        name: 'generion-service-worker',
        apply: 'build',
        enforce: 'post',
        configResolved({ root, build }) {
            folder = resolve(root, build.outDir);
        },
        writeBundle: { order: 'post', sequential: true, handler: () => listShell(folder) },
    };
}

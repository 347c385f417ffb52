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

/** The files that the app opens with, and the files and folders that load later, in the order of their paths. */
export function appFiles(folder: string): { shell: Files; parts: string[] } {
    const files = readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
        .filter(isShell)
        .sort()
        .map((path) => ({ path, integrity: `sha256-${hash(readFileSync(join(folder, path)), 'base64')}` }));
    const later = files.filter(({ path }) => isPart(path)).map(({ path }) => path.split('/').slice(0, 2).join('/'));
    return { shell: files.filter(({ path }) => !isPart(path)), parts: [...new Set(later)] };
}

const hash = (bytes: Buffer | string, encoding: 'base64' | 'hex'): string =>
    createHash('sha256').update(bytes).digest(encoding);

/** Writes the list of files, and a hash over it, into the service worker of a build. */
export function listShell(folder: string): void {
    const { parts, shell } = appFiles(folder);
    const list = JSON.stringify(shell);
    const version = hash(list, 'hex').slice(0, 16);
    const constants = `const SHELL_FILES=${list},PARTS=${JSON.stringify(parts)},SHELL_VERSION="${version}";`;
    const file = join(folder, WORKER);
    // Another list, and the name of a map that no longer fits, are left out.
    const lines = readFileSync(file, 'utf8').split('\n');
    const code = lines.filter((line) => line !== '' && !/^(const SHELL_FILES=|\/\/# sourceMappingURL=)/.test(line));
    writeFileSync(file, [constants, ...code, ''].join('\n'));
    rmSync(`${file}.map`, { force: true });
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

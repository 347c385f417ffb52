// The package itself: its licences, its lock file, its README.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { packageFolder } from './support/vectors.js';

const read = (name: string) => readFileSync(new URL(name, packageFolder), 'utf8');

type Lock = { packages: { [path: string]: { license?: string; resolved?: string; dev?: boolean; link?: boolean } } };
type Licences = { refused: (lock: Lock) => string[] };

test('every dependency has an allowed licence, and the check finds another one', async () => {
    const { refused } = (await import(new URL('../licenses.mjs', packageFolder).href)) as Licences;
    const lock = JSON.parse(read('../package-lock.json')) as Lock;
    assert.deepEqual(refused(lock), []);
    const packages = {
        'node_modules/a': { license: 'GPL-3.0-only' },
        'node_modules/b': { license: '(GPL-2.0 OR MIT)' },
        'node_modules/c': {},
        'node_modules/a/node_modules/jsonify': { license: 'Public Domain' },
        'node_modules/@scope/d': { license: 'MIT AND GPL-2.0' },
        'node_modules/e': { license: 'Public Domain' },
        'node_modules/f': { license: 'MPL-2.0' },
        'node_modules/g': { license: 'MPL-2.0', dev: true },
    };
    assert.deepEqual(refused({ packages }), [
        'a: GPL-3.0-only',
        'c: none',
        '@scope/d: MIT AND GPL-2.0',
        'e: Public Domain',
        'f: MPL-2.0',
    ]);
});

test('the lock file names no registry', () => {
    const { packages } = JSON.parse(read('../package-lock.json')) as Lock;
    assert.deepEqual(
        Object.entries(packages).filter(([, { resolved, link }]) => resolved !== undefined && !link),
        [],
    );
});

test('the README and the guide for integrators show the examples that the tests run', () => {
    const shown = (text: string) => text.match(/```ts\n(.*?)```/s)?.[1];
    assert.equal(shown(read('README.md')), read('examples/open-record.ts'));
    const guide = read('../../docs/guides/integrator.md');
    assert.equal(shown(guide), read('examples/verify-through-gateway.ts'));
});

test('the package that npm packs has the built code, and the code alone', () => {
    const { name, files } = JSON.parse(
        execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
            cwd: packageFolder,
            encoding: 'utf8',
        }),
    )[0] as { name: string; files: { path: string }[] };
    assert.equal(name, '@generion/client');
    const paths = files.map(({ path }) => path);
    for (const path of ['dist/src/index.js', 'dist/src/index.d.ts', 'README.md', 'package.json']) {
        assert.ok(paths.includes(path), path);
    }
    assert.deepEqual(
        paths.filter((path) => /\/(?:test|examples|node_modules)\//.test(path)),
        [],
    );
    // `npm pack` and `npm publish` build first.
    assert.equal(JSON.parse(read('package.json')).scripts.prepack, 'npm run build');
});

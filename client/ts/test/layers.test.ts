// The order of the folders, which a newcomer finds in the README.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { packageFolder } from './support/vectors.js';

const sources = fileURLToPath(new URL('src', packageFolder));
const readme = readFileSync(new URL('README.md', packageFolder), 'utf8');

/** The folders, as the README's table has them. */
const table = readme.slice(readme.indexOf('| folder | content |')).split('\n\n')[0] ?? '';
const folders = table.split('\n').flatMap((row) => [...(row.split('|')[1] ?? '').matchAll(/`([a-z-]+)\/`/g)]);
const order = folders.map(([, folder]) => folder as string);

/** What each file imports of this package. */
const files = readdirSync(sources, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.startsWith('generated'))
    .map((file) => {
        const text = readFileSync(join(sources, file), 'utf8');
        const paths = [...text.matchAll(/ from '(\.{1,2}\/[^']+)\.js'/g)];
        return { file, imports: paths.map(([, path]) => `${normalize(join(dirname(file), path as string))}.ts`) };
    });
const importsOf = new Map(files.map(({ file, imports }) => [file, imports]));
const folderOf = (file: string) => file.split('/')[0] as string;

test('folders import from those above them in the README’s table', () => {
    const inFolders = files.filter(({ file }) => file !== 'index.ts');
    assert.deepEqual(new Set(order), new Set([...inFolders.map(({ file }) => folderOf(file)), 'generated']));
    const upwards = inFolders.flatMap(({ file, imports }) =>
        imports
            .filter((path) => order.indexOf(folderOf(path)) > order.indexOf(folderOf(file)))
            .map((path) => `${file} imports ${path}`),
    );
    assert.deepEqual(upwards, []);
});

test('no files import each other in a circle', () => {
    const [done, open] = [new Set<string>(), [] as string[]];
    const visit = (file: string): void => {
        assert.ok(!open.includes(file), `${[...open, file].join(' → ')}`);
        if (done.has(file)) return;
        open.push(file);
        for (const path of importsOf.get(file) ?? []) visit(path);
        open.pop();
        done.add(file);
    };
    for (const { file } of files) visit(file);
    assert.ok(files.length > 60);
});

test('only what is imported by itself needs Node', () => {
    const needsNode = files
        .map(({ file }) => file)
        .filter((file) => / from 'node:/.test(readFileSync(join(sources, file), 'utf8')));
    assert.deepEqual(
        needsNode.filter((file) => folderOf(file) !== 'node'),
        [],
    );
    const importers = files.filter(({ file, imports }) =>
        imports.some((path) => folderOf(path) === 'node' && folderOf(file) !== 'node'),
    );
    assert.deepEqual(importers, []);
});

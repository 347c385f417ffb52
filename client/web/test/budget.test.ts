// The compressed bytes of a first visit: they decide how long people with a slow connection wait.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { BUILD } from './support/site.js';

/** Compressed bytes of script and style. docs/PERFORMANCE.md has the figure of today. */
const BUDGET = 250_000;

const textOf = (path: string): string => readFileSync(join(BUILD, path), 'utf8');

/** A script and all that it imports before it runs. */
function withImports(path: string, found = new Set<string>()): Set<string> {
    if (found.has(path)) return found;
    found.add(path);
    // As the bundler writes them: `import{a}from"./b.js"` or `import"./b.js"`, with any quotes.
    for (const [, name] of textOf(path).matchAll(/(?:\bfrom|\bimport)\s*["'`]\.\/([\w.-]+\.js)["'`]/g)) {
        withImports(`assets/${name}`, found);
    }
    return found;
}

const hashOf = (path: string): string =>
    `sha256-${createHash('sha256')
        .update(readFileSync(join(BUILD, path)))
        .digest('base64')}`;

const sizeOf = (path: string): number => gzipSync(textOf(path), { level: 6 }).length;

/** The parts with the texts of a language each. */
function languages(): string[] {
    const names = readdirSync(join(BUILD, 'assets')).filter((name) => /^(en|de)-.*\.js$/.test(name));
    return names.map((name) => `assets/${name}`);
}

/** The scripts and styles that a first visit loads. */
function firstLoad(): string[] {
    const page = textOf('index.html');
    const named = [...page.matchAll(/(?:src|href)="\.\/([\w./-]+\.(?:js|css))"/g)].map(([, path]) => path as string);
    const workers = readdirSync(join(BUILD, 'assets')).filter((name) => /^worker-.*\.js$/.test(name));
    assert.equal(workers.length, 1);
    const scripts = [...named.filter((path) => path.endsWith('.js')), `assets/${workers[0]}`, 'service-worker.js'];
    // The texts of one language load, too: the largest counts.
    const texts = languages().sort((one, other) => sizeOf(other) - sizeOf(one));
    assert.equal(texts.length, 2);
    const styles = named.filter((path) => path.endsWith('.css'));
    assert.ok(scripts.some((path) => basename(path).startsWith('index-')) && styles.length > 0);
    return [...new Set([...[...scripts, ...texts.slice(0, 1)].flatMap((path) => [...withImports(path)]), ...styles])];
}

test('a first visit loads less than 250 kB of script and style', () => {
    const sizes = firstLoad().map((path) => ({ path, bytes: sizeOf(path) }));
    const sum = sizes.reduce((all, { bytes }) => all + bytes, 0);
    assert.ok(sum <= BUDGET, `${sum} bytes: ${sizes.map(({ path, bytes }) => `${path} ${bytes}`).join(', ')}`);
    console.log(`${sum} bytes compressed`);
});

test('every script comes from the app’s own folder, and none stands within the page', () => {
    const page = textOf('index.html');
    assert.deepEqual([...page.matchAll(/(?:src|href)="(?!\.\/)[^"]*"/g)].map(String), []);
    assert.deepEqual([...page.matchAll(/<script(?![^>]*\bsrc=)[^>]*>|<style|\sstyle=|\son\w+=/g)].map(String), []);
});

test('what shows PDF documents and pictures is no part of a first visit, and PDF documents of no later one before they are needed', () => {
    const loaded = firstLoad().map((path) => basename(path));
    const later = readdirSync(join(BUILD, 'assets')).filter((name) => /^(pdf-|Pdf|Picture)/.test(name));
    // The worker, the folder of its files, and the two components with their maps.
    assert.ok(later.length >= 4, later.join());
    assert.deepEqual(
        later.filter((name) => loaded.includes(name)),
        [],
    );
    // Their hashes are a file of their own, of which the service worker knows the hash.
    const { path, integrity } = JSON.parse(textOf('service-worker.js').match(/PART_LIST=(\{.*?\})/)?.[1] ?? '') as {
        path: string;
        integrity: string;
    };
    assert.equal(integrity, hashOf(path));
    const hashes = JSON.parse(textOf(path)) as { [path: string]: string };
    const parts = later.filter((name) => /^pdf-worker-.*js$/.test(name)).map((name) => `assets/${name}`);
    assert.equal(parts.length, 1);
    for (const part of parts) assert.equal(hashes[part], hashOf(part));
    assert.ok(Object.keys(hashes).length > 100);
    const kept = textOf('service-worker.js').match(/SHELL_FILES=(\[.*?\])/)?.[1] ?? 'pdf-';
    assert.ok(!kept.includes('assets/pdf-'));
});

// The pictures of the patient's guide are those that the stories make.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

const root = new URL('../../../../', import.meta.url);
const pictures = JSON.parse(readFileSync(new URL('client/web/pictures.json', root), 'utf8')) as Record<string, string>;

test('the guide shows each picture that tools/pictures.mjs renews, and no other', () => {
    const guide = readFileSync(new URL('docs/guides/patient.md', root), 'utf8');
    const shown = [...guide.matchAll(/\(pictures\/([^)]+)\)/g)].map(([, name]) => name);
    assert.deepEqual(shown, Object.keys(pictures));
    assert.deepEqual(readdirSync(new URL('docs/guides/pictures', root)).sort(), Object.keys(pictures).sort());
});

test('each picture is small, as wide as a phone, and comes from a story', () => {
    const stories = readdirSync(new URL('client/web/test', root)).filter((name) => name.endsWith('.story.test.ts'));
    const texts = stories.map((name) => readFileSync(new URL(`client/web/test/${name}`, root), 'utf8')).join('');
    for (const [picture, screenshot] of Object.entries(pictures)) {
        const bytes = readFileSync(new URL(`docs/guides/pictures/${picture}`, root));
        assert.equal(bytes.readUInt32BE(16), 320, picture);
        assert.ok(bytes.length < 100_000, `${picture}: ${bytes.length} bytes`);
        const story = screenshot.replace(/-(phone|desktop)-\d+\.png$/, '');
        assert.ok(texts.includes(`'${story}'`), `${picture}: no story is called ${story}`);
    }
});

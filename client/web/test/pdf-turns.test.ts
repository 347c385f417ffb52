// The pages of a PDF document take turns, and share limits of pixels.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Pixels } from '../src/render/pdf/pixels.js';
import { KeptPictures, Turns } from '../src/render/pdf/turns.js';

test('one page is drawn at a time, one that fails holds up no other, and one that nobody wants any more is left out', async () => {
    const turns = new Turns();
    const log: string[] = [];
    const ends: (() => void)[] = [];
    const work = (name: string) => async () => {
        log.push(`${name} begins`);
        await new Promise<void>((resolve) => ends.push(resolve));
        log.push(`${name} ends`);
        if (name === 'b') throw new Error('damaged');
        return name;
    };
    let isWanted = true;
    const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((name) => turns.take(() => name !== 'c' || isWanted, work(name))) as [
        Promise<unknown>,
        Promise<unknown>,
        Promise<unknown>,
        Promise<unknown>,
    ];
    const fails = assert.rejects(b, /damaged/);
    const turn = async () => await new Promise((resolve) => setImmediate(resolve));
    await turn();
    assert.deepEqual(log, ['a begins']);
    ends.shift()?.();
    assert.equal(await a, 'a');
    await turn();
    assert.deepEqual(log, ['a begins', 'a ends', 'b begins']);
    isWanted = false;
    ends.shift()?.();
    await fails;
    assert.equal(await c, undefined);
    await turn();
    ends.shift()?.();
    assert.equal(await d, 'd');
    assert.deepEqual(log, ['a begins', 'a ends', 'b begins', 'b ends', 'd begins', 'd ends']);
});

test('kept pictures have a limit together: the oldest are forgotten first, the newest stays', () => {
    const forgotten: number[] = [];
    const kept = new KeptPictures(100);
    const keep = (page: number, pixels: number) => kept.keep(page, pixels, () => forgotten.push(page));
    keep(1, 40);
    keep(2, 40);
    keep(3, 20);
    assert.deepEqual(forgotten, []);
    keep(4, 1);
    assert.deepEqual(forgotten, [1]);
    // One that was dropped or replaced counts once, and no more.
    kept.drop(2);
    keep(3, 60);
    assert.deepEqual(forgotten, [1]);
    keep(5, 1000);
    assert.deepEqual(forgotten, [1, 4, 3]);
});

test('the pixels of one page have a limit, which canvases that are gone do not count for', () => {
    const pixels = new Pixels(100);
    pixels.add(60);
    assert.throws(() => pixels.add(41), RangeError);
    assert.throws(() => pixels.add(Number.NaN), RangeError);
    pixels.remove(60);
    pixels.add(100);
    pixels.begin();
    pixels.add(100);
});

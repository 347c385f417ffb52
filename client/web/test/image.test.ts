// The type of a picture by its first bytes, whatever its writer says.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { JPG } from 'image-size/types/jpg';
import { pictureOf } from '../src/render/image.js';

const u16 = (value: number): number[] => [value >> 8, value & 0xff];
const segment = (marker: number, content: readonly number[]): number[] => [
    0xff,
    marker,
    ...u16(content.length + 2),
    ...content,
];
const frame = (width: number, height: number, marker = 0xc0): number[] =>
    segment(marker, [8, ...u16(height), ...u16(width), 3, 1, 0x11, 0, 2, 0x11, 1, 3, 0x11, 1]);
const SOI = [0xff, 0xd8];
const JFIF = segment(0xe0, [0x4a, 0x46, 0x49, 0x46, 0, 1, 1, 0, 0, 1, 0, 1, 0, 0]);
const SCAN = segment(0xda, [3, 1, 0, 2, 0x11, 3, 0x11, 0, 63, 0]);
const jpeg = (...parts: readonly (readonly number[])[]): Uint8Array => Uint8Array.from([SOI, ...parts].flat());

/** Exif with one entry: how the camera was held. */
const exif = (orientation: number): number[] =>
    segment(0xe1, [
        ...[0x45, 0x78, 0x69, 0x66, 0, 0, 0x4d, 0x4d, 0, 0x2a, 0, 0, 0, 8, 0, 1],
        ...[0x01, 0x12, 0, 3, 0, 0, 0, 1, ...u16(orientation), 0, 0, 0, 0, 0, 0],
    ]);

test('a JPEG has the size of its frame, whatever kind of frame it is', () => {
    for (const marker of [0xc0, 0xc1, 0xc2, 0xc3, 0xc5, 0xc6, 0xc7, 0xc9, 0xca, 0xcb, 0xcd, 0xce, 0xcf]) {
        const picture = jpeg(JFIF, segment(0xdb, [0]), segment(0xc4, [0]), frame(400, 300, marker), SCAN);
        assert.deepEqual(pictureOf(picture), { mediaType: 'image/jpeg', width: 400, height: 300 }, String(marker));
    }
    const turned = jpeg(exif(6), frame(400, 300), SCAN);
    assert.deepEqual(pictureOf(turned), { mediaType: 'image/jpeg', width: 300, height: 400 });
});

test('a fill byte hides no frame', () => {
    // The marker that the fill byte looks like has the frame's marker and length as its length. There, 0xC000 bytes later,
    // waits a small frame for those who skip it.
    const start = jpeg(JFIF, [0xff], frame(20_000, 20_000));
    const hidden = SOI.length + JFIF.length + 2 + 0xc000;
    const before = new Array<number>(hidden - start.length - 4).fill(0);
    const comment = segment(0xfe, [...before, ...frame(100, 100), ...new Array<number>(16).fill(0)]);
    const picture = Uint8Array.from([...start, ...comment, ...SCAN]);
    assert.deepEqual(pictureOf(picture), { problem: 'too_large', width: 20_000, height: 20_000 });
    // It is the file that fools the library.
    const { height, width } = JPG.calculate(picture);
    assert.deepEqual([width, height], [100, 100]);
});

test('a JPEG that does not follow its standard up to the first scan is damaged', () => {
    const cases: [string, Uint8Array][] = [
        ['two frames', jpeg(JFIF, frame(10, 10), frame(20_000, 20_000), SCAN)],
        ['no frame', jpeg(JFIF, SCAN)],
        ['no scan', jpeg(JFIF, frame(10, 10))],
        ['bytes between segments', jpeg(JFIF, [0], frame(10, 10), SCAN)],
        ['bytes before the first segment', jpeg([0], frame(10, 10), SCAN)],
        ['a length below two', jpeg([0xff, 0xe0, 0, 1], frame(10, 10), SCAN)],
        ['a segment that ends behind the file', jpeg([0xff, 0xe0, 0xff, 0xff], frame(10, 10), SCAN)],
        ['an escaped byte', jpeg([0xff, 0], frame(10, 10), SCAN)],
        ['an extension', jpeg(frame(10, 10, 0xc8), SCAN)],
        ['a second beginning', jpeg(SOI, frame(10, 10), SCAN)],
        ['an end', jpeg([0xff, 0xd9], frame(10, 10), SCAN)],
        ['a restart', jpeg([0xff, 0xd0], frame(10, 10), SCAN)],
        ['no height', jpeg(frame(10, 0), SCAN)],
        ['fill bytes alone', jpeg(new Array<number>(100).fill(0xff))],
    ];
    for (const [name, bytes] of cases) assert.deepEqual(pictureOf(bytes), { problem: 'damaged' }, name);
});

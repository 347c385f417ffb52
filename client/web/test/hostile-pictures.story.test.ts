// Drawings, web pages and pictures that mean harm, opened in a real browser: nothing in them runs, and nothing leaves.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { crc32, deflateSync } from 'node:zlib';
import { Stranger } from './support/stranger.js';

let stranger: Stranger;
before(async () => {
    stranger = await Stranger.arrives();
});
after(async () => await stranger?.leaves());

test('a drawing (SVG) is not shown, whatever it says it is', async () => {
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" onload="document.title='run'">
        <script>document.title='run'; fetch('${stranger.evil.url}/script')</script><image href="${stranger.evil.url}/image"/>
        <use href="${stranger.evil.url}/use#a"/><style>@import url('${stranger.evil.url}/style');</style>
        <foreignObject><body xmlns="http://www.w3.org/1999/xhtml"><img src="${stranger.evil.url}/html" onerror="document.title='run'"/>
        <iframe src="${stranger.evil.url}/frame"/></body></foreignObject></svg>`;
    const visit = await stranger.opens(['image/svg+xml', svg], 'svg');
    await visit.person.page.getByText('which can contain programs').waitFor();
    assert.equal(await visit.person.page.locator('main svg, main img, main iframe').count(), 0);
    await visit.person.look();
    await stranger.assertHarmless(visit);
    const disguised = await stranger.opens(['image/png', svg], 'svg-as-png');
    await disguised.person.page.getByText('This picture is damaged, or it is no picture').waitFor();
    await stranger.assertHarmless(disguised);
});

test('a web page is shown as its text', async () => {
    const page = `<html><head><meta http-equiv="refresh" content="0;url=${stranger.evil.url}/refresh">
        <link rel="stylesheet" href="${stranger.evil.url}/style"><link rel="prefetch" href="${stranger.evil.url}/prefetch"></head>
        <body onload="document.title='run'"><script>document.title='run'</script><img src="${stranger.evil.url}/image">
        <iframe src="${stranger.evil.url}/frame"></iframe><form action="${stranger.evil.url}/form"><button>Go</button></form></body></html>`;
    for (const type of ['text/html', 'application/xhtml+xml', 'Text/HTML; charset=utf-8']) {
        const visit = await stranger.opens([type, page], 'html');
        await visit.person.page.getByText('The app shows its text only').waitFor();
        assert.ok((await visit.person.reads('pre')).some((text) => text.includes('onload')));
        await visit.person.look();
        await stranger.assertHarmless(visit);
    }
});

/** A PNG that says it is that large, whatever it has. */
function png(width: number, height: number, rows: Buffer): Buffer {
    const chunk = (name: string, data: Buffer) => {
        const body = Buffer.concat([Buffer.from(name), data]);
        const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
        length.writeUInt32BE(data.length);
        check.writeUInt32BE(crc32(body));
        return Buffer.concat([length, body, check]);
    };
    const header = Buffer.alloc(13);
    header.writeUInt32BE(width);
    header.writeUInt32BE(height, 4);
    header.set([8, 2], 8);
    const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
    return Buffer.concat([
        signature,
        chunk('IHDR', header),
        chunk('IDAT', deflateSync(rows)),
        chunk('IEND', Buffer.alloc(0)),
    ]);
}

for (const size of ['phone', 'desktop'] as const) {
    test(`a picture is shown in a frame without scripts, origin and network (${size})`, async () => {
        const row = Buffer.concat([Buffer.from([0]), Buffer.alloc(3 * 400, 120)]);
        const picture = png(400, 300, Buffer.concat(new Array(300).fill(row)));
        // The record says something else: the picture's own bytes count.
        const visit = await stranger.opens(['image/jpeg', picture], 'picture', size);
        const frame = visit.person.page.locator('iframe.picture');
        await frame.waitFor();
        assert.equal(await frame.getAttribute('sandbox'), '');
        const { height = 0, width = 0 } = (await frame.boundingBox()) ?? {};
        assert.ok(Math.abs(width / height - 4 / 3) < 0.02, `${width} × ${height}`);
        const inner = visit.person.page.frames().find((one) => one.url().startsWith('blob:'));
        await inner?.waitForLoadState();
        // It has been decoded, within a page that has no origin of its own.
        assert.deepEqual(await inner?.evaluate(() => [document.images[0]?.naturalWidth, origin]), [400, 'null']);
        await visit.person.look();
        await stranger.assertHarmless(visit);
    });
}

test('a picture that is too large to be decoded, or is damaged, says so', async () => {
    const jpeg = Buffer.from(
        'ffd8ffe000104a46494600010100000100010000ffc0001108ffffffff03011100021101031101ffda',
        'hex',
    );
    const gif = Buffer.from('474946383961ffffffff', 'hex');
    const webp = Buffer.concat([
        Buffer.from('RIFF\x1e\0\0\0WEBPVP8X\x0a\0\0\0', 'latin1'),
        Buffer.from('00000000fffffffffffff', 'hex'),
        Buffer.from([0xff, 0xff]),
    ]);
    const cases: [string, Buffer, RegExp][] = [
        ['image/png', png(60_000, 60_000, Buffer.alloc(1)), /too large to be shown here: 60000 × 60000 pixels/],
        ['image/jpeg', jpeg, /too large to be shown here: 65535 × 65535 pixels/],
        ['image/gif', gif, /too large to be shown here: 65535 × 65535 pixels/],
        ['image/webp', webp, /too large to be shown here/],
        ['image/png', Buffer.from('no picture'), /damaged, or it is no picture/],
        ['image/png', Buffer.alloc(0), /damaged, or it is no picture/],
    ];
    for (const [type, document, told] of cases) {
        const visit = await stranger.opens([type, document], 'picture-bomb');
        await visit.person.page.getByText(told).waitFor();
        await visit.person.look();
        await visit.person.page.getByRole('link', { name: 'Save the document' }).waitFor();
        await stranger.assertHarmless(visit);
    }
});

// A stranger who sends health links to documents, and people who open them at their browsers.

import assert from 'node:assert/strict';
import { SHL, SHLManifestBuilder } from 'kill-the-clipboard';
import type { Browser } from 'playwright-core';
import { LinkServer } from './link-server.js';
import { Person, startBrowser, type WINDOWS } from './person.js';
import { type Site, startSite } from './site.js';

/** Somebody who opened a document, and every request of this browser from then on. */
export type Visit = { person: Person; requests: string[] };

/** A stranger with a server of links. */
export class Stranger {
    #links = 0;

    private constructor(
        readonly browser: Browser,
        /** The server of the links. */
        readonly server: LinkServer,
        /** The server that hostile documents want to reach. */
        readonly evil: LinkServer,
        readonly site: Site,
    ) {}

    /** Starts the browser, the servers and the app. */
    static async arrives(): Promise<Stranger> {
        const [browser, server, evil] = await Promise.all([startBrowser(), LinkServer.start(), LinkServer.start()]);
        const site = await startSite([
            { name: 'Town', cluster: 'localnet', nodes: ['http://127.0.0.1:9'], stores: [] },
        ]);
        return new Stranger(browser, server, evil, site);
    }

    /** Ends them. */
    async leaves(): Promise<void> {
        await this.browser.close();
        this.site.stop();
        this.server.stop();
        this.evil.stop();
    }

    /** Makes a health link to a document in a frame, as any clinic could make one. */
    async linkTo(contentType: string, document: Buffer | string): Promise<string> {
        const path = `/hostile-${this.#links++}`;
        const shl = SHL.generate({ baseManifestURL: 'https://shl.example/', flag: 'U', label: 'From a stranger' });
        let file = '';
        const builder = new SHLManifestBuilder({
            shl,
            uploadFile: async (content) => {
                file = content;
                return path;
            },
            getFileURL: async () => `${this.server.url}${path}`,
            loadFile: async () => file,
        });
        const attachment = { contentType, data: Buffer.from(document).toString('base64') };
        const content = { resourceType: 'DocumentReference', status: 'current', content: [{ attachment }] };
        await builder.addFHIRResource({ content: content as never, enableCompression: true });
        this.server.at.set(path, (_, response) => response.end(file));
        const payload = JSON.stringify({ ...shl.payload, url: `${this.server.url}${path}` });
        return `${this.site.url}#shlink:/${Buffer.from(payload).toString('base64url')}`;
    }

    /** Lets somebody open a document. */
    async opens(
        document: [contentType: string, content: Buffer | string],
        story: string,
        size: keyof typeof WINDOWS = 'phone',
        locale = 'en-GB',
    ): Promise<Visit> {
        const link = await this.linkTo(...document);
        const person = await Person.at(this.browser, 'about:blank', `hostile-${story}`, size, locale);
        const requests: string[] = [];
        person.page.context().on('request', (request) => requests.push(request.url()));
        await person.page.goto(link);
        return { person, requests };
    }

    /** Nothing ran, and nothing was asked of anybody but the app's own server and the link's. */
    async assertHarmless({ person, requests }: Visit): Promise<void> {
        assert.equal(await person.page.title(), 'Generion');
        assert.equal(person.page.context().pages().length, 1);
        assert.ok(requests.some((url) => url.startsWith(this.server.url)));
        const own = [this.site.url, this.server.url, 'blob:', 'data:'];
        assert.deepEqual(
            requests.filter((url) => !own.some((start) => url.startsWith(start))),
            [],
        );
        assert.deepEqual(this.evil.asked, []);
        await person.leaves();
    }
}

// The stage of a file's stories: a browser, the app, and a town.

import { after } from 'node:test';
import type { Browser } from 'playwright-core';
import { startBrowser } from './person.js';
import { type Site, startSite } from './site.js';
import { Town } from './town.js';

/** A browser, and the app as it is served to it. */
export type Stage = { browser: Browser; site: Site };

/** Opens both until the file's stories are told. `networks`: as `startSite` takes them. */
export async function stage(networks?: unknown): Promise<Stage> {
    const [browser, site] = await Promise.all([startBrowser(), startSite(networks)]);
    after(async () => {
        await browser.close();
        site.stop();
    });
    return { browser, site };
}

/** The same with a town. `networksOf`: which networks the app has there, if not the town's own. */
export async function stageInTown(
    networksOf: (town: Town) => unknown | Promise<unknown> = (town) => town.networks,
): Promise<Stage & { town: Town }> {
    const town = await Town.found();
    const opened = await stage(await networksOf(town));
    after(async () => await town.close());
    return { ...opened, town };
}

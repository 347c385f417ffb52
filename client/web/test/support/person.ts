// A person at a browser, by what this person sees: labels, buttons and headings. Counts taps and fields.

import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, type BrowserContext, type CDPSession, chromium, type Page } from 'playwright-core';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const SCREENSHOTS = fileURLToPath(new URL('../../../screenshots', import.meta.url));

/** The windows that every story is told in. */
export const WINDOWS = {
    phone: { width: 320, height: 640 },
    desktop: { width: 1280, height: 800 },
} as const;

/** Milliseconds that a person waits for something. Two stories run at once, beside whatever else the machine does. */
const PATIENCE = 60_000;

/** Flags of Chromium. */
export const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking'];

/** Starts Debian's Chromium, with further flags. */
export async function startBrowser(flags: readonly string[] = []): Promise<Browser> {
    return await chromium.launch({
        executablePath: process.env.GENERION_CHROMIUM ?? '/usr/bin/chromium',
        args: [...FLAGS, ...flags],
    });
}

/** A person with a device of their own. */
export class Person {
    /** Taps and fields so far. */
    steps = 0;
    /** The browser's complaints: errors, and breaches of the page's policy. */
    readonly complaints: string[] = [];
    #screenshots = 0;
    #session: CDPSession | undefined;

    private constructor(
        readonly page: Page,
        private readonly context: BrowserContext,
        private readonly story: string,
    ) {
        page.on('pageerror', (error) => this.complaints.push(String(error)));
        page.on('console', (message) => {
            if (message.type() === 'error') this.complaints.push(message.text());
        });
    }

    /** Opens the app on a new device. */
    static async at(
        browser: Browser,
        url: string,
        story: string,
        size: keyof typeof WINDOWS,
        locale = 'en-GB',
    ): Promise<Person> {
        const context = await browser.newContext({ viewport: WINDOWS[size], locale, bypassCSP: false });
        const page = await context.newPage();
        page.setDefaultTimeout(PATIENCE);
        const person = new Person(page, context, `${story}-${size}`);
        await page.goto(url);
        return person;
    }

    /** Opens the app in another tab of the same device. */
    async opensAnotherTab(url: string): Promise<Person> {
        const page = await this.context.newPage();
        page.setDefaultTimeout(PATIENCE);
        const other = new Person(page, this.context, `${this.story}-other-tab`);
        await page.goto(url);
        return other;
    }

    /** Waits for a screen by its heading, looks at it, and checks its accessibility. */
    async sees(heading: string): Promise<void> {
        await this.page.getByRole('heading', { name: heading, level: 1 }).waitFor();
        await this.look();
    }

    /** Takes a screenshot, and checks the screen as it is. */
    async look(): Promise<void> {
        mkdirSync(SCREENSHOTS, { recursive: true });
        this.#screenshots += 1;
        const name = `${this.story}-${String(this.#screenshots).padStart(2, '0')}.png`;
        await this.page.screenshot({ path: join(SCREENSHOTS, name), fullPage: true });
        const overflow = await this.page.evaluate(
            () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
        );
        assert.equal(overflow, 0, `${name}: nothing may stand beyond the edge`);
        // From the browser's own side: the page's policy lets no such script in. The session stays: the end of one takes the
        // authenticator for tests away from all.
        this.#session ??= await this.context.newCDPSession(this.page);
        const session = this.#session;
        await session.send('Runtime.evaluate', { expression: AXE });
        const { result } = await session.send('Runtime.evaluate', {
            expression: `axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })
                .then(({ violations }) => JSON.stringify(violations.map(({ id, nodes }) => [id, nodes.map((node) => node.html)])))`,
            awaitPromise: true,
        });
        assert.equal(result.value, '[]', `${name}: what axe finds`);
    }

    /** Taps a button or a link. */
    async taps(name: string): Promise<void> {
        this.steps += 1;
        await this.page
            .getByRole('button', { name, exact: true })
            .or(this.page.getByRole('link', { name, exact: true }))
            .click();
    }

    /** Fills a field. */
    async fills(label: string, text: string): Promise<void> {
        this.steps += 1;
        await this.page.getByLabel(label, { exact: true }).fill(text);
    }

    /** Chooses from a list. */
    async chooses(label: string, value: string): Promise<void> {
        this.steps += 1;
        await this.page.getByLabel(label, { exact: true }).selectOption(value);
    }

    /** Ticks a box. */
    async ticks(name: RegExp): Promise<void> {
        this.steps += 1;
        await this.page.getByRole('checkbox', { name }).check();
    }

    /** Opens a fold. */
    async unfolds(summary: string): Promise<void> {
        this.steps += 1;
        await this.page.locator('summary').getByText(summary, { exact: true }).click();
    }

    /** Reads the text of what is found by a selector. */
    async reads(selector: string): Promise<string[]> {
        await this.page.locator(selector).first().waitFor();
        return await this.page.locator(selector).allTextContents();
    }

    /** Reads an alert. */
    async isTold(): Promise<string> {
        return (await this.page.getByRole('alert').innerText()).replace(/\s+/g, ' ');
    }

    /** Leaves. The browser must have had nothing to complain about. */
    async leaves(): Promise<void> {
        await this.context.close();
        assert.deepEqual(this.complaints, []);
    }

    /** Leaves. The browser must have had something of a kind to complain about, and nothing else. */
    async leavesComplaining(about: RegExp): Promise<void> {
        await this.context.close();
        assert.deepEqual(
            this.complaints.filter((complaint) => !about.test(complaint)),
            [],
        );
    }
}

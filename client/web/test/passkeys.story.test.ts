// An account that a device opens by its owner's fingerprint, face or PIN: with Chromium's own authenticator for tests.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { unlocks } from './support/accounts.js';
import { Authenticator } from './support/authenticator.js';
import { Person, startBrowser } from './support/person.js';
import { type Site, startSite } from './support/site.js';

const PASSPHRASE = 'kettle orbit maple nine';
const WORDS = 'abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about';
const TITLE = 'Unlock with fingerprint, face or PIN';

let browser: Browser;
let site: Site;
/** Passkeys are for names of sites: a bare IP address has none. */
let url: string;
before(async () => {
    [browser, site] = await Promise.all([startBrowser(), startSite()]);
    url = site.url.replace('127.0.0.1', 'localhost');
});
after(async () => {
    await browser?.close();
    site?.stop();
});

/** A person who restores an account on a device with an authenticator. */
async function restores(story: string, size: 'phone' | 'desktop' = 'phone', options = {}, at = url) {
    const person = await Person.at(browser, at, story, size);
    const device = await Authenticator.in(person.page, options);
    await person.taps('I have an account already');
    await person.fills('The 12 words', WORDS);
    await person.fills('A passphrase for this device', PASSPHRASE);
    await person.taps('Restore');
    return { person, device };
}

async function locks(person: Person): Promise<void> {
    await person.taps('Settings');
    await person.taps('Lock now');
    await person.page.getByRole('heading', { name: 'Welcome back', level: 1 }).waitFor();
}

/** Lets the person refuse prompts, which a browser tells a page by this error. */
async function mayRefuse(person: Person, refuses: (prompt: 'create' | 'get') => boolean): Promise<void> {
    await person.page.exposeFunction('refuses', refuses);
    await person.page.evaluate(() => {
        const { refuses } = globalThis as unknown as { refuses: (prompt: string) => Promise<boolean> };
        for (const prompt of ['create', 'get'] as const) {
            const show = navigator.credentials[prompt].bind(navigator.credentials);
            navigator.credentials[prompt] = async (options: object | undefined) => {
                if (await refuses(prompt)) throw new DOMException('timed out or not allowed', 'NotAllowedError');
                return await show(options);
            };
        }
    });
}

for (const size of ['phone', 'desktop'] as const) {
    test(`a device opens the account by a passkey until that is removed, and the passphrase always does (${size})`, async () => {
        const { person, device } = await restores('passkey', size);
        await person.sees(TITLE);
        await person.taps('Set it up');
        await person.page.getByText('Your device unlocks this account now').waitFor();
        await person.look();
        assert.equal(await device.passkeys(), 1);
        await person.taps('Go to your records');
        const [address] = await person.reads('.own-address');
        await locks(person);
        await person.page.getByRole('button', { name: TITLE }).waitFor();
        await person.look();
        person.steps = 0;
        await person.taps(TITLE);
        await person.page.getByRole('heading', { name: 'Your records', level: 1 }).waitFor();
        assert.equal(person.steps, 1);
        assert.deepEqual(await person.reads('.own-address'), [address]);
        // A new visit, by the passphrase.
        await person.page.reload();
        await person.page.getByRole('button', { name: TITLE }).waitFor();
        await unlocks(person);
        await person.taps('Settings');
        await person.page.getByText('opens this account').waitFor();
        await person.look();
        await person.taps('Remove the passkey');
        await person.page.getByText('Only your passphrase opens the account now').waitFor();
        await person.look();
        assert.equal(await device.passkeys(), 0);
        await locks(person);
        assert.equal(await person.page.getByRole('button', { name: TITLE }).count(), 0);
        await unlocks(person);
        await person.leaves();
    });
}

test('a passkey that was made and did not answer is used again, and one that never answers is replaced', async () => {
    const { person, device } = await restores('passkey-unfinished');
    await person.page.getByRole('button', { name: 'Set it up' }).waitFor();
    const refused: string[] = ['create'];
    await mayRefuse(person, (prompt) => {
        const isRefused = refused[0] === prompt;
        if (isRefused) refused.shift();
        return isRefused;
    });
    await person.taps('Set it up');
    assert.match(await person.isTold(), /did not confirm that it is you/);
    assert.equal(await device.passkeys(), 0);
    refused.push('get');
    await person.taps('Set it up');
    await person.page.getByText('The passkey is made, but').waitFor();
    await person.look();
    assert.equal(await device.passkeys(), 1);
    // One that does not answer a second time may be gone: it is forgotten, and the next attempt makes another one.
    refused.push('get');
    await person.taps('Finish the set-up');
    await person.page.getByText('did not confirm that it is you').waitFor();
    assert.equal(await device.passkeys(), 0);
    await person.taps('Set it up');
    await person.page.getByText('Your device unlocks this account now').waitFor();
    assert.equal(await device.passkeys(), 1);
    await person.leaves();
});

test('a passkey that was made answers on another visit, and no second one is made', async () => {
    const { person, device } = await restores('passkey-later');
    await person.page.getByRole('button', { name: 'Set it up' }).waitFor();
    await mayRefuse(person, (prompt) => prompt === 'get');
    await person.taps('Set it up');
    await person.page.getByText('The passkey is made, but').waitFor();
    await person.page.reload();
    await unlocks(person);
    await person.taps('Settings');
    await person.taps('Set it up');
    await person.taps('Finish the set-up');
    await person.page.getByText('Your device unlocks this account now').waitFor();
    assert.equal(await device.passkeys(), 1);
    await person.leaves();
});

test('a device that has lost the passkey, or recognises nobody, leads to the passphrase', async () => {
    const { person, device } = await restores('passkey-lost');
    await person.taps('Set it up');
    await person.taps('Go to your records');
    await person.page.getByRole('heading', { name: 'Your records', level: 1 }).waitFor();
    await person.page.reload();
    await person.page.getByRole('button', { name: TITLE }).waitFor();
    await device.forgets();
    await person.taps(TITLE);
    assert.match(await person.isTold(), /did not confirm that it is you. Try again, or use your passphrase/);
    await person.look();
    await person.taps(TITLE);
    await person.page.getByText('If its passkey for this app was deleted').waitFor();
    await unlocks(person);
    await person.taps('Settings');
    await person.taps('Remove the passkey');
    await device.recognisesNobody();
    await person.taps('Set it up');
    await person.page.getByRole('heading', { name: TITLE, level: 1 }).waitFor();
    await person.taps('Set it up');
    assert.match(await person.isTold(), /did not confirm that it is you/);
    assert.equal(await device.passkeys(), 0);
    await person.leaves();
});

test('whoever holds the unlocked device adds no passkey without the passphrase', async () => {
    const { person, device } = await restores('passkey-owner');
    await person.taps('Set it up');
    await person.taps('Go to your records');
    await locks(person);
    await person.taps(TITLE);
    await person.page.getByRole('heading', { name: 'Your records', level: 1 }).waitFor();
    await person.taps('Settings');
    await person.taps('Remove the passkey');
    await person.page.getByText('Only your passphrase opens the account now').waitFor();
    await person.taps('Set it up');
    await person.page.getByText('Enter your passphrase first').waitFor();
    await person.look();
    assert.equal(await person.page.getByRole('button', { name: 'Set it up' }).count(), 0);
    await person.fills('Passphrase', 'kettle orbit maple ten');
    await person.taps('Continue');
    await person.page.getByText('This is not the passphrase').waitFor();
    assert.equal(await device.passkeys(), 0);
    await person.fills('Passphrase', PASSPHRASE);
    await person.taps('Continue');
    await person.taps('Set it up');
    await person.page.getByText('Your device unlocks this account now').waitFor();
    assert.equal(await device.passkeys(), 1);
    await person.leaves();
});

test('the name of a passkey tells its provider nothing of the wallet', async () => {
    const { person } = await restores('passkey-label');
    await person.page.getByRole('button', { name: 'Set it up' }).waitFor();
    const labels: string[] = [];
    await person.page.exposeFunction('labelled', (...names: string[]) => void labels.push(...names));
    await person.page.evaluate(() => {
        const { labelled } = globalThis as unknown as { labelled: (...names: string[]) => Promise<void> };
        const make = navigator.credentials.create.bind(navigator.credentials);
        navigator.credentials.create = async (options) => {
            const user = options?.publicKey?.user;
            if (user) await labelled(user.name, user.displayName);
            return await make(options);
        };
    });
    await person.taps('Set it up');
    await person.page.getByText('Your device unlocks this account now').waitFor();
    assert.equal(labels.length, 2);
    for (const label of labels) assert.match(label, /^Generion \d{4}-\d\d-\d\d$/);
    await person.leaves();
});

test('a new passphrase removes the passkey, and says so', async () => {
    const { person, device } = await restores('passkey-restored');
    await person.taps('Set it up');
    await person.taps('Go to your records');
    await locks(person);
    await person.page.goto(`${url}#/restore`);
    await person.fills('The 12 words', WORDS);
    await person.fills('A passphrase for this device', 'another orbit maple nine');
    await person.taps('Restore');
    await person.page.getByText('Only your passphrase opens the account now').waitFor();
    await person.look();
    assert.equal(await device.passkeys(), 0);
    await person.taps('Not now');
    await person.page.getByRole('heading', { name: 'Your records', level: 1 }).waitFor();
    await locks(person);
    assert.equal(await person.page.getByRole('button', { name: TITLE }).count(), 0);
    await person.leaves();
});

test('a working passkey stays, whatever a second set-up of another tab comes to', async () => {
    const { person, device } = await restores('passkey-two-tabs');
    await person.page.getByRole('button', { name: 'Set it up' }).waitFor();
    const other = await person.page.context().newPage();
    const second = await Authenticator.in(other);
    await other.goto(url);
    await other.getByLabel('Passphrase', { exact: true }).fill(PASSPHRASE);
    await other.getByRole('button', { name: 'Unlock', exact: true }).click();
    await other.getByRole('heading', { name: 'Your records', level: 1 }).waitFor();
    await other.goto(`${url}#/passkey`);
    await other.getByText('Your device asks you twice').waitFor();
    await person.page.bringToFront();
    await person.taps('Set it up');
    await person.page.getByText('Your device unlocks this account now').waitFor();
    // The other tab has asked before, and makes one more: that is not noted, and the device forgets it.
    await other.bringToFront();
    await other.getByRole('button', { name: 'Set it up' }).click();
    await other.getByText('did not confirm that it is you').waitFor();
    assert.equal(await second.passkeys(), 0);
    await other.close();
    assert.equal(await device.passkeys(), 1);
    // A screen of set-up that is opened by hand asks nothing of a passkey that works.
    await person.taps('Go to your records');
    await person.page.goto(`${url}#/passkey`);
    await person.page.getByText('Your device unlocks this account now').waitFor();
    assert.equal(await person.page.getByRole('button', { name: 'Finish the set-up' }).count(), 0);
    await person.taps('Go to your records');
    await locks(person);
    await person.taps(TITLE);
    await person.page.getByRole('heading', { name: 'Your records', level: 1 }).waitFor();
    await person.leaves();
});

test('a device whose passkeys have no PRF extension says so once, and offers nothing again', async () => {
    const { person, device } = await restores('passkey-without-prf', 'phone', { hasPrf: false });
    await person.taps('Set it up');
    assert.match(await person.isTold(), /can not protect an account/);
    await person.look();
    assert.equal(await device.passkeys(), 0);
    await person.taps('Go to your records');
    await person.taps('Settings');
    await person.page.getByRole('button', { name: 'Lock now' }).waitFor();
    await person.page.getByRole('heading', { name: 'Documents on this device' }).waitFor();
    assert.equal(await person.page.getByRole('heading', { name: TITLE }).count(), 0);
    // An update may bring the extension: after half a year the app offers it again.
    await person.page.evaluate(
        async (noted) => {
            const opening = indexedDB.open('generion');
            await new Promise((resolve) => opening.addEventListener('success', resolve));
            const transaction = opening.result.transaction('settings', 'readwrite');
            transaction.objectStore('settings').put(noted, 'passkeys-without-prf');
            await new Promise((resolve) => transaction.addEventListener('complete', resolve));
            opening.result.close();
        },
        Date.now() - 181 * 86_400_000,
    );
    await person.taps('Records');
    await person.taps('Settings');
    await person.page.getByRole('heading', { name: TITLE }).waitFor();
    await person.leaves();
});

test('a passkey that a cloud account may copy says so, and one that asked nobody is not used', async () => {
    const { person, device } = await restores('passkey-copied', 'phone', { canBeCopied: true });
    await person.page.getByRole('button', { name: 'Set it up' }).waitFor();
    // A password manager in the device's place that asks nobody: the flag of a verified user is missing in its answer.
    await person.page.evaluate(() => {
        const scope = globalThis as unknown as { isVerified: boolean };
        scope.isVerified = false;
        const get = navigator.credentials.get.bind(navigator.credentials);
        navigator.credentials.get = async (options) => {
            const answer = (await get(options)) as PublicKeyCredential;
            const { authenticatorData } = answer.response as AuthenticatorAssertionResponse;
            const bytes = new Uint8Array(authenticatorData.slice(0));
            if (!scope.isVerified) bytes[32] = (bytes[32] ?? 0) & ~0x04;
            const results = answer.getClientExtensionResults();
            return {
                ...{ id: answer.id, rawId: answer.rawId, type: answer.type },
                response: { authenticatorData: bytes.buffer },
                getClientExtensionResults: () => results,
            } as unknown as PublicKeyCredential;
        };
    });
    await person.taps('Set it up');
    assert.match(await person.isTold(), /without a check of your fingerprint, face or PIN/);
    assert.equal(await device.passkeys(), 0);
    await person.look();
    await person.page.evaluate(() => {
        (globalThis as unknown as { isVerified: boolean }).isVerified = true;
    });
    await person.taps('Set it up');
    await person.page.getByText('can copy this passkey to your cloud account').waitFor();
    await person.look();
    assert.equal(await device.passkeys(), 1);
    await person.leaves();
});

test('where a site can have no passkey, none is offered', async () => {
    const { person } = await restores('passkey-no-site', 'phone', {}, site.url);
    await person.page.getByRole('heading', { name: 'Your records', level: 1 }).waitFor();
    await person.page.goto(`${site.url}#/passkey`);
    assert.match(await person.isTold(), /can not protect an account/);
    await person.leaves();
});

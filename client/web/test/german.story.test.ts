// The app in German: the screens that other stories show in English. Each is looked at and checked by axe.

import { test } from 'node:test';
import { de } from '../src/texts/de.js';
import { Authenticator } from './support/authenticator.js';
import { Seller } from './support/market.js';
import { Person, type WINDOWS } from './support/person.js';
import { stageInTown } from './support/stage.js';
import { fixture } from './support/town.js';

const PASSPHRASE = 'kettle orbit maple nine';
const { browser, site, town } = await stageInTown();
const seller = await Seller.in(town);
await town.does('doctor', 'user', 'set-key');

/** Somebody with an account and some SOL. */
async function somebody(story: string, size: keyof typeof WINDOWS) {
    const person = await Person.at(browser, site.url, story, size, 'de-AT');
    await person.taps(de.welcome.create);
    await person.sees(de.passphrase.title);
    await person.fills(de.passphrase.label, PASSPHRASE);
    await person.taps(de.passphrase.create);
    await person.sees(de.home.title);
    const [address = ''] = await person.reads('.own-address');
    await town.fund(address, 1);
    const goes = async (to: string, heading: string) => {
        await person.page.goto(`${site.url}#/${to}`);
        await person.page.getByRole('heading', { name: heading, level: 1 }).waitFor();
    };
    return { person, address, goes };
}

/** A button whose text has an amount. */
const paying = ({ page }: Person, text: (amount: string) => string) => {
    const [before = '', behind = ''] = text('AMOUNT').split('AMOUNT');
    return page.getByRole('button', { name: new RegExp(`^${before}0,\\d+ SOL${behind}$`) });
};

test('a patient backs up, verifies, shares, ends and deletes in German', async () => {
    const { person, address, goes } = await somebody('deutsch-patient', 'phone');
    await goes('backup', de.backup.title);
    await person.look();
    await person.taps(de.backup.written);
    await person.sees(de.backup.checkTitle);
    await goes('home', de.home.title);
    await person.taps(de.home.again);
    await person.taps(de.home.activateButton);
    await person.page.getByText(de.home.emptyTitle).waitFor();
    const flags = ['--owner', address, '--store', town.storeUrl];
    const written = await town.does('clinic', 'record', 'create', fixture('Observation-bmi.json'), ...flags);
    const record = String(written.record?.address);
    await goes(`record/${record}`, de.record.kinds.Observation ?? '');
    await paying(person, de.record.verify).waitFor();
    await person.look();
    await paying(person, de.record.verify).click();
    await person.page.getByText(de.record.verified).waitFor();
    await person.fills(de.sharing.recipient, town.addressOf('doctor'));
    await person.taps(de.sharing.button);
    await person.page.getByRole('heading', { name: de.sharing.review }).waitFor();
    await person.look();
    await paying(person, de.sharing.confirm).click();
    await person.page.getByRole('button', { name: de.sharing.revoke }).waitFor();
    await person.look();
    await goes(`link/${record}`, de.links.title);
    await person.taps(de.links.create);
    await person.page.getByRole('heading', { name: de.links.codeTitle }).waitFor();
    await person.look();
    await goes('links', de.links.listTitle);
    await person.page.getByRole('button', { name: de.links.show }).waitFor();
    await person.look();
    await goes(`history/${record}`, de.history.title);
    await person.page.getByText(de.history.events.RecordVerified ?? '').waitFor();
    await person.look();
    await goes(`record/${record}`, de.record.kinds.Observation ?? '');
    await person.taps(de.deleting.ask);
    await person.page.getByRole('heading', { name: de.deleting.warningTitle }).waitFor();
    await person.look();
    await goes('shared', de.sharing.withMeTitle);
    await person.page.getByText(de.sharing.withMeEmpty).waitFor();
    await person.look();
    await goes('remove-account', de.settings.remove);
    await person.look();
    await goes('restore', de.restore.title);
    await person.look();
    await person.leaves();
});

test('a clinic invites and writes in German', async () => {
    const { person, address, goes } = await somebody('deutsch-klinik', 'desktop');
    await person.taps(de.home.again);
    await person.taps(de.home.activateButton);
    await person.page.getByText(de.home.emptyTitle).waitFor();
    await goes('clinic', de.clinic.title);
    await person.page.getByText(de.clinic.empty).waitFor();
    await person.look();
    await goes('make-invitation', de.invite.title);
    await person.look();
    await goes(`patient/${town.addressOf('patient')}`, de.clinic.patient);
    await person.page.getByText(de.clinic.noRecords).waitFor();
    await person.look();
    await person.taps(de.clinic.write);
    await person.sees(de.writing.title);
    const choice = person.page.getByLabel(de.writing.files, { exact: true });
    await choice.setInputFiles(fixture('Observation-heart-rate.json'));
    await person.page.getByRole('heading', { name: de.writing.review }).waitFor();
    await person.look();
    await goes('own-document', de.own.title);
    await person.look();
    await goes(`history/${address}`, de.history.title);
    await person.page.getByText(de.history.events.EncryptionKeySet ?? '').waitFor();
    await person.leaves();
});

test('a buyer buys, waits and opens in German, in the dark', async () => {
    await seller.offers({ label: 'Blutdruck' });
    const { person, goes } = await somebody('deutsch-kauf', 'phone');
    await person.page.emulateMedia({ colorScheme: 'dark' });
    await goes('market', de.buyer.market.title);
    await person.taps('Blutdruck');
    await person.page.getByText(de.buyer.order.verified).waitFor();
    await person.look();
    await paying(person, de.buyer.order.buy)
        .or(person.page.getByRole('link', { name: /0,25 SOL/ }))
        .click();
    await paying(person, de.buyer.buying.pay).waitFor();
    await person.look();
    await paying(person, de.buyer.buying.pay).click();
    await person.page.getByText(de.buyer.purchase.pending).waitFor();
    await person.look();
    await seller.delivers();
    await goes('purchases', de.buyer.purchases.title);
    await person.page.getByRole('link', { name: 'Blutdruck' }).waitFor();
    await person.look();
    await person.taps('Blutdruck');
    await person.page.getByRole('heading', { name: de.buyer.purchase.recordsTitle }).waitFor();
    await person.page.getByRole('link', { name: /\(1\)$/ }).waitFor();
    await person.look();
    await person.leaves();
});

test('a passkey is set up and removed in German', async () => {
    const url = site.url.replace('127.0.0.1', 'localhost');
    const person = await Person.at(browser, url, 'deutsch-passkey', 'phone', 'de-AT');
    await Authenticator.in(person.page);
    await person.taps(de.welcome.restore);
    const words = 'abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about';
    await person.fills(de.restore.words, words);
    await person.fills(de.restore.newPassphrase, PASSPHRASE);
    await person.taps(de.restore.button);
    await person.sees('Mit Fingerabdruck, Gesicht oder PIN entsperren');
    await person.taps('Einrichten');
    await person.page.getByText('Ihr Gerät entsperrt jetzt dieses Konto.').waitFor();
    await person.look();
    await person.taps(de.settings.title);
    await person.taps(de.settings.lock);
    await person.sees(de.unlock.title);
    await person.taps('Mit Fingerabdruck, Gesicht oder PIN entsperren');
    await person.page.getByRole('heading', { name: de.home.title, level: 1 }).waitFor();
    await person.taps(de.settings.title);
    await person.taps('Passkey entfernen');
    await person.page.getByText('Jetzt öffnet nur noch Ihre Passphrase das Konto.').waitFor();
    await person.look();
    await person.leaves();
});

// People with accounts, made in the app as anybody makes one.

import { Person, type WINDOWS } from './person.js';
import type { Town } from './town.js';

const PASSPHRASE = 'kettle orbit maple nine';

/** Makes an account on the screen of a first visit. Returns its address. */
export async function makesAnAccount(person: Person): Promise<string> {
    await person.fills('Passphrase', PASSPHRASE);
    await person.taps('Create my account');
    await person.page.getByRole('heading', { name: 'Your records', level: 1 }).waitFor();
    const [address = ''] = await person.reads('.own-address');
    return address;
}

/** Unlocks the account of a device. */
export async function unlocks(person: Person): Promise<void> {
    await person.fills('Passphrase', PASSPHRASE);
    await person.taps('Unlock');
    await person.page.getByRole('heading', { name: 'Your records', level: 1 }).waitFor();
}

/** Somebody with an account that holds some SOL, and has no key yet. */
export async function somebody(
    town: Town,
    ...visit: [browser: Parameters<typeof Person.at>[0], url: string, story: string, size: keyof typeof WINDOWS]
): Promise<{ person: Person; address: string }> {
    const person = await Person.at(...visit);
    await person.taps('Create an account');
    const address = await makesAnAccount(person);
    await town.fund(address);
    return { person, address };
}

/** Publishes the key of somebody who has some SOL. */
export async function publishesKey(person: Person): Promise<void> {
    await person.taps('Look again');
    await person.taps('Publish my key');
    await person.page.getByText('No records yet').waitFor();
}

// Names that this person gave to addresses, as the page shows them.

import type { Address } from '@solana/kit';
import { connect } from '../worker/connection.js';
import type { NamesByAddress } from '../worker/names.js';
import { openedAccount } from './session.svelte.js';

/** The names, and the account that they are of. */
let known = $state.raw<{ of: string; names: NamesByAddress } | undefined>();
let isReading = false;

/** The name of an address; `undefined`: it has none, or it is not read yet. */
export function nameOf(address: string): string | undefined {
    return known && known.of === openedAccount()?.address ? known.names[address as Address] : undefined;
}

/** Reads the names of the unlocked account, once. That they can't be read stops no screen. */
export async function readNames(): Promise<void> {
    const of = openedAccount()?.address;
    if (!of || known?.of === of || isReading) return;
    isReading = true;
    try {
        known = { of, names: await connect().names.all() };
    } catch {
        known = { of, names: {} };
    } finally {
        isReading = false;
    }
}

/** Gives an address a name. */
export async function giveName(address: Address, name: string): Promise<void> {
    const of = openedAccount()?.address;
    if (of) known = { of, names: await connect().names.set(address, name) };
}

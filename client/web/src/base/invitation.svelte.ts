// A clinic's invitation: a link with the clinic's address and name, and nothing secret.

import { type Address, isAddress } from '@solana/kit';
import { oneLine } from '../render/plain-text.js';
import { linkTo } from './route.svelte.js';

/** The clinic that invites. Its name comes from the link, so that a stranger may have written it. */
export type Invitation = { clinic: Address; name: string };

/** Characters of the longest name. */
const LONGEST = 60;
const PLACE = 'invitation';

/** The link for a clinic's patients. */
export function invitationLink({ clinic, name }: Invitation): string {
    const { origin, pathname } = location;
    return `${origin}${pathname}${linkTo('invite', `${clinic}/${encodeURIComponent(oneLine(name, LONGEST))}`)}`;
}

/** Reads the part of a link behind `invite/`; `undefined`: it is no invitation. */
export function readInvitation(subject: string): Invitation | undefined {
    const [clinic = '', encoded = '', ...rest] = subject.split('/');
    if (!isAddress(clinic) || rest.length > 0) return undefined;
    try {
        const name = oneLine(decodeURIComponent(encoded), LONGEST);
        return name === '' ? undefined : { clinic, name };
    } catch {
        return undefined;
    }
}

function kept(): Invitation | undefined {
    return readInvitation(sessionStorage.getItem(PLACE) ?? '');
}

let pending = $state.raw<Invitation | undefined>(kept());

/** The invitation that this person follows. */
export const invitation = (): Invitation | undefined => pending;

/** Follows an invitation, also after the page was loaded again; `undefined`: no longer. */
export function followInvitation(next: Invitation | undefined): void {
    pending = next;
    if (next) sessionStorage.setItem(PLACE, `${next.clinic}/${encodeURIComponent(next.name)}`);
    else sessionStorage.removeItem(PLACE);
}

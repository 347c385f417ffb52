// The outcome of a settlement, as each node shows it in finalized state.

import type { MaybeEncodedAccount } from '@solana/kit';
import { purchaseStatus, readMaybeAccount } from '../ledger/accounts.js';
import type { Ledger } from '../ledger/ledger.js';
import { type Answer, askWitness, isOwn, suffice } from '../ledger/witnesses.js';
import type { Marker } from '../saved/markers.js';

/** How a settlement ended, as a node shows. `gone`: there is no such purchase any more. */
export type Ended = { ended: 'settled' } | { ended: 'gone' } | { ended: 'replaced'; deadline: bigint };

/** A node's statement: the end of the settlement, or that it goes on. */
export type Standing = Ended | { ended: undefined };

/** How it stands, as each node shows, in the order of the nodes. */
export async function howItStands(ledger: Ledger, marker: Marker): Promise<Answer<Standing>[]> {
    const { program } = ledger.deployment;
    const project = async ([account]: readonly MaybeEncodedAccount[]): Promise<Standing> => {
        const purchase = account && (await readMaybeAccount('purchase', account, program))?.data;
        if (!purchase) return { ended: 'gone' };
        if (purchase.deadline !== marker.deadline) return { ended: 'replaced', deadline: purchase.deadline };
        return { ended: purchaseStatus(purchase) === 'settled' ? 'settled' : undefined };
    };
    const question = { subject: `the purchase at ${marker.purchase}`, addresses: [marker.purchase], project };
    return await Promise.all(
        ledger.nodes.map((node) =>
            // A slot that one node named is no minimum for another.
            askWitness(ledger, node, question, { minContextSlot: 0n }).catch((error: unknown) => ({ node, error })),
        ),
    );
}

/** The statement on which enough nodes agree, whatever the others say; `undefined`: there is none. */
export function whatEnoughSay(ledger: Ledger, answers: readonly Answer<Standing>[]): Standing | undefined {
    const said = answers.filter((answer) => 'text' in answer);
    const decided = said.find(({ text }) =>
        suffice(
            ledger,
            said.filter((other) => other.text === text).map(({ node }) => node),
        ),
    );
    return decided?.value;
}

/** Whether one node on another machine decides alone, which its user has chosen. */
export function isOneStrangersWord(ledger: Ledger): boolean {
    const [first] = ledger.nodes;
    return ledger.nodes.length === 1 && first !== undefined && !isOwn(ledger, first);
}

// The history of an address, as the public ledger shows it.

import type { Address } from '@solana/kit';
import type { Session } from './session.js';

/** Something that happened. */
export type HistoryLine = {
    /** The event's name; `failed`: an attempt that changed nothing; `unreadable`: no event could be read. */
    event: string;
    /** Seconds since 1970. */
    time: number | undefined;
    signature: string;
    /** The first signer. */
    by: Address | undefined;
    /** The recipient of a share. */
    recipient: Address | undefined;
    /** All addresses in it, with their names in the protocol. */
    addresses: { role: string; address: Address }[];
    /** Whether some of the nodes do not show it. */
    isDisputed: boolean;
};

/** The history of an address, the latest event first. */
export type ShownHistory = {
    lines: HistoryLine[];
    nodes: number;
    missing: number;
    isCut: boolean;
};

/** Histories. */
export class Histories {
    constructor(private readonly session: Session) {}

    /** Reads the history of an address. */
    async of(address: Address): Promise<ShownHistory> {
        const { addressesIn, readHistory } = await import('./writing-flows.js');
        const { entries, isCut, missing, nodes } = await readHistory(await this.session.context(), address);
        const lines = entries.flatMap(({ events, hasFailed, shownBy, signature, signers, time }): HistoryLine[] => {
            const common = { time, signature, by: signers[0], isDisputed: shownBy < nodes };
            if (events.length === 0) {
                const event = hasFailed ? 'failed' : 'unreadable';
                return [{ ...common, event, recipient: undefined, addresses: [] }];
            }
            return events.map((event) => {
                const addresses = addressesIn(event);
                const recipient = addresses.find(({ role }) => role === 'recipient')?.address;
                return { ...common, event: event.name, recipient, addresses };
            });
        });
        return { lines, nodes, missing, isCut };
    }
}

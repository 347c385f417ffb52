// Whether the unlocked account can receive records: its encryption key is published.

import { costOf, type OwnKey, ownKey, publishKey, sendPrepared } from '@generion/client';
import { balanceOf } from './money.js';
import type { Session } from './session.js';

/** Whether the account can receive records, and what is needed until then. */
export type ActivationState = {
    key: OwnKey['key'];
    /** Lamports of the account. */
    balance: bigint;
    /** Lamports that publishing its key costs, where it has none. */
    cost: bigint;
};

/** Publishes the account's encryption key. */
export class Activation {
    constructor(private readonly session: Session) {}

    /** Whether the account can receive records. */
    async state(): Promise<ActivationState> {
        const [context, actor] = [await this.session.context(), this.session.actor()];
        const { key } = await ownKey(context, actor.keys);
        const balance = await balanceOf(context.ledger, actor.wallet.address);
        if (key !== 'none') return { key, balance, cost: 0n };
        const { fee, rent } = await costOf(context, await publishKey(context, actor));
        return { key, balance, cost: fee + rent };
    }

    /** Publishes the account's encryption key, so that others can write to it. */
    async activate(): Promise<void> {
        const context = await this.session.context();
        await sendPrepared(context, await publishKey(context, this.session.actor()));
    }
}

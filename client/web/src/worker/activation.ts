// Whether the unlocked account can receive records: its encryption key is published.

import {
    accountToCreate,
    costOf,
    nextKeyIndex,
    type OwnKey,
    ownKey,
    type Prepared,
    type PublishedKey,
    publishGivenKey,
    publishKey,
    publishKeySponsored,
    sendPrepared,
} from '@generion/client';
import { balanceOf } from './money.js';
import type { Session } from './session.js';
import { requireGateway, sponsorOf } from './sponsor.js';

/** Whether the account can receive records, and what is needed until then. */
export type ActivationState = {
    key: OwnKey['key'];
    /** Lamports of the account. */
    balance: bigint;
    /** Lamports that publishing its key costs, where it has none. */
    cost: bigint;
    /** The host whose operator is asked to pay, because the account can't; `undefined`: the account pays. */
    sponsor: string | undefined;
    /** Whether a wallet app attests the key by a memo. */
    isMemo: boolean;
};

/** Publishes the account's encryption key. */
export class Activation {
    constructor(private readonly session: Session) {}

    /** Whether the account can receive records. A wallet app signs nothing for this. */
    async state(): Promise<ActivationState> {
        const [context, { keys, wallet }] = [await this.session.context(), this.session.actor()];
        const { key } = await ownKey(context, keys);
        const balance = await balanceOf(context.ledger, wallet.address);
        const isMemo = this.session.unlocked().attest !== undefined;
        if (key !== 'none') return { key, balance, cost: 0n, isMemo, sponsor: undefined };
        const first = { feePayer: wallet.signer, instructions: [], newAccounts: [accountToCreate('user')] };
        const { fee, rent } = await costOf(context, first);
        const cost = fee + rent;
        return { key, balance, cost, isMemo, sponsor: balance < cost ? sponsorOf(context) : undefined };
    }

    /** Publishes the account's encryption key, so that others can write to it. */
    async activate(): Promise<void> {
        await sendPrepared(await this.session.context(), await this.prepared());
    }

    /**
     * Publishes it at the cost of the gateway's operator.
     *
     * @throws {ClientError} `not_asked_for`: the gateway built something else, and nothing was signed.
     * @throws {GatewayError} `sponsoring_off`, `sponsor_refused` and others.
     */
    async activateSponsored(): Promise<void> {
        const context = requireGateway(await this.session.context());
        await publishKeySponsored(context, this.session.actor().wallet, (await this.prepared()).outcome);
    }

    private async prepared(): Promise<Prepared<PublishedKey>> {
        const [context, actor] = [await this.session.context(), this.session.actor()];
        const { attest } = this.session.unlocked();
        if (!attest) return await publishKey(context, actor);
        const index = await nextKeyIndex(context, actor.wallet.address);
        const { publicKey } = await actor.keys.encryptionSecret(context.ledger.deployment, index);
        const attested = { wallet: actor.wallet.address, index, key: publicKey.toBytes() };
        return await publishGivenKey(context, actor, index, publicKey, await attest(attested));
    }
}

// Opening records to other wallets, free of charge, and closing what was opened.

import type { Address } from '@solana/kit';
import { ClientError } from '../base/errors.js';
import { sealCapsule } from '../crypto/capsule.js';
import { RecordElement } from '../crypto/record.js';
import { findSharePda, getRevokeShareInstruction, getShareRecordInstruction } from '../generated/index.js';
import { ledgerTime } from '../ledger/clock.js';
import { SHARE_RECORD_UNITS } from '../transactions/limits.js';
import { type Actor, type FlowContext, payerOf } from './context.js';
import { unlockOwnRecord } from './open.js';
import { accountToCreate, type Prepared } from './prepared.js';
import { type Recipient, userOf } from './recipient.js';

/** A record that is opened to a wallet. */
export type NewShare = {
    /** The share's address. */
    share: Address;
};

/**
 * Prepares the share of a record with another user, whom `findRecipient` or `recipientOfCard` found. What the program would
 * refuse is found here, so that nobody is shown the capsule for it.
 *
 * @param expiresAt Seconds since the Unix epoch; `undefined`: never. The key can't be taken back: an expiry is a notice.
 *
 * @throws {ClientError} `not_verified`: the owner has not verified the record; `already_shared`: it is shared with the
 * recipient already; `expiry_in_past`; otherwise as `unlockOwnRecord`.
 */
export async function shareRecord(
    context: FlowContext,
    actor: Actor,
    record: Address,
    recipient: Recipient,
    expiresAt?: bigint,
): Promise<Prepared<NewShare>> {
    const { ledger } = context;
    const { element, record: state } = await unlockOwnRecord(context, actor.keys, record);
    if (!state.verified) {
        throw new ClientError(
            'not_verified',
            `record ${record} is not verified: check and verify it before you share it`,
        );
    }
    const config = { programAddress: ledger.deployment.program };
    const [share] = await findSharePda({ record, recipient: recipient.wallet }, config);
    if ((await ledger.find('share', share)).state) {
        throw new ClientError('already_shared', `record ${record} is shared with wallet ${recipient.wallet} already`);
    }
    // 0 stands for no expiry.
    if (expiresAt !== undefined && (expiresAt <= 0n || expiresAt <= (await ledgerTime(ledger)).latest)) {
        throw new ClientError('expiry_in_past', `the time ${expiresAt} at which the share expires is in the past`);
    }
    const payer = payerOf(actor);
    const user = await userOf(context, recipient.wallet);
    const instruction = (shared: RecordElement) =>
        getShareRecordInstruction(
            {
                owner: actor.wallet.signer,
                payer,
                record,
                recipient: user,
                share,
                keyIndex: recipient.index,
                capsule: sealCapsule(shared, recipient.key).capsule,
                expiresAt: expiresAt ?? 0n,
            },
            config,
        );
    return {
        outcome: { share },
        instructions: [instruction(element)],
        feePayer: payer,
        newAccounts: [accountToCreate('share')],
        secret: {
            computeUnitLimit: SHARE_RECORD_UNITS,
            placeholder: [instruction(RecordElement.random())],
        },
    };
}

/**
 * Prepares the end of a share. The recipient may have opened it already, and the ledger's history keeps its capsule.
 *
 * @throws {ClientError} `not_yours`: it is another owner's; `not_found`: it was revoked already.
 */
export async function revokeShare(
    { ledger }: FlowContext,
    actor: Pick<Actor, 'wallet' | 'payer'>,
    share: Address,
): Promise<Prepared> {
    const { state } = await ledger.get('share', share);
    if (state.owner !== actor.wallet.address) {
        throw new ClientError(
            'not_yours',
            `share ${share} is of wallet ${state.owner}, not of ${actor.wallet.address}`,
        );
    }
    const instruction = getRevokeShareInstruction(
        { owner: actor.wallet.signer, share, rentPayer: state.rentPayer },
        { programAddress: ledger.deployment.program },
    );
    return { outcome: undefined, instructions: [instruction], feePayer: payerOf(actor), newAccounts: [] };
}

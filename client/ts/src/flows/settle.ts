// Settling (docs/PROTOCOL.md, sections 6 and 11): the seller shows the secret of a delivery and is paid. Nobody is shown the
// secret before the payment is certain.

import { isSame, isZero } from '../base/bytes.js';
import { ClientError } from '../base/errors.js';
import { PublicKey, type SecretKey } from '../crypto/keys.js';
import { deriveSettleSecret, isSettleSecret } from '../crypto/settlement.js';
import { purchaseStatus } from '../ledger/accounts.js';
import { agreedBlockhash } from '../ledger/block-hash.js';
import { hasMarker, type Marker, removeMarker, savedMarkers, saveMarker } from '../saved/markers.js';
import { type SignedSettlement, settleToTheEnd, signSettlement } from '../settlement/send.js';
import { requireOwnPayer, type SettleEnd, type SettleEvent, type Settler } from '../settlement/settler.js';
import type { KeySource } from '../wallets/wallet.js';
import type { FlowContext } from './context.js';
import { awaitFinal, purchaseState } from './deliver.js';
import { markerOf, refundOpens, type Sale, saleSecret } from './sale.js';

/** Seconds that must be left before the refund opens when the secret is shown for the first time. */
const LEAST_TIME = 3_600n;

/** What a settlement takes of the context. */
type SettleContext = Pick<FlowContext, 'ledger' | 'onNotice' | 'saved' | 'signal'>;

/**
 * Settles a locked purchase: shows the seller's secret, and has the seller paid. Before anything is shown, enough nodes must
 * agree, in what is final, that the purchase is locked, with this seller's settle key, and is otherwise the one that was
 * believed, its order too; and an hour must be left before the refund opens, by the later of the nodes' clock and this
 * machine's. Then a marker is saved, and from then on the secret is sent to all nodes, signed anew again and again, until
 * enough nodes agree on how it ended. With a marker nothing is asked before: the secret may have been shown.
 *
 * Where the page is closed meanwhile, or the signal ends it, the marker stays, and {@link resumeSettlements} continues.
 *
 * @throws {ClientError} Before anything is shown: `purchase_state`: it is not locked; `settle_too_late`; `nodes_disagree`,
 * `too_few_nodes`, `other_terms`, `other_settle_key`; `marker`; `interactive_payer`: the payer is a wallet app.
 */
export async function settle(
    context: SettleContext,
    keys: KeySource,
    sale: Sale,
    settler: Settler,
    onEvent: (event: SettleEvent) => void = () => undefined,
): Promise<SettleEnd> {
    requireOwnPayer(settler);
    const { ledger, saved } = context;
    const marker = markerOf(context, sale);
    const secret = deriveSettleSecret(ledger.deployment, await saleSecret(context, keys, sale), sale.believed);
    if (await hasMarker(saved, marker)) return await finish(context, marker, secret, settler, undefined, onEvent);
    const ended = await checkSettle(context, sale);
    if (ended) return ended;
    // Valid at enough nodes: otherwise it would be shown in bytes that can't land.
    const lifetime = await agreedBlockhash(ledger);
    const signed = await signSettlement(ledger, marker, secret, settler, 0, lifetime);
    context.signal?.throwIfAborted();
    // Nothing stops between the marker and the sending, but the end of the page.
    await saveMarker(saved, marker);
    return await finish(context, marker, secret, settler, signed, onEvent);
}

/** What became of a settlement that was continued. */
export type Resumed = { marker: Marker } & ({ end: SettleEnd } | { error: unknown });

/**
 * Continues all settlements of a seller that earlier pages, or other tabs, began. Returns how each of them ended.
 *
 * @throws {ClientError} `marker`: the markers can't be read; of each, that this source of keys does not have its key.
 */
export async function resumeSettlements(
    context: SettleContext,
    keys: KeySource,
    settler: Settler,
    onEvent: (marker: Marker, event: SettleEvent) => void = () => undefined,
): Promise<Resumed[]> {
    const markers = await savedMarkers(context.saved, context.ledger.deployment, keys.wallet);
    return await Promise.all(
        markers.map(async (marker) => {
            try {
                const end = await resumeSettlement(context, keys, marker, settler, (event) => onEvent(marker, event));
                return { marker, end };
            } catch (error) {
                return { marker, error };
            }
        }),
    );
}

/**
 * Continues one settlement.
 *
 * @throws {ClientError} `foreign_key`, `other_settle_key`: this source of keys does not have its key; `interactive_payer`.
 */
export async function resumeSettlement(
    context: SettleContext,
    keys: KeySource,
    marker: Marker,
    settler: Settler,
    onEvent: (event: SettleEvent) => void = () => undefined,
): Promise<SettleEnd> {
    requireOwnPayer(settler);
    const { deployment } = context.ledger;
    // The marker does not say which index it has.
    const { secret: owner } = await keys.secretBehind(deployment, marker.ownerKey, 0);
    const buyerKey = PublicKey.fromBytes('purchase', marker.buyerKey);
    const secret = buyerKey && deriveSettleSecret(deployment, owner, { ...marker, buyerKey });
    if (!secret || !isSettleSecret(secret.toBytes(), marker.settleKey)) {
        throw new ClientError(
            'other_settle_key',
            `the marker of purchase ${marker.purchase} has another settle key than yours: it is damaged`,
        );
    }
    return await finish(context, marker, secret, settler, undefined, onEvent);
}

async function finish(
    { ledger, saved, signal }: SettleContext,
    marker: Marker,
    secret: SecretKey<'settle'>,
    settler: Settler,
    first: SignedSettlement | undefined,
    onEvent: (event: SettleEvent) => void,
): Promise<SettleEnd> {
    const end = await settleToTheEnd(ledger, marker, secret, settler, first, onEvent, signal);
    await removeMarker(saved, marker);
    return end;
}

/**
 * Makes sure that a purchase can be settled and its price collected. Returns how it ended, if it has already.
 *
 * @throws {ClientError} As {@link settle}, before anything is shown.
 */
export async function checkSettle(
    context: Pick<FlowContext, 'ledger' | 'signal'>,
    sale: Sale,
): Promise<SettleEnd | undefined> {
    const { state, time } = await awaitFinal(context, sale, (purchase) => purchaseStatus(purchase) !== 'pending');
    if (purchaseStatus(state) === 'settled') return { end: 'settled', confirmed: undefined };
    const isComplete =
        state.deliveredCount === state.recordCount &&
        state.capsules.every(({ ephemeral }) => !isZero(ephemeral)) &&
        isSame(state.settleKey, sale.settleKey) &&
        state.settleBy > 0n;
    if (!isComplete) throw purchaseState(sale, 'it is locked, and not delivered in full: the nodes lie');
    const left = refundOpens(state) - time.latest;
    if (left >= LEAST_TIME) return undefined;
    throw new ClientError(
        'settle_too_late',
        `purchase ${sale.purchase} can be refunded in ${left} s, and settling takes up to ${LEAST_TIME} s: the secret stays with you`,
    );
}

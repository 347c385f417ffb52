// How a settlement is sent. It differs from every other transaction: from the first byte on its secret is public, and whoever
// has it may keep it. So it is never simulated, and no other method of a node gets its bytes than `sendTransaction`, without
// preflight; what nodes answer to that decides nothing; and it is signed anew before the last one is dead, since a second one
// that lands costs a fee and nothing else. It ends when enough nodes agree on what the ledger holds, whatever another one
// says: one that lies about it must not have the seller sign for ever.

import type { Base64EncodedWireTransaction, Signature } from '@solana/kit';
import { tell } from '../base/listeners.js';
import { sleep, within } from '../base/time.js';
import type { SecretKey } from '../crypto/keys.js';
import { getSettleInstruction } from '../generated/index.js';
import { agreedBlockhash, type BlockhashLifetime, latestBlockhashAt } from '../ledger/block-hash.js';
import { machineTime } from '../ledger/clock.js';
import type { Ledger } from '../ledger/ledger.js';
import type { LedgerNode } from '../ledger/node.js';
import { type Answer, isOwn, suffice } from '../ledger/witnesses.js';
import type { Marker } from '../saved/markers.js';
import { SETTLE_UNITS } from '../transactions/limits.js';
import { type ConfirmedTransaction, signWith } from '../transactions/send.js';
import { howItStands, isOneStrangersWord, type Standing, whatEnoughSay } from './outcome.js';
import { settlePrice } from './price.js';
import { SETTLE_TIMING, type SettleEnd, type SettleEvent, type Settler, type SettleTiming } from './settler.js';

/** Milliseconds that a node may take for an answer. */
const ANSWER_TIMEOUT = 10_000;
/** The refund of a purchase has opened at most this many seconds after its deadline, even if it was locked late. */
const LONGEST_AFTER_DEADLINE = 87_000n;

/** The most transactions that a node is asked for at once. */
const MOST_STATUSES = 256;

/** A signed settlement. The only thing to do with it is to send it. */
export type SignedSettlement = { signature: Signature; wire: Base64EncodedWireTransaction; price: bigint };

/** Signs a settlement. `before` is the number of earlier signatures. */
export async function signSettlement(
    { deployment }: Ledger,
    marker: Marker,
    secret: SecretKey<'settle'>,
    { computeUnitPrice = 0n, payer }: Settler,
    before: number,
    lifetime: BlockhashLifetime,
): Promise<SignedSettlement> {
    const { order, purchase, seller } = marker;
    const instruction = getSettleInstruction(
        { order, purchase, seller, settleSecret: secret.toBytes() },
        { programAddress: deployment.program },
    );
    const price = settlePrice(computeUnitPrice, before);
    return { ...(await signWith(payer.signer, [instruction], lifetime, SETTLE_UNITS, price)), price };
}

/** Sends the bytes at the same time to all nodes. Their answers are ignored. */
async function show({ wire }: SignedSettlement, nodes: readonly LedgerNode[]): Promise<void> {
    const config = { encoding: 'base64', maxRetries: 0n, skipPreflight: true } as const;
    const hand = ({ rpc }: LedgerNode) =>
        within(ANSWER_TIMEOUT, (abortSignal) => rpc.sendTransaction(wire, config).send({ abortSignal }));
    await Promise.allSettled(nodes.map(hand));
}

/**
 * Sends a settlement until enough nodes agree on its outcome, however long that takes.
 *
 * @throws The signal's reason, if it ends the wait. The marker has to stay then.
 */
export async function settleToTheEnd(
    ledger: Ledger,
    marker: Marker,
    secret: SecretKey<'settle'>,
    settler: Settler,
    first: SignedSettlement | undefined,
    onEvent: (event: SettleEvent) => void,
    signal?: AbortSignal,
): Promise<SettleEnd> {
    const sending = new Sending(ledger, marker, secret, settler, onEvent);
    if (first) await sending.begin(first);
    for (;;) {
        signal?.throwIfAborted();
        const answers = await howItStands(ledger, marker);
        const ended = sending.note(answers);
        if (ended) return { end: ended, confirmed: await whichLanded(ledger, sending.signatures, sending.timing.ask) };
        await sending.continue();
        await sleep(sending.timing.ask, signal);
    }
}

/** A settlement on its way: the signed transactions, and the last statement of each node. */
class Sending {
    readonly timing: SettleTiming;
    readonly signatures: Signature[] = [];
    #latest: SignedSettlement | undefined;
    #nextSignature = 0;
    #nextSending = 0;
    #signInterval: number;
    /** The first statement, and its time. */
    #said: { text: string; since: number } | undefined;
    #told = '';
    /** The nodes that show an outcome. They get no further transactions. */
    #ended: readonly LedgerNode[] = [];

    constructor(
        private readonly ledger: Ledger,
        private readonly marker: Marker,
        private readonly secret: SecretKey<'settle'>,
        private readonly settler: Settler,
        private readonly onEvent: (event: SettleEvent) => void,
    ) {
        this.timing = { ...SETTLE_TIMING, ...settler.timing };
        this.#signInterval = this.timing.sign;
    }

    async begin(first: SignedSettlement): Promise<void> {
        await show(first, this.ledger.nodes);
        this.sent(first);
        this.#nextSignature = Date.now() + this.#signInterval;
        this.#nextSending = Date.now() + this.timing.send;
    }

    /** Notes the nodes' statements. Returns the end of the settlement once it is certain. */
    note(answers: readonly Answer<Standing>[]): SettleEnd['end'] | undefined {
        this.#ended = answers.flatMap((answer) => ('text' in answer && answer.value.ended ? [answer.node] : []));
        const standing = whatEnoughSay(this.ledger, answers);
        if (!standing) {
            this.tellErrors(answers);
            return undefined;
        }
        if (!standing.ended) {
            this.#said = undefined;
            return undefined;
        }
        const text = `${standing.ended} ${standing.ended === 'replaced' ? standing.deadline : ''}`;
        if (this.#said?.text !== text) this.#said = { text, since: Date.now() };
        const isCertain = !isOneStrangersWord(this.ledger) || Date.now() >= this.#said.since + this.timing.secondWord;
        return isCertain ? standing.ended : undefined;
    }

    /** Tells the same errors once, not in every round. */
    private tellErrors(answers: readonly Answer<Standing>[]): void {
        const errors = answers.flatMap((answer) => ('error' in answer ? [answer.error] : []));
        const words = errors.map(String).join('\n');
        if (words !== this.#told) for (const error of errors) tell(this.onEvent, { event: 'undecided', error });
        this.#told = words;
    }

    /** Signs anew or sends again, if it is time for that. */
    async continue(): Promise<void> {
        const now = Date.now();
        if (now >= this.#nextSignature) {
            // If one node shows an outcome and another contradicts it or is silent, the outcome may be true. Then each further
            // transaction only costs a fee: sign less and less often, and don't raise the price.
            const mayHaveEnded = this.#ended.length > 0;
            const before = mayHaveEnded ? Math.min(1, this.signatures.length) : this.signatures.length;
            try {
                this.#latest = await this.signAnew(before);
            } catch (error) {
                tell(this.onEvent, { event: 'undecided', error });
            }
            this.#signInterval = mayHaveEnded ? Math.min(this.#signInterval * 2, this.rarest()) : this.timing.sign;
            this.#nextSignature = Date.now() + this.#signInterval;
            this.#nextSending = Date.now() + this.timing.send;
        } else if (now >= this.#nextSending) {
            if (this.#latest) await show(this.#latest, this.open());
            this.#nextSending = Date.now() + this.timing.send;
        }
    }

    /**
     * Signs with a block hash that enough nodes hold valid. If there is none, sends each node a transaction with that node's
     * own block hash: the secret is public already, and a false block hash from one node must not keep the settlement from the
     * honest ones.
     */
    private async signAnew(before: number): Promise<SignedSettlement | undefined> {
        const sign = (lifetime: BlockhashLifetime) =>
            signSettlement(this.ledger, this.marker, this.secret, this.settler, before, lifetime);
        let lifetime: BlockhashLifetime;
        try {
            lifetime = await agreedBlockhash(this.ledger);
        } catch (refused) {
            const own = async (node: LedgerNode) => show(await sign(await latestBlockhashAt(node)), [node]);
            const results = await Promise.allSettled(this.open().map(own));
            if (results.some(({ status }) => status === 'fulfilled')) return undefined;
            throw refused;
        }
        const anew = await sign(lifetime);
        await show(anew, this.open());
        this.sent(anew);
        return anew;
    }

    private sent(signed: SignedSettlement): void {
        const before = this.signatures.length;
        this.#latest = signed;
        this.signatures.push(signed.signature);
        tell(this.onEvent, { event: 'sent', signature: signed.signature, before, price: signed.price });
    }

    private open(): LedgerNode[] {
        return this.ledger.nodes.filter((node) => !this.#ended.includes(node));
    }

    /** The longest time between two signatures: ten times the normal time until the refund opens, sixty times after that. */
    private rarest(): number {
        const isEarly = BigInt(machineTime()) < this.marker.deadline + LONGEST_AFTER_DEADLINE;
        return this.timing.sign * (isEarly ? 10 : 60);
    }
}

/** How often nodes are asked which transaction it was: some know it a little later. */
const ROUNDS = 3;

/** The transaction among those that were signed that landed, as enough nodes show alike in what is final. */
async function whichLanded(
    ledger: Ledger,
    signatures: readonly Signature[],
    pause: number,
): Promise<ConfirmedTransaction | undefined> {
    if (signatures.length === 0) return undefined;
    const newest = [...signatures].reverse().slice(0, MOST_STATUSES);
    for (let round = 1; ; round += 1) {
        const isLast = round === ROUNDS;
        // A node without a history still knows recent transactions.
        const shown = await Promise.all(ledger.nodes.map((node) => landedAt(ledger, node, newest, isLast)));
        const landed = shown.flat();
        for (const { signature, slot } of landed) {
            const alike = landed.filter((one) => one.signature === signature && one.slot === slot);
            const nodes = alike.map(({ node }) => node);
            if (suffice(ledger, nodes) || isOneStrangersWord(ledger)) return { signature, slot };
        }
        if (isLast) return undefined;
        await sleep(pause);
    }
}

/** The transactions that a node shows to have landed: as final, or confirmed where the node is believed for that. */
async function landedAt(
    ledger: Ledger,
    node: LedgerNode,
    signatures: readonly Signature[],
    searchTransactionHistory: boolean,
): Promise<(ConfirmedTransaction & { node: LedgerNode })[]> {
    const enough: unknown[] = isOwn(ledger, node) ? ['confirmed', 'finalized'] : ['finalized'];
    try {
        const { value } = await within(ANSWER_TIMEOUT, (abortSignal) =>
            node.rpc.getSignatureStatuses(signatures, { searchTransactionHistory }).send({ abortSignal }),
        );
        return signatures.flatMap((signature, index) => {
            const status = value[index];
            const hasLanded = status?.err === null && enough.includes(status.confirmationStatus);
            return hasLanded ? [{ node, signature, slot: status.slot }] : [];
        });
    } catch {
        // The node is silent, or its answer is no list.
        return [];
    }
}

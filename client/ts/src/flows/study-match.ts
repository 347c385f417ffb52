// Matching an owner's records with studies, on the owner's device, and the sum of everything that the owner disclosed before.

import type { Address } from '@solana/kit';
import { readsContent } from '../documents/facts.js';
import type { KeyedAccount } from '../ledger/listings.js';
import { list } from '../ledger/listings.js';
import { type DisclosedFact, savedParticipations } from '../saved/participations.js';
import { type Candidate, type Match, matchRecords } from '../studies/matching.js';
import type { KeySource } from '../wallets/wallet.js';
import type { FlowContext } from './context.js';
import { unlockRecord, withDocument } from './open.js';
import type { ShownStudy } from './study.js';

/**
 * Opens one of the owner's records for matching. The document is fetched only where facts follow from its content.
 *
 * @throws As `openOwnRecord`.
 */
export async function openCandidate(
    context: FlowContext,
    keys: KeySource,
    record: KeyedAccount<'record'>,
): Promise<Candidate> {
    const unlocked = await unlockRecord(context, keys, record);
    const { facts, locator } = readsContent(unlocked.locator.profile)
        ? await withDocument(context, unlocked)
        : unlocked;
    return { address: record.address, state: record.state, facts, locator };
}

/** Everything that a wallet disclosed, as far as this device knows. */
export type Disclosed = {
    /** Facts that everybody can read on the ledger, for ever. */
    public: readonly DisclosedFact[];
    /** Facts in letters, which their sponsors keep. */
    sealed: readonly DisclosedFact[];
    /** Seats of this wallet of which this device does not know what they disclosed. */
    unknownSeats: readonly Address[];
};

/**
 * Reads what a wallet disclosed, for the sum that it is shown before it consents.
 *
 * @throws {ClientError} `damaged`, `unknown_version`; `no_node`, `wrong_cluster`.
 */
export async function disclosedBefore(context: FlowContext, wallet: Address): Promise<Disclosed> {
    const { ledger, saved } = context;
    const known = await savedParticipations(saved, ledger.deployment, wallet);
    const { accounts } = await list(ledger, 'purchase', { seller: wallet, seat: 1 });
    const orders = new Set(known.map(({ order }) => order));
    return {
        public: known.filter(({ isPublic }) => isPublic).flatMap(({ disclosed }) => disclosed),
        sealed: known.filter(({ isPublic }) => !isPublic).flatMap(({ disclosed }) => disclosed),
        unknownSeats: accounts.filter(({ state }) => !orders.has(state.order)).map(({ address }) => address),
    };
}

/** Matches records with a study, with preference for facts that are public already. */
export function matchStudy({ file }: ShownStudy, candidates: readonly Candidate[], disclosed: Disclosed): Match {
    const isKnown = (record: Address, fact: string) =>
        disclosed.public.some((one) => one.record === record && one.fact === fact);
    return matchRecords(file.description, candidates, isKnown);
}

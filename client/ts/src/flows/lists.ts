// Lists of accounts by their fields, from a gateway where one is configured, else from the nodes. Of a gateway only the
// accounts' bytes are believed, as of a node.

import type { Address } from '@solana/kit';
import { addressBytes, compareBytes } from '../base/bytes.js';
import { ClientError } from '../base/errors.js';
import type { ListedKind, ListFilters } from '../gateway/gateway-lists.js';
import { type Filter, type KeyedAccount, type Listing, list } from '../ledger/listings.js';
import type { FlowContext } from './context.js';

/** Accounts that a gateway gives in a page. */
const PAGE = 100;
/** Accounts of a gateway's list that are read at most, so that it has an end. */
const MOST_ACCOUNTS = 100_000;

/**
 * Lists records. A record's owner and creator, and what is in it, are proven by its address; whether it is verified is the
 * nodes' word.
 *
 * @throws {ClientError} `no_node`, `wrong_cluster`. What a gateway or a node shows and can't be is a doubt of the list.
 */
export async function listRecords(
    context: FlowContext,
    filter: { owner?: Address; creator?: Address; isVerified?: boolean },
): Promise<Listing<'record'>> {
    const { isVerified, ...fields } = filter;
    return await listAccounts(
        context,
        'record',
        { ...fields, ...(isVerified !== undefined && { verified: Number(isVerified) }) },
        { ...fields, ...(isVerified !== undefined && { verified: isVerified }) },
    );
}

/** Lists shares: those of an owner, of a record, or those with a recipient. Expired ones are among them. */
export async function listShares(
    context: FlowContext,
    filter: { owner?: Address; recipient?: Address; record?: Address },
): Promise<Listing<'share'>> {
    return await listAccounts(context, 'share', filter, filter);
}

/**
 * Lists purchases: those of a buyer, from a seller, or of an order. Settled ones are among them until their buyer closes them.
 *
 * @throws {ClientError} `no_node`, `wrong_cluster`.
 */
export async function listPurchases(
    context: FlowContext,
    filter: { buyer?: Address; seller?: Address; order?: Address },
): Promise<Listing<'purchase'>> {
    const { order, ...fields } = filter;
    return await listAccounts(context, 'purchase', filter, { ...fields, ...(order && { of_order: order }) });
}

/**
 * Lists accounts of a kind. With a gateway, a list is one question to it. If the gateway fails, or shows what can't be, that
 * is a doubt, and the nodes are asked.
 *
 * @param filter The filter for nodes.
 * @param gatewayFilter The same for a gateway.
 *
 * @throws {ClientError} `no_node`, `wrong_cluster`.
 */
export async function listAccounts<Kind extends ListedKind>(
    context: FlowContext,
    kind: Kind,
    filter: Filter<Kind>,
    gatewayFilter: ListFilters[Kind],
): Promise<Listing<Kind>> {
    context.onProgress?.({ activity: 'reading', done: 0, total: undefined });
    if (!context.gateway) return await list(context.ledger, kind, filter);
    try {
        return { accounts: await ofGateway(context, kind, gatewayFilter), doubts: [] };
    } catch (cause) {
        context.signal?.throwIfAborted();
        const reason = cause instanceof Error ? cause.message : String(cause);
        const doubt = new ClientError('gateway', `the nodes were asked in place of the gateway: ${reason}`, { cause });
        const { accounts, doubts } = await list(context.ledger, kind, filter);
        return { accounts, doubts: [doubt, ...doubts] };
    }
}

async function ofGateway<Kind extends ListedKind>(
    { gateway, signal }: FlowContext,
    kind: Kind,
    filter: ListFilters[Kind],
): Promise<KeyedAccount<Kind>[]> {
    const accounts = new Map<Address, KeyedAccount<Kind>>();
    const options = { limit: PAGE, ...(signal && { signal }) };
    for await (const { address, state } of gateway?.list(kind, filter, options) ?? []) {
        accounts.set(address, { address, state });
        if (accounts.size > MOST_ACCOUNTS) throw new ClientError('too_long', 'the list of the gateway has no end');
    }
    return [...accounts.values()].sort((one, other) =>
        compareBytes(addressBytes(one.address), addressBytes(other.address)),
    );
}

// The filters of a gateway's lists, as a check of each listed account.

import { type Accounts, onlyBuyerOf, orderLabel, purchaseStatus } from '../ledger/accounts.js';
import type { ListQuery } from './gateway-api.js';

/** The kinds of accounts that a gateway lists. */
export type ListedKind = Exclude<keyof Accounts, 'application' | 'study'>;

/** Options of a page beside its filters. */
type PageOption = 'cursor' | 'limit' | 'sort' | 'order';

/** Filters of each list, by their names in the gateway's OpenAPI document. Times are in seconds since 1970, prices in lamports. */
export type ListFilters = {
    [Kind in ListedKind]: {
        [Name in Exclude<keyof ListQuery[Kind], PageOption>]?: FilterValue<NonNullable<ListQuery[Kind][Name]>>;
    };
};

/** Numbers of accounts have 64 bits. */
type FilterValue<Value> = Value extends number ? number | bigint : Value;

type Checks = {
    [Kind in ListedKind]: {
        [Name in keyof ListFilters[Kind]]-?: (
            state: Accounts[Kind],
            asked: NonNullable<ListFilters[Kind][Name]>,
        ) => boolean;
    };
};

const CHECKS: Checks = {
    user: {},
    record: {
        owner: (record, asked) => record.owner === asked,
        creator: (record, asked) => record.creator === asked,
        verified: (record, asked) => (record.verified !== 0) === asked,
        self_issued: (record, asked) => (record.owner === record.creator) === asked,
        created_from: (record, asked) => record.createdAt >= asked,
        created_before: (record, asked) => record.createdAt < asked,
    },
    order: {
        seller: (order, asked) => order.seller === asked,
        label: (order, asked) => orderLabel(order) === asked,
        open: (order, asked) => (order.open !== 0) === asked,
        only_buyer: (order, asked) => onlyBuyerOf(order) === asked,
        has_only_buyer: (order, asked) => (onlyBuyerOf(order) !== undefined) === asked,
        price_from: (order, asked) => order.price >= asked,
        price_up_to: (order, asked) => order.price <= asked,
        records_from: (order, asked) => order.records.length >= asked,
        record: (order, asked) => order.records.includes(asked),
        created_from: (order, asked) => order.createdAt >= asked,
        created_before: (order, asked) => order.createdAt < asked,
    },
    purchase: {
        of_order: (purchase, asked) => purchase.order === asked,
        seller: (purchase, asked) => purchase.seller === asked,
        buyer: (purchase, asked) => purchase.buyer === asked,
        state: (purchase, asked) => purchaseStatus(purchase) === asked,
        price_from: (purchase, asked) => purchase.price >= asked,
        price_up_to: (purchase, asked) => purchase.price <= asked,
        deadline_from: (purchase, asked) => purchase.deadline >= asked,
        deadline_before: (purchase, asked) => purchase.deadline < asked,
    },
    share: {
        record: (share, asked) => share.record === asked,
        owner: (share, asked) => share.owner === asked,
        recipient: (share, asked) => share.recipient === asked,
        unexpired_at: (share, asked) => share.expiresAt === 0n || share.expiresAt > asked,
    },
};

/** The first filter that an account does not match; `undefined`: it matches all of them. */
export function mismatch<Kind extends ListedKind>(
    kind: Kind,
    state: Accounts[Kind],
    filters: ListFilters[Kind],
): string | undefined {
    const checks = CHECKS[kind] as { [name: string]: (state: Accounts[Kind], asked: unknown) => boolean };
    const names = Object.entries(filters).filter(([, asked]) => asked !== undefined);
    return names.find(([name, asked]) => !checks[name]?.(state, asked))?.[0];
}

// A REST gateway, of which this client believes no more than of a node. Each account comes with its bytes, and is read from
// them: owner, kind, version, length, the address that follows from the contents, and the filters that were asked for. The
// readable fields beside the bytes are not looked at.
//
// What no check shows: accounts that a gateway leaves out, and fields that no address covers, such as a price. Ask a node
// before money depends on them ({@link Gateway.isOnNode}).

import { base64 } from '@scure/base';
import {
    type Address,
    fetchEncodedAccount,
    getBase64EncodedWireTransaction,
    type Instruction,
    isAddress,
    isSignature,
    type Signature,
    type Transaction,
} from '@solana/kit';
import { isSame } from '../base/bytes.js';
import { ClientError } from '../base/errors.js';
import { toJson } from '../base/json.js';
import { GENERION_PROGRAM_ADDRESS } from '../generated/index.js';
import { type Accounts, readAccount } from '../ledger/accounts.js';
import type { BuildBody, BuildPath, ListQuery, Schema, SponsoredBody, Unchecked } from './gateway-api.js';
import { GatewayError, jsonOf } from './gateway-error.js';
import { type ListedKind, type ListFilters, mismatch } from './gateway-lists.js';
import { type AskedTransaction, readUnsignedTransaction } from './unsigned.js';

/** How to reach a gateway. */
export type GatewayOptions = {
    /** The program's address, unless it is that of `idl/generion.json`. */
    program?: Address;
    /** Another `fetch` than the platform's. */
    fetch?: typeof fetch;
};

/** An account that a gateway showed, read from its bytes. */
export type GatewayAccount<Kind extends ListedKind> = {
    /** Its address, which follows from its contents. */
    address: Address;
    /** Its contents. */
    state: Accounts[Kind];
    /** The bytes that it was read from. */
    data: Uint8Array<ArrayBuffer>;
    /** Its balance, as the gateway says. */
    lamports: bigint;
    /** The slot that it is from, as the gateway says. */
    slot: bigint;
};

/** Where a list begins, and how it is sorted. */
export type ListOptions = {
    /** Where the page begins: `next` of the page before. */
    cursor?: string;
    /** Accounts of a page. */
    limit?: number;
    /** The sort key of orders (`time`, `price`) or purchases (`deadline`, `price`). */
    sort?: NonNullable<ListQuery['order']['sort'] | ListQuery['purchase']['sort']>;
    /** The direction; unless given, the latest or the cheapest first. */
    order?: NonNullable<ListQuery['record']['order']>;
    /** Cancels the request. */
    signal?: AbortSignal;
};

/** The outcome of a transaction, as the gateway reports it. */
export type RelayedTransaction = {
    /** Whether it landed. `pending`: it is on its way, and may land. */
    status: Schema<'TransactionStatus'>;
    /** The rule of the program that it broke, by its name in the IDL, if it broke one. */
    code: string | undefined;
    /** Why it failed, if it did. */
    detail: string | undefined;
};

const STATUSES: readonly Schema<'TransactionStatus'>[] = ['pending', 'confirmed', 'failed', 'expired'];

/** A page of a list. */
export type GatewayPage<Kind extends ListedKind> = {
    /** Its accounts, each checked. */
    items: GatewayAccount<Kind>[];
    /** Where the next page begins; `undefined`: the gateway says that this is the last one. */
    next: string | undefined;
};

/** A gateway. */
export class Gateway {
    /** Its address, without a slash at its end. */
    readonly url: string;
    /** The program that its accounts belong to. */
    readonly program: Address;
    readonly #fetch: typeof fetch;

    constructor(url: string, options: GatewayOptions = {}) {
        this.url = url.replace(/\/+$/, '');
        this.program = options.program ?? GENERION_PROGRAM_ADDRESS;
        this.#fetch = options.fetch ?? ((...request) => fetch(...request));
    }

    /** Asks for something under `/v1`. Redirects are not followed. */
    async request(path: string, init: RequestInit = {}): Promise<Response> {
        return await this.#fetch(`${this.url}/v1${path}`, { ...init, redirect: 'error' });
    }

    /**
     * An account by its address; a user by the wallet's. `undefined`: the gateway says that there is none.
     *
     * @throws {ClientError} What the gateway shows is no account of this kind, or another one.
     * @throws {GatewayError} The gateway refused.
     */
    async account<Kind extends ListedKind>(
        kind: Kind,
        address: Address,
        signal?: AbortSignal,
    ): Promise<GatewayAccount<Kind> | undefined> {
        const path = `/${kind}s/${address}`;
        const shown = await this.#json(path, { signal }).catch((error) => {
            if (error instanceof GatewayError && error.status === 404 && error.code !== undefined) return undefined;
            throw error;
        });
        if (shown === undefined) return undefined;
        const account = await this.#checked(kind, shown);
        const asked = kind === 'user' ? (account.state as Accounts['user']).wallet : account.address;
        if (asked !== address) throw notAskedFor(`${kind} ${account.address}`, `not of ${address}`);
        return account;
    }

    /**
     * A page of a list.
     *
     * @throws {ClientError} `not_asked_for`: an account in it does not match the filters, or is in it twice; or what
     * {@link readAccount} throws.
     * @throws {GatewayError} The gateway refused.
     */
    async page<Kind extends ListedKind>(
        kind: Kind,
        filters: ListFilters[Kind],
        { signal, ...options }: ListOptions = {},
    ): Promise<GatewayPage<Kind>> {
        const query = new URLSearchParams();
        for (const [name, value] of Object.entries({ ...filters, ...options })) {
            if (value !== undefined) query.set(name, String(value));
        }
        const shown = (await this.#json(`/${kind}s?${query}`, { signal })) as Unchecked<Schema<'Page_Record'>>;
        if (!Array.isArray(shown.items)) throw new ClientError('malformed', 'the gateway answers with no page');
        const items = await Promise.all(shown.items.map((item) => this.#checked(kind, item)));
        const seen = new Set<Address>();
        for (const { address, state } of items) {
            const filter = mismatch(kind, state, filters);
            if (filter) throw notAskedFor(`${kind} ${address}`, `it does not match ${filter}`);
            if (seen.has(address)) throw notAskedFor(`${kind} ${address}`, 'it is in the page twice');
            seen.add(address);
        }
        return { items, next: typeof shown.next === 'string' ? shown.next : undefined };
    }

    /**
     * A list, page by page. It ends with an error where a page brings nothing and names another one.
     *
     * @throws As {@link page}.
     */
    async *list<Kind extends ListedKind>(
        kind: Kind,
        filters: ListFilters[Kind],
        options: ListOptions = {},
    ): AsyncGenerator<GatewayAccount<Kind>, void, void> {
        let cursor = options.cursor;
        const seen = new Set<string>();
        do {
            const page = await this.page(kind, filters, { ...options, ...(cursor === undefined ? {} : { cursor }) });
            yield* page.items;
            if (page.next !== undefined && seen.has(page.next)) {
                throw new ClientError('malformed', 'the gateway answers with the same page again');
            }
            cursor = page.next;
            if (cursor !== undefined) seen.add(cursor);
        } while (cursor !== undefined);
    }

    /**
     * Signatures of the latest transactions that concerned an address, at most 200. Ask a node for their effects.
     *
     * @throws {ClientError} `malformed`: the gateway names something that is no signature.
     * @throws {GatewayError} The gateway refused.
     */
    async signaturesOf(address: Address, signal?: AbortSignal): Promise<Signature[]> {
        const shown = await this.#json(`/history/${address}?limit=200`, { signal });
        const { items } = shown as Unchecked<Schema<'ChangesPage'>>;
        if (!Array.isArray(items)) throw new ClientError('malformed', 'the gateway answers with no page');
        const named = items.map((item: Unchecked<Schema<'Change'>> | null) => item?.signature);
        if (!named.every((one) => typeof one === 'string' && isSignature(one))) {
            throw new ClientError('malformed', 'the gateway names what is no signature');
        }
        return [...new Set(named as Signature[])];
    }

    /**
     * Whether a node shows an account as the gateway does. If not, one of them is behind, or lies: read the account from the
     * node.
     */
    async isOnNode<Kind extends ListedKind>(
        account: GatewayAccount<Kind>,
        rpc: Parameters<typeof fetchEncodedAccount>[0],
    ): Promise<boolean> {
        const shown = await fetchEncodedAccount(rpc, account.address, { commitment: 'confirmed' });
        return shown.exists && shown.programAddress === this.program && isSame(shown.data, account.data);
    }

    /**
     * Has the gateway build a transaction, and checks that it is the one that was asked for: see
     * {@link readUnsignedTransaction}. Give it to the wallet then.
     *
     * @param path The route, under `/v1`.
     * @param body The body that the route requires.
     * @param asked The expected transaction: instructions that this client builds itself.
     *
     * @throws {ClientError} `not_asked_for`, `malformed`.
     * @throws {GatewayError} The gateway refused.
     */
    async build<Path extends BuildPath>(
        path: Path,
        body: BuildBody<Path>,
        asked: AskedTransaction,
        signal?: AbortSignal,
    ) {
        const built = (await this.#post(path, body, signal)) as Unchecked<Schema<'UnsignedTransaction'>>;
        const bytes = bytesOf(built.transaction, 'transaction');
        return readUnsignedTransaction(bytes, u64(built.last_valid_block_height, 'last_valid_block_height'), asked);
    }

    /**
     * As {@link build}, for a transaction that the gateway's operator pays. Which wallet that is, only the gateway knows.
     *
     * @param wallet The wallet that acts. It must not be the one that pays.
     * @param instructions The instructions that this client builds itself, for a payer.
     *
     * @throws {ClientError} `not_asked_for`, `malformed`.
     * @throws {GatewayError} The gateway refused: `sponsoring_off`, `sponsor_refused` and others.
     */
    async buildSponsored<Path extends BuildPath>(
        path: Path,
        body: SponsoredBody<Path>,
        wallet: Address,
        instructions: (payer: Address) => readonly Instruction[],
        signal?: AbortSignal,
    ) {
        const fee: Schema<'Fee'> = { sponsored: true };
        const answer = await this.#post(path, { ...body, fee }, signal);
        const built = answer as Unchecked<Schema<'UnsignedTransaction'>>;
        const payer = built.fee_payer;
        if (typeof payer !== 'string' || !isAddress(payer)) {
            throw new ClientError('malformed', "the gateway's fee_payer is no address");
        }
        if (payer === wallet) {
            throw new ClientError('not_asked_for', `the gateway lets wallet ${wallet} pay, though it was asked to pay`);
        }
        return readUnsignedTransaction(
            bytesOf(built.transaction, 'transaction'),
            u64(built.last_valid_block_height, 'last_valid_block_height'),
            // The operator pays for priority, and has a limit of its own.
            { feePayer: payer, instructions: instructions(payer) },
        );
    }

    /**
     * Has the gateway send a signed transaction. Sent twice, it lands once. Whether it landed, the ledger shows.
     *
     * @throws {ClientError} `malformed`: the gateway says nothing that can be understood; the transaction may land.
     * @throws {GatewayError} The gateway refused, or the program did.
     */
    async send(transaction: Transaction, signal?: AbortSignal): Promise<RelayedTransaction> {
        const body: Schema<'SignedTransaction'> = { transaction: getBase64EncodedWireTransaction(transaction) };
        const said = (await this.#post('/transactions', body, signal)) as Unchecked<Schema<'RelayedTransaction'>>;
        const status = STATUSES.find((known) => known === said.status);
        if (status === undefined) {
            throw new ClientError('malformed', 'the gateway does not say what became of the transaction');
        }
        const text = (value: unknown) => (typeof value === 'string' ? value : undefined);
        return { status, code: text(said.code), detail: text(said.detail) };
    }

    async #post(path: string, body: unknown, signal?: AbortSignal): Promise<unknown> {
        return await this.#json(path, {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: toJson(body),
            signal,
        });
    }

    async #json(
        path: string,
        init: Omit<RequestInit, 'signal'> & { signal: AbortSignal | undefined },
    ): Promise<unknown> {
        const { signal, ...rest } = init;
        const response = await this.request(path, signal ? { ...rest, signal } : rest);
        return await jsonOf(`${this.url}/v1${path}`, response);
    }

    async #checked<Kind extends ListedKind>(kind: Kind, shown: unknown): Promise<GatewayAccount<Kind>> {
        const { address, data, lamports, slot } = shown as Unchecked<Schema<'Record'>>;
        if (typeof address !== 'string')
            throw new ClientError('malformed', `the gateway shows a ${kind} without address`);
        const bytes = bytesOf(data, `data of ${kind} ${address}`);
        const encoded = { address: address as Address, data: bytes, programAddress: this.program };
        return {
            address: encoded.address,
            state: await readAccount(kind, encoded, this.program),
            data: bytes,
            lamports: u64(lamports, 'lamports'),
            slot: u64(slot, 'slot'),
        };
    }
}

const notAskedFor = (what: string, why: string) =>
    new ClientError('not_asked_for', `the gateway shows ${what}, which was not asked for: ${why}`);

function bytesOf(text: unknown, name: string): Uint8Array<ArrayBuffer> {
    try {
        return Uint8Array.from(base64.decode(text as string));
    } catch {
        throw new ClientError('malformed', `the gateway's ${name} is not in base64`);
    }
}

function u64(text: unknown, name: string): bigint {
    if (typeof text !== 'string' || !/^(0|[1-9][0-9]{0,19})$/.test(text)) {
        throw new ClientError('malformed', `the gateway's ${name} is no number`);
    }
    return BigInt(text);
}

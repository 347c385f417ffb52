// The networks that the app can use. `networks.json` beside the page names them: whoever serves the app chooses.

import { type Deployment, deploymentOn, GENESIS } from '@generion/client';
import { type Address, isAddress } from '@solana/kit';

/** A ledger, and how to reach it. */
export type Network = {
    /** The name that a person sees. */
    name: string;
    /** The cluster, which pins the genesis hash. */
    cluster: keyof typeof GENESIS;
    /** The program, where it is not the one that this version was made for. */
    program?: Address;
    /** Addresses of nodes. With two of different operators, neither can lie unnoticed. */
    nodes: string[];
    /** Stores for documents that this person writes. */
    stores: string[];
    /** A gateway, which makes lists fast. It is believed no more than a node. */
    gateway?: string;
    /** The worth of a SOL, as the operator of the app wrote it: a hint beside amounts, and asked of nobody. */
    rate?: Rate;
};

/** The worth of a SOL on a day. */
export type Rate = {
    /** The currency's code of ISO 4217. */
    currency: string;
    /** Units of the currency for one SOL. */
    price: number;
    /** The day: `2026-11-28`. */
    date: string;
};

/** The file of networks is not what this app reads. Its message names the place in the file. */
export class InvalidNetworks extends Error {
    override readonly name = 'InvalidNetworks';
}

/** Reads the networks. `file` is the parsed JSON of `networks.json`. */
export function readNetworks(file: unknown): Network[] {
    if (!Array.isArray(file) || file.length === 0) throw new InvalidNetworks('networks.json: a list of networks');
    return file.map((entry: unknown, index) => readNetwork(entry, `networks.json, network ${index + 1}`));
}

function readNetwork(entry: unknown, place: string): Network {
    const { name, cluster, program, nodes, stores, gateway, rate } = (entry ?? {}) as { [field: string]: unknown };
    if (typeof name !== 'string' || name === '') throw new InvalidNetworks(`${place}: "name" is missing`);
    if (typeof cluster !== 'string' || !Object.hasOwn(GENESIS, cluster)) {
        throw new InvalidNetworks(`${place}: "cluster" is one of ${Object.keys(GENESIS).join(', ')}`);
    }
    if (program !== undefined && !(typeof program === 'string' && isAddress(program))) {
        throw new InvalidNetworks(`${place}: "program" is no address`);
    }
    return {
        name,
        cluster: cluster as keyof typeof GENESIS,
        ...(program !== undefined && { program }),
        nodes: readUrls(nodes, `${place}, "nodes"`, 1),
        stores: readUrls(stores ?? [], `${place}, "stores"`, 0),
        ...(gateway !== undefined && { gateway: readUrls([gateway], `${place}, "gateway"`, 1)[0] as string }),
        ...(rate !== undefined && { rate: readRate(rate, `${place}, "rate"`) }),
    };
}

function readUrls(list: unknown, place: string, atLeast: number): string[] {
    const isUrl = (url: unknown): url is string => typeof url === 'string' && URL.canParse(url) && isReachable(url);
    if (!Array.isArray(list) || list.length < atLeast || !list.every(isUrl)) {
        throw new InvalidNetworks(`${place}: a list of https addresses (http on this machine alone)`);
    }
    return list;
}

function readRate(rate: unknown, place: string): Rate {
    const { currency, date, price } = (rate ?? {}) as { [field: string]: unknown };
    const isDay = typeof date === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(date) && !Number.isNaN(Date.parse(date));
    const isPrice = typeof price === 'number' && Number.isFinite(price) && price > 0;
    if (typeof currency !== 'string' || !/^[A-Z]{3}$/.test(currency) || !isDay || !isPrice) {
        throw new InvalidNetworks(`${place}: {"currency": "EUR", "price": 141.5, "date": "2026-11-28"}`);
    }
    return { currency, date, price };
}

/** Whether the page's policy lets an address through. */
function isReachable(url: string): boolean {
    const { protocol, hostname } = new URL(url);
    return protocol === 'https:' || (protocol === 'http:' && ['127.0.0.1', 'localhost'].includes(hostname));
}

/** The program on a network. */
export const deploymentOf = ({ cluster, program }: Network): Deployment => deploymentOn(GENESIS[cluster], program);

// The program and the cluster (docs/PROTOCOL.md, section 2). Every line that a wallet signs names both, so that a
// signature for one cluster is worthless on another.

import { type Address, isAddress } from '@solana/kit';
import { addressBytes } from '../base/bytes.js';
import { ClientError } from '../base/errors.js';
import { GENERION_PROGRAM_ADDRESS } from '../generated/index.js';

/** The program on a cluster. */
export type Deployment = {
    /** The program's id. */
    program: Address;
    /**
     * The cluster's genesis hash, in base58. Pin it, as {@link GENESIS} does, or remember it from the first time. Don't
     * take it from the present node: the node could make a wallet sign for another cluster.
     */
    genesis: string;
};

/**
 * The genesis hashes of the public clusters, and of all local nodes of this project: SHA-256 of `generion localnet`.
 */
export const GENESIS = {
    'mainnet-beta': '5eykt4UsFv8P8NJdTREpY1vzqKqZKvdpKuc147dw2N9d',
    devnet: 'EtWTRABZaYq6iMfeYKouRu166VU2xqa1wcaWoxPkrZBG',
    testnet: '4uhcVJyU9pJkvQyS88uRDiswHXSCkY3zQawwpjk2NsNY',
    localnet: 'H7FThooFDNTNq13qgRiW3UZcvt5zAYqtEkgQVm921YRz',
} as const;

/**
 * The deployment of `idl/generion.json`, or of another program id, on a cluster.
 *
 * @throws {ClientError} `malformed`: the genesis hash is not 32 bytes in base58.
 */
export function deploymentOn(genesis: string, program: Address = GENERION_PROGRAM_ADDRESS): Deployment {
    genesisBytes(genesis);
    return { program, genesis };
}

/**
 * The 32 bytes of a genesis hash.
 *
 * @throws {ClientError} `malformed`.
 */
export function genesisBytes(genesis: string): Uint8Array<ArrayBuffer> {
    // An address is 32 bytes in base58, too.
    if (!isAddress(genesis)) throw new ClientError('malformed', 'a genesis hash is 32 bytes in base58');
    return addressBytes(genesis);
}

/**
 * The text that names a deployment in signed lines.
 *
 * @throws {ClientError} `malformed`: the genesis hash is invalid.
 */
export function inLine({ genesis, program }: Deployment): string {
    genesisBytes(genesis);
    return `genesis=${genesis} program=${program}`;
}

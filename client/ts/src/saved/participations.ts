// Participations in studies, saved before anything is sent: the next run continues with the same order and the same disclosures,
// so that an interruption publishes nothing new.

import { type Address, isAddress } from '@solana/kit';
import type { Deployment } from '../crypto/deployment.js';
import type { SignedTransaction } from '../transactions/send.js';
import { clusterName } from './cluster-name.js';
import { readSaved, writeSaved } from './saved-json.js';
import type { SavedState } from './saved-state.js';

/** A fact that became public, or is known to the sponsor, by a participation. */
export type DisclosedFact = { record: Address; fact: string };

/** A participation of a wallet in a study. */
export type Participation = {
    study: Address;
    participant: Address;
    /** The order with the records. */
    order: Address;
    /** The facts that were disclosed in transactions or letters. */
    disclosed: readonly DisclosedFact[];
    /** Whether everybody can read the disclosures, or only the sponsor. */
    isPublic: boolean;
    /** The latest deadline of a seat, Unix time in seconds. Each later seat has a later one. */
    deadline: bigint;
    /** The sealed letter in hexadecimal text, which is sent again and never sealed anew for the same order. */
    letter?: string | undefined;
    /** The transaction that was signed last, until its outcome is known. */
    signed?: SignedTransaction | undefined;
};

const FOLDER = 'studies';
const placeOf = (deployment: Deployment) => `${clusterName(deployment)}/${FOLDER}`;
const nameOf = (deployment: Deployment, { participant, study }: Pick<Participation, 'participant' | 'study'>) =>
    `${placeOf(deployment)}/${study}.${participant}`;

type Text = Omit<Participation, 'deadline' | 'signed'> & {
    deadline: string;
    genesis: string;
    program: string;
    signed?: Omit<SignedTransaction, 'lastValidBlockHeight'> & { lastValidBlockHeight: string };
};

/**
 * A wallet's participation in a study; `undefined`: there is none on this device.
 *
 * @throws {ClientError} `damaged`, `unknown_version`.
 */
export async function savedParticipation(
    saved: SavedState,
    deployment: Deployment,
    study: Address,
    participant: Address,
): Promise<Participation | undefined> {
    const name = nameOf(deployment, { participant, study });
    const text = await saved.read(name);
    return text === undefined ? undefined : readText(name, text);
}

/**
 * All participations of a wallet on this device.
 *
 * @throws {ClientError} `damaged`, `unknown_version`.
 */
export async function savedParticipations(
    saved: SavedState,
    deployment: Deployment,
    participant: Address,
): Promise<Participation[]> {
    const found: Participation[] = [];
    for (const name of await saved.names(placeOf(deployment))) {
        const text = name.endsWith(`.${participant}`) ? await saved.read(name) : undefined;
        if (text !== undefined) found.push(readText(name, text));
    }
    return found;
}

/** Saves a participation. Facts that were disclosed earlier stay in it, and so does the latest deadline. */
export async function saveParticipation(
    saved: SavedState,
    deployment: Deployment,
    participation: Participation,
): Promise<void> {
    const name = nameOf(deployment, participation);
    await saved.update(name, (present) => {
        const before = present === undefined ? undefined : readText(name, present);
        const known = before?.disclosed ?? [];
        const added = participation.disclosed.filter(
            ({ fact, record }) => !known.some((one) => one.fact === fact && one.record === record),
        );
        const { signed, ...rest } = participation;
        const deadline = [participation.deadline, before?.deadline ?? 0n].reduce((one, other) =>
            one > other ? one : other,
        );
        const text: Text = {
            ...rest,
            genesis: deployment.genesis,
            program: deployment.program,
            disclosed: [...known, ...added],
            isPublic: participation.isPublic || (before?.isPublic ?? false),
            deadline: deadline.toString(),
            ...(signed && { signed: { ...signed, lastValidBlockHeight: signed.lastValidBlockHeight.toString() } }),
        };
        return writeSaved(text);
    });
}

function readText(name: string, text: string): Participation {
    const { deadline, genesis: _, program: __, signed, ...rest } = readSaved<Text>(name, text, isWhole);
    return {
        ...rest,
        deadline: BigInt(deadline),
        signed: signed && { ...signed, lastValidBlockHeight: BigInt(signed.lastValidBlockHeight) },
    };
}

const isNumber = (value: unknown) => /^[0-9]{1,20}$/.test(String(value));

function isWhole(read: { [Field in keyof Text]?: unknown }): boolean {
    const { deadline, disclosed, isPublic, letter, order, participant, signed, study } = read;
    const addresses = [order, participant, study].every((one) => typeof one === 'string' && isAddress(one));
    const facts =
        Array.isArray(disclosed) &&
        disclosed.every((one) => typeof one?.fact === 'string' && isAddress(String(one?.record)));
    return (
        addresses &&
        facts &&
        typeof isPublic === 'boolean' &&
        isNumber(deadline) &&
        (letter === undefined || /^(?:[0-9a-f]{2}){1,736}$/.test(String(letter))) &&
        (signed === undefined || isSigned(signed))
    );
}

function isSigned(value: unknown): boolean {
    const { lastValidBlockHeight, ours, signature, wire } = (value ?? {}) as { [field: string]: unknown };
    return (
        isNumber(lastValidBlockHeight) &&
        typeof signature === 'string' &&
        typeof wire === 'string' &&
        Array.isArray(ours) &&
        ours.every(Number.isInteger)
    );
}

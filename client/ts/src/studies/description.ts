// A study's description (docs/PROTOCOL.md, section 3): a file that the sponsor's wallet signs. The ledger has the hash of the
// whole file, so that a consent covers each of its bytes.

import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, concatBytes, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { type Address, getBase58Decoder, getBase58Encoder, isAddress, type ReadonlyUint8Array } from '@solana/kit';
import { addressBytes, compareBytes, copy, isSame, itemAt } from '../base/bytes.js';
import { ClientError } from '../base/errors.js';
import { exactJson } from '../base/exact-json.js';
import { verifyLine } from '../crypto/attestation.js';
import { type Deployment, inLine } from '../crypto/deployment.js';
import type { Envelope } from '../crypto/envelopes.js';
import type { SignBytes } from '../crypto/keys.js';
import { isFact } from '../documents/fact.js';
import { factHash } from '../documents/facts.js';
import { type IJson, Lexeme, type Members, readIJson } from '../documents/i-json.js';
import type { Study } from '../generated/index.js';
import { readTail } from './tail.js';

/** The way in which participants are admitted. */
export type Admission = (typeof ADMISSIONS)[number];

/** By the byte on the ledger: anybody whose disclosures meet the requirements, or those whom the sponsor selects. */
export const ADMISSIONS = ['open', 'selection'] as const;

/** A requirement in words that a client can hash. */
export type RequiredFact = {
    /** Of each group, a participant shows one fact for each record. */
    group: number;
    /** The fact, `name=value`. */
    fact: string;
};

/** A study's texts in one language. They are a stranger's: show them as text. */
export type StudyTexts = {
    title: string;
    /** The purpose of the study. */
    purpose: string;
    /** The name of the sponsor. */
    sponsor: string;
    /** How to reach the sponsor. */
    contact: string;
    /** The data that the study asks for. */
    asked: string;
    /** The use of the data. */
    use: string;
    /** How long the sponsor keeps the data. */
    retention: string;
    /** The criteria in words. */
    criteria: string;
    /** The vote of an ethics committee. */
    ethics?: string;
};

/** A study's description. */
export type StudyDescription = {
    /** The study's address. */
    study: Address;
    /** `B`, 32 bytes. Letters are sealed to this key, and to none that only a node shows. */
    studyKey: ReadonlyUint8Array;
    admission: Admission;
    /** Price of each participant's order, in lamports. */
    reward: bigint;
    /** Time that each participant has to deliver, in seconds. */
    deliveryWindow: number;
    /** Number of records that each participant sells. */
    records: number;
    /** The accepted creators, in the ledger's order. */
    creators: readonly Address[];
    /** The required facts, in the ledger's order: by SHA-256. */
    requirements: readonly RequiredFact[];
    /** Further criteria as a FHIRPath expression, for clients that evaluate such. */
    fhirpath?: string;
    /** The texts, by language (BCP 47). */
    texts: Readonly<Record<string, StudyTexts>>;
};

/** A description that was read from a file. */
export type DescriptionFile = {
    description: StudyDescription;
    /** SHA-256 of the whole file: the study's `description_hash`, and the file's address in a store. */
    hash: Uint8Array<ArrayBuffer>;
    /** SHA-256 of the JSON, which the sponsor's wallet signs. */
    jsonHash: Uint8Array<ArrayBuffer>;
    /** The sponsor's signature, 64 bytes. */
    signature: Uint8Array<ArrayBuffer>;
};

/** Bytes of the longest description. */
export const MAX_DESCRIPTION_LENGTH = 65_536;
/** Objects and lists in each other, the outermost one included. */
const MAX_LEVELS = 16;
const FIRST_WORDS = 'generion-study v1 ';
const LINE_FEED = 0x0a;

/** The line that a sponsor's wallet signs for the description of a study. */
export const descriptionLine = (deployment: Deployment, study: Address, jsonHash: ReadonlyUint8Array): string =>
    `Generion study v1. Sign only in the Generion app. ${inLine(deployment)} study=${study} description=${bytesToHex(copy(jsonHash))}`;

/**
 * Reads a description's file. Its signature is checked by {@link verifyDescription}, its contents against the ledger by
 * {@link requireDescribed}.
 *
 * @throws {ClientError} `description`: the file has another form than specified.
 */
export function readDescription(file: ReadonlyUint8Array): DescriptionFile {
    if (file.length > MAX_DESCRIPTION_LENGTH) {
        throw wrong(`it has ${file.length} bytes, more than ${MAX_DESCRIPTION_LENGTH}`);
    }
    const bytes = copy(file);
    const end = bytes.indexOf(LINE_FEED);
    const line = new TextDecoder('latin1').decode(bytes.slice(0, Math.max(end, 0)));
    const signature = line.startsWith(FIRST_WORDS) ? signatureOf(line.slice(FIRST_WORDS.length)) : undefined;
    if (!signature) throw wrong('its first line is not that of a signed description');
    const json = bytes.slice(end + 1);
    const value = readIJson(json, MAX_LEVELS);
    if (value === undefined) throw wrong('its second part is no JSON as RFC 7493 specifies it, or nested too deep');
    return { description: readMembers(value), hash: sha256(bytes), jsonHash: sha256(json), signature };
}

/** A signature in base58, in its only spelling. */
function signatureOf(text: string): Uint8Array<ArrayBuffer> | undefined {
    try {
        const bytes = copy(getBase58Encoder().encode(text));
        return bytes.length === 64 && getBase58Decoder().decode(bytes) === text ? bytes : undefined;
    } catch {
        return undefined;
    }
}

const REQUIRED_TEXTS = ['title', 'purpose', 'sponsor', 'contact', 'asked', 'use', 'retention', 'criteria'] as const;
const LANGUAGE = /^[a-z]{2,3}(?:-[A-Za-z0-9]{1,8})*$/;
const WHOLE = /^(?:0|[1-9][0-9]*)$/;

function readMembers(value: IJson): StudyDescription {
    const reader = new Reader(value, 'the description');
    const admission = reader.text('admission');
    const known = ADMISSIONS.find((one) => one === admission);
    if (!known) throw wrong(`its admission is ${JSON.stringify(admission)}`);
    const key = reader.text('study_key');
    if (!/^[0-9a-f]{64}$/.test(key)) throw wrong('its study_key is not 64 lower-case hexadecimal digits');
    const texts = reader.members('texts');
    const description: StudyDescription = {
        study: asAddress(reader.text('study')),
        studyKey: hexToBytes(key),
        admission: known,
        reward: reader.whole('reward', 64),
        deliveryWindow: Number(reader.whole('delivery_window', 32)),
        records: Number(reader.whole('records', 8)),
        creators: reader.list('creators').map((one) => asAddress(asText(one, 'a creator'))),
        requirements: reader.list('requirements').map((one) => {
            const fields = new Reader(one, 'a requirement');
            const fact = fields.text('fact');
            if (!isFact(fact)) throw wrong('a requirement has a fact that is none');
            const required = { group: Number(fields.whole('group', 8)), fact };
            fields.end();
            return required;
        }),
        ...(reader.has('fhirpath') && { fhirpath: reader.text('fhirpath') }),
        texts: Object.fromEntries([...texts].map(([language, one]) => [language, readTexts(language, one)])),
    };
    reader.end();
    if (texts.size === 0) throw wrong('it has no texts');
    requireOrder(description);
    return description;
}

/** Refuses lists in another order than the ledger's, which a study could not have. */
function requireOrder({ creators, requirements }: StudyDescription): void {
    const isIncreasing = (items: readonly Uint8Array[]) =>
        items.every((item, index) => index === 0 || compareBytes(itemAt(items, index - 1), item) < 0);
    const isOrdered =
        isIncreasing(creators.map(addressBytes)) && isIncreasing(requirements.map(({ fact }) => factHash(fact)));
    if (!isOrdered) throw wrong("its creators or requirements are not in the ledger's order");
    const groups = new Set(requirements.map(({ group }) => group));
    if ([...groups].some((group) => group >= groups.size)) throw wrong('its groups are not numbered without gaps');
}

function readTexts(language: string, value: IJson): StudyTexts {
    if (!LANGUAGE.test(language)) throw wrong(`${JSON.stringify(language)} is no tag of a language`);
    const fields = new Reader(value, `the texts in ${language}`);
    const required = Object.fromEntries(REQUIRED_TEXTS.map((name) => [name, fields.text(name)]));
    const texts = { ...required, ...(fields.has('ethics') && { ethics: fields.text('ethics') }) } as StudyTexts;
    fields.end();
    return texts;
}

/** Reads the members of an object. A missing, malformed or unknown one is an error. */
class Reader {
    readonly #members: Members;
    readonly #known = new Set<string>();

    constructor(
        value: IJson | undefined,
        private readonly name: string,
    ) {
        if (!(value instanceof Map)) throw wrong(`${name} is no object`);
        this.#members = value;
    }

    has(member: string): boolean {
        return this.#members.has(member);
    }

    text(member: string): string {
        return asText(this.#take(member), `${member} of ${this.name}`);
    }

    /** A whole number that fits the bits. */
    whole(member: string, bits: number): bigint {
        const value = this.#take(member);
        const number = value instanceof Lexeme && WHOLE.test(value.text) ? BigInt(value.text) : undefined;
        if (number === undefined || BigInt.asUintN(bits, number) !== number) {
            throw wrong(`${member} of ${this.name} is no whole number of ${bits} bits`);
        }
        return number;
    }

    list(member: string): readonly IJson[] {
        const value = this.#take(member);
        if (!Array.isArray(value)) throw wrong(`${member} of ${this.name} is no list`);
        return value;
    }

    members(member: string): Members {
        const value = this.#take(member);
        if (!(value instanceof Map)) throw wrong(`${member} of ${this.name} is no object`);
        return value;
    }

    /** Refuses members that this software does not know: a person could not agree to them. */
    end(): void {
        const unknown = [...this.#members.keys()].find((member) => !this.#known.has(member));
        if (unknown !== undefined) throw wrong(`${this.name} has an unknown member ${JSON.stringify(unknown)}`);
    }

    #take(member: string): IJson | undefined {
        this.#known.add(member);
        return this.#members.get(member);
    }
}

function asText(value: IJson | undefined, name: string): string {
    if (typeof value !== 'string' || value === '') throw wrong(`${name} is no text`);
    return value;
}

function asAddress(text: string): Address {
    if (!isAddress(text)) throw wrong('it has an address that is none');
    return text;
}

/** The JSON of a description. Any other JSON of the same contents is as good; its bytes are what is signed. */
export function descriptionJson({ deliveryWindow, studyKey, ...rest }: StudyDescription): Uint8Array<ArrayBuffer> {
    const { admission, creators, fhirpath, records, requirements, reward, study, texts } = rest;
    return utf8ToBytes(
        exactJson({
            study,
            study_key: bytesToHex(copy(studyKey)),
            admission,
            reward,
            delivery_window: deliveryWindow,
            records,
            creators,
            requirements,
            ...(fhirpath !== undefined && { fhirpath }),
            texts,
        }),
    );
}

/**
 * Makes the file of a description: the sponsor's wallet signs it.
 *
 * @throws {ClientError} `description`: no client would read it; `missing`, `can_not_sign`, `not_the_wallets`: the wallet does
 * not sign it.
 */
export async function signDescription(
    deployment: Deployment,
    sponsor: Address,
    description: StudyDescription,
    sign: SignBytes,
): Promise<Uint8Array<ArrayBuffer>> {
    const json = descriptionJson(description);
    const line = descriptionLine(deployment, description.study, sha256(json));
    const signature = copy(await sign(utf8ToBytes(line)));
    const first = `${FIRST_WORDS}${getBase58Decoder().decode(signature)}\n`;
    const file = concatBytes(utf8ToBytes(first), json);
    verifyDescription(deployment, sponsor, readDescription(file));
    return file;
}

/**
 * Checks that a sponsor's wallet signed a description, and returns the envelope.
 *
 * @throws {ClientError} `missing`, `can_not_sign`, `not_the_wallets`.
 */
export function verifyDescription(
    deployment: Deployment,
    sponsor: Address,
    { description, jsonHash, signature }: DescriptionFile,
): Envelope {
    const line = descriptionLine(deployment, description.study, jsonHash);
    return verifyLine(line, sponsor, deployment.program, signature);
}

/**
 * Compares a description with the study on the ledger: a person agrees to the description, and the program applies the terms
 * of the study.
 *
 * @throws {ClientError} `description`: they differ; `hidden_requirement`: the study requires a fact that the description does
 * not name. With such a requirement a sponsor can look for one person.
 */
export function requireDescribed(address: Address, study: Study, { description, hash }: DescriptionFile): void {
    const { creators, requirements } = readTail(study);
    if (!isSame(hash, study.descriptionHash)) throw wrong('the study on the ledger names another file');
    const differs = (what: string) => wrong(`its ${what} is not that of the study on the ledger`);
    if (description.study !== address) throw differs('address');
    if (!isSame(description.studyKey, study.studyKey)) throw differs('study_key');
    if (description.admission !== ADMISSIONS[study.admission]) throw differs('admission');
    if (description.reward !== study.reward) throw differs('reward');
    if (description.deliveryWindow !== study.deliveryWindow) throw differs('delivery_window');
    if (description.records !== study.recordCount) throw differs('number of records');
    const named = description.requirements.map(({ fact, group }) => ({ group, factHash: factHash(fact) }));
    const hidden = requirements.find(({ factHash: hash }) => !named.some((one) => isSame(one.factHash, hash)));
    if (hidden) {
        throw new ClientError(
            'hidden_requirement',
            `study ${address} requires a fact that its description does not name: it may look for one person`,
        );
    }
    const areSame =
        named.length === requirements.length &&
        named.every(({ factHash: hash, group }, index) => {
            const required = requirements[index];
            return required?.group === group && isSame(required.factHash, hash);
        });
    if (!areSame) throw differs('list of requirements');
    if (description.creators.length !== creators.length) throw differs('list of creators');
    if (description.creators.some((creator, index) => creator !== creators[index])) throw differs('list of creators');
}

const wrong = (words: string) => new ClientError('description', `the study's description can't be used: ${words}`);

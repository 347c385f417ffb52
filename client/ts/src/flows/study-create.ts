// Creating a study: its key, its description, and its terms, which never change afterwards.

import type { Address } from '@solana/kit';
import { addressBytes, compareBytes, isSame } from '../base/bytes.js';
import { ClientError } from '../base/errors.js';
import { deriveStudySecret } from '../crypto/keys.js';
import { factHash } from '../documents/facts.js';
import {
    findStudyPda,
    getCreateStudyInstruction,
    MAX_DELIVERY_WINDOW,
    MAX_GROUPS,
    MAX_OPEN_DISCLOSURES,
    MAX_ORDER_RECORDS,
    MAX_STUDY_TAIL,
    MAX_STUDY_URL_LEN,
    MIN_DELIVERY_WINDOW,
} from '../generated/index.js';
import { ledgerTime } from '../ledger/clock.js';
import type { Ledger } from '../ledger/ledger.js';
import { saveStudyFile } from '../saved/study-files.js';
import {
    ADMISSIONS,
    type DescriptionFile,
    readDescription,
    type StudyDescription,
    signDescription,
} from '../studies/description.js';
import { tailBytes } from '../studies/tail.js';
import { type Actor, type FlowContext, payerOf } from './context.js';
import { accountToCreate, type Prepared } from './prepared.js';
import { userOf } from './recipient.js';

/** A study that is to be created. Lists may have any order. */
export type NewStudy = Omit<StudyDescription, 'study' | 'studyKey'> & {
    /** The study is over from then on; Unix time in seconds. It may be extended. */
    closesAt: bigint;
    /** The address of the description, for gateways [default: none]. */
    url?: string;
    /** The wallet that admits participants by selection [default: the sponsor]. It can do nothing else. */
    admitter?: Address;
};

/** A study that is about to be created. */
export type CreatedStudy = {
    /** Its address. */
    study: Address;
    id: bigint;
    /** The bytes of its description, which gateways and stores serve by their hash. They are saved before the study is made. */
    file: Uint8Array<ArrayBuffer>;
    description: DescriptionFile;
};

/**
 * Prepares a study. The sponsor's wallet signs at once: twice the line of the study's key, and once the description. No money moves:
 * fund the vault with `fundStudy`.
 *
 * @throws {ClientError} `invalid_study`: terms that the program would refuse, or that nobody could meet; `no_key`: the sponsor has
 * published no encryption key; `not_deterministic`, `not_plain`: no key can be derived from the wallet; `description`.
 */
export async function createStudy(
    context: Pick<FlowContext, 'ledger' | 'saved'>,
    sponsor: Actor,
    { admitter, closesAt, url = '', ...terms }: NewStudy,
): Promise<Prepared<CreatedStudy>> {
    const { ledger, saved } = context;
    const { deployment } = ledger;
    const { address: wallet, signer, signMessage } = sponsor.wallet;
    const { creators, requirements } = sorted(terms);
    await requireValid(ledger, { ...terms, creators, requirements, closesAt, url });
    const tail = tailBytes({
        requirements: requirements.map(({ fact, group }) => ({ group, factHash: factHash(fact) })),
        creators,
        url,
    });
    if (tail.length > MAX_STUDY_TAIL) {
        throw invalid(`requirements, creators and address take ${tail.length} bytes, more than ${MAX_STUDY_TAIL}`);
    }
    const user = await userOf(context, wallet);
    const { state } = await ledger.find('user', user);
    if (!state) throw new ClientError('no_key', `wallet ${wallet} has published no key: publish one first`);
    const id = state.nextStudyId;
    const [study] = await findStudyPda({ sponsor: wallet, id }, { programAddress: deployment.program });
    const studyKey = (await deriveStudySecret(deployment, wallet, study, signMessage)).publicKey.toBytes();
    const described = { ...terms, study, studyKey, creators, requirements };
    const file = await signDescription(deployment, wallet, described, signMessage);
    const description = readDescription(file);
    const payer = payerOf(sponsor);
    const instruction = getCreateStudyInstruction(
        {
            sponsor: signer,
            payer,
            user,
            study,
            id,
            reward: terms.reward,
            closesAt,
            deliveryWindow: terms.deliveryWindow,
            admission: ADMISSIONS.indexOf(terms.admission),
            recordCount: terms.records,
            requirementCount: requirements.length,
            creatorCount: creators.length,
            studyKey,
            descriptionHash: description.hash,
            admitter: admitter ?? null,
            tail,
        },
        { programAddress: deployment.program },
    );
    return {
        outcome: { study, id, file, description },
        instructions: [instruction],
        feePayer: payer,
        newAccounts: [accountToCreate('study', tail.length)],
        saveFirst: () => saveStudyFile(saved, deployment, study, file),
    };
}

/** Creators and requirements in the ledger's order. */
function sorted({ creators, requirements }: Pick<StudyDescription, 'creators' | 'requirements'>) {
    return {
        creators: [...creators].sort((one, other) => compareBytes(addressBytes(one), addressBytes(other))),
        requirements: [...requirements].sort((one, other) => compareBytes(factHash(one.fact), factHash(other.fact))),
    };
}

async function requireValid(
    ledger: Ledger,
    study: Omit<StudyDescription, 'study' | 'studyKey'> & { closesAt: bigint; url: string },
): Promise<void> {
    const { admission, closesAt, creators, deliveryWindow, records, requirements, reward, url } = study;
    if (!Number.isInteger(records) || records < 1 || records > MAX_ORDER_RECORDS) {
        throw invalid(`each participant sells 1 to ${MAX_ORDER_RECORDS} records, not ${records}`);
    }
    const isWindow =
        Number.isInteger(deliveryWindow) &&
        deliveryWindow >= MIN_DELIVERY_WINDOW &&
        deliveryWindow <= MAX_DELIVERY_WINDOW;
    if (!isWindow) {
        throw invalid(`a delivery takes ${MIN_DELIVERY_WINDOW} to ${MAX_DELIVERY_WINDOW} s, not ${deliveryWindow}`);
    }
    if (url.length > MAX_STUDY_URL_LEN || !/^[!-~]*$/.test(url)) {
        throw invalid(`the address of the description has at most ${MAX_STUDY_URL_LEN} printable ASCII characters`);
    }
    if (new Set(creators).size !== creators.length) throw invalid('a creator is listed twice');
    if (requirements.some(({ fact }, index) => index > 0 && isSame(factHash(fact), hashBefore(requirements, index)))) {
        throw invalid('a fact is required twice');
    }
    const groups = new Set(requirements.map(({ group }) => group));
    if (
        groups.size > MAX_GROUPS ||
        [...groups].some((group) => !Number.isInteger(group) || group < 0 || group >= groups.size)
    ) {
        throw invalid(`the groups of requirements are numbered from 0 without gaps, and are at most ${MAX_GROUPS}`);
    }
    if (admission === 'open') {
        if (creators.length === 0 || requirements.length === 0) {
            throw invalid('open admission takes an accepted creator and a required fact');
        }
        if (records * groups.size > MAX_OPEN_DISCLOSURES) {
            throw invalid(`open admission takes at most ${MAX_OPEN_DISCLOSURES} disclosures of each participant`);
        }
    }
    await ledger.checkGenesis();
    const answers = await ledger.askAll(({ rpc }) => rpc.getMinimumBalanceForRentExemption(0n).send());
    const least = answers.map(({ value }): bigint => value).reduce((one, other) => (one > other ? one : other));
    if (reward < least) throw invalid(`the lowest reward is ${least} lamports, not ${reward}`);
    const { latest } = await ledgerTime(ledger);
    if (closesAt <= latest) throw invalid('the study would be over already');
}

const hashBefore = (requirements: readonly { fact: string }[], index: number) =>
    factHash(requirements[index - 1]?.fact ?? '');

const invalid = (words: string) => new ClientError('invalid_study', words);

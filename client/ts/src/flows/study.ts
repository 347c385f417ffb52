// Studies as people see them: read from the ledger, with the description that the sponsor signed.

import type { Address, MaybeEncodedAccount, ReadonlyUint8Array } from '@solana/kit';
import { ClientError } from '../base/errors.js';
import type { Envelope } from '../crypto/envelopes.js';
import { PublicKey } from '../crypto/keys.js';
import {
    ACCOUNT_LAYOUTS,
    type Application,
    findApplicationPda,
    findSeatPda,
    findVaultPda,
    type Purchase,
    STUDY_NOTICE,
    type Study,
} from '../generated/index.js';
import { readMaybeAccount } from '../ledger/accounts.js';
import type { LedgerTime } from '../ledger/clock.js';
import type { Ledger } from '../ledger/ledger.js';
import { witnessedAccounts } from '../ledger/witnesses.js';
import { type DescriptionFile, readDescription, requireDescribed, verifyDescription } from '../studies/description.js';
import type { FlowContext } from './context.js';

/** A study, and its description, to which a participant agrees. */
export type ShownStudy = {
    /** The study's address. */
    address: Address;
    /** The study, as the nodes show it. */
    state: Study;
    /** The description, which agrees with the study. */
    file: DescriptionFile;
    /** The envelope of the sponsor's signature over the description. */
    signature: Envelope;
    /** The study's key `B`, from the description and not from a node. */
    studyKey: PublicKey<'study'>;
    /** The address of the study's budget. */
    vault: Address;
};

/**
 * Reads a study and its description. The description has to be signed by the study's sponsor and to agree with the study in
 * everything. Get the file by its hash, from a gateway or a store: the address in the study is the sponsor's server, which would
 * learn the addresses of patients.
 *
 * @throws {ClientError} `description`; `hidden_requirement`; `missing`, `can_not_sign`, `not_the_wallets`: the sponsor did not
 * sign it; `not_found`; those of reading.
 */
export async function showStudy(
    { ledger }: Pick<FlowContext, 'ledger'>,
    address: Address,
    file: ReadonlyUint8Array,
): Promise<ShownStudy> {
    const { state } = await ledger.get('study', address);
    return await describedStudy(ledger, address, state, file);
}

/** As {@link showStudy}, of a study that was listed. No node is asked. */
export async function describedStudy(
    { deployment }: Pick<Ledger, 'deployment'>,
    address: Address,
    state: Study,
    file: ReadonlyUint8Array,
): Promise<ShownStudy> {
    const read = readDescription(file);
    requireDescribed(address, state, read);
    const signature = verifyDescription(deployment, state.sponsor, read);
    const studyKey = PublicKey.fromBytes('study', read.description.studyKey);
    if (!studyKey) throw new ClientError('description', "the study's description can't be used: its key is none");
    const [vault] = await findVaultPda({ study: address }, { programAddress: deployment.program });
    return { address, state, file: read, signature, studyKey, vault };
}

/** A study and a wallet's part in it, as enough nodes agree on them. */
export type StudyStanding = {
    state: Study;
    /** Number of seats that the budget pays for. */
    seatsLeft: bigint;
    /** Seconds until the study is over. */
    secondsLeft: bigint;
    time: LedgerTime;
    /** The address of the wallet's seat. */
    seat: Address;
    /** The wallet's seat; `undefined`: it has none. */
    seatState: Purchase | undefined;
    /** The address of the wallet's application. */
    application: Address;
    /** The wallet's application; `undefined`: it has none. */
    applicationState: Application | undefined;
};

/**
 * The standing of a study. Two operators have to agree on it: a node that shows a budget that is not there would publish a
 * participant's facts for nothing.
 *
 * @throws {ClientError} `description`, `hidden_requirement`: the study that the witnesses show differs from the shown one;
 * `not_found`; `nodes_disagree`, `too_few_nodes`, `wrong_cluster`.
 */
export async function studyStanding(
    { ledger, signal }: Pick<FlowContext, 'ledger' | 'signal'>,
    { address, file, state: shown, vault }: ShownStudy,
    participant: Address,
): Promise<StudyStanding> {
    const { program } = ledger.deployment;
    const config = { programAddress: program };
    const [seat] = await findSeatPda({ vault, participant }, config);
    const [application] = await findApplicationPda({ study: address, participant }, config);
    const cost = shown.reward + (await seatRent(ledger, shown.recordCount));
    const project = async (accounts: readonly MaybeEncodedAccount[]) => {
        const [one, two, three, four] = accounts;
        const study = one && (await readMaybeAccount('study', one, program))?.data;
        const purchase = two && (await readMaybeAccount('purchase', two, program))?.data;
        const applied = three && (await readMaybeAccount('application', three, program))?.data;
        return { study, purchase, applied, seatsLeft: four?.exists ? four.lamports / cost : 0n };
    };
    const question = { subject: `study ${address}`, addresses: [address, seat, application, vault], project };
    const { time, value } = await witnessedAccounts(ledger, question, { signal });
    const { applied, purchase, seatsLeft, study: state } = value;
    if (!state) throw new ClientError('not_found', `there is no study at ${address} any more`);
    requireDescribed(address, state, file);
    const secondsLeft = state.closesAt - time.latest;
    return { state, seatsLeft, secondsLeft, time, seat, seatState: purchase, application, applicationState: applied };
}

/** The rent of a seat, in lamports, by the node that names the most. */
async function seatRent(ledger: Ledger, records: number): Promise<bigint> {
    const { size, tail } = ACCOUNT_LAYOUTS.purchase;
    await ledger.checkGenesis();
    const bytes = BigInt(size + 4 + records * tail.itemSize);
    const answers = await ledger.askAll(({ rpc }) => rpc.getMinimumBalanceForRentExemption(bytes).send());
    return answers.map(({ value }): bigint => value).reduce((one, other) => (one > other ? one : other));
}

/**
 * Refuses to join or apply when the study may be over before the transaction lands. With more time left, neither ending the study
 * nor withdrawing its budget can make the transaction fail.
 *
 * @throws {ClientError} `study_over`.
 */
export function requireOpen({ address }: ShownStudy, { secondsLeft }: StudyStanding): void {
    if (secondsLeft > STUDY_NOTICE) return;
    throw new ClientError(
        'study_over',
        secondsLeft > 0n
            ? `study ${address} closes in ${secondsLeft} s: too soon to be sure of a seat`
            : `study ${address} is over`,
    );
}

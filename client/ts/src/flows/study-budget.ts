// A sponsor's study on the ledger: its budget, its end, and the seats that are paid.

import type { Address } from '@solana/kit';
import { ClientError } from '../base/errors.js';
import {
    findStudyPda,
    findVaultPda,
    getCloseSeatInstructionAsync,
    getCloseStudyInstruction,
    getUpdateStudyInstruction,
    getWithdrawBudgetInstructionAsync,
} from '../generated/index.js';
import { transferLamports } from '../transactions/lamports.js';
import { type Actor, type FlowContext, payerOf } from './context.js';
import type { Prepared } from './prepared.js';
import { exportKeys } from './purchased-keys.js';

type Ledger = Pick<FlowContext, 'ledger'>;
type Sponsor = Pick<Actor, 'wallet' | 'payer'>;

/**
 * Sends lamports to a study's budget. Anybody may. Only the sponsor can withdraw them, and only when the study is over.
 *
 * @throws {ClientError} `not_found`: there is no such study, so the money would be lost for it; those of reading.
 */
export async function fundStudy(
    { ledger }: Ledger,
    payer: Sponsor,
    study: Address,
    lamports: bigint,
): Promise<Prepared> {
    await ledger.get('study', study);
    const [vault] = await findVaultPda({ study }, { programAddress: ledger.deployment.program });
    const source = payerOf(payer);
    return prepared(payer, transferLamports(source, vault, lamports));
}

/**
 * Extends a study, or ends it with 300 seconds' notice.
 *
 * @param closesAt The new time, later than the present one; `undefined`: it ends.
 *
 * @throws {ClientError} `not_found`; those of reading.
 */
export async function updateStudy(
    { ledger }: Ledger,
    sponsor: Sponsor,
    study: Address,
    closesAt: bigint | undefined,
): Promise<Prepared> {
    await ledger.get('study', study);
    const { signer } = sponsor.wallet;
    const config = { programAddress: ledger.deployment.program };
    return prepared(sponsor, getUpdateStudyInstruction({ sponsor: signer, study, closesAt: closesAt ?? null }, config));
}

/**
 * Withdraws lamports of a study's budget to the sponsor, when the study is over or closed.
 *
 * @param id The study's id, from which its address follows: the account may be gone.
 * @param lamports [default: everything]
 *
 * @throws {ClientError} `budget`: there is nothing to withdraw.
 */
export async function withdrawBudget(
    { ledger }: Ledger,
    sponsor: Sponsor,
    id: bigint,
    lamports?: bigint,
): Promise<Prepared<bigint>> {
    const config = { programAddress: ledger.deployment.program };
    const { address, signer } = sponsor.wallet;
    const [study] = await findStudyPda({ sponsor: address, id }, config);
    const [vault] = await findVaultPda({ study }, config);
    const amount = lamports ?? (await budgetOf({ ledger }, vault));
    if (amount <= 0n) throw new ClientError('budget', `study ${study} has no budget to withdraw`);
    const instruction = await getWithdrawBudgetInstructionAsync({ sponsor: signer, id, lamports: amount }, config);
    return { ...prepared(sponsor, instruction), outcome: amount };
}

/** The lamports of a vault, by the node that shows the fewest. */
export async function budgetOf({ ledger }: Ledger, vault: Address): Promise<bigint> {
    await ledger.checkGenesis();
    const answers = await ledger.askAll(({ rpc }) => rpc.getBalance(vault, { commitment: 'confirmed' }).send());
    return answers.map(({ value: { value } }): bigint => value).reduce((one, other) => (one < other ? one : other));
}

/**
 * Closes a study that is over. Its seats and its budget stay.
 *
 * @throws {ClientError} `not_found`; those of reading.
 */
export async function closeStudy({ ledger }: Ledger, sponsor: Sponsor, study: Address): Promise<Prepared> {
    const { state } = await ledger.get('study', study);
    const instruction = getCloseStudyInstruction(
        { sponsor: sponsor.wallet.signer, study, rentPayer: state.rentPayer },
        { programAddress: ledger.deployment.program },
    );
    return prepared(sponsor, instruction);
}

/**
 * Closes a settled seat of a study that is over: its rent returns to the budget. Its keys are gone from the ledger then, so they are
 * saved in its receipt first.
 *
 * @throws {ClientError} `not_found`; those of reading.
 */
export async function closeSeat(
    context: Pick<FlowContext, 'ledger' | 'saved' | 'signal'>,
    sponsor: Sponsor,
    id: bigint,
    seat: Address,
): Promise<Prepared> {
    const config = { programAddress: context.ledger.deployment.program };
    const { wallet } = sponsor;
    const [study] = await findStudyPda({ sponsor: wallet.address, id }, config);
    const instruction = await getCloseSeatInstructionAsync({ sponsor: wallet.signer, id, seat }, config);
    return {
        ...prepared(sponsor, instruction),
        saveFirst: async () => {
            await exportKeys(context, wallet, seat, study);
        },
    };
}

const prepared = (sponsor: Sponsor, instruction: Prepared['instructions'][number]): Prepared => ({
    outcome: undefined,
    instructions: [instruction],
    feePayer: payerOf(sponsor),
    newAccounts: [],
});

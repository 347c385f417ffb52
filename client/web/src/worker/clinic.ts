// The records that the unlocked account wrote for others.

import { costOf, listRecords, sendPrepared, withdrawRecord } from '@generion/client';
import type { Address } from '@solana/kit';
import type { Session } from './session.js';

/** Somebody whom the account wrote records for. */
export type PatientCard = {
    address: Address;
    records: number;
    /** Those that the patient has not verified yet. */
    unverified: number;
    /** When the latest was written: seconds since 1970. */
    latest: number;
};

/** A record that the account wrote. What it says is known to its owner alone. */
export type WrittenRecord = {
    address: Address;
    owner: Address;
    /** Seconds since 1970. */
    createdAt: number;
    isVerified: boolean;
    /** When it can be withdrawn, unless it is verified until then: seconds since 1970. */
    withdrawableFrom: number;
};

/** Seconds until a creator may delete a record that was not verified (docs/PROTOCOL.md, section 5). */
const WITHDRAWABLE_AFTER = 86_400;

/** A clinic's patients, and what it wrote for them. */
export class Clinic {
    constructor(private readonly session: Session) {}

    /** The people whom the account wrote records for, the latest first. */
    async patients(): Promise<PatientCard[]> {
        const patients = new Map<Address, PatientCard>();
        for (const { createdAt, isVerified, owner } of await this.records()) {
            const known = patients.get(owner) ?? { address: owner, records: 0, unverified: 0, latest: 0 };
            known.records += 1;
            if (!isVerified) known.unverified += 1;
            known.latest = Math.max(known.latest, createdAt);
            patients.set(owner, known);
        }
        return [...patients.values()].sort((one, other) => other.latest - one.latest);
    }

    /** The records that the account wrote for others, or for one of them, the latest first. */
    async records(owner?: Address): Promise<WrittenRecord[]> {
        const creator = this.session.actor().wallet.address;
        const filter = { creator, ...(owner && { owner }) };
        const { accounts } = await listRecords(await this.session.context(), filter);
        return accounts
            .filter(({ state }) => state.owner !== creator)
            .map(({ address, state }) => ({
                address,
                owner: state.owner,
                createdAt: Number(state.createdAt),
                isVerified: state.verified !== 0,
                withdrawableFrom: Number(state.createdAt) + WITHDRAWABLE_AFTER,
            }))
            .sort((one, other) => other.createdAt - one.createdAt);
    }

    /** Lamports that withdrawing a record costs. Its rent comes back to whoever paid it. */
    async costOfWithdrawing(record: Address): Promise<bigint> {
        const context = await this.session.context();
        const { fee, rent } = await costOf(context, await withdrawRecord(context, this.session.actor(), record));
        return fee + rent;
    }

    /** Deletes a record that its owner has not verified. Its document stays where it is, and its owner can erase it. */
    async withdraw(record: Address): Promise<void> {
        const context = await this.session.context();
        await sendPrepared(context, await withdrawRecord(context, this.session.actor(), record));
    }
}

// The device's fee account beside a wallet app: how much it holds, filled by the wallet, and emptied to it.

import { sendTransaction, settleReserve } from '@generion/client';
import { type Address, lamports } from '@solana/kit';
import { getTransferSolInstruction } from '@solana-program/system';
import { balanceOf } from './money.js';
import { openSales, requireNoSales, requireShownAmount } from './open-sales.js';
import type { Session } from './session.js';

/** Lamports of a signature's fee. */
const FEE = 5_000n;
/** For so many open sales the account is filled. */
const SALES = 10;

/** The device's fee account. */
export type FeeState = {
    address: Address;
    /** Lamports that it holds. */
    balance: bigint;
    /** Lamports that it has to hold while sales are open: their fees at most, beside what no account may fall below. */
    needed: bigint;
};

/** The fee account of this device for the connected wallet app. */
export class Fees {
    constructor(private readonly session: Session) {}

    /** Its address, and what it holds and needs. */
    async state(): Promise<FeeState> {
        const { ledger } = await this.session.context();
        const { address } = (await this.session.settler()).payer;
        const rents = await ledger.askAll(({ rpc }) => rpc.getMinimumBalanceForRentExemption(0n).send());
        const rent = rents.map(({ value }): bigint => value).reduce((one, other) => (one > other ? one : other));
        return { address, balance: await balanceOf(ledger, address), needed: rent + settleReserve(SALES) };
    }

    /**
     * Has the wallet send what is missing.
     *
     * @param shown The lamports that the person saw.
     *
     * @throws {FeeTrouble} `amount_changed`: another amount is missing by now.
     */
    async fill(shown: bigint): Promise<void> {
        const { ledger } = await this.session.context();
        const { wallet } = this.session.unlocked();
        const { address, balance, needed } = await this.state();
        if (balance >= needed) return;
        requireShownAmount(shown, { balance, needed });
        await sendTransaction(ledger, wallet.signer, [
            getTransferSolInstruction({
                source: wallet.signer,
                destination: address,
                amount: lamports(shown),
            }),
        ]);
    }

    /**
     * Sends all that it holds to the wallet, less the fee.
     *
     * @throws {FeeTrouble} `sales_open`: a sale has to be settled with it first.
     */
    async empty(): Promise<void> {
        const context = await this.session.context();
        const { ledger } = context;
        requireNoSales(await openSales(context, this.session.unlocked().wallet.address));
        const { payer } = await this.session.settler();
        const balance = await balanceOf(ledger, payer.address);
        if (balance <= FEE) return;
        await sendTransaction(ledger, payer.signer, [
            getTransferSolInstruction({
                source: payer.signer,
                destination: this.session.unlocked().wallet.address,
                amount: lamports(balance - FEE),
            }),
        ]);
    }
}

// The payer of settlements, the way of sending them, and the events meanwhile.

import type { Signature } from '@solana/kit';
import { ClientError } from '../base/errors.js';
import type { ConfirmedTransaction } from '../transactions/send.js';
import type { Wallet } from '../wallets/wallet.js';

/** When a settlement is sent, in milliseconds. */
export type SettleTiming = {
    /** How often it is signed anew, with a fresh block hash and at a higher price [default: 60,000]. */
    sign: number;
    /** How often the same bytes are sent again in between [default: 5,000]. */
    send: number;
    /** How often the nodes are asked whether it has ended [default: 1,000]. */
    ask: number;
    /** A single node on another machine is believed once it says the same again after this time [default: 60,000]. */
    secondWord: number;
};

/** The timing of the protocol. */
export const SETTLE_TIMING: SettleTiming = { sign: 60_000, send: 5_000, ask: 1_000, secondWord: 60_000 };

/** The payer of settlements, and the way of sending them. */
export type Settler = {
    /**
     * Pays the fees, and is the only signer. It must be a key of this device: wallet apps show what they sign to a node of
     * their own before it is sent.
     */
    payer: Pick<Wallet, 'address' | 'signer' | 'isInteractive'>;
    /** Micro-lamports for each compute unit of the first transaction [default: 0]. */
    computeUnitPrice?: bigint;
    /** For tests. */
    timing?: Partial<SettleTiming>;
};

/** An event while a purchase is settled. */
export type SettleEvent =
    | {
          /** The settlement was signed and sent to all nodes. */
          event: 'sent';
          /** The transaction. */
          signature: Signature;
          /** The number of settlements that were signed before. */
          before: number;
          /** Micro-lamports per compute unit. */
          price: bigint;
      }
    | {
          /** The nodes don't show at present whether it has ended. Sending goes on. */
          event: 'undecided';
          /** Why. */
          error: unknown;
      };

/** How a settlement ended. */
export type SettleEnd = {
    /**
     * `settled`: the seller is paid, and the buyer can open the records; `gone`: there is no such purchase any more, because
     * it was settled and closed, or the price was refunded; `replaced`: there is another purchase at this address by now.
     */
    end: 'settled' | 'gone' | 'replaced';
    /** The transaction, where enough nodes show one of this run's as final: then it was settled. */
    confirmed: ConfirmedTransaction | undefined;
};

/**
 * Refuses wallet apps, which simulate what they sign at a node of their own.
 *
 * @throws {ClientError} `interactive_payer`.
 */
export function requireOwnPayer({ payer }: Settler): void {
    if (!payer.isInteractive) return;
    throw new ClientError(
        'interactive_payer',
        'a settlement is paid by a key of this device, not by a wallet app or a device that asks its user',
    );
}

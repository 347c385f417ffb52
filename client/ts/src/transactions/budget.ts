// Compute units and their price (https://docs.rs/solana-compute-budget-interface).

import { type Address, getU32Encoder, getU64Encoder, type Instruction } from '@solana/kit';

/** The most compute units that a transaction may ask for. */
export const MAX_COMPUTE_UNITS = 1_400_000;

/** The program whose instructions set limit and price. */
export const COMPUTE_BUDGET = 'ComputeBudget111111111111111111111111111111' as Address;
/** The first byte of the instruction that sets the limit. */
export const SET_COMPUTE_UNIT_LIMIT = 2;
/** The first byte of the instruction that sets the price. */
export const SET_COMPUTE_UNIT_PRICE = 3;

/** The instructions that set the limit of compute units and, unless it is 0, the price of one in micro-lamports. */
export function computeBudget(limit: number, price: bigint): Instruction[] {
    const instruction = (kind: number, value: Iterable<number>) => ({
        programAddress: COMPUTE_BUDGET,
        data: Uint8Array.of(kind, ...value),
    });
    const instructions = [instruction(SET_COMPUTE_UNIT_LIMIT, getU32Encoder().encode(limit))];
    if (price > 0n) instructions.push(instruction(SET_COMPUTE_UNIT_PRICE, getU64Encoder().encode(price)));
    return instructions;
}

// Plain transfers of lamports (https://docs.rs/solana-system-interface).

import {
    AccountRole,
    type Address,
    getU32Encoder,
    getU64Encoder,
    type Instruction,
    type TransactionSigner,
} from '@solana/kit';

const SYSTEM_PROGRAM = '11111111111111111111111111111111' as Address;
const TRANSFER = 2;

/** The instruction that sends lamports from a signer to an address. */
export function transferLamports(from: TransactionSigner, to: Address, lamports: bigint): Instruction {
    const source = { address: from.address, role: AccountRole.WRITABLE_SIGNER, signer: from };
    return {
        programAddress: SYSTEM_PROGRAM,
        accounts: [source, { address: to, role: AccountRole.WRITABLE }],
        data: Uint8Array.of(...getU32Encoder().encode(TRANSFER), ...getU64Encoder().encode(lamports)),
    };
}

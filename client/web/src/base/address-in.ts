import { type Address, isAddress } from '@solana/kit';

/** The address in what a person typed or a code holds: as such, or as a link of wallets (`solana:ADDRESS?…`). */
export function addressIn(text: string): Address | undefined {
    const [address = ''] = text
        .trim()
        .replace(/^solana:/i, '')
        .split('?');
    return isAddress(address) ? address : undefined;
}

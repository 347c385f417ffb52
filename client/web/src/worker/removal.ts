// Removing the unlocked account from this device.

import { listAccounts, savedOffers } from '@generion/client';
import type { PasskeyName } from '../storage/database.js';
import { type Accounts, nameOf } from './accounts.js';
import type { Names } from './names.js';
import type { Offline } from './offline.js';
import { openSales } from './open-sales.js';
import type { Session } from './session.js';

/**
 * Whether this device still has to deliver for the account. `uncertain`: the network does not say so now.
 */
export type SalesLeft = 'none' | 'some' | 'uncertain';

/** Removes accounts from this device. */
export class Removal {
    constructor(
        private readonly session: Session,
        private readonly accounts: Accounts,
        private readonly offline: Offline,
        private readonly names: Names,
    ) {}

    /** Whether the account has offers or unpaid sales that this device delivers. */
    async salesLeft(): Promise<SalesLeft> {
        try {
            const context = await this.session.context();
            const seller = this.session.actor().keys.wallet;
            const offers = (await savedOffers(context.saved, context.ledger.deployment)).filter(
                (offer) => offer.seller === seller,
            );
            const { doubts, open } = await openSales(context, seller);
            if (open.size > 0) return 'some';
            if (offers.length === 0) return doubts.length > 0 ? 'uncertain' : 'none';
            const orders = await listAccounts(context, 'order', { seller }, { seller });
            const isOpen = orders.accounts.some(
                ({ address, state }) => state.open !== 0 && offers.some(({ order }) => order === address),
            );
            if (isOpen) return 'some';
            return doubts.length + orders.doubts.length > 0 ? 'uncertain' : 'none';
        } catch {
            // Nobody needs a connection to leave a device.
            return 'uncertain';
        }
    }

    /**
     * Removes the account file, the documents that are kept here, and the names that the person gave to addresses. Receipts and
     * offers stay: they open nothing without the account's words. Returns the account's passkey, which the device keeps until
     * it is told.
     *
     * @throws {AccountError} `wrong_passphrase`.
     */
    async remove(passphrase: string): Promise<PasskeyName | undefined> {
        await this.accounts.requireOwner(passphrase);
        const { address } = this.session.account();
        await this.offline.forgetAll();
        await this.names.forgetAll();
        const transaction = (await this.session.database()).transaction('accounts', 'readwrite');
        const passkey = (await transaction.store.get(address))?.passkey;
        await transaction.store.delete(address);
        await transaction.done;
        return passkey && nameOf(passkey);
    }
}

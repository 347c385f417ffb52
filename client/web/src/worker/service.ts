// The worker's services for the page, by area. Secrets stay on this side.

import type { Network } from '../network/network.js';
import { Accounts } from './accounts.js';
import { Activation } from './activation.js';
import { Clinic } from './clinic.js';
import { Deleting } from './deleting.js';
import { Fees } from './fees.js';
import { Histories } from './history.js';
import { Links } from './links.js';
import { Market } from './market.js';
import { Names } from './names.js';
import { Offline } from './offline.js';
import { Passkeys } from './passkeys.js';
import { Purchases } from './purchases.js';
import { Records } from './records.js';
import { Removal } from './removal.js';
import { Selling } from './selling.js';
import { Session } from './session.js';
import { Shares } from './shares.js';
import { Wallets } from './wallets.js';
import { Writing } from './writing.js';

/** The worker's side. Errors pass to the page with their codes, by `transfer-errors.ts`. */
export class Service {
    readonly #session = new Session();
    readonly accounts = new Accounts(this.#session);
    readonly passkeys = new Passkeys(this.#session, this.accounts);
    readonly activation = new Activation(this.#session);
    readonly links = new Links(this.#session);
    readonly market = new Market(this.#session);
    readonly purchases = new Purchases(this.#session);
    readonly offline = new Offline(this.#session);
    readonly records = new Records(this.#session, this.offline);
    readonly shares = new Shares(this.#session, this.offline);
    readonly selling = new Selling(this.#session);
    readonly fees = new Fees(this.#session);
    readonly wallets = new Wallets(this.#session);
    readonly clinic = new Clinic(this.#session);
    readonly writing = new Writing(this.#session);
    readonly names = new Names(this.#session);
    readonly deleting = new Deleting(this.#session, this.offline, this.links);
    readonly removal = new Removal(this.#session, this.accounts, this.offline, this.names);
    readonly histories = new Histories(this.#session);

    /** Chooses the network of all that follows. */
    useNetwork(network: Network): void {
        this.#session.useNetwork(network);
    }
}

/** The account is locked: a secret was asked for without one. */
export class Locked extends Error {
    override readonly name = 'Locked';

    constructor() {
        super('the account is locked');
    }
}

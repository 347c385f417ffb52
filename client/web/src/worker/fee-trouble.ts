/** The reason why the fee account is not filled or emptied. The texts of the app have a sentence for each. */
export type FeeTroubleCode = 'sales_open' | 'amount_changed';

/** The fee account can't be filled or emptied now. Nothing was sent. */
export class FeeTrouble extends Error {
    override readonly name = 'FeeTrouble';

    constructor(readonly code: FeeTroubleCode) {
        super(code);
    }
}

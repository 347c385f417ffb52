// Compute units of instructions that are not simulated, because they carry a secret: the most that the program's tests
// measured, rounded up, and thirty tries more where an address is searched for. An address takes more tries than that once
// in a billion.

const TRY = 1_500;
/** The instructions about compute units. */
const BUDGET = 2 * 150;

/** `create_record`. */
export const CREATE_RECORD_UNITS = 13_000 + 30 * TRY + BUDGET;
/** `share_record`. */
export const SHARE_RECORD_UNITS = 9_500 + 30 * TRY + BUDGET;
/** `settle`. */
export const SETTLE_UNITS = 3_500 + BUDGET;

/** An address that somebody sent lamports to: it takes a transfer of its own. */
const PREFUNDED = 2_400;

/**
 * `create_order` and `join_study`, with `deliver` if the delivery stands in the same transaction. Order and seat may have been
 * sent lamports: a limit without room for them would let anybody make a join fail for the price of a gift, with its disclosures shown.
 */
export const joinUnits = (records: number, disclosures: number, isDelivering: boolean): number =>
    9_000 +
    1_500 * records +
    1_300 * disclosures +
    (isDelivering ? 9_000 + 6_500 * records : 0) +
    2 * (PREFUNDED + 30 * TRY) +
    BUDGET;

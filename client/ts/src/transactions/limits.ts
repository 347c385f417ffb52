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

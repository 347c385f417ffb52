/** Characters of the shortest passphrase. */
export const MIN_PASSPHRASE = 10;

/** Whether a passphrase is too short to protect an account file from guessing. */
export const isTooShort = (passphrase: string): boolean => [...passphrase.trim()].length < MIN_PASSPHRASE;

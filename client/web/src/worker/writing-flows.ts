// The client library's parts for writing and for histories. They load when a person needs them.

export { addressesIn, ContentKey, isHiddenPath, planBatch, readHistory, writeBatch } from '@generion/client';

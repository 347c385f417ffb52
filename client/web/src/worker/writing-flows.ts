// What writing and histories need of the client library: a part of its own, which loads when somebody writes or asks.

export { addressesIn, ContentKey, isHiddenPath, planBatch, readHistory, writeBatch } from '@generion/client';

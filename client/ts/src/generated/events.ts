// Generated from idl/generion.json by `npm run generate`: do not edit.

import {
    getDeliveredEventDecoder,
    type DeliveredEvent,
    getEncryptionKeySetEventDecoder,
    type EncryptionKeySetEvent,
    getOrderClosedEventDecoder,
    type OrderClosedEvent,
    getOrderCreatedEventDecoder,
    type OrderCreatedEvent,
    getPurchaseClosedEventDecoder,
    type PurchaseClosedEvent,
    getPurchasedEventDecoder,
    type PurchasedEvent,
    getRecordCreatedEventDecoder,
    type RecordCreatedEvent,
    getRecordDeletedEventDecoder,
    type RecordDeletedEvent,
    getRecordSharedEventDecoder,
    type RecordSharedEvent,
    getRecordVerifiedEventDecoder,
    type RecordVerifiedEvent,
    getRefundedEventDecoder,
    type RefundedEvent,
    getSalesStoppedEventDecoder,
    type SalesStoppedEvent,
    getSettledEventDecoder,
    type SettledEvent,
    getShareRevokedEventDecoder,
    type ShareRevokedEvent,
} from './types/index.js';

/** An event of the program. */
export type GenerionEvent =
    | { name: 'Delivered'; fields: DeliveredEvent }
    | { name: 'EncryptionKeySet'; fields: EncryptionKeySetEvent }
    | { name: 'OrderClosed'; fields: OrderClosedEvent }
    | { name: 'OrderCreated'; fields: OrderCreatedEvent }
    | { name: 'PurchaseClosed'; fields: PurchaseClosedEvent }
    | { name: 'Purchased'; fields: PurchasedEvent }
    | { name: 'RecordCreated'; fields: RecordCreatedEvent }
    | { name: 'RecordDeleted'; fields: RecordDeletedEvent }
    | { name: 'RecordShared'; fields: RecordSharedEvent }
    | { name: 'RecordVerified'; fields: RecordVerifiedEvent }
    | { name: 'Refunded'; fields: RefundedEvent }
    | { name: 'SalesStopped'; fields: SalesStoppedEvent }
    | { name: 'Settled'; fields: SettledEvent }
    | { name: 'ShareRevoked'; fields: ShareRevokedEvent }
;

/** What each event begins with in a log, and how its fields are read. */
export const EVENTS = [
    { name: 'Delivered', discriminator: new Uint8Array([148,178,60,250,87,49,149,65]), decoder: getDeliveredEventDecoder() },
    { name: 'EncryptionKeySet', discriminator: new Uint8Array([225,154,6,243,49,50,145,120]), decoder: getEncryptionKeySetEventDecoder() },
    { name: 'OrderClosed', discriminator: new Uint8Array([237,77,101,123,72,43,149,123]), decoder: getOrderClosedEventDecoder() },
    { name: 'OrderCreated', discriminator: new Uint8Array([224,1,229,63,254,60,190,159]), decoder: getOrderCreatedEventDecoder() },
    { name: 'PurchaseClosed', discriminator: new Uint8Array([205,98,1,100,172,74,79,183]), decoder: getPurchaseClosedEventDecoder() },
    { name: 'Purchased', discriminator: new Uint8Array([20,112,33,232,177,248,215,233]), decoder: getPurchasedEventDecoder() },
    { name: 'RecordCreated', discriminator: new Uint8Array([7,2,32,66,135,168,104,225]), decoder: getRecordCreatedEventDecoder() },
    { name: 'RecordDeleted', discriminator: new Uint8Array([126,72,56,173,183,249,7,164]), decoder: getRecordDeletedEventDecoder() },
    { name: 'RecordShared', discriminator: new Uint8Array([55,86,172,96,118,236,158,199]), decoder: getRecordSharedEventDecoder() },
    { name: 'RecordVerified', discriminator: new Uint8Array([223,89,198,57,42,193,176,65]), decoder: getRecordVerifiedEventDecoder() },
    { name: 'Refunded', discriminator: new Uint8Array([35,103,149,246,196,123,221,99]), decoder: getRefundedEventDecoder() },
    { name: 'SalesStopped', discriminator: new Uint8Array([72,203,139,228,163,81,136,63]), decoder: getSalesStoppedEventDecoder() },
    { name: 'Settled', discriminator: new Uint8Array([232,210,40,17,142,124,145,238]), decoder: getSettledEventDecoder() },
    { name: 'ShareRevoked', discriminator: new Uint8Array([250,115,21,179,153,0,88,127]), decoder: getShareRevokedEventDecoder() },
] as const;

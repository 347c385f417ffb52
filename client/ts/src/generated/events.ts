// Generated from idl/generion.json by `npm run generate`: do not edit.

import {
    getApplicationWithdrawnEventDecoder,
    type ApplicationWithdrawnEvent,
    getBudgetWithdrawnEventDecoder,
    type BudgetWithdrawnEvent,
    getDeliveredEventDecoder,
    type DeliveredEvent,
    getEncryptionKeySetEventDecoder,
    type EncryptionKeySetEvent,
    getOrderClosedEventDecoder,
    type OrderClosedEvent,
    getOrderCreatedEventDecoder,
    type OrderCreatedEvent,
    getParticipantAdmittedEventDecoder,
    type ParticipantAdmittedEvent,
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
    getSeatClosedEventDecoder,
    type SeatClosedEvent,
    getSettledEventDecoder,
    type SettledEvent,
    getShareRevokedEventDecoder,
    type ShareRevokedEvent,
    getStudyAppliedEventDecoder,
    type StudyAppliedEvent,
    getStudyClosedEventDecoder,
    type StudyClosedEvent,
    getStudyCreatedEventDecoder,
    type StudyCreatedEvent,
    getStudyJoinedEventDecoder,
    type StudyJoinedEvent,
    getStudyUpdatedEventDecoder,
    type StudyUpdatedEvent,
} from './types/index.js';

/** An event of the program. */
export type GenerionEvent =
    | { name: 'ApplicationWithdrawn'; fields: ApplicationWithdrawnEvent }
    | { name: 'BudgetWithdrawn'; fields: BudgetWithdrawnEvent }
    | { name: 'Delivered'; fields: DeliveredEvent }
    | { name: 'EncryptionKeySet'; fields: EncryptionKeySetEvent }
    | { name: 'OrderClosed'; fields: OrderClosedEvent }
    | { name: 'OrderCreated'; fields: OrderCreatedEvent }
    | { name: 'ParticipantAdmitted'; fields: ParticipantAdmittedEvent }
    | { name: 'PurchaseClosed'; fields: PurchaseClosedEvent }
    | { name: 'Purchased'; fields: PurchasedEvent }
    | { name: 'RecordCreated'; fields: RecordCreatedEvent }
    | { name: 'RecordDeleted'; fields: RecordDeletedEvent }
    | { name: 'RecordShared'; fields: RecordSharedEvent }
    | { name: 'RecordVerified'; fields: RecordVerifiedEvent }
    | { name: 'Refunded'; fields: RefundedEvent }
    | { name: 'SalesStopped'; fields: SalesStoppedEvent }
    | { name: 'SeatClosed'; fields: SeatClosedEvent }
    | { name: 'Settled'; fields: SettledEvent }
    | { name: 'ShareRevoked'; fields: ShareRevokedEvent }
    | { name: 'StudyApplied'; fields: StudyAppliedEvent }
    | { name: 'StudyClosed'; fields: StudyClosedEvent }
    | { name: 'StudyCreated'; fields: StudyCreatedEvent }
    | { name: 'StudyJoined'; fields: StudyJoinedEvent }
    | { name: 'StudyUpdated'; fields: StudyUpdatedEvent }
;

/** What each event begins with in a log, and how its fields are read. */
export const EVENTS = [
    { name: 'ApplicationWithdrawn', discriminator: new Uint8Array([227,34,249,159,119,53,49,162]), decoder: getApplicationWithdrawnEventDecoder() },
    { name: 'BudgetWithdrawn', discriminator: new Uint8Array([6,32,94,74,79,3,32,122]), decoder: getBudgetWithdrawnEventDecoder() },
    { name: 'Delivered', discriminator: new Uint8Array([148,178,60,250,87,49,149,65]), decoder: getDeliveredEventDecoder() },
    { name: 'EncryptionKeySet', discriminator: new Uint8Array([225,154,6,243,49,50,145,120]), decoder: getEncryptionKeySetEventDecoder() },
    { name: 'OrderClosed', discriminator: new Uint8Array([237,77,101,123,72,43,149,123]), decoder: getOrderClosedEventDecoder() },
    { name: 'OrderCreated', discriminator: new Uint8Array([224,1,229,63,254,60,190,159]), decoder: getOrderCreatedEventDecoder() },
    { name: 'ParticipantAdmitted', discriminator: new Uint8Array([118,162,194,240,106,148,33,242]), decoder: getParticipantAdmittedEventDecoder() },
    { name: 'PurchaseClosed', discriminator: new Uint8Array([205,98,1,100,172,74,79,183]), decoder: getPurchaseClosedEventDecoder() },
    { name: 'Purchased', discriminator: new Uint8Array([20,112,33,232,177,248,215,233]), decoder: getPurchasedEventDecoder() },
    { name: 'RecordCreated', discriminator: new Uint8Array([7,2,32,66,135,168,104,225]), decoder: getRecordCreatedEventDecoder() },
    { name: 'RecordDeleted', discriminator: new Uint8Array([126,72,56,173,183,249,7,164]), decoder: getRecordDeletedEventDecoder() },
    { name: 'RecordShared', discriminator: new Uint8Array([55,86,172,96,118,236,158,199]), decoder: getRecordSharedEventDecoder() },
    { name: 'RecordVerified', discriminator: new Uint8Array([223,89,198,57,42,193,176,65]), decoder: getRecordVerifiedEventDecoder() },
    { name: 'Refunded', discriminator: new Uint8Array([35,103,149,246,196,123,221,99]), decoder: getRefundedEventDecoder() },
    { name: 'SalesStopped', discriminator: new Uint8Array([72,203,139,228,163,81,136,63]), decoder: getSalesStoppedEventDecoder() },
    { name: 'SeatClosed', discriminator: new Uint8Array([213,83,175,31,220,25,105,211]), decoder: getSeatClosedEventDecoder() },
    { name: 'Settled', discriminator: new Uint8Array([232,210,40,17,142,124,145,238]), decoder: getSettledEventDecoder() },
    { name: 'ShareRevoked', discriminator: new Uint8Array([250,115,21,179,153,0,88,127]), decoder: getShareRevokedEventDecoder() },
    { name: 'StudyApplied', discriminator: new Uint8Array([235,179,71,175,8,209,208,81]), decoder: getStudyAppliedEventDecoder() },
    { name: 'StudyClosed', discriminator: new Uint8Array([104,106,190,77,219,8,204,87]), decoder: getStudyClosedEventDecoder() },
    { name: 'StudyCreated', discriminator: new Uint8Array([69,249,68,73,220,222,144,231]), decoder: getStudyCreatedEventDecoder() },
    { name: 'StudyJoined', discriminator: new Uint8Array([151,15,5,18,142,97,227,206]), decoder: getStudyJoinedEventDecoder() },
    { name: 'StudyUpdated', discriminator: new Uint8Array([77,101,99,199,62,142,75,109]), decoder: getStudyUpdatedEventDecoder() },
] as const;

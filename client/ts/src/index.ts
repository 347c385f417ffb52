/**
 * Generion's client for browsers and Node.
 *
 * `./generated` is generated from `idl/generion.json`: accounts, instructions, addresses, errors, constants. The rest
 * is written by hand: keys and attestations, capsules, delivery proofs, facts, locators, documents, and readers that
 * check a node's answers.
 */

export * from './accounts.js';
export * from './attestation.js';
export {
    CapsuleRandomness,
    type CapsuleStatement,
    openCapsule,
    proveCapsule,
    sealCapsule,
    verifyCapsuleProof,
} from './capsule.js';
export * from './card.js';
export * from './commitments.js';
export {
    type Delivery,
    type DeliveryRecord,
    type DeliveryStatement,
    deliverySeed,
    deliveryWeights,
    makeDelivery,
    verifyDelivery,
} from './delivery.js';
export * from './deployment.js';
export * from './document.js';
export { ENVELOPES, type Envelope, wrapLine } from './envelopes.js';
export * from './errors.js';
export * from './facts.js';
export * from './gateway.js';
export { GatewayError } from './gateway-error.js';
export type { ListedKind, ListFilters } from './gateway-lists.js';
export * from './generated/index.js';
export { type RandomBytes, secureRandom } from './group.js';
export * from './json.js';
export * from './keys.js';
export * from './ledger/ledger.js';
export * from './ledger/listings.js';
export * from './ledger/node.js';
export * from './locator.js';
export * from './logs.js';
export * from './opening.js';
export * from './record.js';
export * from './settlement.js';
export * from './store.js';
export * from './store-client.js';
export * from './store-error.js';
export { isStoreUrl } from './store-url.js';
export * from './transactions/refused.js';
export * from './transactions/send.js';
export * from './unsigned.js';
export * from './writing.js';

/**
 * Generion's client for browsers and Node.
 *
 * `./generated` is generated from `idl/generion.json`: accounts, instructions, addresses, errors, constants. The rest
 * is written by hand: keys and attestations, capsules, delivery proofs, facts, locators, documents, and readers that
 * check a node's answers.
 */

export * from './base/errors.js';
export * from './base/json.js';
export { type RunAlone, runAlone, runAloneInBrowser, runAloneInProcess } from './base/run-alone.js';
export * from './crypto/attestation.js';
export {
    CapsuleRandomness,
    type CapsuleStatement,
    openCapsule,
    proveCapsule,
    sealCapsule,
    verifyCapsuleProof,
} from './crypto/capsule.js';
export * from './crypto/card.js';
export { ContentKey } from './crypto/content-key.js';
export {
    type Delivery,
    type DeliveryRecord,
    type DeliveryStatement,
    deliverySeed,
    deliveryWeights,
    makeDelivery,
    verifyDelivery,
} from './crypto/delivery.js';
export * from './crypto/deployment.js';
export { ENVELOPES, type Envelope, wrapLine } from './crypto/envelopes.js';
export { type RandomBytes, secureRandom } from './crypto/group.js';
export * from './crypto/keys.js';
export * from './crypto/record.js';
export * from './crypto/settlement.js';
export * from './documents/document.js';
export * from './documents/fact.js';
export * from './documents/facts.js';
export { contentFacts, MAX_CONTENT_LENGTH } from './documents/fhir-facts.js';
export { type Guess, guessDocument } from './documents/guess.js';
export * from './documents/locator.js';
export { isStoreUrl } from './documents/store-url.js';
export * from './flows/batch.js';
export * from './flows/check.js';
export * from './flows/context.js';
export {
    type Creator,
    createRecord,
    type NewRecord,
    prepareRecord,
    recordPlaceholder,
} from './flows/create.js';
export * from './flows/delete.js';
export * from './flows/deliver.js';
export * from './flows/history.js';
export * from './flows/links.js';
export * from './flows/lists.js';
export * from './flows/market.js';
export {
    type OpenedDocument,
    openOwnRecord,
    openSharedRecord,
    type UnlockedRecord,
    unlockOwnRecord,
    unlockRecord,
    unlockShare,
    withDocument,
} from './flows/open.js';
export * from './flows/opened-purchase.js';
export * from './flows/order.js';
export {
    nextKeyIndex,
    type OwnKey,
    ownKey,
    type PublishedKey,
    publishGivenKey,
    publishKey,
} from './flows/own-key.js';
export * from './flows/prepared.js';
export * from './flows/purchase.js';
export { exportKeys } from './flows/purchased-keys.js';
export { cardOf, type Evidence, findRecipient, type Recipient, recipientOfCard } from './flows/recipient.js';
export {
    type Belief,
    believedOffer,
    markerOf,
    readSale,
    recordsAt,
    refundOpens,
    type Sale,
    saleOf,
} from './flows/sale.js';
export * from './flows/settle.js';
export * from './flows/share.js';
export * from './flows/sponsored.js';
export { type NewDocument, type StagedDocument, stageDocument } from './flows/stage.js';
export * from './flows/study.js';
export * from './flows/study-admit.js';
export * from './flows/study-apply.js';
export * from './flows/study-budget.js';
export * from './flows/study-create.js';
export {
    type Joined,
    type JoinOptions,
    joinStudy,
    type PreparedJoin,
    prepareJoin,
} from './flows/study-join.js';
export * from './flows/study-match.js';
export * from './flows/watch-sales.js';
export * from './gateway/gateway.js';
export type { BuildBody, BuildPath, SponsoredBody } from './gateway/gateway-api.js';
export { GatewayError } from './gateway/gateway-error.js';
export type { ListedKind, ListFilters } from './gateway/gateway-lists.js';
export * from './gateway/unsigned.js';
export * from './generated/index.js';
export * from './ledger/accounts.js';
export { type LedgerTime, ledgerTime } from './ledger/clock.js';
export * from './ledger/ledger.js';
export * from './ledger/listings.js';
export * from './ledger/logs.js';
export { readMany } from './ledger/many.js';
export * from './ledger/node.js';
export * from './ledger/witnesses.js';
export { type HealthLink, type LinkPayload, linkPayload, readLink, writeLink } from './links/health-link.js';
export * from './links/link-error.js';
export { decryptLinkFile, encryptLinkFile, type LinkFile, MAX_LINK_FILE } from './links/link-file.js';
export { type LinkVisit, openLink } from './links/open-link.js';
export * from './records/commitments.js';
export * from './records/opening.js';
export * from './records/writing.js';
export { type SavedErasure, type StoredAt, savedErasures } from './saved/erasures.js';
export { IndexedDbState } from './saved/indexed-db.js';
export * from './saved/key-memory.js';
export { hasMarker, type Marker, markerName, savedMarkers } from './saved/markers.js';
export { type Offer, offerOf, offersFile, offerTerms, savedOffer, savedOffers, saveOffer } from './saved/offers.js';
export {
    type DisclosedFact,
    type Participation,
    savedParticipation,
    savedParticipations,
} from './saved/participations.js';
export * from './saved/receipts.js';
export { MemoryState, type SavedState } from './saved/saved-state.js';
export { savedStudyFile } from './saved/study-files.js';
export { settleReserve } from './settlement/price.js';
export {
    SETTLE_TIMING,
    type SettleEnd,
    type SettleEvent,
    type Settler,
    type SettleTiming,
} from './settlement/settler.js';
export type { StoreSigner } from './store/request.js';
export * from './store/store.js';
export * from './store/store-client.js';
export * from './store/store-error.js';
export type { StoreOptions } from './store/transfer.js';
export * from './studies/description.js';
export * from './studies/letter.js';
export * from './studies/matching.js';
export * from './studies/tail.js';
export * from './transactions/limits.js';
export * from './transactions/refused.js';
export * from './transactions/send.js';
export { simulateTransaction } from './transactions/simulate.js';
export * from './wallets/key-file.js';
export * from './wallets/key-pair.js';
export * from './wallets/wallet.js';

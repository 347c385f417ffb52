// A sale that nodes in this process show: a seller's records, an order, and a purchase.

import { type Address, createKeyPairSignerFromPrivateKeyBytes, signBytes } from '@solana/kit';
import {
    deliveredCapsules,
    deploymentOn,
    derivePurchaseSecret,
    deriveSettleSecret,
    type FlowContext,
    findOrderPda,
    findPurchasePda,
    findRecordPda,
    findUserPda,
    GENESIS,
    getOrderEncoder,
    getPurchaseEncoder,
    getRecordEncoder,
    getUserEncoder,
    type KeyedAccount,
    Ledger,
    type LedgerNode,
    MemoryState,
    makeDelivery,
    makeRecord,
    type Offer,
    type Order,
    offerTerms,
    PublicKey,
    type Purchase,
    padLabel,
    RecordElement,
    type RecordState,
    recordContents,
    type SecretKey,
    saveOffer,
    sortRecords,
    type Wallet,
    WalletKeys,
} from '../../src/index.js';
import { FakeNode } from './fake-node.js';

/** On a public cluster, where two operators have to agree. */
export const deployment = deploymentOn(GENESIS.devnet);

/** The owner of wallets. */
export const SYSTEM_PROGRAM = '11111111111111111111111111111111' as Address;

const ANYONE = SYSTEM_PROGRAM;
const ZEROS = { ephemeral: new Uint8Array(32), masked: new Uint8Array(32) };
const ACCOUNT = { version: 1, bump: 255, discriminator: new Uint8Array(8) };

/** A wallet of a fixed seed. */
export async function walletOf(seed: number): Promise<Wallet> {
    const signer = await createKeyPairSignerFromPrivateKeyBytes(new Uint8Array(32).fill(seed));
    const signMessage = (message: Uint8Array) => signBytes(signer.keyPair.privateKey, message);
    return { address: signer.address, signMessage, signer, isInteractive: false };
}

/** What a market is like. */
export type MarketOptions = {
    records?: number;
    nodes?: number;
    isSelfIssued?: boolean;
    /** The same seller's market whose nodes show this order too, which is the seller's next one. */
    beside?: FakeMarket;
};

/** A market with one order and one purchase of it. */
export class FakeMarket {
    readonly saved: MemoryState;
    readonly keys: WalletKeys;
    /** Time until which the purchase is to be delivered. */
    readonly deadline = BigInt(Math.floor(Date.now() / 1000)) + 3_600n;

    private constructor(
        readonly nodes: readonly FakeNode[],
        readonly seller: Wallet,
        readonly buyer: Wallet,
        readonly records: readonly KeyedAccount<'record'>[],
        readonly offer: Offer,
        readonly purchase: Address,
        readonly buyerSecret: SecretKey<'purchase'>,
        readonly ownerSecret: SecretKey<'encryption'>,
        private readonly id: bigint,
        saved = new MemoryState(),
    ) {
        this.saved = saved;
        this.keys = new WalletKeys(seller);
    }

    /** With an offer that is saved and shown, and a purchase that is pending. */
    static async open({
        beside,
        isSelfIssued = false,
        nodes = 2,
        records = 2,
    }: MarketOptions = {}): Promise<FakeMarket> {
        const [seller, buyer, clinic] = await Promise.all([1, 2, 3].map(walletOf));
        if (!seller || !buyer || !clinic) throw new Error('nobody is there');
        const ownerSecret = await new WalletKeys(seller).encryptionSecret(deployment, 0);
        const made: KeyedAccount<'record'>[] = [];
        for (let index = 0; index < records; index += 1) {
            made.push(await recordOf(seller, isSelfIssued ? seller : clinic, ownerSecret, index));
        }
        const sorted = sortRecords(made.map(({ address }) => address));
        made.sort((one, other) => sorted.indexOf(one.address) - sorted.indexOf(other.address));
        const id = beside ? beside.id + 1n : 0n;
        const [order] = await findOrderPda({ seller: seller.address, id });
        const terms = { price: 1_000_000n, deliveryWindow: 3_600, label: 'records', onlyBuyer: undefined };
        const offer = { order, seller: seller.address, ...terms, records: sorted };
        const [purchase] = await findPurchasePda({ order, buyer: buyer.address });
        const secret = await derivePurchaseSecret(deployment, buyer.address, order, buyer.signMessage);
        const shown = beside?.nodes ?? Array.from({ length: nodes }, (_, index) => new FakeNode(`node ${index}`));
        const market = new FakeMarket(
            shown,
            seller,
            buyer,
            made,
            offer,
            purchase,
            secret,
            ownerSecret,
            id,
            beside?.saved,
        );
        for (const node of shown) {
            node.genesis = deployment.genesis;
            for (const { address, state } of made) show(node, address, getRecordEncoder().encode(state));
            node.accounts.set(seller.address, {
                owner: SYSTEM_PROGRAM,
                data: new Uint8Array(),
                lamports: 1_000_000_000,
            });
        }
        market.showOrder();
        market.showPurchase();
        await saveOffer(market.saved, deployment, offer);
        return market;
    }

    /** The ledger by some of the nodes, that are asked twice at most. */
    context(nodes: readonly LedgerNode[] = this.nodes): FlowContext {
        const ledger = new Ledger(deployment, nodes, { rounds: 2, pause: 1 });
        return { ledger, saved: this.saved };
    }

    /** The order, as nodes show it. */
    showOrder(changed: Partial<Order> = {}, nodes: readonly FakeNode[] = this.nodes): void {
        const { deliveryWindow, label, order, price, records, seller } = this.offer;
        const state = {
            ...ACCOUNT,
            open: 1,
            reserved: 0,
            pendingPurchases: 1,
            id: this.id,
            createdAt: 0n,
            rentPayer: seller,
            seller,
            price,
            deliveryWindow,
            label: padLabel(label),
            onlyBuyer: ANYONE,
            settledPurchases: 0,
            records: [...records],
            ...changed,
        };
        for (const node of nodes) show(node, order, getOrderEncoder().encode(state));
    }

    /** The seller's account, with the id of the next order. */
    async showUser(nextOrderId: bigint): Promise<void> {
        const wallet = this.seller.address;
        const [user] = await findUserPda({ wallet });
        const encryptionKey = this.ownerSecret.publicKey.toBytes();
        const counts = { reserved: new Uint8Array(2), keyIndex: 0, recordCount: 0n, nextOrderId, nextStudyId: 0n };
        const state = { ...ACCOUNT, ...counts, wallet, encryptionKey, attestation: new Uint8Array(64) };
        for (const node of this.nodes) show(node, user, getUserEncoder().encode(state));
    }

    /** Shows another record, at the address that follows from it, and runs a test with that. */
    async showRecord(state: RecordState, run: (address: Address) => Promise<void>): Promise<void> {
        const [address] = await findRecordPda({ owner: state.owner, contents: recordContents(state) });
        for (const node of this.nodes) show(node, address, getRecordEncoder().encode(state));
        await run(address);
    }

    /** The purchase before any delivery. */
    get pending(): Purchase {
        const { order, price, records, seller } = this.offer;
        return {
            ...ACCOUNT,
            status: 0,
            recordCount: records.length,
            deliveredCount: 0,
            seat: 0,
            reserved: new Uint8Array(2),
            price,
            deadline: this.deadline,
            settleBy: 0n,
            order,
            seller,
            buyer: this.buyer.address,
            buyerKey: this.buyerSecret.publicKey.toBytes(),
            settleKey: new Uint8Array(32),
            terms: offerTerms(this.offer),
            capsules: records.map(() => ZEROS),
        };
    }

    /** The purchase once all is delivered. */
    get locked(): Purchase {
        const pending = this.pending;
        const capsules: Purchase['capsules'] = [];
        for (let first = 0; first < this.records.length; first += 8) {
            const items = this.records.slice(first, first + 8);
            const batch = items.map(({ address, state }) => ({ address, capsule: state.capsule }));
            capsules.push(...makeDelivery(deployment, this.ownerSecret, this.believed, batch).capsules);
        }
        const settleKey = this.settleSecret.publicKey.toBytes();
        const settleBy = this.deadline + 82_800n;
        return { ...pending, status: 1, deliveredCount: pending.recordCount, settleBy, settleKey, capsules };
    }

    /** The purchase once it is paid. */
    get settled(): Purchase {
        return { ...this.locked, status: 2, settleKey: this.settleSecret.toBytes() };
    }

    private get believed() {
        const buyerKey = PublicKey.fromBytes('purchase', this.buyerSecret.publicKey.toBytes());
        if (!buyerKey) throw new Error('the buyer has no key');
        return { purchase: this.purchase, deadline: this.deadline, buyerKey, terms: offerTerms(this.offer) };
    }

    /** `s`. */
    get settleSecret(): SecretKey<'settle'> {
        return deriveSettleSecret(deployment, this.ownerSecret, this.believed);
    }

    /** A purchase, as nodes show it. */
    showPurchase(state: Purchase = this.pending, nodes: readonly FakeNode[] = this.nodes): void {
        for (const node of nodes) show(node, this.purchase, getPurchaseEncoder().encode(state));
    }

    /** The purchase with one record delivered. */
    withDelivered(place: number): Purchase {
        const { locked, pending } = this;
        const delivered = deliveredCapsules(locked)[place] ?? ZEROS;
        const capsules = pending.capsules.map((capsule, index) => (index === place ? delivered : capsule));
        return { ...pending, deliveredCount: 1, settleKey: locked.settleKey, capsules };
    }

    /** Forgets what nodes were asked. */
    forget(): void {
        for (const { asked, commitments, sent } of this.nodes)
            for (const list of [asked, commitments, sent]) list.length = 0;
    }
}

function show(node: FakeNode, address: Address, data: ArrayLike<number>): void {
    node.accounts.set(address, { owner: deployment.program, data: Uint8Array.from(data) });
}

async function recordOf(
    seller: Wallet,
    creator: Wallet,
    owner: SecretKey<'encryption'>,
    index: number,
): Promise<KeyedAccount<'record'>> {
    const locator = {
        stores: ['https://store.example.org'],
        sha256: new Uint8Array(32).fill(index),
        size: 200n,
        mediaType: 'application/fhir+json',
        kind: 'fhir:Observation/85354-9',
        profile: 'document/1',
    };
    const ownerKey = PublicKey.fromBytes('encryption', owner.publicKey.toBytes());
    if (!ownerKey) throw new Error('the owner has no key');
    const draft = {
        owner: seller.address,
        ownerKey,
        creator: creator.address,
        element: RecordElement.random(),
        locator,
        content: [],
    };
    const made = await makeRecord(deployment, draft, creator.signMessage);
    const state: RecordState = {
        ...ACCOUNT,
        verified: 1,
        reserved: 0,
        keyIndex: 0,
        createdAt: 0n,
        listings: 1n,
        owner: seller.address,
        creator: creator.address,
        rentPayer: creator.address,
        ownerKey: ownerKey.toBytes(),
        dataPublicKey: made.dataPublicKey,
        capsule: made.capsule,
        factsRoot: made.factsRoot,
        locator: made.locator,
    };
    return { address: made.record, state };
}

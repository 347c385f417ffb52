//! A small ledger: a seller with three records, two orders, a pending, a locked and a
//! settled purchase, and a share; and a researcher with three studies.

mod parts;
mod people;
mod records;
pub mod studies;

use std::{collections::BTreeMap, sync::LazyLock};

pub use parts::{PRICE, public_key};
pub use people::{
    ADMITTER, APPLICANT, BUYER, CREATOR, DOCTOR, EARLIER_BUYER, PARTICIPANT, RESEARCHER, SELLER,
    SPONSOR, WAITING_BUYER, rng, secret,
};
pub use records::create_record;

use generion::{
    CreateOrderArgs, DeliverArgs, PurchaseArgs, SetEncryptionKeyArgs, SettleArgs, ShareRecordArgs,
    args::Capsules,
    state::{Order, Purchase, Record, Share, User},
};
use generion_crypto::{
    capsule,
    delivery::{self, Delivery, DeliveryRecord},
    keys::{EncryptionSecret, PurchaseKey},
    record::{RecordElement, RecordKey},
    settle::{Sale, SettleSecret},
};
use generion_interface::{
    Deployment, GenesisHash, Instructions, Locator,
    accounts::{LedgerAccount, OrderAccount, PurchaseAccount, RecordAccount},
};
use rand_chacha::ChaCha20Rng;
use solana_address::Address;
use solana_instruction::Instruction;

use self::parts::{WINDOW, account, bump};
use crate::{
    layout::Encode,
    runtime::{self, Account, NOW, Named},
};

/// The program, on a cluster of its own.
pub const DEPLOYMENT: Deployment = Deployment {
    genesis: GenesisHash([9; 32]),
    program_id: generion::ID,
};

/// Deadline of the pending purchase and of the locked one.
pub const DEADLINE: i64 = NOW + 1_000;
/// End of the time to settle the locked purchase.
pub const SETTLE_BY: i64 = NOW - 500 + 86_400;

/// Number of instructions. Their tags count from 0.
pub const TAGS: u8 = 22;

/// The ledger.
pub struct World {
    accounts: BTreeMap<Address, Account>,
    /// The honest instruction of each tag.
    pub instructions: Vec<Instruction>,
    /// Opens one of the records.
    pub record_key: RecordKey,
    /// The locator of that record.
    pub locator: Locator,
    /// The sealed locator.
    pub sealed_locator: Vec<u8>,
    /// Data of accounts of each kind and state.
    pub data: Vec<Vec<u8>>,
}

/// The ledger. It is the same in every run.
pub static WORLD: LazyLock<World> = LazyLock::new(World::new);

impl World {
    fn new() -> Self {
        let mut rng = rng(1);
        let rng = &mut rng;
        let build = Instructions::default();
        let addresses = build.addresses;
        let (seller, doctor): (EncryptionSecret, EncryptionSecret) = (secret(1), secret(2));
        let mut elements: Vec<_> = (0..3).map(|_| RecordElement::random(rng)).collect();
        let (record_key, locator, sealed_locator) = records::sealed_locator(&elements[0], rng);

        let mut records: Vec<_> = elements
            .drain(..)
            .map(|element| {
                let state = Record {
                    version: 1,
                    bump: 0,
                    verified: 0,
                    reserved: 0,
                    key_index: 4,
                    created_at: 1_790_000_000,
                    listings: 0,
                    owner: SELLER,
                    creator: CREATOR,
                    rent_payer: SPONSOR,
                    owner_key: seller.public_key().to_bytes(),
                    data_public_key: element.record_key(&SELLER, &CREATOR).data_public_key().0,
                    capsule: capsule::seal(&element, &seller.public_key(), rng).0,
                    facts_root: [7; 32],
                };
                let locator = sealed_locator.clone();
                (RecordAccount { state, locator }, element)
            })
            .collect();
        // An order lists its records by address.
        records.sort_by_key(|(record, _)| record.address(&addresses));
        for (index, (record, _)) in records.iter_mut().enumerate() {
            let contents = record.state.contents(&record.locator).hash();
            record.state.bump = bump(&[b"record", SELLER.as_ref(), &contents]);
            record.state.verified = u8::from(index < 2);
            record.state.listings = [2, 1, 0][index];
        }
        let (records, elements): (Vec<_>, Vec<_>) = records.into_iter().unzip();
        let listed: Vec<Address> = records
            .iter()
            .map(|record| record.address(&addresses))
            .collect();
        let order = |id: u64, records: &[Address], pending_purchases, settled_purchases| {
            let state = Order {
                version: 1,
                bump: bump(&[b"order", SELLER.as_ref(), &id.to_le_bytes()]),
                open: 1,
                reserved: 0,
                pending_purchases,
                id,
                created_at: 1_790_000_100,
                rent_payer: SPONSOR,
                seller: SELLER,
                price: PRICE,
                delivery_window: WINDOW,
                label: Order::pad_label("HbA1c, Zürich").expect("it is short"),
                only_buyer: Address::default(),
                settled_purchases,
            };
            let records = records.to_vec();
            OrderAccount { state, records }
        };
        let (open, idle) = (order(0, &listed[..2], 2, 1), order(1, &listed[..1], 0, 0));
        let [open_address, idle_address] = [0, 1].map(|id| addresses.order(&SELLER, id));

        let batch: Vec<_> = records[..2]
            .iter()
            .zip(&listed)
            .map(|(record, address)| DeliveryRecord {
                record: *address,
                capsule: record.state.capsule,
            })
            .collect();
        let sale = |buyer: Address, deadline, seed| Sale {
            deployment: DEPLOYMENT,
            purchase: addresses.purchase(&open_address, &buyer),
            deadline,
            buyer_key: purchase_key(seed),
            terms: open.terms(&open_address),
        };
        let deliver = |sale: &Sale, rng: &mut ChaCha20Rng| -> Delivery {
            delivery::deliver(&seller, sale, &batch, rng).expect("an honest batch")
        };
        let purchase = |buyer: Address, sale: &Sale| PurchaseAccount {
            state: Purchase {
                version: 1,
                bump: bump(&[b"purchase", open_address.as_ref(), buyer.as_ref()]),
                status: 0,
                record_count: 2,
                delivered_count: 0,
                seat: 0,
                reserved: [0; 2],
                price: PRICE,
                deadline: sale.deadline,
                settle_by: 0,
                order: open_address,
                seller: SELLER,
                buyer,
                buyer_key: sale.buyer_key.to_bytes(),
                settle_key: [0; 32],
                terms: sale.terms,
            },
            capsules: vec![None, None],
        };
        let delivered = |mut purchase: PurchaseAccount, delivery: Delivery, settle_by| {
            let state = &mut purchase.state;
            (state.status, state.delivered_count) = (1, 2);
            (state.settle_by, state.settle_key) = (settle_by, delivery.settle_key.to_bytes());
            purchase.capsules = delivery.capsules.into_iter().map(Some).collect();
            purchase
        };
        let sold = sale(BUYER, DEADLINE, 3);
        let pending = purchase(BUYER, &sold);
        let delivery = deliver(&sold, rng);
        let waiting = sale(WAITING_BUYER, DEADLINE, 6);
        let locked = delivered(
            purchase(WAITING_BUYER, &waiting),
            deliver(&waiting, rng),
            SETTLE_BY,
        );
        let settle_secret = |sale: &Sale| {
            let secret = SettleSecret::derive(&seller, sale).expect("it is not zero");
            *secret.to_bytes()
        };
        let earlier = sale(EARLIER_BUYER, 1_790_004_000, 4);
        let settled = {
            let purchase = purchase(EARLIER_BUYER, &earlier);
            let mut settled = delivered(purchase, deliver(&earlier, rng), 1_790_087_400);
            settled.state.status = 2;
            settled.state.settle_key = settle_secret(&earlier);
            settled
        };
        let shared = listed[0];
        let share = Share {
            version: 1,
            bump: bump(&[b"share", shared.as_ref(), DOCTOR.as_ref()]),
            reserved: [0; 2],
            key_index: 0,
            created_at: 1_790_000_200,
            expires_at: 0,
            record: shared,
            owner: SELLER,
            recipient: DOCTOR,
            rent_payer: SPONSOR,
            recipient_key: doctor.public_key().to_bytes(),
            capsule: capsule::seal(&elements[0], &doctor.public_key(), rng).0,
        };
        let user = |wallet: Address, key: &EncryptionSecret, key_index, next_order_id| User {
            version: 1,
            bump: bump(&[b"user", wallet.as_ref()]),
            reserved: [0; 2],
            key_index,
            next_order_id,
            next_study_id: 0,
            record_count: if wallet == SELLER { 3 } else { 0 },
            wallet,
            encryption_key: key.public_key().to_bytes(),
            attestation: [7; 64],
        };
        let users = [user(SELLER, &seller, 4, 2), user(DOCTOR, &doctor, 0, 0)];

        let mut ledger = Ledger(BTreeMap::new());
        for user in &users {
            ledger.put(user.address(&addresses), user, 0);
        }
        for record in &records {
            ledger.put(record.address(&addresses), record, 0);
        }
        for order in [&open, &idle] {
            ledger.put(order.address(&addresses), order, 0);
        }
        for (purchase, escrow) in [(&pending, PRICE), (&locked, PRICE), (&settled, 0)] {
            ledger.put(purchase.address(&addresses), purchase, escrow);
        }
        ledger.put(share.address(&addresses), &share, 0);
        let studies = studies::Studies::new();
        for account in studies.accounts {
            ledger.0.insert(account.address, account);
        }
        let data = ledger
            .0
            .values()
            .filter(|account| account.owner == generion::ID)
            .map(|account| account.data.clone())
            .collect();

        let share_args = ShareRecordArgs {
            key_index: 0,
            capsule: share.capsule,
            expires_at: 1_900_000_000,
        };
        let order_args = CreateOrderArgs {
            id: 2,
            price: PRICE,
            delivery_window: WINDOW,
            only_buyer: Some(BUYER),
            label: "HbA1c, Zürich".to_owned(),
        };
        let purchase_args = PurchaseArgs {
            buyer_key: purchase_key(4).to_bytes(),
            terms: idle.terms(&idle_address),
        };
        let deliver_args = DeliverArgs {
            settle_key: delivery.settle_key.to_bytes(),
            first: 0,
            proof: delivery.proof,
            capsules: Capsules(delivery.capsules),
        };
        let settle_args = SettleArgs {
            settle_secret: settle_secret(&waiting),
        };
        let rotated = SetEncryptionKeyArgs {
            key_index: 5,
            encryption_key: public_key(5),
            attestation: [8; 64],
        };
        let mut instructions = vec![
            build.set_encryption_key(SELLER, SPONSOR, rotated),
            create_record(sealed_locator.clone()),
            build.verify_record(SELLER, listed[2]),
            build.delete_record(SELLER, listed[2], &records[2].state),
            build.share_record(SELLER, SPONSOR, listed[1], &DOCTOR, share_args),
            build.revoke_share(share.address(&addresses), &share),
            build.create_order(SELLER, SPONSOR, &listed[..2], order_args),
            build.close_order(idle_address, &idle.state, &listed[..1]),
            build.purchase(BUYER, idle_address, purchase_args),
            build.deliver(sold.purchase, &pending.state, &listed[..2], deliver_args),
            build.refund(SELLER, sold.purchase, &pending.state),
            build.close_purchase(EARLIER_BUYER, earlier.purchase),
            build.settle(waiting.purchase, &locked.state, settle_args),
        ];
        instructions.extend(studies.instructions);
        Self {
            accounts: ledger.0,
            instructions,
            record_key,
            locator,
            sealed_locator,
            data,
        }
    }

    /// The account at an address, or a wallet if the program has none there.
    pub fn account(&self, address: &Address) -> Account {
        self.accounts.get(address).cloned().unwrap_or(Account {
            address: *address,
            owner: Address::default(),
            lamports: 1_000_000_000,
            data: Vec::new(),
        })
    }

    /// Runs the honest instruction of a tag with other data.
    pub fn execute(&self, tag: u8, data: &[u8]) -> runtime::Outcome {
        runtime::execute(&self.named(tag, data), data)
    }

    /// The accounts of the honest instruction of a tag, to run with other data. A new account exists already, empty and of
    /// the size that the data ask for, because the system call that creates it does nothing natively.
    pub fn named(&self, tag: u8, data: &[u8]) -> Vec<Named> {
        let metas = &self.instructions[usize::from(tag)].accounts;
        let mut named: Vec<_> = metas
            .iter()
            .map(|meta| Named {
                account: self.account(&meta.pubkey),
                signer: meta.is_signer,
                writable: meta.is_writable,
            })
            .collect();
        let created = match tag {
            1 => Some((3, 292 + data.len().saturating_sub(181))),
            4 => Some((4, 256)),
            6 => Some((3, 212 + 32 * 2)),
            8 => Some((2, 236 + 64)),
            13 => Some((3, studies::created_len(data))),
            16 => Some((4, 236 + 64)),
            17 => Some((4, 156 + data.len().saturating_sub(33))),
            18 => Some((6, 236 + 64)),
            _ => None,
        };
        if let Some((index, size)) = created {
            let account: &mut Named = &mut named[index];
            account.account.lamports = 0;
            account.account.data = vec![0; size];
        }
        if let (1, Some(address)) = (tag, records::address(data)) {
            named[3].account.address = address;
        }
        named
    }
}

struct Ledger(BTreeMap<Address, Account>);

impl Ledger {
    fn put(&mut self, address: Address, state: &impl Encode, extra: u64) {
        self.0.insert(address, account(address, state, extra));
    }
}

fn purchase_key(seed: u64) -> PurchaseKey {
    secret(seed).public_key()
}

//! The events alone tell all that the accounts ever held, but for the ciphertexts and the bumps.

use std::collections::BTreeMap;

use generion::{
    ID, ShareRecordArgs,
    constants::{ACCOUNT_VERSION, CREATOR_DELETE_DELAY, LABEL_LEN, REFUND_GRACE},
    proof::Capsule,
    state::{Order, Purchase, PurchaseStatus, Record, Share, User},
};
use generion_crypto::capsule;
use generion_interface::{
    Addresses,
    accounts::{LedgerAccount, OrderAccount, PurchaseAccount, RecordAccount},
    events::Event,
};
use generion_program_tests::World;
use solana_address::Address;
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use vm_account::ReadableAccount;

use crate::support::{Scene, record_state};

/// What a log never tells: a capsule is in the account and in the instruction that brought it.
const UNTOLD: Capsule = Capsule {
    ephemeral: [0; 32],
    masked: [0; 32],
};

/// The program's accounts, as far as a log tells them.
#[derive(Debug, Default, PartialEq, Eq)]
struct History {
    users: BTreeMap<Address, User>,
    records: BTreeMap<Address, Record>,
    shares: BTreeMap<Address, Share>,
    orders: BTreeMap<Address, (Order, Vec<u64>)>,
    /// With, for each record, whether it is delivered.
    purchases: BTreeMap<Address, (Purchase, Vec<bool>)>,
}

/// Rebuilds a [`History`] from events.
#[derive(Default)]
struct Chronicle {
    history: History,
    /// Every key that was ever published, by wallet and index.
    keys: BTreeMap<(Address, u32), [u8; 32]>,
}

impl Chronicle {
    fn user(&mut self, wallet: &Address) -> &mut User {
        let address = Addresses::default().user(wallet);
        self.history.users.get_mut(&address).expect("a user")
    }

    fn records_of(&mut self, order: &Address) -> Vec<&mut Record> {
        let (order, ids) = &self.history.orders[order];
        let of = |record: &&mut Record| record.owner == order.seller && ids.contains(&record.id);
        self.history.records.values_mut().filter(of).collect()
    }

    fn purchase(&mut self, purchase: &Address) -> &mut (Purchase, Vec<bool>) {
        self.history
            .purchases
            .get_mut(purchase)
            .expect("a purchase")
    }

    fn order(&mut self, order: &Address) -> &mut Order {
        &mut self.history.orders.get_mut(order).expect("an order").0
    }

    fn tell(&mut self, event: &Event) {
        match event {
            Event::EncryptionKeySet(told) => {
                let (wallet, index) = (told.wallet, told.key_index.get());
                self.keys.insert((wallet, index), told.encryption_key);
                let address = Addresses::default().user(&wallet);
                let user = self.history.users.entry(address).or_insert(User {
                    version: ACCOUNT_VERSION,
                    wallet,
                    ..bytemuck::Zeroable::zeroed()
                });
                user.key_index = index;
                user.encryption_key = told.encryption_key;
            }
            Event::RecordCreated(told) => {
                let key_index = told.key_index.get();
                let record = Record {
                    version: ACCOUNT_VERSION,
                    bump: 0,
                    verified: told.verified,
                    reserved: 0,
                    key_index,
                    id: told.id.get(),
                    created_at: told.created_at.get(),
                    listings: 0,
                    owner: told.owner,
                    creator: told.creator,
                    rent_payer: told.rent_payer,
                    owner_key: self.keys[&(told.owner, key_index)],
                    data_public_key: told.data_public_key,
                    capsule: UNTOLD,
                    ciphertext_hash: told.ciphertext_hash,
                };
                let user = self.user(&told.owner);
                user.next_record_id = record.id + 1;
                user.record_count += 1;
                self.history.records.insert(told.record, record);
            }
            Event::RecordVerified(told) => {
                let record = self.history.records.get_mut(&told.record);
                let record = record.expect("a record");
                assert_eq!((record.owner, record.creator), (told.owner, told.creator));
                record.verified = 1;
            }
            Event::RecordDeleted(told) => {
                self.user(&told.owner).record_count -= 1;
                let record = self.history.records.remove(&told.record);
                let record = record.expect("a record");
                assert_eq!((record.owner, record.creator), (told.owner, told.creator));
                assert_eq!(record.rent_payer, told.rent_payer);
            }
            Event::RecordShared(told) => {
                let share = Share {
                    version: ACCOUNT_VERSION,
                    bump: 0,
                    reserved: [0; 2],
                    key_index: told.key_index.get(),
                    created_at: told.created_at.get(),
                    expires_at: told.expires_at.get(),
                    record: told.record,
                    owner: told.owner,
                    recipient: told.recipient,
                    rent_payer: told.rent_payer,
                    recipient_key: self.keys[&(told.recipient, told.key_index.get())],
                    capsule: UNTOLD,
                };
                self.history.shares.insert(told.share, share);
            }
            Event::ShareRevoked(told) => {
                let share = self.history.shares.remove(&told.share).expect("a share");
                assert_eq!((share.record, share.owner), (told.record, told.owner));
                assert_eq!(share.recipient, told.recipient);
                assert_eq!(share.rent_payer, told.rent_payer);
            }
            Event::OrderCreated(told) => {
                let mut label = [0; LABEL_LEN];
                label[..told.label.len()].copy_from_slice(told.label.as_bytes());
                let order = Order {
                    version: ACCOUNT_VERSION,
                    bump: 0,
                    open: 1,
                    reserved: 0,
                    delivery_window: told.delivery_window,
                    id: told.id,
                    price: told.price,
                    created_at: told.created_at,
                    pending_purchases: 0,
                    settled_purchases: 0,
                    seller: told.seller,
                    rent_payer: told.rent_payer,
                    label,
                };
                self.user(&told.seller).next_order_id = told.id + 1;
                let listed = (order, told.record_ids.clone());
                self.history.orders.insert(told.order, listed);
                for record in self.records_of(&told.order) {
                    record.listings += 1;
                }
            }
            Event::SalesStopped(told) => {
                let order = self.order(&told.order);
                assert_eq!(order.pending_purchases, told.pending_purchases.get());
                order.open = 0;
            }
            Event::OrderClosed(told) => {
                for record in self.records_of(&told.order) {
                    record.listings -= 1;
                }
                let (order, _) = self.history.orders.remove(&told.order).expect("an order");
                assert_eq!(
                    (order.seller, order.rent_payer),
                    (told.seller, told.rent_payer)
                );
                assert_eq!(order.settled_purchases, told.settled_purchases.get());
            }
            Event::Purchased(told) => {
                let purchase = Purchase {
                    version: ACCOUNT_VERSION,
                    bump: 0,
                    status: PurchaseStatus::Pending as u8,
                    record_count: told.record_count,
                    delivered_count: 0,
                    reserved: [0; 3],
                    price: told.price.get(),
                    deadline: told.deadline.get(),
                    order: told.order,
                    seller: told.seller,
                    buyer: told.buyer,
                    buyer_key: told.buyer_key,
                };
                let delivered = vec![false; told.record_count.into()];
                let made = (purchase, delivered);
                self.history.purchases.insert(told.purchase, made);
                self.order(&told.order).pending_purchases += 1;
            }
            Event::Delivered(told) => {
                let (purchase, delivered) = self.purchase(&told.purchase);
                assert_eq!((purchase.order, purchase.seller), (told.order, told.seller));
                assert_eq!(purchase.buyer, told.buyer);
                purchase.delivered_count += told.count;
                let first = usize::from(told.first);
                delivered[first..first + usize::from(told.count)].fill(true);
                if told.lamports.get() > 0 {
                    assert_eq!(told.lamports.get(), purchase.price);
                    purchase.status = PurchaseStatus::Settled as u8;
                    let order = self.order(&told.order);
                    order.pending_purchases -= 1;
                    order.settled_purchases += 1;
                }
            }
            Event::Refunded(told) => {
                let (purchase, _) = *self.purchase(&told.purchase);
                assert_eq!((purchase.order, purchase.seller), (told.order, told.seller));
                assert_eq!(
                    (purchase.buyer, purchase.price),
                    (told.buyer, told.price.get())
                );
                self.history.purchases.remove(&told.purchase);
                self.order(&told.order).pending_purchases -= 1;
            }
            Event::PurchaseClosed(told) => {
                let (purchase, _) = *self.purchase(&told.purchase);
                assert_eq!((purchase.order, purchase.seller), (told.order, told.seller));
                assert_eq!(purchase.buyer, told.buyer);
                self.history.purchases.remove(&told.purchase);
            }
        }
    }
}

/// What the ledger holds, without what no log tells.
fn on_ledger(world: &World) -> History {
    let mut history = History::default();
    for (address, account) in &world.svm.accounts_db().inner {
        if *account.owner() != ID {
            continue;
        }
        let (owner, data) = (account.owner(), account.data());
        if let Ok(user) = User::decode(&ID, owner, data) {
            history.users.insert(*address, User { bump: 0, ..user });
        } else if let Ok(RecordAccount { state, .. }) = LedgerAccount::decode(&ID, owner, data) {
            let record = Record {
                bump: 0,
                capsule: UNTOLD,
                ..state
            };
            history.records.insert(*address, record);
        } else if let Ok(share) = Share::decode(&ID, owner, data) {
            let share = Share {
                bump: 0,
                capsule: UNTOLD,
                ..share
            };
            history.shares.insert(*address, share);
        } else if let Ok(OrderAccount { state, record_ids }) =
            LedgerAccount::decode(&ID, owner, data)
        {
            let order = (Order { bump: 0, ..state }, record_ids);
            history.orders.insert(*address, order);
        } else {
            let PurchaseAccount { state, capsules } =
                LedgerAccount::decode(&ID, owner, data).expect("an account of the program");
            let delivered = capsules.iter().map(Option::is_some).collect();
            let purchase = (Purchase { bump: 0, ..state }, delivered);
            history.purchases.insert(*address, purchase);
        }
    }
    history
}

/// Sends instructions, and compares what their events tell with the ledger after each.
struct Witness {
    scene: Scene,
    chronicle: Chronicle,
    /// Names of the events that it saw.
    seen: Vec<&'static str>,
}

impl Witness {
    #[track_caller]
    fn sees(&mut self, instruction: Instruction, signers: &[&Keypair]) {
        let landed = self.scene.world.lands(instruction, signers);
        let [event] = &landed.events[..] else {
            panic!("{:?}", landed.events)
        };
        self.chronicle.tell(event);
        self.seen.push(event.name());
        assert_eq!(self.chronicle.history, on_ledger(&self.scene.world));
    }
}

#[test]
fn the_log_alone_rebuilds_the_accounts() {
    // The people's first keys were published before the witness came.
    let mut scene = Scene::new(1);
    scene.patient.key_index = 1;
    scene.doctor.key_index = 1;
    let mut chronicle = Chronicle::default();
    for person in [&scene.patient, &scene.doctor] {
        let address = scene.world.instructions.addresses.user(&person.address());
        let user: User = scene.world.read(&address);
        let user = User { bump: 0, ..user };
        chronicle.history.users.insert(address, user);
    }
    let mut witness = Witness {
        scene,
        chronicle,
        seen: vec![],
    };
    macro_rules! sees {
        ($instruction:expr, $($signer:ident),+) => {{
            let instruction = $instruction;
            let signers = [$(witness.scene.$signer.wallet.insecure_clone()),+];
            witness.sees(instruction, &signers.iter().collect::<Vec<_>>());
        }};
    }
    let instructions = witness.scene.world.instructions;

    for person in [&witness.scene.patient, &witness.scene.doctor] {
        let (wallet, key) = (person.address(), person.key().to_bytes());
        let set = instructions.set_encryption_key(wallet, wallet, key);
        let signer = person.wallet.insecure_clone();
        let landed = witness.scene.world.lands(set, &[&signer]);
        witness.chronicle.tell(&landed.events[0]);
        witness.seen.push(landed.events[0].name());
    }

    let mut records = vec![];
    for _ in 0..5 {
        let Scene {
            world,
            clinic,
            patient,
            ..
        } = &mut witness.scene;
        let record = world.new_record(clinic, patient);
        sees!(
            witness.scene.create_record(record.args.clone()),
            clinic,
            sponsor
        );
        records.push(record);
    }
    let own = {
        let Scene { world, patient, .. } = &mut witness.scene;
        world.new_record(patient, patient)
    };
    let patient = witness.scene.patient.address();
    sees!(
        instructions.create_record(&patient, patient, patient, own.args),
        patient
    );
    for record in &records[..4] {
        sees!(instructions.verify_record(patient, record.address), patient);
    }

    let doctor = witness.scene.doctor.address();
    let args = ShareRecordArgs {
        capsule: capsule::seal(
            &records[0].element,
            &witness.scene.doctor.key(),
            &mut witness.scene.world.rng,
        )
        .0,
        expires_at: witness.scene.world.time() + 1,
    };
    let share = instructions.share_record(patient, patient, records[0].address, &doctor, args);
    let share_address = share.accounts[4].pubkey;
    sees!(share, patient);
    let state: Share = witness.scene.world.read(&share_address);
    sees!(instructions.revoke_share(share_address, &state), patient);

    // Two orders have a record in common; one is delivered in two parts, then refunded to another buyer.
    let [order, other] = [[0, 1, 3], [1, 2, 3]].map(|ids| {
        let create = witness.scene.create_order(&ids, |_| {});
        let address = create.accounts[3].pubkey;
        sees!(create, patient, sponsor);
        address
    });
    let buy = witness.scene.world.purchase(&witness.scene.buyer, &order);
    let purchase = buy.accounts[2].pubkey;
    sees!(buy, buyer);
    let buy = witness.scene.world.purchase(&witness.scene.doctor, &order);
    let declined = buy.accounts[2].pubkey;
    sees!(buy, doctor);
    sees!(witness.scene.delivery(&purchase, 2, 1), stranger);
    sees!(witness.scene.close_order(&order), patient);
    sees!(witness.scene.delivery(&purchase, 0, 2), stranger);
    let late = witness
        .scene
        .world
        .read::<PurchaseAccount>(&declined)
        .state
        .deadline;
    witness.scene.at(late + REFUND_GRACE);
    sees!(
        witness.scene.refund(&witness.scene.stranger, &declined),
        stranger
    );
    let buyer = witness.scene.buyer.address();
    sees!(instructions.close_purchase(buyer, purchase), buyer);
    sees!(witness.scene.close_order(&order), patient);
    sees!(
        witness
            .scene
            .delete_record(&witness.scene.patient, &records[0].address),
        patient
    );
    sees!(witness.scene.close_order(&other), patient);
    let unverified = record_state(&witness.scene.world, &records[4].address).created_at;
    witness.scene.at(unverified + CREATOR_DELETE_DELAY);
    sees!(
        witness
            .scene
            .delete_record(&witness.scene.clinic, &records[4].address),
        clinic
    );

    let mut seen = witness.seen;
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(seen.len(), 13, "every kind of event: {seen:?}");
}

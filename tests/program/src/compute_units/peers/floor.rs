use std::collections::BTreeMap;

use generion::{
    constants::{ORDER_SEED, PURCHASE_SEED, REFUND_GRACE, TERMS_DOMAIN, USER_SEED},
    curve,
    proof::Capsule,
};
use generion_crypto::{
    delivery::{self, DeliveryRecord},
    settle::{Sale, SettleSecret},
};
use generion_interface::Deployment;
use solana_address::Address;
use solana_instruction::{AccountMeta, Instruction};

use super::sealed::{FACTS_ROOT, SYSTEM, Sealed, readonly, signer, writable};
use crate::compute_units::{
    key_set::generator,
    shared::{
        BATCH, CLOSE_PURCHASE, CREATE_ORDER, CREATE_RECORD, DELIVER, MAX, ORDERS, PURCHASE,
        PURCHASES, RECORDS, REFUND, SET_ENCRYPTION_KEY, SETTLE, SETTLEMENTS, SHORT_LOCATOR,
        VERIFY_RECORD, Written, deliveries, prefund, purchase_case, record_case, records,
        refund_case,
    },
    sheet::Sheet,
};
use generion_test_support::Person;

use crate::{
    person::DEPLOYMENT,
    story::{PRICE, WINDOW},
    vm::World,
};

/// What it is loaded at. It takes any id.
pub(super) const ID: Address =
    Address::from_str_const("8ZkLaTPVBTtGEkQ1funkDPyVuTi4ZGzfcxJ6ZgnPVuFK");

/// One draw of all keys, and a ledger with a seller's records, orders and purchases.
struct KeySet {
    number: u64,
    world: World,
    clinic: Person,
    patient: Person,
    buyer: Person,
    other_buyer: Person,
    newcomer: Person,
    records: Vec<DeliveryRecord>,
    orders: BTreeMap<usize, Address>,
    purchases: BTreeMap<usize, Address>,
}

pub(super) fn measure(vm: &World, number: u64) -> Sheet {
    let keys = KeySet::new(vm, number);
    let mut sheet = Sheet::new(0);
    keys.register(&mut sheet);
    keys.create_record(&mut sheet);
    keys.verify_record(&mut sheet);
    keys.create_order(&mut sheet);
    keys.purchase(&mut sheet);
    keys.deliver(&mut sheet);
    keys.refund(&mut sheet);
    keys.close_purchase(&mut sheet);
    keys.settle(&mut sheet);
    sheet
}

impl KeySet {
    fn new(vm: &World, number: u64) -> Self {
        let mut world = vm.clone();
        let [clinic, patient, buyer, other_buyer, newcomer] =
            ["clinic", "patient", "buyer", "other buyer", "newcomer"].map(|who| {
                world.rng = generator(number, who);
                world.person()
            });
        world.lands(register(&patient), &[&patient.wallet]);
        let mut list: Vec<_> = (0..MAX)
            .map(|index| {
                world.rng = generator(number, &format!("record {index}"));
                let (create, record) = create_record(&mut world, &clinic, &patient, SHORT_LOCATOR);
                world.lands(create, &[&clinic.wallet]);
                world.lands(verify_record(&patient, record.record), &[&patient.wallet]);
                record
            })
            .collect();
        list.sort_unstable_by_key(|record| record.record);
        let mut keys = Self {
            number,
            world,
            clinic,
            patient,
            buyer,
            other_buyer,
            newcomer,
            records: list,
            orders: BTreeMap::new(),
            purchases: BTreeMap::new(),
        };
        for (id, count) in (0..).zip(ORDERS) {
            let (create, order) = keys.new_order(id, count);
            keys.world.lands(create, &[&keys.patient.wallet]);
            let (buy, purchase) = new_purchase(&keys.buyer, order);
            keys.world.lands(buy, &[&keys.buyer.wallet]);
            keys.orders.insert(count, order);
            keys.purchases.insert(count, purchase);
        }
        keys
    }

    fn world(&self, name: &str) -> World {
        let mut world = self.world.clone();
        world.rng = generator(self.number, name);
        world
    }

    fn register(&self, sheet: &mut Sheet) {
        let register = register(&self.newcomer);
        let user = register.accounts[1].pubkey;
        for (case, ahead) in [("first key", false), ("first key, prefunded address", true)] {
            let mut world = self.world(SET_ENCRYPTION_KEY);
            if ahead {
                prefund(&mut world, &user);
            }
            sheet.measure_creation(
                (SET_ENCRYPTION_KEY, case),
                &mut world,
                register.clone(),
                &[&self.newcomer.wallet],
                &user,
            );
        }
    }

    fn create_record(&self, sheet: &mut Sheet) {
        for (locator, written) in RECORDS {
            let creator = match written {
                Written::ByClinic | Written::Prefunded => &self.clinic,
                Written::SelfIssued => &self.patient,
                // Who creates an account pays for it.
                Written::PaidBySponsor => continue,
            };
            let mut world = self.world(CREATE_RECORD);
            let (create, DeliveryRecord { record, .. }) =
                create_record(&mut world, creator, &self.patient, locator);
            if written == Written::Prefunded {
                prefund(&mut world, &record);
            }
            let case = (CREATE_RECORD, record_case(locator, written));
            sheet.measure_creation(case, &mut world, create, &[&creator.wallet], &record);
        }
    }

    fn verify_record(&self, sheet: &mut Sheet) {
        let mut world = self.world(VERIFY_RECORD);
        let (create, DeliveryRecord { record, .. }) =
            create_record(&mut world, &self.clinic, &self.patient, SHORT_LOCATOR);
        world.lands(create, &[&self.clinic.wallet]);
        let verify = verify_record(&self.patient, record);
        let case = (VERIFY_RECORD, "by the owner");
        sheet.measure(case, &mut world, &[verify], &[&self.patient.wallet]);
    }

    fn new_order(&self, id: u64, count: usize) -> (Instruction, Address) {
        let seller = self.patient.address();
        let (order, bump) = derive(&[ORDER_SEED, seller.as_ref(), &id.to_le_bytes()]);
        let mut accounts = vec![
            signer(seller),
            writable(user(&seller).0),
            writable(order),
            readonly(SYSTEM),
        ];
        accounts.extend(
            self.records[..count]
                .iter()
                .map(|record| writable(record.record)),
        );
        let window = u64::from(WINDOW).to_le_bytes();
        let data = [
            &[bump][..],
            &id.to_le_bytes(),
            &PRICE.to_le_bytes(),
            &window,
        ]
        .concat();
        (instruction(3, accounts, &data), order)
    }

    fn create_order(&self, sheet: &mut Sheet) {
        let signers = [&self.patient.wallet];
        let id = ORDERS.len() as u64;
        for count in [1, 2, 3, 9, MAX] {
            let (create, order) = self.new_order(id, count);
            let mut world = self.world(CREATE_ORDER);
            let case = (CREATE_ORDER, records(count));
            sheet.measure_creation(case, &mut world, create, &signers, &order);
        }
        let (create, order) = self.new_order(id, 1);
        let mut world = self.world(CREATE_ORDER);
        prefund(&mut world, &order);
        let case = (CREATE_ORDER, "1 record, prefunded address");
        sheet.measure_creation(case, &mut world, create, &signers, &order);
    }

    fn purchase(&self, sheet: &mut Sheet) {
        for (count, prefunded) in PURCHASES {
            let mut world = self.world(PURCHASE);
            let (buy, purchase) = new_purchase(&self.other_buyer, self.orders[&count]);
            if prefunded {
                prefund(&mut world, &purchase);
            }
            let case = (PURCHASE, purchase_case(count, prefunded));
            let signers = [&self.other_buyer.wallet];
            sheet.measure_creation(case, &mut world, buy, &signers, &purchase);
        }
    }

    /// What the seller knows of the purchase of `total` records.
    fn sale(&self, world: &World, total: usize) -> Sale {
        let order = self.orders[&total];
        let seller = self.patient.address();
        let records: Vec<Address> = self.records[..total].iter().map(|one| one.record).collect();
        let records: Vec<u8> = records.iter().flat_map(|one| one.to_bytes()).collect();
        let terms = curve::hash(&[
            TERMS_DOMAIN,
            order.as_ref(),
            seller.as_ref(),
            &PRICE.to_le_bytes(),
            &u64::from(WINDOW).to_le_bytes(),
            &records,
        ]);
        Sale {
            deployment: Deployment {
                program_id: ID,
                ..DEPLOYMENT
            },
            purchase: self.purchases[&total],
            deadline: world.time() + i64::from(WINDOW),
            buyer_key: self.buyer.purchase_secret(&order).public_key(),
            terms,
        }
    }

    /// The instruction that delivers `count` records of the purchase of `total` from position `first` on.
    fn delivery(&self, world: &mut World, first: usize, count: usize, total: usize) -> Instruction {
        let batch = &self.records[first..first + count];
        let sale = self.sale(world, total);
        let proven = delivery::deliver(&self.patient.secret(), &sale, batch, &mut world.rng)
            .unwrap_or_else(|error| panic!("{error}"));
        let mut accounts = vec![readonly(self.orders[&total]), writable(sale.purchase)];
        accounts.extend(batch.iter().map(|record| readonly(record.record)));
        let mut data = proven.settle_key.to_bytes().to_vec();
        data.push(first as u8);
        data.extend(bytemuck::bytes_of(&proven.proof));
        data.extend(bytemuck::cast_slice::<Capsule, u8>(&proven.capsules));
        instruction(5, accounts, &data)
    }

    fn deliver(&self, sheet: &mut Sheet) {
        deliveries(sheet, &self.patient.wallet, |count, total| {
            let mut world = self.world(DELIVER);
            let deliver = self.delivery(&mut world, 0, count, total);
            (world, deliver)
        });
    }

    /// Delivers all records of the purchase of `total`.
    fn lock(&self, world: &mut World, total: usize) {
        // The largest batch fits no legacy transaction.
        let largest = BATCH - 1;
        for first in (0..total).step_by(largest) {
            let deliver = self.delivery(world, first, largest.min(total - first), total);
            world.lands(deliver, &[&self.patient.wallet]);
        }
    }

    fn settlement(&self, world: &World, total: usize) -> Instruction {
        let sale = self.sale(world, total);
        let secret = SettleSecret::derive(&self.patient.secret(), &sale)
            .unwrap_or_else(|error| panic!("{error}"));
        let accounts = vec![
            writable(self.patient.address()),
            writable(self.orders[&total]),
            writable(sale.purchase),
        ];
        instruction(8, accounts, secret.to_bytes().as_ref())
    }

    fn settle(&self, sheet: &mut Sheet) {
        for count in SETTLEMENTS {
            let mut world = self.world(SETTLE);
            self.lock(&mut world, count);
            let settle = self.settlement(&world, count);
            let case = (SETTLE, records(count));
            sheet.measure(case, &mut world, &[settle], &[&self.patient.wallet]);
        }
    }

    fn refund(&self, sheet: &mut Sheet) {
        for count in [1, MAX] {
            let mut world = self.world(REFUND);
            world.set_time(world.time() + i64::from(WINDOW) + REFUND_GRACE);
            let accounts = vec![
                signer(self.buyer.address()),
                writable(self.orders[&count]),
                writable(self.purchases[&count]),
            ];
            let refund = instruction(6, accounts, &[]);
            let case = (REFUND, refund_case(count));
            sheet.measure(case, &mut world, &[refund], &[&self.buyer.wallet]);
        }
    }

    fn close_purchase(&self, sheet: &mut Sheet) {
        for count in [1, BATCH - 1] {
            let mut world = self.world(CLOSE_PURCHASE);
            self.lock(&mut world, count);
            let settle = self.settlement(&world, count);
            world.lands(settle, &[&self.patient.wallet]);
            let accounts = vec![
                signer(self.buyer.address()),
                writable(self.purchases[&count]),
            ];
            let close = instruction(7, accounts, &[]);
            let case = (CLOSE_PURCHASE, records(count));
            sheet.measure(case, &mut world, &[close], &[&self.buyer.wallet]);
        }
    }
}

fn instruction(tag: u8, accounts: Vec<AccountMeta>, data: &[u8]) -> Instruction {
    Instruction {
        program_id: ID,
        accounts,
        data: [&[tag], data].concat(),
    }
}

fn derive(seeds: &[&[u8]]) -> (Address, u8) {
    Address::find_program_address(seeds, &ID)
}

fn user(wallet: &Address) -> (Address, u8) {
    derive(&[USER_SEED, wallet.as_ref()])
}

fn register(person: &Person) -> Instruction {
    let wallet = person.address();
    let (user, bump) = user(&wallet);
    let accounts = vec![signer(wallet), writable(user), readonly(SYSTEM)];
    let data = [&[bump][..], &person.key().to_bytes()].concat();
    instruction(0, accounts, &data)
}

fn create_record(
    world: &mut World,
    creator: &Person,
    owner: &Person,
    locator: usize,
) -> (Instruction, DeliveryRecord) {
    let wallet = owner.address();
    let locator = vec![5; locator];
    let Sealed {
        address: record,
        bump,
        data_public_key,
        capsule,
        proof,
    } = Sealed::new(world, ID, creator, owner, &locator);
    let accounts = vec![
        signer(creator.address()),
        readonly(user(&wallet).0),
        writable(record),
        readonly(SYSTEM),
    ];
    let data = [
        bytemuck::bytes_of(&proof),
        &[bump],
        &data_public_key,
        bytemuck::bytes_of(&capsule),
        &FACTS_ROOT,
        &locator,
    ]
    .concat();
    (
        instruction(1, accounts, &data),
        DeliveryRecord { record, capsule },
    )
}

fn verify_record(owner: &Person, record: Address) -> Instruction {
    let owner = AccountMeta::new_readonly(owner.address(), true);
    instruction(2, vec![owner, writable(record)], &[])
}

fn new_purchase(buyer: &Person, order: Address) -> (Instruction, Address) {
    let (purchase, bump) = derive(&[PURCHASE_SEED, order.as_ref(), buyer.address().as_ref()]);
    let accounts = vec![
        signer(buyer.address()),
        writable(order),
        writable(purchase),
        readonly(SYSTEM),
    ];
    let key = buyer.purchase_secret(&order).public_key().to_bytes();
    (
        instruction(4, accounts, &[&[bump][..], &key].concat()),
        purchase,
    )
}

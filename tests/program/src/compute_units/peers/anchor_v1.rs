use generion::{
    constants::{ORDER_SEED, PURCHASE_SEED, USER_SEED},
    state::Terms,
};
use sha2::{Digest, Sha256};
use solana_address::Address;
use solana_instruction::{AccountMeta, Instruction};
use vm_account::Account;

use super::sealed::{FACTS_ROOT, SYSTEM, Sealed, readonly, signer, writable};
use crate::compute_units::{
    key_set::generator,
    shared::{
        CREATE_RECORD, PURCHASE, PURCHASES, RECORDS, Written, prefund, purchase_case, record_case,
    },
    sheet::Sheet,
};
use generion_test_support::Person;

use crate::{
    story::{PRICE, WINDOW},
    vm::World,
};

/// What it was built for.
pub(super) const ID: Address =
    Address::from_str_const("8ZkLaTPVBK21CHXpocY3RKLEckbge7fY1JbrQqi7fn7F");

pub(super) fn measure(vm: &World, number: u64) -> Sheet {
    let mut sheet = Sheet::new(1);
    create_record(vm, number, &mut sheet);
    purchase(vm, number, &mut sheet);
    sheet
}

fn create_record(vm: &World, number: u64, sheet: &mut Sheet) {
    let mut fixture = vm.clone();
    let [clinic, patient, sponsor] = people(&mut fixture, number, ["clinic", "patient", "sponsor"]);
    let user = store_user(&mut fixture, &patient);
    for (locator, written) in RECORDS {
        let (creator, payer) = match written {
            Written::ByClinic | Written::Prefunded => (&clinic, &clinic),
            Written::PaidBySponsor => (&clinic, &sponsor),
            Written::SelfIssued => (&patient, &patient),
        };
        let mut world = fixture.clone();
        world.rng = generator(number, CREATE_RECORD);
        let bytes = vec![5; locator];
        let sealed = Sealed::new(&mut world, ID, creator, &patient, &bytes);
        let record = sealed.address;
        if written == Written::Prefunded {
            prefund(&mut world, &record);
        }
        let accounts = vec![
            AccountMeta::new_readonly(creator.address(), true),
            signer(payer.address()),
            writable(user),
            writable(record),
            readonly(SYSTEM),
        ];
        let data = [
            &(locator as u32).to_le_bytes()[..],
            &bytes,
            &sealed.data_public_key,
            bytemuck::bytes_of(&sealed.capsule),
            bytemuck::bytes_of(&sealed.proof),
            &FACTS_ROOT,
        ];
        let create = instruction(CREATE_RECORD, accounts, &data.concat());
        let signers = match written {
            Written::PaidBySponsor => &[&creator.wallet, &payer.wallet][..],
            _ => &[&creator.wallet],
        };
        let case = (CREATE_RECORD, record_case(locator, written));
        sheet.measure_creation(case, &mut world, create, signers, &record);
    }
}

fn purchase(vm: &World, number: u64, sheet: &mut Sheet) {
    let mut fixture = vm.clone();
    let [patient, buyer] = people(&mut fixture, number, ["patient", "buyer"]);
    for (count, prefunded) in PURCHASES {
        let mut world = fixture.clone();
        let (order, terms) = store_order(&mut world, &patient, count);
        let purchase = derive(&[PURCHASE_SEED, order.as_ref(), buyer.address().as_ref()]);
        if prefunded {
            prefund(&mut world, &purchase);
        }
        let accounts = vec![
            signer(buyer.address()),
            writable(order),
            writable(purchase),
            readonly(SYSTEM),
        ];
        let data = [
            &buyer.purchase_secret(&order).public_key().to_bytes()[..],
            &terms,
        ];
        let buy = instruction(PURCHASE, accounts, &data.concat());
        let case = (PURCHASE, purchase_case(count, prefunded));
        sheet.measure_creation(case, &mut world, buy, &[&buyer.wallet], &purchase);
    }
}

fn people<const N: usize>(world: &mut World, number: u64, names: [&str; N]) -> [Person; N] {
    names.map(|who| {
        world.rng = generator(number, who);
        world.person()
    })
}

fn derive(seeds: &[&[u8]]) -> Address {
    Address::find_program_address(seeds, &ID).0
}

fn instruction(name: &str, accounts: Vec<AccountMeta>, data: &[u8]) -> Instruction {
    Instruction {
        program_id: ID,
        accounts,
        data: [&discriminator("global", name), data].concat(),
    }
}

/// Anchor's: the first 8 bytes of SHA-256.
fn discriminator(space: &str, name: &str) -> [u8; 8] {
    let hash: [u8; 32] = Sha256::digest(format!("{space}:{name}")).into();
    std::array::from_fn(|index| hash[index])
}

/// Writes an account as the program would have, since the instruction that makes it is not written for v1.
fn store(
    world: &mut World,
    seeds: &[&[u8]],
    name: &str,
    fields: impl Fn(u8) -> Vec<u8>,
) -> Address {
    let (address, bump) = Address::find_program_address(seeds, &ID);
    let data = [&discriminator("account", name)[..], &fields(bump)].concat();
    let account = Account {
        lamports: world.svm.minimum_balance_for_rent_exemption(data.len()),
        data,
        owner: ID,
        ..Account::default()
    };
    world
        .svm
        .set_account(address, account)
        .expect("it is no sysvar");
    address
}

fn store_user(world: &mut World, person: &Person) -> Address {
    let wallet = person.address();
    store(world, &[USER_SEED, wallet.as_ref()], "User", |bump| {
        // Version, bump; key index, next order and study id, record count; the attestation, which no case reads.
        let counters = [0; 4 + 3 * 8];
        let key = person.key().to_bytes();
        [&[1, bump][..], &counters, wallet.as_ref(), &key, &[0; 64]].concat()
    })
}

/// An order of records that there are not, and the hash of its terms.
fn store_order(world: &mut World, seller: &Person, count: usize) -> (Address, [u8; 32]) {
    let (wallet, time) = (seller.address(), world.time());
    let id = 0_u64.to_le_bytes();
    let records: Vec<Address> = (0..count as u8)
        .map(|index| Address::new_from_array([index; 32]))
        .collect();
    let order = store(
        world,
        &[ORDER_SEED, wallet.as_ref(), &id],
        "Order",
        |bump| {
            // Version, bump, open; pending purchases.
            let mut fields = vec![1, bump, 1];
            fields.extend([0; 4]);
            fields.extend(id);
            fields.extend(time.to_le_bytes());
            // Who paid the rent, and the seller.
            fields.extend(wallet.as_ref());
            fields.extend(wallet.as_ref());
            fields.extend(PRICE.to_le_bytes());
            fields.extend(WINDOW.to_le_bytes());
            // No label, for anyone; settled purchases.
            fields.extend([0; 64 + 32 + 4]);
            fields.extend((count as u32).to_le_bytes());
            fields.extend(records.iter().flat_map(|record| record.to_bytes()));
            fields
        },
    );
    let terms = Terms {
        order: &order,
        seller: &wallet,
        price: PRICE,
        delivery_window: WINDOW,
        label: &[0; 64],
        only_buyer: &Address::default(),
        records: &records,
    };
    let terms = terms.hash();
    (order, terms)
}

//! The cases, in the order of the instructions' tags.

mod delivery;
mod records;
mod sales;
mod shares;

use solana_address::Address;

use crate::World;

use super::{Sheet, key_set::KeySet};

/// Measures all cases under one set of keys.
pub(super) fn measure(keys: &KeySet, sheet: &mut Sheet) {
    records::set_encryption_key(keys, sheet);
    records::create_record(keys, sheet);
    records::verify_record(keys, sheet);
    records::delete_record(keys, sheet);
    shares::share_record(keys, sheet);
    shares::revoke_share(keys, sheet);
    sales::create_order(keys, sheet);
    sales::close_order(keys, sheet);
    sales::purchase(keys, sheet);
    delivery::deliver(keys, sheet);
    sales::refund(keys, sheet);
    sales::close_purchase(keys, sheet);
}

/// Sends an address as much ahead as an empty account must hold.
fn prefund(world: &mut World, address: &Address) {
    let lamports = world.svm.minimum_balance_for_rent_exemption(0);
    world.svm.airdrop(address, lamports).expect("an airdrop");
}

/// "1 record", "2 records".
fn records(count: usize) -> String {
    format!("{count} record{}", if count == 1 { "" } else { "s" })
}

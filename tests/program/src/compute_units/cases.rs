//! The cases, in the order of the tags of the instructions.

mod delivery;
mod records;
mod sales;
mod shares;
mod studies;

use super::{key_set::KeySet, sheet::Sheet};

/// Measures all cases with one set of keys.
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
    delivery::settle(keys, sheet);
    studies::create_study(keys, sheet);
    studies::update_study(keys, sheet);
    studies::withdraw_budget(keys, sheet);
    studies::join_study(keys, sheet);
    studies::apply(keys, sheet);
    studies::admit(keys, sheet);
    studies::withdraw_application(keys, sheet);
    studies::close_seat(keys, sheet);
    studies::close_study(keys, sheet);
}

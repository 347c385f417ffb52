//! Cases that Generion and the programs beside it have in common, with the same names.

use generion::constants::{MAX_DELIVERY_BATCH, MAX_LOCATOR_LEN, MAX_ORDER_RECORDS};
use generion_interface::locator::{PADDED_LENGTHS, SEAL_OVERHEAD};
use solana_address::Address;
use solana_instruction::Instruction;
use solana_keypair::Keypair;

use super::sheet::Sheet;
use crate::vm::World;

/// The number of records of the largest order.
pub const MAX: usize = MAX_ORDER_RECORDS;
/// The number of records of the largest batch.
pub const BATCH: usize = MAX_DELIVERY_BATCH;
/// The numbers of records of the orders on every ledger.
pub const ORDERS: [usize; 11] = [1, 2, 3, 4, 5, 6, 7, 8, 9, BATCH, MAX];

pub const SET_ENCRYPTION_KEY: &str = "set_encryption_key";
pub const CREATE_RECORD: &str = "create_record";
pub const VERIFY_RECORD: &str = "verify_record";
pub const CREATE_ORDER: &str = "create_order";
pub const PURCHASE: &str = "purchase";
pub const DELIVER: &str = "deliver";
pub const REFUND: &str = "refund";
pub const SETTLE: &str = "settle";
pub const CLOSE_PURCHASE: &str = "close_purchase";
pub const CREATE_STUDY: &str = "create_study";
pub const JOIN_STUDY: &str = "join_study";
pub const ADMIT: &str = "admit";

/// How a record is created.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Written {
    ByClinic,
    PaidBySponsor,
    SelfIssued,
    Prefunded,
}

/// The length of a short sealed locator, in bytes. Most locators have it.
pub const SHORT_LOCATOR: usize = PADDED_LENGTHS[0] + SEAL_OVERHEAD;
/// The length of a long sealed locator, in bytes.
pub const LONG_LOCATOR: usize = PADDED_LENGTHS[1] + SEAL_OVERHEAD;

/// The cases of `create_record`: the length of the locator, and how the record is created.
pub const RECORDS: [(usize, Written); 7] = [
    (10, Written::ByClinic),
    (SHORT_LOCATOR, Written::ByClinic),
    (LONG_LOCATOR, Written::ByClinic),
    (MAX_LOCATOR_LEN, Written::ByClinic),
    (SHORT_LOCATOR, Written::PaidBySponsor),
    (SHORT_LOCATOR, Written::SelfIssued),
    (SHORT_LOCATOR, Written::Prefunded),
];

/// The name of a case of `create_record`.
pub fn record_case(locator: usize, written: Written) -> String {
    let how = match written {
        Written::ByClinic => "by a clinic",
        Written::PaidBySponsor => "by a clinic, paid by a sponsor",
        Written::SelfIssued => "self-issued",
        Written::Prefunded => "prefunded address",
    };
    format!("{locator}-byte locator, {how}")
}

/// The cases of `purchase`: the number of records of the order, and whether its address is prefunded.
pub const PURCHASES: [(usize, bool); 4] = [(1, false), (9, false), (MAX, false), (1, true)];

/// The name of a case of `purchase`.
pub fn purchase_case(count: usize, prefunded: bool) -> String {
    let prefunded = if prefunded { ", prefunded address" } else { "" };
    format!("{}{prefunded}", records(count))
}

/// The cases of `settle`: the number of records of the order.
pub const SETTLEMENTS: [usize; 2] = [1, MAX];

/// The name of the case of a refund by the buyer.
pub fn refund_case(count: usize) -> String {
    format!("{}, by the buyer after the deadline", records(count))
}

/// "1 record", "2 records".
pub fn records(count: usize) -> String {
    format!("{count} record{}", if count == 1 { "" } else { "s" })
}

/// The name of a case in which this many records each disclose a fact of each group.
pub fn facts(count: u8, groups: u8) -> String {
    let each = if count == 1 { "" } else { " each" };
    let plural = if groups == 1 { "" } else { "s" };
    format!("{}, {groups} fact{plural}{each}", records(count.into()))
}

/// The name of a case in which the order, with a label of this many bytes, is created in the same transaction.
pub fn with_create_order(groups: u8, label: usize) -> String {
    let label = match label {
        0 => String::new(),
        bytes => format!(" and a label of {bytes} bytes"),
    };
    format!("{}, with `create_order`{label}", facts(1, groups))
}

/// Sends lamports to an address ahead of its creation: as many as an empty account must hold.
pub fn prefund(world: &mut World, address: &Address) {
    let lamports = world.svm.minimum_balance_for_rent_exemption(0);
    world.svm.airdrop(address, lamports).expect("an airdrop");
}

/// The number of records of the largest batch in a legacy transaction, by the number of compute-budget instructions
/// beside it.
const LARGEST: [usize; 3] = [9, 8, 8];

/// The cases of `deliver`. `prepare` returns a ledger and the instruction that delivers the first `count` records of
/// the purchase of `total` records. The seller pays the fee, because any other wallet would be an additional account.
pub fn deliveries(
    sheet: &mut Sheet,
    seller: &Keypair,
    mut prepare: impl FnMut(usize, usize) -> (World, Instruction),
) {
    for count in 1..=BATCH {
        // The first records of the largest order, or all records of an order of that many.
        for (total, locks) in [(MAX, ""), (count, ", locks")] {
            let (world, deliver) = prepare(count, total);
            let case = format!("{}{locks}", records(count));
            if count == BATCH {
                let case = format!("{case}, v0 with a lookup table");
                sheet.measure_with_table((DELIVER, case), world, deliver, seller);
                continue;
            }
            for (beside, largest) in LARGEST.into_iter().enumerate() {
                // A compute-budget instruction costs the same beside every batch.
                if beside > 0 && count != 1 && count != largest {
                    continue;
                }
                let mut transaction = budget()[..beside].to_vec();
                transaction.push(deliver.clone());
                let case = match beside {
                    0 => case.clone(),
                    _ => format!("{case}, beside {beside} compute-budget"),
                };
                let mut world = world.clone();
                sheet.measure((DELIVER, case), &mut world, &transaction, &[seller]);
            }
        }
    }
}

/// The instructions that senders put before an instruction: the limit of compute units, and the price of one.
fn budget() -> [Instruction; 2] {
    let limit = [&[2][..], &200_000_u32.to_le_bytes()].concat();
    // The price is zero, so that the fee is only that of the signature.
    let price = [&[3][..], &0_u64.to_le_bytes()].concat();
    [limit, price].map(|data| Instruction {
        program_id: Address::from_str_const("ComputeBudget111111111111111111111111111111"),
        accounts: Vec::new(),
        data,
    })
}

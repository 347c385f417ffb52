//! Compute units: for each instruction the most that the committed table has (`tests/program/compute_units.json`), rounded up.
//! Transactions are not simulated, because no node must see a capsule before it is certain whose key it is for.

/// The compute units of each try in the search for an address. A search needs more than 30 tries once in a billion.
const SEARCH: u32 = 30 * 1_500;
/// The compute-budget instructions beside.
const BUDGET: u32 = 2 * 150;

pub(super) const SET_ENCRYPTION_KEY: u32 = 8_000 + SEARCH + BUDGET;
pub(super) const CREATE_RECORD: u32 = 13_000 + SEARCH + BUDGET;
pub(super) const VERIFY_RECORD: u32 = 1_000 + BUDGET;
pub(super) const DELETE_RECORD: u32 = 1_500 + BUDGET;
pub(super) const SHARE_RECORD: u32 = 9_500 + SEARCH + BUDGET;
pub(super) const REVOKE_SHARE: u32 = 1_500 + BUDGET;
pub(super) const PURCHASE: u32 = 9_000 + SEARCH + BUDGET;
pub(super) const REFUND: u32 = 2_000 + BUDGET;
pub(super) const CLOSE_PURCHASE: u32 = 2_000 + BUDGET;

pub(super) fn create_order(records: usize) -> u32 {
    8_000 + SEARCH + BUDGET + times(300, records)
}

pub(super) fn close_order(records: usize) -> u32 {
    1_500 + BUDGET + times(200, records)
}

pub(super) fn deliver(records: usize) -> u32 {
    18_000 + BUDGET + times(4_000, records)
}

/// An order has at most 24 records.
fn times(units: u32, records: usize) -> u32 {
    units.saturating_mul(u32::try_from(records).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every case of the committed table is within the limit of its instruction.
    #[test]
    fn limits_are_above_what_the_committed_table_has() {
        let table = include_str!("../../../../tests/program/compute_units.json");
        let table: serde_json::Value = serde_json::from_str(table).unwrap();
        let mut checked = 0;
        for row in table["rows"].as_array().unwrap() {
            let case = row["case"].as_str().unwrap();
            let number = case.split(' ').next().unwrap().parse().unwrap_or(1);
            let limit = match row["instruction"].as_str().unwrap() {
                "set_encryption_key" => SET_ENCRYPTION_KEY - SEARCH,
                "create_record" => CREATE_RECORD - SEARCH,
                "verify_record" => VERIFY_RECORD,
                "delete_record" => DELETE_RECORD,
                "share_record" => SHARE_RECORD - SEARCH,
                "revoke_share" => REVOKE_SHARE,
                "create_order" => create_order(number) - SEARCH,
                "close_order" => close_order(number),
                "purchase" => PURCHASE - SEARCH,
                "deliver" => deliver(number),
                "refund" => REFUND,
                "close_purchase" => CLOSE_PURCHASE,
                // The gateway does not build these.
                "settle"
                | "create_study"
                | "update_study"
                | "withdraw_budget"
                | "join_study"
                | "apply"
                | "admit"
                | "withdraw_application"
                | "close_seat"
                | "close_study" => {
                    continue;
                }
                other => panic!("{other} is new"),
            };
            let most = row["compute_units"]["max"].as_u64().unwrap();
            assert!(most + u64::from(BUDGET) <= u64::from(limit), "{row}");
            checked += 1;
        }
        assert!(checked > 40);
    }
}

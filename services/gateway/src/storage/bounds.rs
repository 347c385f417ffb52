//! Which bounds a list can have, so that a page costs the same however large the ledger is.

use super::list::{List, ListFilter, Sort};

impl List {
    /// A bound on another value than the sort key, given by its name in queries. To find the rows within such a bound, a list
    /// would be read row by row. A list of a single wallet, order or record may have one: it does not grow with the ledger.
    pub fn bound_beside_sort(&self) -> Option<&'static str> {
        let (is_of_one, bounds): (bool, Vec<(&'static str, bool, Sort)>) = match &self.filter {
            ListFilter::Users | ListFilter::Records(_) => (true, Vec::new()),
            ListFilter::Orders(filter) => (
                filter
                    .seller
                    .or(filter.only_buyer)
                    .or(filter.record)
                    .is_some(),
                vec![
                    ("price_from", filter.price_from.is_some(), Sort::Price),
                    ("price_up_to", filter.price_up_to.is_some(), Sort::Price),
                    ("records_from", filter.records_from.is_some(), Sort::Records),
                    ("created_from", filter.created_from.is_some(), Sort::Time),
                    (
                        "created_before",
                        filter.created_before.is_some(),
                        Sort::Time,
                    ),
                ],
            ),
            ListFilter::Purchases(filter) => (
                filter.order.or(filter.seller).or(filter.buyer).is_some(),
                vec![
                    ("price_from", filter.price_from.is_some(), Sort::Price),
                    ("price_up_to", filter.price_up_to.is_some(), Sort::Price),
                    ("deadline_from", filter.deadline_from.is_some(), Sort::Time),
                    (
                        "deadline_before",
                        filter.deadline_before.is_some(),
                        Sort::Time,
                    ),
                ],
            ),
            ListFilter::Shares(filter) => {
                let is_of_one = filter
                    .record
                    .or(filter.owner)
                    .or(filter.recipient)
                    .is_some();
                let is_bounded = filter.unexpired_at.is_some();
                // No list is sorted by the time of expiry.
                return (is_bounded && !is_of_one).then_some("unexpired_at");
            }
        };
        let mut beside =
            (bounds.into_iter()).filter(|(_, is_set, sort)| *is_set && *sort != self.sort);
        match is_of_one {
            true => None,
            false => beside.next().map(|(name, _, _)| name),
        }
    }
}

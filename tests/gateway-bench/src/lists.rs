//! Every list with each of its filters, and random values for them.

use generion_gateway::storage::{
    List, ListFilter, OrderFilter, Position, PurchaseFilter, RecordFilter, ShareFilter, Sort,
};
use generion_synthetic_ledger::{CREATORS, FIRST_TIME, LABELS, SyntheticLedger, TIME_SPAN};
use rand_chacha::ChaCha8Rng;
use rand_core::RngCore;
use solana_address::Address;

/// Draws what is asked of a ledger.
pub struct Draw<'a> {
    /// Where owners, creators and records are from.
    pub ledger: &'a SyntheticLedger,
    /// Where the numbers come from.
    pub random: &'a mut ChaCha8Rng,
}

impl Draw<'_> {
    fn below(&mut self, limit: u64) -> u64 {
        self.random.next_u64() % limit
    }

    pub fn flag(&mut self) -> bool {
        self.below(2) == 0
    }

    pub fn user(&mut self) -> Address {
        let index = self.below(self.ledger.size().users);
        self.ledger.wallet(index)
    }

    pub fn creator(&mut self) -> Address {
        let index = self.below(CREATORS);
        self.ledger.creator(index)
    }

    pub fn record(&mut self) -> Address {
        let index = self.below(self.ledger.size().records);
        self.ledger.record(index).address
    }

    fn order(&mut self) -> Address {
        let index = self.below(self.ledger.size().orders);
        self.ledger.order(index).address
    }

    fn label(&mut self) -> String {
        SyntheticLedger::label(self.below(LABELS))
    }

    pub fn time(&mut self) -> i64 {
        let passed = self.below(TIME_SPAN.unsigned_abs());
        FIRST_TIME + i64::try_from(passed).unwrap_or_default()
    }

    fn price(&mut self) -> u64 {
        (1 + self.below(1_000)) * 1_000_000
    }

    fn record_count(&mut self) -> u8 {
        u8::try_from(1 + self.below(8)).unwrap_or(1)
    }

    /// A place anywhere in a list.
    pub fn position(&mut self, sort: Sort) -> Position {
        let value = match sort {
            Sort::Address => 0,
            Sort::Time => self.time(),
            Sort::Price => i64::try_from(self.price()).unwrap_or_default(),
            Sort::Records => i64::from(self.record_count()),
        };
        let mut address = [0; 32];
        self.random.fill_bytes(&mut address);
        Position {
            value,
            address: address.into(),
        }
    }
}

type DrawFilter = fn(&mut Draw<'_>) -> ListFilter;

/// A list of which pages are measured.
pub struct MeasuredList {
    /// What is listed, and by which filter.
    pub name: &'static str,
    /// What it can be sorted by.
    pub sorts: &'static [Sort],
    /// Draws the filter's values.
    pub filter: DrawFilter,
}

const BY_ADDRESS: &[Sort] = &[Sort::Address];
const BY_TIME: &[Sort] = &[Sort::Time];
const BY_TIME_OR_PRICE: &[Sort] = &[Sort::Time, Sort::Price];
const OF_ORDERS: &[Sort] = &[Sort::Time, Sort::Price, Sort::Records];

macro_rules! list {
    ($name:literal, $sorts:ident, $kind:ident, $filter:ident { $($field:ident: $draw:expr),* }) => {
        MeasuredList {
            name: $name,
            sorts: $sorts,
            filter: |_draw| {
                ListFilter::$kind($filter {
                    $($field: Some($draw(_draw)),)*
                    ..$filter::default()
                })
            },
        }
    };
}

/// All lists.
pub fn all() -> Vec<MeasuredList> {
    let users = MeasuredList {
        name: "users",
        sorts: BY_ADDRESS,
        filter: |_| ListFilter::Users,
    };
    let mut all = vec![users];
    all.extend(records());
    all.extend(orders());
    all.extend(purchases());
    all.extend(shares());
    all
}

fn records() -> [MeasuredList; 9] {
    [
        list!("records", BY_TIME, Records, RecordFilter {}),
        list!(
            "records, owner",
            BY_TIME,
            Records,
            RecordFilter { owner: Draw::user }
        ),
        list!(
            "records, creator",
            BY_TIME,
            Records,
            RecordFilter {
                creator: Draw::creator
            }
        ),
        list!(
            "records, verified",
            BY_TIME,
            Records,
            RecordFilter {
                verified: Draw::flag
            }
        ),
        list!(
            "records, self-issued",
            BY_TIME,
            Records,
            RecordFilter {
                self_issued: Draw::flag
            }
        ),
        list!(
            "records, created from",
            BY_TIME,
            Records,
            RecordFilter {
                created_from: Draw::time
            }
        ),
        list!(
            "records, created before",
            BY_TIME,
            Records,
            RecordFilter {
                created_before: Draw::time
            }
        ),
        list!(
            "records, creator and verified",
            BY_TIME,
            Records,
            RecordFilter {
                creator: Draw::creator,
                verified: Draw::flag
            }
        ),
        list!(
            "records, verified and self-issued",
            BY_TIME,
            Records,
            RecordFilter {
                verified: Draw::flag,
                self_issued: Draw::flag
            }
        ),
    ]
}

fn orders() -> [MeasuredList; 12] {
    [
        list!("orders", OF_ORDERS, Orders, OrderFilter {}),
        list!(
            "orders, seller",
            OF_ORDERS,
            Orders,
            OrderFilter { seller: Draw::user }
        ),
        list!(
            "orders, label",
            OF_ORDERS,
            Orders,
            OrderFilter { label: Draw::label }
        ),
        list!(
            "orders, open",
            OF_ORDERS,
            Orders,
            OrderFilter { open: Draw::flag }
        ),
        list!(
            "orders, only buyer",
            OF_ORDERS,
            Orders,
            OrderFilter {
                only_buyer: Draw::user
            }
        ),
        list!(
            "orders, for anybody or for one",
            OF_ORDERS,
            Orders,
            OrderFilter {
                has_only_buyer: Draw::flag
            }
        ),
        list!(
            "orders, price from",
            OF_ORDERS,
            Orders,
            OrderFilter {
                price_from: Draw::price
            }
        ),
        list!(
            "orders, price up to",
            OF_ORDERS,
            Orders,
            OrderFilter {
                price_up_to: Draw::price
            }
        ),
        list!(
            "orders, records from",
            OF_ORDERS,
            Orders,
            OrderFilter {
                records_from: Draw::record_count
            }
        ),
        list!(
            "orders, record",
            OF_ORDERS,
            Orders,
            OrderFilter {
                record: Draw::record
            }
        ),
        list!(
            "orders, created from",
            OF_ORDERS,
            Orders,
            OrderFilter {
                created_from: Draw::time
            }
        ),
        list!(
            "orders, label and open",
            OF_ORDERS,
            Orders,
            OrderFilter {
                label: Draw::label,
                open: Draw::flag
            }
        ),
    ]
}

fn purchases() -> [MeasuredList; 7] {
    [
        list!("purchases", BY_TIME_OR_PRICE, Purchases, PurchaseFilter {}),
        list!(
            "purchases, order",
            BY_TIME_OR_PRICE,
            Purchases,
            PurchaseFilter { order: Draw::order }
        ),
        list!(
            "purchases, seller",
            BY_TIME_OR_PRICE,
            Purchases,
            PurchaseFilter { seller: Draw::user }
        ),
        list!(
            "purchases, buyer",
            BY_TIME_OR_PRICE,
            Purchases,
            PurchaseFilter { buyer: Draw::user }
        ),
        list!(
            "purchases, status",
            BY_TIME_OR_PRICE,
            Purchases,
            PurchaseFilter {
                status: |draw: &mut Draw<'_>| u8::try_from(draw.below(3)).unwrap_or(0)
            }
        ),
        list!(
            "purchases, price from",
            BY_TIME_OR_PRICE,
            Purchases,
            PurchaseFilter {
                price_from: Draw::price
            }
        ),
        list!(
            "purchases, deadline from",
            BY_TIME_OR_PRICE,
            Purchases,
            PurchaseFilter {
                deadline_from: Draw::time
            }
        ),
    ]
}

fn shares() -> [MeasuredList; 5] {
    [
        list!("shares", BY_TIME, Shares, ShareFilter {}),
        list!(
            "shares, record",
            BY_TIME,
            Shares,
            ShareFilter {
                record: Draw::record
            }
        ),
        list!(
            "shares, owner",
            BY_TIME,
            Shares,
            ShareFilter { owner: Draw::user }
        ),
        list!(
            "shares, recipient",
            BY_TIME,
            Shares,
            ShareFilter {
                recipient: Draw::user
            }
        ),
        list!(
            "shares, recipient and unexpired",
            BY_TIME,
            Shares,
            ShareFilter {
                recipient: Draw::user,
                unexpired_at: Draw::time
            }
        ),
    ]
}

/// Draws a list, in either direction.
pub fn draw(measured: &MeasuredList, sort: Sort, draw: &mut Draw<'_>) -> List {
    List {
        filter: (measured.filter)(draw),
        sort,
        descending: draw.flag(),
    }
}

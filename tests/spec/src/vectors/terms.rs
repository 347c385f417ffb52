use generion::state::{Order, Terms};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use solana_address::Address;

use super::support::{address, base58, decimal, hex, wallet_address};

/// An order as the buyer sees it.
#[derive(Clone)]
struct Shown {
    order: Address,
    seller: Address,
    price: u64,
    delivery_window: u32,
    label: String,
    only_buyer: Option<Address>,
    records: Vec<Address>,
}

impl Shown {
    fn to_json(&self, name: &str) -> Value {
        let label = Order::pad_label(&self.label).expect("a short label");
        let only_buyer = self.only_buyer.unwrap_or_default();
        let text = [
            b"generion/terms/v1".as_slice(),
            self.order.as_ref(),
            self.seller.as_ref(),
            &self.price.to_le_bytes(),
            &self.delivery_window.to_le_bytes(),
            &label,
            only_buyer.as_ref(),
            &self
                .records
                .iter()
                .map(Address::to_bytes)
                .collect::<Vec<_>>()
                .concat(),
        ]
        .concat();
        let hash: [u8; 32] = Sha256::digest(&text).into();
        let terms = Terms {
            order: &self.order,
            seller: &self.seller,
            price: self.price,
            delivery_window: self.delivery_window,
            label: &label,
            only_buyer: &only_buyer,
            records: &self.records,
        };
        assert_eq!(terms.hash(), hash);
        json!({
            "name": name,
            "order": base58(&self.order),
            "seller": base58(&self.seller),
            "price": decimal(self.price),
            "delivery_window": self.delivery_window,
            "label": self.label,
            "only_buyer": self.only_buyer.as_ref().map(base58),
            "records": self.records.iter().map(base58).collect::<Vec<_>>(),
            "text": hex(text),
            "terms": hex(hash),
        })
    }
}

pub(super) fn all() -> Value {
    let shown = Shown {
        order: address("order"),
        seller: wallet_address("patient"),
        price: 250_000_000,
        delivery_window: 86_400,
        label: "Größe und Gewicht".to_owned(),
        only_buyer: None,
        records: increasing(&["one", "two", "three"]),
    };
    let with = |change: &dyn Fn(&mut Shown)| {
        let mut changed = shown.clone();
        change(&mut changed);
        changed
    };
    let all: Vec<_> = (0..24).map(|index| format!("record {index}")).collect();
    let all: Vec<_> = all.iter().map(String::as_str).collect();
    let cases = [
        ("for anyone", shown.clone()),
        (
            "for one buyer",
            with(&|s| s.only_buyer = Some(wallet_address("buyer"))),
        ),
        (
            "another order",
            with(&|s| s.order = address("another order")),
        ),
        (
            "another seller",
            with(&|s| s.seller = wallet_address("doctor")),
        ),
        ("a lamport more", with(&|s| s.price += 1)),
        ("a second less", with(&|s| s.delivery_window -= 1)),
        ("no label", with(&|s| s.label.clear())),
        ("the longest label", with(&|s| s.label = "l".repeat(64))),
        (
            "a record fewer",
            with(&|s| {
                s.records.pop();
            }),
        ),
        ("one record", with(&|s| s.records = increasing(&["one"]))),
        (
            "as many as an order lists",
            with(&|s| s.records = increasing(&all)),
        ),
        (
            "the largest numbers",
            with(&|s| (s.price, s.delivery_window) = (u64::MAX, u32::MAX)),
        ),
    ];
    let cases: Vec<_> = cases
        .iter()
        .map(|(name, shown)| shown.to_json(name))
        .collect();
    let hashes: std::collections::BTreeSet<_> =
        cases.iter().map(|case| case["terms"].to_string()).collect();
    assert_eq!(hashes.len(), cases.len());
    json!({
        "about": "What a buyer agrees to (docs/PROTOCOL.md, section 6): `terms` is SHA-256 of `text`. Without `only_buyer` \
                  anyone may buy, and zeros stand for the address.",
        "cases": cases,
    })
}

/// Addresses in the sequence in which an order contains them.
pub(super) fn increasing(names: &[&str]) -> Vec<Address> {
    let mut addresses: Vec<_> = names.iter().map(|name| address(name)).collect();
    addresses.sort_unstable();
    addresses
}

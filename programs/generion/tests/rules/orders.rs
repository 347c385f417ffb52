use anchor_lang::Address;
use generion::{
    GenerionError,
    state::{Order, Terms},
};
use sha2::{Digest, Sha256};

use crate::support::{address, leads, refuses};

const RENT_MINIMUM: u64 = 650_240;

fn order() -> Order {
    Order {
        version: 1,
        bump: 255,
        open: 1,
        reserved: 0,
        pending_purchases: 2,
        id: 9,
        created_at: 1_790_000_000,
        rent_payer: address(3),
        seller: address(1),
        price: 5_000_000,
        delivery_window: 3600,
        label: Order::pad_label("HbA1c").unwrap(),
        only_buyer: Address::default(),
        settled_purchases: 5,
    }
}

/// The order's address, and its records'.
fn listed() -> (Address, [Address; 3]) {
    (address(20), [21, 22, 23].map(address))
}

/// The terms of an order with these records, after docs/PROTOCOL.md, section 6.
fn terms_of(order: &Order, address: &Address, records: &[Address]) -> [u8; 32] {
    let mut hash = Sha256::new()
        .chain_update("generion/terms/v1")
        .chain_update(address)
        .chain_update(order.seller)
        .chain_update(order.price.to_le_bytes())
        .chain_update(order.delivery_window.to_le_bytes())
        .chain_update(order.label)
        .chain_update(order.only_buyer);
    for record in records {
        hash.update(record);
    }
    hash.finalize().into()
}

fn closed() -> Order {
    Order { open: 0, ..order() }
}

#[test]
fn records_price_and_window_have_limits() {
    let valid = |records, price, window| Order::require_valid(records, price, window, RENT_MINIMUM);
    for records in [1, 24] {
        assert_eq!(valid(records, RENT_MINIMUM, 600), Ok(()));
    }
    for records in [0, 25, 255, 256, usize::MAX] {
        assert_eq!(
            valid(records, RENT_MINIMUM, 600),
            Err(GenerionError::OrderLength)
        );
    }
    for price in [RENT_MINIMUM, u64::MAX] {
        assert_eq!(valid(1, price, 2_592_000), Ok(()));
    }
    for price in [0, RENT_MINIMUM - 1] {
        assert_eq!(valid(1, price, 600), Err(GenerionError::PriceTooLow));
    }
    for window in [0, 599, 2_592_001, u32::MAX] {
        assert_eq!(
            valid(1, RENT_MINIMUM, window),
            Err(GenerionError::DeliveryWindow)
        );
    }
}

#[test]
fn terms_are_a_hash_over_all_that_a_buyer_agrees_to() {
    let (address, records) = listed();
    let only = Order {
        only_buyer: Address::new_from_array([8; 32]),
        ..order()
    };
    for order in [order(), only] {
        for records in [&records[..], &records[..1]] {
            let terms = order.terms(&address, records).hash();
            assert_eq!(terms, terms_of(&order, &address, records));
        }
    }
    // What is no term: how far the order is, and who paid for it.
    let sold = Order {
        version: 2,
        bump: 1,
        open: 0,
        reserved: 1,
        pending_purchases: 9,
        id: 10,
        created_at: 0,
        rent_payer: Address::new_from_array([9; 32]),
        settled_purchases: 9,
        ..order()
    };
    assert_eq!(
        sold.terms(&address, &records).hash(),
        order().terms(&address, &records).hash()
    );
}

#[test]
fn every_field_is_in_the_terms() {
    let (at, records) = listed();
    let honest = order();
    let terms = honest.terms(&at, &records);
    let (other, label) = (address(9), Order::pad_label("HbA1d").unwrap());
    let [first, second, third] = records;
    let others = [
        Terms {
            order: &other,
            ..terms
        },
        Terms {
            seller: &other,
            ..terms
        },
        Terms {
            price: terms.price - 1,
            ..terms
        },
        Terms {
            price: terms.price + 1,
            ..terms
        },
        Terms {
            delivery_window: 3599,
            ..terms
        },
        Terms {
            delivery_window: 3601,
            ..terms
        },
        Terms {
            label: &label,
            ..terms
        },
        Terms {
            only_buyer: &other,
            ..terms
        },
        Terms {
            records: &[],
            ..terms
        },
        Terms {
            records: &[first, second],
            ..terms
        },
        Terms {
            records: &[first, second, third, other],
            ..terms
        },
        Terms {
            records: &[first, third, second],
            ..terms
        },
        Terms {
            records: &[first, second, other],
            ..terms
        },
        Terms {
            records: &[first, other, third],
            ..terms
        },
        Terms {
            records: &[other, second, third],
            ..terms
        },
    ];
    let mut hashes: Vec<_> = others.iter().map(Terms::hash).collect();
    hashes.push(terms.hash());
    hashes.sort_unstable();
    hashes.dedup();
    assert_eq!(hashes.len(), others.len() + 1);
}

#[test]
fn zeros_are_nobody() {
    assert_eq!(order().only_buyer(), None);
    let mut last_byte = [0; 32];
    last_byte[31] = 1;
    for buyer in [address(2), Address::new_from_array(last_byte)] {
        let only = Order {
            only_buyer: buyer,
            ..order()
        };
        assert_eq!(only.only_buyer(), Some(&buyer));
    }
}

#[test]
fn labels_are_padded_and_read_back() {
    let longest = "x".repeat(64);
    let not_ascii = "Zürich, 11‰";
    for label in ["", "HbA1c", not_ascii, &longest] {
        let padded = Order::pad_label(label).unwrap();
        assert_eq!(&padded[..label.len()], label.as_bytes());
        assert!(padded[label.len()..].iter().all(|byte| *byte == 0));
        let order = Order {
            label: padded,
            ..order()
        };
        assert_eq!(order.label(), label);
    }
}

#[test]
fn a_label_that_does_not_fit_or_would_read_otherwise_is_refused() {
    for label in [
        "x".repeat(65),
        "\0".to_owned(),
        "a\0".to_owned(),
        "a\0b".to_owned(),
    ] {
        assert_eq!(Order::pad_label(&label), Err(GenerionError::InvalidLabel));
    }
    let mut untouched = [0; 64];
    let error = Order::write_label(&mut untouched, "a\0b");
    assert_eq!(
        (error, untouched),
        (Err(GenerionError::InvalidLabel), [0; 64])
    );
}

#[test]
fn a_label_that_is_not_text_reads_as_none() {
    let order = Order {
        label: [0xff; 64],
        ..order()
    };
    assert_eq!(order.label(), "");
}

const TERMS: [u8; 32] = [7; 32];

#[test]
fn a_sale_on_the_orders_terms_is_counted() {
    let sold = |order| Order {
        pending_purchases: 3,
        ..order
    };
    let only = Order {
        only_buyer: address(2),
        ..order()
    };
    for order in [order(), only] {
        leads(&order, sold(order), |order| {
            order.count_purchase(&address(2), &TERMS, &TERMS)
        });
    }
}

#[test]
fn a_sale_is_refused() {
    let sell = |buyer: u8, agreed| {
        move |order: &mut Order| order.count_purchase(&address(buyer), &TERMS, &agreed)
    };
    refuses(&closed(), GenerionError::OrderNotOpen, sell(2, TERMS));
    refuses(&order(), GenerionError::OwnOrder, sell(1, TERMS));
    for byte in 0..32 {
        let mut other = TERMS;
        other[byte] ^= 1 << (byte % 8);
        refuses(&order(), GenerionError::TermsChanged, sell(2, other));
    }
    let full = Order {
        pending_purchases: u32::MAX,
        ..order()
    };
    refuses(&full, GenerionError::Arithmetic, sell(2, TERMS));
    // Where several rules are broken, the first answers.
    let only = Order {
        only_buyer: address(2),
        ..order()
    };
    refuses(&only, GenerionError::BuyerNotAllowed, sell(4, TERMS));
    refuses(&only, GenerionError::BuyerNotAllowed, sell(4, [0; 32]));
    refuses(&only, GenerionError::OwnOrder, sell(1, [0; 32]));
    refuses(&only, GenerionError::TermsChanged, sell(2, [0; 32]));
    refuses(&closed(), GenerionError::OrderNotOpen, sell(1, [0; 32]));
}

#[test]
fn a_pending_purchase_is_settled_or_gone() {
    let settled = Order {
        pending_purchases: 1,
        settled_purchases: 6,
        ..order()
    };
    leads(&order(), settled, Order::count_settled);
    let gone = Order {
        pending_purchases: 1,
        ..order()
    };
    leads(&order(), gone, Order::count_no_longer_pending);
}

#[test]
fn what_is_not_pending_is_neither() {
    let idle = Order {
        pending_purchases: 0,
        ..order()
    };
    refuses(
        &idle,
        GenerionError::Arithmetic,
        Order::count_no_longer_pending,
    );
    let mut after = idle;
    assert_eq!(after.count_settled(), Err(GenerionError::Arithmetic.into()));
    assert_eq!(after.pending_purchases, 0);
    let full = Order {
        settled_purchases: u32::MAX,
        ..order()
    };
    refuses(&full, GenerionError::Arithmetic, Order::count_settled);
}

#[test]
fn sales_stop_once() {
    assert!(order().is_open());
    leads(&order(), closed(), Order::stop_sales);
    assert!(!closed().is_open());
    refuses(
        &closed(),
        GenerionError::PurchasesPending,
        Order::stop_sales,
    );
}

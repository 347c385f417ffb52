use generion::{
    GenerionError,
    state::{Order, Terms},
};

use crate::support::{address, leads, refuses};

const RENT_MINIMUM: u64 = 650_240;

fn order() -> Order {
    Order {
        version: 1,
        bump: 255,
        open: 1,
        reserved: 0,
        delivery_window: 3600,
        id: 9,
        price: 5_000_000,
        created_at: 1_790_000_000,
        pending_purchases: 2,
        settled_purchases: 5,
        seller: address(1),
        rent_payer: address(3),
        label: Order::pad_label("HbA1c").unwrap(),
    }
}

const TERMS: Terms = Terms {
    price: 5_000_000,
    record_count: 3,
    delivery_window: 3600,
};

fn closed() -> Order {
    Order { open: 0, ..order() }
}

#[test]
fn terms_have_limits() {
    let valid = |terms: Terms| terms.validate(RENT_MINIMUM);
    for record_count in [1, 24] {
        assert_eq!(
            valid(Terms {
                record_count,
                ..TERMS
            }),
            Ok(())
        );
    }
    for record_count in [0, 25, 255] {
        let error = valid(Terms {
            record_count,
            ..TERMS
        });
        assert_eq!(error, Err(GenerionError::OrderLength));
    }
    for price in [RENT_MINIMUM, u64::MAX] {
        assert_eq!(valid(Terms { price, ..TERMS }), Ok(()));
    }
    for price in [0, RENT_MINIMUM - 1] {
        assert_eq!(
            valid(Terms { price, ..TERMS }),
            Err(GenerionError::PriceTooLow)
        );
    }
    for delivery_window in [600, 2_592_000] {
        assert_eq!(
            valid(Terms {
                delivery_window,
                ..TERMS
            }),
            Ok(())
        );
    }
    for delivery_window in [0, 599, 2_592_001, u32::MAX] {
        let error = valid(Terms {
            delivery_window,
            ..TERMS
        });
        assert_eq!(error, Err(GenerionError::DeliveryWindow));
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

#[test]
fn a_sale_on_the_orders_terms_is_counted() {
    let sold = Order {
        pending_purchases: 3,
        ..order()
    };
    leads(&order(), sold, |order| {
        order.sell(&address(2), &TERMS, &TERMS)
    });
}

#[test]
fn a_sale_is_refused() {
    let sell = |buyer: u8, expected: Terms| {
        move |order: &mut Order| order.sell(&address(buyer), &TERMS, &expected)
    };
    refuses(&closed(), GenerionError::OrderNotOpen, sell(2, TERMS));
    refuses(&order(), GenerionError::OwnOrder, sell(1, TERMS));
    for other in [
        Terms {
            price: TERMS.price - 1,
            ..TERMS
        },
        Terms {
            price: TERMS.price + 1,
            ..TERMS
        },
        Terms {
            record_count: 2,
            ..TERMS
        },
        Terms {
            record_count: 4,
            ..TERMS
        },
        Terms {
            delivery_window: 3599,
            ..TERMS
        },
        Terms {
            delivery_window: 3601,
            ..TERMS
        },
    ] {
        refuses(&order(), GenerionError::TermsChanged, sell(2, other));
    }
    let full = Order {
        pending_purchases: u32::MAX,
        ..order()
    };
    refuses(&full, GenerionError::Arithmetic, sell(2, TERMS));
}

#[test]
fn a_pending_purchase_is_settled_or_gone() {
    let settled = Order {
        pending_purchases: 1,
        settled_purchases: 6,
        ..order()
    };
    leads(&order(), settled, Order::settle_purchase);
    let gone = Order {
        pending_purchases: 1,
        ..order()
    };
    leads(&order(), gone, Order::drop_purchase);
}

#[test]
fn what_is_not_pending_is_neither() {
    let idle = Order {
        pending_purchases: 0,
        ..order()
    };
    refuses(&idle, GenerionError::Arithmetic, Order::drop_purchase);
    let mut after = idle;
    assert_eq!(
        after.settle_purchase(),
        Err(GenerionError::Arithmetic.into())
    );
    assert_eq!(after.pending_purchases, 0);
    let full = Order {
        settled_purchases: u32::MAX,
        ..order()
    };
    refuses(&full, GenerionError::Arithmetic, Order::settle_purchase);
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

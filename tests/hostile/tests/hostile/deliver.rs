//! Delivering by hand: what the seller believes about a sale, and what a delivery reveals.

use std::fmt;

use generion::{
    GenerionError,
    constants::REFUND_GRACE,
    state::{Order, Purchase, Record},
};
use generion_client::{Belief, ClientError, rpc::witness::WitnessError};
use generion_hostile_node_tests::{
    HONEST, MALLORY, Node, Person, Recorder, Town, assert_names, invent, keys, lies,
};
use generion_interface::{
    accounts::{OrderAccount, PurchaseAccount},
    decode::Decoded,
};
use solana_address::Address;

use crate::market::{Market, alone, drawn, minus};

/// More records than fit into one transaction: the first batch does not need two nodes.
const TWO_BATCHES: usize = 9;

/// An order and a purchase of a seller's records that are on no ledger.
struct Invented {
    order: Address,
    purchase: Address,
}

fn invent(
    town: &Town,
    node: &Node,
    seller: &Person,
    records: &[Address],
    buyer_key: [u8; 32],
) -> Invented {
    let addresses = town.validator.instructions.addresses;
    let order = addresses.order(&seller.address(), 3);
    let buyer = Address::new_unique();
    let purchase = addresses.purchase(&order, &buyer);
    let account = OrderAccount {
        state: invent::order_of(&seller.address(), 3),
        records: records.to_vec(),
    };
    let deadline = town.validator.unix_time() + 3_600;
    let state = invent::purchase_of((&order, &account), &buyer, buyer_key, deadline);
    let capsules = invent::no_capsules(records.len());
    node.tell(lies::shows(order, invent::order(&account.state, records)));
    node.tell(lies::shows(purchase, invent::purchase(&state, &capsules)));
    Invented { order, purchase }
}

/// The client delivers nothing for a purchase of an order that its seller never made; beside an honest node, it names
/// both.
#[test]
fn an_invented_purchase_is_not_delivered() {
    let market = Market::of(1);
    let town = &market.town;
    let [mallory, honest] = [(); 2].map(|()| town.node());
    let secret = drawn();
    let key = secret.public_key().to_bytes();
    let Invented { order, purchase } = invent(town, &mallory, &market.seller, &market.records, key);
    for client in [
        town.client(&[(MALLORY, &mallory)]),
        town.client(&[(MALLORY, &mallory), (HONEST, &honest)]),
    ] {
        let (keys, belief) = (keys(&market.seller), Belief::Offers(&market.offers));
        let error = town
            .wait(client.sale(&keys, &purchase, belief))
            .unwrap_err();
        match &error {
            ClientError::NotOffered { order: named, .. } => assert_eq!(*named, order),
            // Only one of two nodes shows it.
            ClientError::Witness(told) => {
                assert!(matches!(**told, WitnessError::Contradiction(_)), "{error}");
                assert_names(&error, MALLORY);
                assert_names(&error, HONEST);
            }
            _ => panic!("{error}"),
        }
    }
    assert_eq!([mallory.captured(), honest.captured()], [vec![], vec![]]);
    market.assert_shut(&[&mallory, &honest], &[&secret.to_bytes()]);
}

/// A seller who trusts the ledger, and has one node, delivers for an invented purchase. The delivery is for a sum whose
/// `s` the node never sees, and nobody opens it.
#[test]
fn what_is_delivered_for_an_invented_purchase_stays_shut() {
    let market = Market::of(TWO_BATCHES);
    let town = &market.town;
    let mallory = town.node();
    let secret = drawn();
    let key = secret.public_key().to_bytes();
    let Invented { purchase, .. } = invent(town, &mallory, &market.seller, &market.records, key);
    mallory.tell(lies::passes_simulations());
    mallory.tell(lies::claims_status(lies::ClaimedStatus::Success));
    mallory.tell(lies::drops_sends());
    let client = alone(town, &mallory);
    let keys = keys(&market.seller);
    let sale = town
        .wait(client.sale(&keys, &purchase, Belief::Ledger))
        .unwrap();
    let delivered = town.wait(client.deliver(&keys, &market.payer.wallet, &sale).send());
    let error = delivered.unwrap_err();
    assert!(
        matches!(&error, ClientError::Witness(told) if matches!(**told, WitnessError::TooFew(_))),
        "{error}"
    );
    let delivered: usize = mallory.sent().iter().map(capsules).sum();
    assert!(
        (1..TWO_BATCHES).contains(&delivered),
        "{delivered} were delivered"
    );
    market.assert_shut(&[&mallory], &[&secret.to_bytes()]);
}

fn capsules(sent: &Decoded) -> usize {
    match sent {
        Decoded::Deliver(deliver) => deliver.args.capsules.0.len(),
        _ => 0,
    }
}

/// The ledger refuses the delivery, because its proof is not about the true purchase.
#[track_caller]
fn assert_not_of_the_purchase<T: fmt::Debug>(delivered: Result<T, ClientError>) {
    let error = delivered.unwrap_err();
    let rule = Some(GenerionError::DeliveryProofInvalid);
    assert_eq!(error.rule(), rule, "{error}");
}

/// The node shows `B' = kG - S`, with `S` from a true delivery. The next delivery is for another `S`, the ledger
/// refuses it, and nobody opens it.
#[test]
fn another_buyers_key_makes_another_settle_key() {
    let market = Market::of(TWO_BATCHES);
    let town = &market.town;
    let validator = &town.validator;
    let mallory = town.node();
    let settle_key = validator
        .prove_batch(&market.seller, &validator.sale(&market.purchase), 0..8)
        .settle_key
        .to_bytes();
    let secret = drawn();
    let shown = minus(&secret, &settle_key);
    mallory.tell(lies::edits::<Purchase>(market.purchase, move |purchase| {
        purchase.buyer_key = shown;
    }));
    mallory.tell(lies::passes_simulations());
    let client = alone(town, &mallory);
    let sale = market.sale(&client).unwrap();
    assert_ne!(sale.settle_key, settle_key);
    let keys = keys(&market.seller);
    let delivered = town.wait(client.deliver(&keys, &market.payer.wallet, &sale).send());
    // The node passed the delivery on, but it does not fit the true purchase.
    assert_not_of_the_purchase(delivered);
    assert!(mallory.sent().iter().map(capsules).sum::<usize>() > 0);
    market.assert_shut(&[&mallory], &[&secret.to_bytes()]);
    assert_eq!(market.state().settle_key, [0; 32]);

    // Two nodes contradict each other about it.
    let honest = town.node();
    let witnessed = town.client(&[(MALLORY, &mallory), (HONEST, &honest)]);
    let error = market.sale(&witnessed).unwrap_err();
    assert!(
        matches!(&error, ClientError::Witness(told) if matches!(**told, WitnessError::Contradiction(_))),
        "{error}"
    );
    assert_names(&error, MALLORY);
    assert_names(&error, HONEST);
}

/// A seller who trusts the ledger is shown other terms, and a purchase that agrees with them. The ledger refuses the
/// delivery, `S` stays unset, and with honest nodes the sale goes on until the price is paid.
#[test]
fn a_delivery_from_altered_terms_does_not_land() {
    let alter: [fn(&mut Order); 4] = [
        |order| order.label[0] ^= 1,
        |order| order.delivery_window += 1,
        |order| order.price -= 1,
        |order| order.only_buyer = Address::default(),
    ];
    let market = Market::of(TWO_BATCHES);
    let town = &market.town;
    let validator = &town.validator;
    let buyer = market.buyer.address();
    for (index, edit) in alter.into_iter().enumerate() {
        let mallory = town.node();
        let true_order: OrderAccount = validator.read(&market.order);
        let mut altered = true_order.clone();
        edit(&mut altered.state);
        if index == 3 {
            altered.state.only_buyer = buyer;
        }
        let terms = altered.terms(&market.order);
        assert_ne!(terms, market.state().terms);
        let shown = invent::order(&altered.state, &altered.records);
        mallory.tell(lies::shows(market.order, shown));
        mallory.tell(lies::edits::<Purchase>(market.purchase, move |purchase| {
            purchase.terms = terms;
        }));
        mallory.tell(lies::passes_simulations());
        let client = alone(town, &mallory);
        // A seller who delivers by the own offers stops earlier.
        let error = market.sale(&client).unwrap_err();
        assert!(matches!(error, ClientError::OtherTerms { .. }), "{error}");

        let keys = keys(&market.seller);
        let sale = client.sale(&keys, &market.purchase, Belief::Ledger);
        let sale = town.wait(sale).unwrap();
        let delivered = town.wait(client.deliver(&keys, &market.payer.wallet, &sale).send());
        assert_not_of_the_purchase(delivered);
        assert_eq!(market.state().settle_key, [0; 32]);
    }
    // The sale is not lost: with honest nodes it is delivered and paid.
    let nodes = [(); 2].map(|()| town.node());
    let client = town.client(&[(MALLORY, &nodes[0]), (HONEST, &nodes[1])]);
    let sale = market.sale(&client).unwrap();
    let keys = keys(&market.seller);
    town.wait(client.deliver(&keys, &market.payer.wallet, &sale).send())
        .unwrap();
    market.settle(&client, &sale).unwrap();
    market.assert_paid();
}

/// The client does not serve a purchase with less in escrow, other terms, another number of records or another settle
/// key.
#[test]
fn a_purchase_below_its_price_or_of_other_terms_is_none() {
    let market = Market::of(1);
    let town = &market.town;
    let edits: [fn(&mut Purchase); 4] = [
        |purchase| purchase.price -= 1,
        |purchase| purchase.terms[0] ^= 1,
        |purchase| purchase.record_count += 1,
        |purchase| purchase.settle_key = [3; 32],
    ];
    for edit in edits {
        let mallory = town.node();
        mallory.tell(lies::edits::<Purchase>(market.purchase, edit));
        let error = market.sale(&alone(town, &mallory)).unwrap_err();
        let is_found_out = matches!(
            error,
            ClientError::OtherTerms { .. } | ClientError::OtherSettleKey(_)
        );
        assert!(is_found_out, "{error}");
        assert_eq!(mallory.captured(), []);
    }
}

/// For another deadline, the client derives another `S`, and the ledger refuses the delivery.
#[test]
fn a_delivery_for_another_deadline_does_not_land() {
    let market = Market::of(TWO_BATCHES);
    let town = &market.town;
    let mallory = town.node();
    mallory.tell(lies::edits::<Purchase>(market.purchase, |purchase| {
        purchase.deadline += 100_000;
    }));
    mallory.tell(lies::passes_simulations());
    let client = alone(town, &mallory);
    let sale = market.sale(&client).unwrap();
    let keys = keys(&market.seller);
    let delivered = town.wait(client.deliver(&keys, &market.payer.wallet, &sale).send());
    assert_not_of_the_purchase(delivered);
    market.assert_shut(&[&mallory], &[]);
}

/// If the node shows another record, or another capsule in it, the client names the node.
#[test]
fn another_records_capsule_is_not_delivered() {
    let market = Market::of(2);
    let town = &market.town;
    let [first, other] = market.records[..] else {
        panic!("two records")
    };
    let in_its_place = town.validator.account(&other).unwrap();
    for lie in [
        Box::new(lies::shows(first, in_its_place)) as Box<dyn generion_hostile_node_tests::Lie>,
        Box::new(lies::edits::<Record>(first, |record| {
            record.capsule.ephemeral[0] ^= 1
        })),
    ] {
        let mallory = town.node();
        mallory.tell(lie);
        let error = market.sale(&alone(town, &mallory)).unwrap_err();
        assert!(matches!(error, ClientError::Lie(_)), "{error}");
        assert_names(&error, MALLORY);
    }
}

/// With one node, with two of one operator, or beside a node that is down, the client does not make the batch that
/// locks, because it could not settle.
#[test]
fn nothing_is_locked_on_one_nodes_word() {
    let market = Market::of(1);
    let town = &market.town;
    let [mallory, other, silent] = [(); 3].map(|()| town.node());
    silent.tell(lies::is_down());
    let keys = keys(&market.seller);
    let payer = Recorder::of(&market.payer.wallet);
    for nodes in [
        vec![(MALLORY, &mallory)],
        vec![(MALLORY, &mallory), ("rpc.mallory.example", &other)],
        vec![(MALLORY, &mallory), (HONEST, &silent)],
    ] {
        let client = town.client(&nodes);
        let sale = market.sale(&client).unwrap();
        let delivered = town.wait(client.deliver(&keys, &payer, &sale).send());
        let error = delivered.unwrap_err();
        assert!(
            matches!(&error, ClientError::Witness(told) if matches!(**told, WitnessError::TooFew(_))),
            "{error}"
        );
        assert_names(&error, MALLORY);
    }
    assert!(market.state().is_pending());
    assert!(payer.messages().is_empty());
    assert_eq!(mallory.captured(), []);
}

/// A clock that is ahead or behind keeps a purchase from being locked; the buyer gets the price back, and nobody opens
/// anything.
#[test]
fn a_false_clock_delays_and_no_more() {
    let market = Market::of(1);
    let town = &market.town;
    let validator = &town.validator;
    let [mallory, honest] = [(); 2].map(|()| town.node());
    let client = town.client(&[(MALLORY, &mallory), (HONEST, &honest)]);
    let keys = keys(&market.seller);
    let sale = market.sale(&client).unwrap();
    let late = mallory.tell(lies::clock(|time| time + 10_000));
    let delivered = town.wait(client.deliver(&keys, &market.payer.wallet, &sale).send());
    assert_late(&delivered.unwrap_err());
    mallory.retract(late);

    mallory.tell(lies::clock(|time| time - 10_000));
    town.let_time_pass(3_600 + REFUND_GRACE);
    let delivered = town.wait(client.deliver(&keys, &market.payer.wallet, &sale).send());
    assert_late(&delivered.unwrap_err());
    assert!(market.state().is_pending());
    validator.lands(
        &[validator.refund(&market.buyer, &market.purchase)],
        &[&market.buyer.wallet],
    );
    assert_eq!(validator.find::<PurchaseAccount>(&market.purchase), None);
    market.assert_shut(&[&mallory, &honest], &[]);
}

/// Either it is too late, or the nodes contradict each other about the time.
#[track_caller]
fn assert_late(error: &ClientError) {
    assert!(
        matches!(error, ClientError::Witness(_) | ClientError::TooLate { .. }),
        "{error}"
    );
}

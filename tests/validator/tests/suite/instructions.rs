//! Every instruction takes effect, as accounts and events on the ledger show.

use generion::{
    ShareRecordArgs,
    state::{Share, User},
};
use generion_crypto::{capsule, delivery::open_settled, settle::SettleSecret};
use generion_interface::{
    accounts::{OrderAccount, PurchaseAccount, RecordAccount},
    events::Event,
};
use generion_test_support::{FEE, PRICE, WINDOW};
use generion_validator_tests::ValidatorChain;
use rand_core::OsRng;

/// The names of the events of a transaction.
fn names(events: &[Event]) -> Vec<&'static str> {
    events.iter().map(Event::name).collect()
}

#[test]
fn a_record_is_written_verified_shared_and_deleted() {
    let chain = ValidatorChain::open();
    let (clinic, mut patient, doctor) = (chain.person(), chain.person(), chain.user());

    // A key, and then the next one.
    for index in 0..2 {
        patient.key_index = index;
        let landed = chain.lands(&[chain.set_encryption_key(&patient)], &[&patient.wallet]);
        assert_eq!(names(&landed.events), ["EncryptionKeySet"]);
        assert_eq!(landed.fee, FEE);
        let user: User = chain.user_of(&patient);
        assert_eq!(
            (user.key_index, user.encryption_key, user.attestation),
            (
                index,
                patient.key().to_bytes(),
                patient.published_key().attestation
            )
        );
    }

    let record = chain.new_record(&clinic, &patient);
    let before = chain.lamports(&clinic.address());
    let create = chain.create_record(&clinic, &patient, &record);
    let landed = chain.lands(&[create], &[&clinic.wallet]);
    assert_eq!(names(&landed.events), ["RecordCreated"]);
    let account: RecordAccount = chain.read(&record.address);
    let state = &account.state;
    assert_eq!(
        (state.owner, state.creator, state.rent_payer),
        (patient.address(), clinic.address(), clinic.address())
    );
    assert_eq!(
        (state.capsule, state.data_public_key, &account.locator),
        (
            record.args.capsule,
            record.args.data_public_key,
            &record.args.locator
        )
    );
    assert!(!state.is_verified());
    let rent = chain.lamports(&record.address);
    let data = chain.rpc.get_account_data(&record.address).unwrap();
    assert_eq!(rent, chain.rent(data.len()));
    assert_eq!(chain.lamports(&clinic.address()), before - rent - FEE);

    let verify = chain
        .instructions
        .verify_record(patient.address(), record.address);
    let landed = chain.lands(&[verify], &[&patient.wallet]);
    assert_eq!(names(&landed.events), ["RecordVerified"]);
    assert!(
        chain
            .read::<RecordAccount>(&record.address)
            .state
            .is_verified()
    );

    // Shared with the doctor, who decrypts the same element.
    let opened = capsule::open(&record.args.capsule, &patient.secret()).unwrap();
    let (for_doctor, _) = capsule::seal(&opened, &doctor.key(), &mut OsRng);
    let args = ShareRecordArgs {
        key_index: doctor.key_index,
        capsule: for_doctor,
        expires_at: 0,
    };
    let owner = patient.address();
    let create =
        chain
            .instructions
            .share_record(owner, owner, record.address, &doctor.address(), args);
    let landed = chain.lands(&[create], &[&patient.wallet]);
    assert_eq!(names(&landed.events), ["RecordShared"]);
    let address = chain
        .instructions
        .addresses
        .share(&record.address, &doctor.address());
    let share: Share = chain.read(&address);
    let key = |element: &generion_crypto::record::RecordElement| {
        element
            .record_key(&owner, &clinic.address())
            .to_age_identity()
    };
    let by_doctor = capsule::open(&share.capsule, &doctor.secret()).unwrap();
    assert_eq!(*key(&by_doctor), *key(&record.element));

    let before = chain.lamports(&owner);
    let lamports = chain.lamports(&address);
    let revoke = chain.instructions.revoke_share(address, &share);
    let landed = chain.lands(&[revoke], &[&patient.wallet]);
    assert_eq!(names(&landed.events), ["ShareRevoked"]);
    assert_eq!(chain.lamports(&address), 0);
    assert_eq!(chain.lamports(&owner), before + lamports - FEE);

    let before = chain.lamports(&clinic.address());
    let state = chain.read::<RecordAccount>(&record.address).state;
    let delete = chain
        .instructions
        .delete_record(owner, record.address, &state);
    let landed = chain.lands(&[delete], &[&patient.wallet]);
    assert_eq!(names(&landed.events), ["RecordDeleted"]);
    assert_eq!(chain.lamports(&record.address), 0);
    assert_eq!(
        chain.lamports(&clinic.address()),
        before + rent,
        "the rent goes back to its payer"
    );
}

#[test]
fn an_order_is_sold_delivered_in_two_batches_settled_and_closed() {
    let chain = ValidatorChain::open();
    let (seller, buyer, carrier) = (chain.user(), chain.person(), chain.person());
    let (order, purchase) = chain.sold(&seller, &buyer, 3);
    let account: OrderAccount = chain.read(&order);
    assert_eq!(account.records.len(), 3);
    assert!(account.records.is_sorted());
    let state = &account.state;
    assert_eq!(
        (state.price, state.delivery_window, state.pending_purchases),
        (PRICE, WINDOW, 1)
    );
    let bought: PurchaseAccount = chain.read(&purchase);
    assert_eq!(bought.capsules, [None; 3]);
    let data = chain.rpc.get_account_data(&purchase).unwrap();
    let rent = chain.rent(data.len());
    assert_eq!(chain.lamports(&purchase), PRICE + rent);

    // The last batch locks the purchase, whoever sends it, and pays nothing.
    let before = chain.lamports(&seller.address());
    let mut capsules = vec![None; 3];
    for (first, count) in [(1, 2), (0, 1)] {
        let delivery = chain.prove_batch(&seller, &chain.sale(&purchase), first..first + count);
        let deliver = chain.deliver(&purchase, first, &delivery);
        let landed = chain.lands(&[deliver], &[&carrier.wallet]);
        assert_eq!(names(&landed.events), ["Delivered"]);
        for (slot, capsule) in capsules[first..].iter_mut().zip(delivery.capsules) {
            *slot = Some(capsule);
        }
        let now: PurchaseAccount = chain.read(&purchase);
        assert_eq!(now.capsules, capsules);
        assert_eq!(now.state.is_locked(), first == 0);
    }
    assert_eq!(chain.lamports(&seller.address()), before);
    assert_eq!(chain.lamports(&purchase), PRICE + rent);

    // Anybody can send the seller's secret, which pays the seller.
    let settle = chain.settle(&purchase, &chain.settle_secret(&seller, &purchase));
    let secret_of_seller = chain.settle_secret(&seller, &purchase);
    let landed = chain.lands(&[settle], &[&carrier.wallet]);
    assert_eq!(names(&landed.events), ["Settled"]);
    let now: PurchaseAccount = chain.read(&purchase);
    assert!(now.state.is_settled());
    assert_eq!(now.state.settle_key, *secret_of_seller.to_bytes());
    assert_eq!(chain.lamports(&seller.address()), before + PRICE);
    assert_eq!(chain.lamports(&purchase), rent);
    let settled = chain.read::<OrderAccount>(&order).state;
    assert_eq!(
        (settled.pending_purchases, settled.settled_purchases),
        (0, 1)
    );

    // The buyer decrypts the element that was encrypted for the seller.
    let secret = buyer.purchase_secret(&order);
    let shown = SettleSecret::from_bytes(&now.state.settle_key).unwrap();
    for (record, delivered) in account.records.iter().zip(capsules.iter().flatten()) {
        let state = chain.read::<RecordAccount>(record).state;
        let key = open_settled(delivered, &secret, &shown)
            .unwrap()
            .record_key(&state.owner, &state.creator)
            .data_public_key();
        assert_eq!(key.0, state.data_public_key);
    }

    let before = chain.lamports(&buyer.address());
    let close = chain.instructions.close_purchase(buyer.address(), purchase);
    let landed = chain.lands(&[close], &[&buyer.wallet]);
    assert_eq!(names(&landed.events), ["PurchaseClosed"]);
    assert_eq!(chain.lamports(&purchase), 0);
    assert_eq!(chain.lamports(&buyer.address()), before + rent - FEE);

    let before = chain.lamports(&seller.address());
    let lamports = chain.lamports(&order);
    let close = chain
        .instructions
        .close_order(order, &settled, &account.records);
    let landed = chain.lands(&[close], &[&seller.wallet]);
    assert_eq!(names(&landed.events), ["OrderClosed"]);
    assert_eq!(chain.lamports(&order), 0);
    assert_eq!(chain.lamports(&seller.address()), before + lamports - FEE);
}

/// When the seller declines, price and rent go back, and the same buyer can buy again.
#[test]
fn a_purchase_is_declined_and_made_again() {
    let chain = ValidatorChain::open();
    let (seller, buyer) = (chain.user(), chain.person());
    let (order, purchase) = chain.sold(&seller, &buyer, 1);
    let escrow = chain.lamports(&purchase);
    let before = chain.lamports(&buyer.address());
    let state = chain.read::<PurchaseAccount>(&purchase).state;
    let refund = chain
        .instructions
        .refund(seller.address(), purchase, &state);
    let landed = chain.lands(&[refund], &[&seller.wallet]);
    assert_eq!(names(&landed.events), ["Refunded"]);
    assert_eq!(chain.lamports(&purchase), 0);
    assert_eq!(chain.lamports(&buyer.address()), before + escrow);

    let (buy, again) = chain.purchase(&buyer, &order);
    chain.lands(&[buy], &[&buyer.wallet]);
    assert_eq!((again, chain.lamports(&again)), (purchase, escrow));

    // While a purchase is pending, an order is stopped and not closed.
    let OrderAccount { state, records } = chain.read(&order);
    let stop = chain.instructions.close_order(order, &state, &records);
    chain.lands(&[stop], &[&seller.wallet]);
    let state = chain.read::<OrderAccount>(&order).state;
    assert!(!state.is_open());
    assert_eq!(state.pending_purchases, 1);
}

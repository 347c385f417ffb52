//! What a participant's client checks before it discloses anything.

use generion_client::{
    Client, ClientError, JoinOptions, Offer, Offers, Participant, Wallet,
    accounts::StudyAccount,
    decode::Decoded,
    state::Order,
    studies::{description::Requirement, matching::Mismatch},
};
use solana_address::Address;
use solana_keypair::Keypair;
use solana_signer::Signer;

use crate::{
    account_data::{order_data, purchase_data},
    call::{Call, KIND, REWARD, WINDOW, fact, order as order_of_study, says, seat},
    sales::sent,
    town::addresses,
    world::{NOW, deployment, ledger},
};

#[tokio::test]
async fn a_participant_joins_in_one_transaction() {
    let call = Call::new().await;
    call.open(|_| {});
    let (client, node) = (call.clinic.client(), &call.clinic.node);
    let simulated = node.count("simulateTransaction");
    assert!(!call.join(&client, JoinOptions::default()).await.unwrap());
    assert_eq!(
        node.count("simulateTransaction"),
        simulated,
        "disclosures were shown to a node"
    );
    let [.., order, join] = &sent(node)[..] else {
        panic!("two instructions")
    };
    let (Decoded::CreateOrder(order), Decoded::JoinStudy(join)) = (order, join) else {
        panic!("{order:?} {join:?}")
    };
    let args = &order.args;
    assert_eq!((args.price, args.delivery_window), (REWARD, WINDOW));
    assert_eq!((&*args.label, args.only_buyer), ("", Some(call.vault())));
    assert_eq!(
        (join.order, join.seat, join.vault),
        (order.order, call.seat(), call.vault())
    );
    assert_eq!(join.args.description_hash, call.file().hash());
    assert_eq!(join.args.deadline, NOW + i64::from(WINDOW) - 120);
    // The one fact that is asked for is disclosed, and leads to the root.
    let [shown] = &join.args.disclosures.0[..] else {
        panic!("{:?}", join.args.disclosures)
    };
    let required = &call.description.requirements[usize::from(shown.requirement)];
    assert_eq!(required.fact, fact(KIND));
    let record = client.ledger.record(&call.record).await.unwrap();
    assert!(
        shown
            .disclosure
            .verify(&record.state.facts_root, &required.fact.hash())
    );
    // The delivery follows the offer, which was saved before.
    let offers = Offers::load(&call.offers(), &deployment()).unwrap();
    assert_eq!(
        offers.get(&order.order).unwrap().only_buyer,
        Some(call.vault())
    );
}

/// Interrupted between order and seat, or after the seat: nothing is made twice.
#[tokio::test]
async fn what_is_there_is_not_made_again() {
    let call = Call::new().await;
    call.open(|_| {});
    let (client, node) = (call.clinic.client(), &call.clinic.node);
    let seller = call.clinic.town.seller.pubkey();
    let order = addresses().order(&seller, 5);
    let mut account = order_of_study(&call);
    call.insert(order, order_data(&account));
    call.join(&client, JoinOptions::default()).await.unwrap();
    let instructions = sent(node);
    let orders = instructions
        .iter()
        .filter(|one| matches!(one, Decoded::CreateOrder(_)));
    assert_eq!(orders.count(), 0);
    let last = instructions.last().unwrap();
    assert!(
        matches!(last, Decoded::JoinStudy(join) if join.order == order),
        "{last:?}"
    );
    // An order on other terms, or for somebody else, is not the study's.
    for change in [
        |state: &mut Order| state.price += 1,
        |state: &mut Order| state.only_buyer = Address::new_from_array([1; 32]),
        |state: &mut Order| state.open = 0,
        |state: &mut Order| state.label[0] = b'x',
    ] {
        let mut other = account.clone();
        change(&mut other.state);
        call.insert(order, order_data(&other));
        call.join(&client, JoinOptions::default()).await.unwrap();
        let instructions = sent(node);
        let [.., made, _] = &instructions[..] else {
            panic!("{instructions:?}")
        };
        assert!(matches!(made, Decoded::CreateOrder(_)), "{made:?}");
    }
    account.state.pending_purchases = 1;
    let transactions = node.count("sendTransaction");
    call.insert(order, order_data(&account));
    call.insert(
        call.seat(),
        purchase_data(&seat(&call, order, &account, None)),
    );
    assert!(call.join(&client, JoinOptions::default()).await.unwrap());
    assert_eq!(node.count("sendTransaction"), transactions);
}

#[tokio::test]
async fn a_study_that_is_not_as_described_is_refused() {
    let call = Call::new().await;
    for (change, reason) in [
        (
            (|study| study.state.reward -= 1) as fn(&mut StudyAccount),
            "reward",
        ),
        (|study| study.state.study_key = [8; 32], "study key"),
        (|study| study.state.record_count = 2, "number of records"),
        (|study| study.state.delivery_window += 1, "delivery window"),
        (|study| study.state.admission = 1, "way of admission"),
        // A requirement that nobody can read: by such a hash a sponsor finds one person.
        (|study| study.tail[1] ^= 1, "requirements"),
        (|study| study.tail[66] ^= 1, "accepted creators"),
        (
            |study| study.state.description_hash[0] ^= 1,
            "another description",
        ),
    ] {
        call.open(change);
        says(&call.refusal().await, reason);
    }
    // Another sponsor's study at this address is impossible, and another's signature is refused.
    call.open(|_| {});
    let others = call.signed_by(&Keypair::new());
    let client = call.clinic.client();
    let refused = client.agreed_study(&others).await.unwrap_err();
    says(&refused, "not signed by");
}

#[tokio::test]
async fn a_seat_that_is_not_sure_is_refused() {
    let call = Call::new().await;
    call.open(|study| study.state.closes_at = NOW + 300);
    says(&call.refusal().await, "in less than 300 seconds");
    call.open(|study| study.state.closes_at = NOW - 1);
    says(&call.refusal().await, "is over");
    call.open(|study| study.state.closes_at = i64::MIN);
    says(&call.refusal().await, "is over");
    call.open(|_| {});
    // An earlier seat of this wallet could have had the same deadline.
    call.clinic.town.world.lock().unwrap().last_used = Some(NOW - 120);
    says(&call.refusal().await, "two minutes");
    call.clinic.town.world.lock().unwrap().last_used = None;
    for clock in [NOW - 121, NOW + 121, i64::MIN, i64::MAX] {
        *call.clinic.town.local.lock().unwrap() = clock;
        says(&call.refusal().await, "clock");
    }
    *call.clinic.town.local.lock().unwrap() = NOW + 120;
    call.join(&call.clinic.client(), JoinOptions::default())
        .await
        .unwrap();
    let last = sent(&call.clinic.node).pop().unwrap();
    let latest = NOW + i64::from(WINDOW);
    assert!(matches!(last, Decoded::JoinStudy(join) if join.args.deadline == latest));
}

/// A node that names an id which is taken could have the offer of another order replaced. So it is replaced by what is
/// confirmed only.
#[tokio::test]
async fn an_earlier_offer_is_kept_until_the_seat_is_there() {
    let call = Call::new().await;
    call.open(|_| {});
    let (client, seller) = (call.clinic.client(), call.clinic.town.seller.pubkey());
    let order = addresses().order(&seller, 0);
    let earlier = Offer {
        order,
        ..call.clinic.town.offer.clone()
    };
    Offers::add(&call.offers(), &deployment(), &earlier).unwrap();
    let saved = || {
        Offers::load(&call.offers(), &deployment())
            .unwrap()
            .get(&order)
            .unwrap()
            .clone()
    };
    call.clinic.node.lies.lock().unwrap().status = Some(false);
    assert!(call.join(&client, JoinOptions::default()).await.is_err());
    assert_eq!(saved(), earlier);
    call.clinic.node.lies.lock().unwrap().status = None;
    call.join(&client, JoinOptions::default()).await.unwrap();
    assert_eq!(saved().only_buyer, Some(call.vault()));
}

/// What one node shows of a study is not enough where others can be asked.
#[tokio::test]
async fn nodes_have_to_agree_on_the_study() {
    let call = Call::new().await;
    call.open(|_| {});
    let honest = call.clinic.town.world.lock().unwrap().clone();
    let other = call.clinic.town.node("https://b.example");
    let client = Client::new(
        ledger(&[&call.clinic.node, &other], &call.clinic.town.local),
        call.clinic.client().fetch_policy,
    )
    .unwrap();
    call.open(|study| study.state.closes_at += 1_000);
    other.lies.lock().unwrap().shows = Some(honest);
    let sent = call.clinic.node.count("sendTransaction");
    let error = call
        .join(&client, JoinOptions::default())
        .await
        .unwrap_err();
    assert!(matches!(error, ClientError::Witness(_)), "{error:?}");
    other.lies.lock().unwrap().shows = None;
    assert_eq!(
        (
            call.clinic.node.count("sendTransaction"),
            other.count("sendTransaction")
        ),
        (sent, 0)
    );
    call.join(&client, JoinOptions::default()).await.unwrap();
    assert!(other.count("sendTransaction") > 0);
}

/// Three facts, with a fee payer of its own: 1,236 bytes.
#[tokio::test]
async fn an_order_of_its_own_takes_a_yes() {
    let mut call = Call::new().await;
    let (client, node) = (call.clinic.client(), call.clinic.node.clone());
    let seller = call.clinic.town.seller.insecure_clone();
    let keys = Wallet { signer: &seller };
    let facts = client
        .record_facts(&keys, &call.record)
        .await
        .unwrap()
        .facts;
    let groups = facts.into_iter().zip(0..);
    call.description.requirements = groups
        .map(|(fact, group)| Requirement { group, fact })
        .collect();
    call.description.sort();
    assert_eq!(call.description.groups(), 3);
    call.open(|_| {});
    says(&call.refusal().await, "before the seat is sure");
    let yes = JoinOptions {
        accept_separate_order: true,
        ..JoinOptions::default()
    };
    call.join(&client, yes).await.unwrap();
    let last = sent(&node).pop().unwrap();
    assert!(matches!(last, Decoded::CreateOrder(_)), "{last:?}");
    // The offer is saved although there is no seat: the order may be there.
    let order = addresses().order(&seller.pubkey(), 0);
    let offers = Offers::load(&call.offers(), &deployment()).unwrap();
    assert!(offers.get(&order).is_ok());
    let mut account = order_of_study(&call);
    account.state.id = 0;
    call.insert(order, order_data(&account));
    call.join(&client, JoinOptions::default()).await.unwrap();
    let last = sent(&node).pop().unwrap();
    assert!(matches!(last, Decoded::JoinStudy(join) if join.args.disclosures.0.len() == 3));
}

/// The vault holds 1 SOL here.
#[tokio::test]
async fn the_last_seat_takes_a_yes() {
    let mut call = Call::new().await;
    call.description.reward = 600_000_000;
    call.open(|study| study.state.reward = 600_000_000);
    says(&call.refusal().await, "one further seat");
    let yes = JoinOptions {
        accept_last_seat: true,
        ..JoinOptions::default()
    };
    call.join(&call.clinic.client(), yes).await.unwrap();
    let mut poor = Call::new().await;
    poor.description.reward = 1_000_000_000;
    poor.open(|study| study.state.reward = 1_000_000_000);
    says(&poor.refusal().await, "no further seat");
}

#[tokio::test]
async fn records_that_do_not_match_are_refused_and_named() {
    let mut call = Call::new().await;
    call.open(|_| {});
    let (client, seller) = (call.clinic.client(), &call.clinic.town.seller);
    let keys = Wallet { signer: seller };
    let judgement = client.match_study(&keys, &call.description).await.unwrap();
    let matches: Vec<_> = judgement.matches.iter().map(|one| one.record).collect();
    assert_eq!(matches, [call.record]);
    assert!(judgement.is_enough(&call.description));
    // The town's own record can't be opened, and is of another creator.
    let [(_, why)] = &judgement.others[..] else {
        panic!("{judgement:?}")
    };
    assert!(why.contains(&Mismatch::Unchecked), "{why:?}");
    // Unverified.
    call.set_verified(0);
    says(&call.refusal().await, "not verified");
    call.set_verified(1);
    // Other requirements.
    call.description.requirements.remove(0);
    call.description.requirements[0].fact = fact("kind=fhir:Observation/8310-5");
    call.open(|_| {});
    says(&call.refusal().await, "requirement group 0");
}

#[tokio::test]
async fn sponsors_do_not_join_their_own_study() {
    let call = Call::new().await;
    call.open(|_| {});
    let (client, file, offers) = (call.clinic.client(), call.file(), call.offers());
    let keys = Wallet {
        signer: &call.sponsor,
    };
    let sponsor = Participant {
        wallet: &call.sponsor,
        keys: &keys,
        payer: &call.sponsor,
        offers: &offers,
    };
    let records = [call.record];
    let joined = client.join_study(sponsor, &file, &records, JoinOptions::default());
    says(&joined.await.err().unwrap(), "their own studies");
}

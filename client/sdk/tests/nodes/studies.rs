//! Studies as their sponsors have them: what is created, and what is collected.

use generion_client::{
    ClientError, NewStudy, PurchaseReceipt, Wallet,
    crypto::{
        capsule,
        rand_core::OsRng,
        settle::{self, SettleSecret},
    },
    decode::Decoded,
    studies::description::DescriptionFile,
};
use solana_address::Address;
use solana_keypair::Keypair;
use solana_signer::Signer;

use crate::{
    account_data::{order_data, purchase_data},
    call::{Call, REWARD, order as order_of_study, seat},
    sales::sent,
    town::{addresses, attested},
    world::{NOW, deployment},
};

#[tokio::test]
async fn a_study_is_created_as_it_is_described() {
    let call = Call::new().await;
    let (client, file) = (call.clinic.client(), call.file());
    let new = NewStudy {
        closes_at: NOW + 10_000,
        admitter: Some(Address::new_from_array([7; 32])),
        url: "https://institute.example/pulse".to_owned(),
    };
    let payer = &call.clinic.town.payer;
    let prepared = client
        .create_study(&call.sponsor, payer, &file, &new)
        .await
        .unwrap();
    assert_eq!(prepared.new_accounts().len(), 1);
    assert_eq!(
        prepared.send().await.unwrap().outcome,
        call.description.study
    );
    let created = sent(&call.clinic.node).pop().unwrap();
    let Decoded::CreateStudy(created) = created else {
        panic!("{created:?}")
    };
    let args = &created.args;
    assert_eq!(created.study, call.description.study);
    assert_eq!(
        (args.description_hash, args.study_key),
        (file.hash(), call.description.study_key)
    );
    assert_eq!((args.reward, args.closes_at), (REWARD, new.closes_at));
    assert_eq!(
        (args.admission, args.record_count, args.admitter),
        (0, 1, new.admitter)
    );
    let mut tail = call.account().tail;
    tail.extend(new.url.bytes());
    assert_eq!(args.tail.0, tail);
}

#[tokio::test]
async fn a_study_that_would_be_refused_is_not_sent() {
    let mut call = Call::new().await;
    let client = call.clinic.client();
    let simulated = call.clinic.node.count("simulateTransaction");
    let new = |closes_at| NewStudy {
        closes_at,
        ..NewStudy::default()
    };
    let open = new(NOW + 10_000);
    let payer = Keypair::new();
    let refused = async |call: &Call, file: &DescriptionFile, new: &NewStudy| {
        let created = client.create_study(&call.sponsor, &payer, file, new).await;
        match created {
            Err(ClientError::Argument(reason)) => reason,
            Err(error) => panic!("{error:?}"),
            Ok(_) => panic!("it is taken"),
        }
    };
    let past = refused(&call, &call.file(), &new(NOW)).await;
    assert!(past.contains("in the past"), "{past}");
    let others = refused(&call, &call.signed_by(&Keypair::new()), &open).await;
    assert!(others.contains("not signed by"), "{others}");
    let spaces = NewStudy {
        url: "https://a b".to_owned(),
        ..open.clone()
    };
    let spaces = refused(&call, &call.file(), &spaces).await;
    assert!(spaces.contains("printable ASCII"), "{spaces}");
    call.description.reward = 1;
    let cheap = refused(&call, &call.file(), &open).await;
    assert!(cheap.contains("price"), "{cheap}");
    call.description.reward = REWARD;
    let creators = std::mem::take(&mut call.description.creators);
    let anybody = refused(&call, &call.file(), &open).await;
    assert!(anybody.contains("needs an accepted creator"), "{anybody}");
    call.description.creators = creators;
    let key = std::mem::replace(&mut call.description.study_key, [3; 32]);
    let foreign = refused(&call, &call.file(), &open).await;
    assert!(foreign.contains("nobody could open"), "{foreign}");
    call.description.study_key = key;
    call.description.study = addresses().study(&call.sponsor.pubkey(), 1);
    let other = refused(&call, &call.file(), &open).await;
    assert!(other.contains("next study"), "{other}");
    assert_eq!(call.clinic.node.count("simulateTransaction"), simulated);
    let nobody = Keypair::new();
    let created = client.next_study(&nobody.pubkey()).await;
    assert!(matches!(created, Err(ClientError::NoKey(wallet)) if wallet == nobody.pubkey()));
}

#[tokio::test]
async fn the_study_is_funded_extended_ended_and_emptied() {
    let call = Call::new().await;
    call.open(|_| {});
    let (client, sponsor, study) = (call.clinic.client(), &call.sponsor, call.description.study);
    let funded = client
        .fund_study(sponsor, &study, 200_000_000)
        .await
        .unwrap();
    // The ledger in memory says that every address holds 1 SOL, and that rent is 890,880 lamports.
    assert_eq!(funded.outcome.vault, call.vault());
    assert_eq!(
        (funded.outcome.lamports, funded.outcome.seats()),
        (1_200_000_000, 23)
    );
    assert_eq!(funded.instructions().len(), 1);
    assert!(client.fund_study(sponsor, &study, 0).await.is_err());

    let extended = client
        .update_study(sponsor, &study, Some(NOW + 200_000))
        .await
        .unwrap();
    assert_eq!(extended.outcome, NOW + 200_000);
    let ended = client.update_study(sponsor, &study, None).await.unwrap();
    assert_eq!(ended.outcome, NOW + 300);
    assert!(
        client
            .update_study(sponsor, &study, Some(NOW + 1))
            .await
            .is_err()
    );
    call.open(|account| account.state.closes_at = NOW + 300);
    assert!(
        client
            .update_study(sponsor, &study, Some(NOW + 200_000))
            .await
            .is_err()
    );

    let all = client.withdraw_budget(sponsor, 0, None).await.unwrap();
    assert_eq!(all.outcome, 1_000_000_000);
    assert!(
        client
            .withdraw_budget(sponsor, 0, Some(1_000_000_001))
            .await
            .is_err()
    );
    assert!(client.withdraw_budget(sponsor, 0, Some(0)).await.is_err());
    all.send().await.unwrap();
    client
        .close_study(sponsor, &study)
        .await
        .unwrap()
        .send()
        .await
        .unwrap();
    let participant = call.clinic.town.seller.pubkey();
    client
        .close_seat(sponsor, 0, &participant)
        .send()
        .await
        .unwrap();
    let [.., withdrawn, closed, seat] = &sent(&call.clinic.node)[..] else {
        panic!("three transactions")
    };
    assert!(matches!(withdrawn, Decoded::WithdrawBudget(one) if one.vault == call.vault()));
    assert!(matches!(closed, Decoded::CloseStudy(one) if one.study == study));
    assert!(matches!(seat, Decoded::CloseSeat(one) if one.seat == call.seat()));
}

/// The sponsor saves the records' contents at the join, and opens the seat with them when record and order are gone.
#[tokio::test]
async fn a_seat_is_opened_from_its_receipt() {
    let call = Call::new().await;
    call.open(|_| {});
    let (client, town) = (call.clinic.client(), &call.clinic.town);
    let (seller, order) = (
        town.seller.pubkey(),
        addresses().order(&town.seller.pubkey(), 5),
    );
    let account = order_of_study(&call);
    call.insert(order, order_data(&account));
    call.insert(
        call.seat(),
        purchase_data(&seat(&call, order, &account, None)),
    );
    let (study, receipts) = (call.description.study, call.clinic.target("receipts"));
    let path = client
        .save_seat_receipt(&study, &seller, &receipts)
        .await
        .unwrap();
    let again = client
        .save_seat_receipt(&study, &seller, &receipts)
        .await
        .unwrap();
    assert_eq!(path, again);
    let receipt = PurchaseReceipt::read(&path).unwrap();
    assert_eq!(
        (receipt.study, receipt.purchase),
        (Some(study), call.seat())
    );

    // The participant delivers and settles.
    let record = client.ledger.record(&call.record).await.unwrap();
    let (secret, _) = attested(&town.seller, 0);
    let element = capsule::open(&record.state.capsule, &secret).unwrap();
    let sponsor = Wallet {
        signer: &call.sponsor,
    };
    let study_key = sponsor
        .study_secret(&deployment(), &study)
        .unwrap()
        .public_key()
        .for_seats();
    let sale = settle::Sale {
        deployment: deployment(),
        purchase: call.seat(),
        deadline: NOW + 1_000,
        buyer_key: study_key,
        terms: account.terms(&order),
    };
    let settle_secret = SettleSecret::derive(&secret, &sale).unwrap();
    let key = settle_secret.public_key().delivery_key(&study_key).unwrap();
    let (delivered, _) = capsule::seal(&element, &key, &mut OsRng);
    let settled = seat(
        &call,
        order,
        &account,
        Some((delivered, *settle_secret.to_bytes())),
    );
    call.insert(call.seat(), purchase_data(&settled));
    // Record and order are gone.
    call.remove([order, call.record]);
    let to = call.clinic.target("collected");
    let opened = client
        .open_purchase(&call.sponsor, &call.seat(), &receipts, &to)
        .await
        .unwrap();
    assert_eq!(std::fs::read(&opened[0].path).unwrap(), b"{}");
    assert_eq!(call.store.documents(), 1);
    // Another wallet has another key; and without the receipt nothing says what was bought.
    let other = client
        .open_purchase(&Keypair::new(), &call.seat(), &receipts, &to)
        .await;
    assert!(matches!(other, Err(ClientError::Signer(_))), "{other:?}");
    let nothing = call.clinic.target("nothing");
    let lost = client
        .open_purchase(&call.sponsor, &call.seat(), &nothing, &to)
        .await;
    assert!(matches!(lost, Err(ClientError::Receipt { .. })), "{lost:?}");
    // Before the study's seats are closed, the keys are saved as of a purchase.
    let saved = client
        .export_keys(&call.sponsor, &call.seat(), &receipts)
        .await
        .unwrap();
    let saved = PurchaseReceipt::read(&saved).unwrap();
    assert_eq!(
        (saved.study, saved.delivered.is_some()),
        (Some(study), true)
    );
}

/// An order that a node made up is not what the seat pays for.
#[tokio::test]
async fn a_receipt_is_of_the_seats_terms() {
    let call = Call::new().await;
    let (client, town) = (call.clinic.client(), &call.clinic.town);
    let (seller, order) = (
        town.seller.pubkey(),
        addresses().order(&town.seller.pubkey(), 5),
    );
    let mut account = order_of_study(&call);
    call.insert(
        call.seat(),
        purchase_data(&seat(&call, order, &account, None)),
    );
    account.state.price += 1;
    call.insert(order, order_data(&account));
    let receipts = call.clinic.target("receipts");
    let saved = client
        .save_seat_receipt(&call.description.study, &seller, &receipts)
        .await;
    assert!(
        matches!(saved, Err(ClientError::OtherTerms { .. })),
        "{saved:?}"
    );
    assert!(!receipts.exists());
}

//! Studies that select their participants: what an applicant's letter says, and what is checked before somebody is admitted.

use generion_client::{
    Applying, Client, ClientError, KeyedAccount, Offers, Participant, Wallet,
    accounts::{ApplicationAccount, StudyAccount},
    crypto::{keys::StudySecret, letter as seal},
    decode::Decoded,
    state::Application,
    studies::{description::Admission, letter::Letter},
};
use solana_address::Address;
use solana_keypair::Keypair;
use solana_signer::Signer;

use crate::{
    account_data::{application_data, order_data, purchase_data},
    call::{Call, order as order_of_study, says, seat},
    sales::sent,
    town::addresses,
    world::{NOW, deployment},
};

async fn call() -> Call {
    let mut call = Call::new().await;
    call.description.admission = Admission::Selection;
    call.open(|study| study.state.admission = 1);
    call
}

async fn apply(call: &Call, client: &Client, words: &str) -> Result<&'static str, ClientError> {
    let (seller, offers) = (&call.clinic.town.seller, call.offers());
    let participant = Participant {
        wallet: seller,
        keys: &Wallet { signer: seller },
        payer: &call.clinic.town.payer,
        offers: &offers,
    };
    let (file, records) = (call.file(), [call.record]);
    match client
        .apply_for_study(participant, &file, &records, words)
        .await?
    {
        Applying::Admitted(_) => Ok("admitted"),
        Applying::Applied(_) => Ok("applied"),
        Applying::OrderFirst(order) => order.send().await.map(|_| "order"),
        Applying::Apply(apply) => apply.send().await.map(|_| "application"),
    }
}

fn application(call: &Call) -> Address {
    addresses().application(&call.description.study, &call.clinic.town.seller.pubkey())
}

fn secret(call: &Call) -> StudySecret {
    let sponsor = Wallet {
        signer: &call.sponsor,
    };
    sponsor
        .study_secret(&deployment(), &call.description.study)
        .unwrap()
}

/// Applies, and puts order and application on the ledger. Returns the application.
async fn applied(call: &Call, client: &Client) -> KeyedAccount<ApplicationAccount> {
    assert_eq!(apply(call, client, "Hello").await.unwrap(), "application");
    let Decoded::Apply(apply) = sent(&call.clinic.node).pop().unwrap() else {
        panic!("no application")
    };
    let mut order = order_of_study(call);
    order.state.id = 0;
    call.insert(apply.order, order_data(&order));
    let account = ApplicationAccount {
        state: Application {
            version: 1,
            bump: 255,
            reserved: [0; 6],
            created_at: NOW,
            study: call.description.study,
            order: apply.order,
            participant: call.clinic.town.seller.pubkey(),
            rent_payer: call.clinic.town.payer.pubkey(),
        },
        letter: apply.args.letter.0,
    };
    call.insert(apply.application, application_data(&account));
    KeyedAccount {
        address: apply.application,
        account,
    }
}

async fn study(call: &Call, client: &Client) -> KeyedAccount<StudyAccount> {
    client.agreed_study(&call.file()).await.unwrap()
}

#[tokio::test]
async fn an_application_is_made_once() {
    let call = call().await;
    let client = call.clinic.client();
    let made = applied(&call, &client).await;
    assert_eq!(made.address, application(&call));
    let [.., order, _] = &sent(&call.clinic.node)[..] else {
        panic!("two instructions")
    };
    assert!(
        matches!(order, Decoded::CreateOrder(one) if one.args.only_buyer == Some(call.vault()))
    );
    let offers = Offers::load(&call.offers(), &deployment()).unwrap();
    assert!(offers.get(&made.account.state.order).is_ok());
    // The letter is for this application, this order and this study.
    let envelope = seal::Envelope {
        application: made.address,
        order: made.account.state.order,
    };
    let plain = seal::open(&made.account.letter, &envelope, &secret(&call)).unwrap();
    let letter = Letter::decode(&plain).unwrap();
    assert_eq!((&*letter.words, letter.documents.len()), ("Hello", 1));
    assert_eq!(letter.documents[0].shown.len(), 1);

    let transactions = call.clinic.node.count("sendTransaction");
    assert_eq!(apply(&call, &client, "Again").await.unwrap(), "applied");
    let order = order_of_study(&call);
    call.insert(
        call.seat(),
        purchase_data(&seat(&call, made.account.state.order, &order, None)),
    );
    assert_eq!(apply(&call, &client, "Again").await.unwrap(), "admitted");
    assert_eq!(call.clinic.node.count("sendTransaction"), transactions);
}

#[tokio::test]
async fn an_application_that_would_be_refused_is_not_sent() {
    let call = call().await;
    let client = call.clinic.client();
    let long = apply(&call, &client, &"x".repeat(256)).await.unwrap_err();
    says(&long, "fewer words");
    call.open(|study| (study.state.admission, study.state.closes_at) = (1, NOW + 300));
    says(
        &apply(&call, &client, "").await.unwrap_err(),
        "in less than 300 seconds",
    );
    let open = Call::new().await;
    open.open(|_| {});
    let refused = apply(&open, &open.clinic.client(), "").await.unwrap_err();
    says(&refused, "join it");
    assert!(!call.offers().exists() && !open.offers().exists());
}

#[tokio::test]
async fn an_applicant_is_checked_and_admitted_on_the_terms_that_were_checked() {
    let call = call().await;
    let client = call.clinic.client();
    let made = applied(&call, &client).await;
    let study = study(&call, &client).await;
    let listed = client.applications(&study.address).await.unwrap();
    assert_eq!(listed, std::slice::from_ref(&made));
    let applicant = client
        .check_application(&study, &secret(&call), made.clone())
        .await
        .unwrap();
    client.has_ciphertexts(&applicant).await.unwrap();
    let admitted = client.admit(&call.sponsor, &applicant).unwrap();
    assert_eq!(admitted.send().await.unwrap().outcome, call.seat());
    let Decoded::Admit(admit) = sent(&call.clinic.node).pop().unwrap() else {
        panic!("nobody is admitted")
    };
    assert_eq!(
        (admit.application, admit.order),
        (made.address, made.account.state.order)
    );
    assert_eq!(admit.args.terms, applicant.offer.terms().unwrap());
}

/// By selection nothing is paid for a document that its store has lost.
#[tokio::test]
async fn a_ciphertext_that_is_gone_is_noticed() {
    let call = call().await;
    let client = call.clinic.client();
    let made = applied(&call, &client).await;
    let study = study(&call, &client).await;
    let applicant = client
        .check_application(&study, &secret(&call), made)
        .await
        .unwrap();
    call.store.lose();
    let lost = client.has_ciphertexts(&applicant).await;
    assert!(
        matches!(lost, Err(ClientError::StoreOfRecord { .. })),
        "{lost:?}"
    );
}

#[tokio::test]
async fn a_wrong_application_is_not_admitted() {
    let call = call().await;
    let client = call.clinic.client();
    let made = applied(&call, &client).await;
    let of_study = study(&call, &client).await;
    let refused = async |study: &KeyedAccount<StudyAccount>, secret: &StudySecret, application| {
        let checked = client.check_application(study, secret, application).await;
        checked.expect_err("it is admitted")
    };
    let changed = |change: fn(&mut ApplicationAccount)| {
        let mut changed = made.clone();
        change(&mut changed.account);
        changed
    };
    let (secret, other) = (secret(&call), Keypair::new());
    let other_secret = Wallet { signer: &other }.study_secret(&deployment(), &of_study.address);
    let error = refused(&of_study, &other_secret.unwrap(), made.clone()).await;
    says(&error, "can't be opened");
    let letter = changed(|account| account.letter[40] ^= 1);
    says(
        &refused(&of_study, &secret, letter).await,
        "can't be opened",
    );
    let study = changed(|account| account.state.study = Address::new_from_array([9; 32]));
    says(&refused(&of_study, &secret, study).await, "another study");
    let participant =
        changed(|account| account.state.participant = Address::new_from_array([9; 32]));
    says(
        &refused(&of_study, &secret, participant).await,
        "another wallet's",
    );
    // Another creator, and other requirements than the letter shows.
    let mut creators = of_study.clone();
    let places = creators.account.tail.len() - 64;
    creators.account.tail[places] ^= 1;
    creators.account.tail[places + 32] ^= 1;
    says(
        &refused(&creators, &secret, made.clone()).await,
        "takes no records",
    );
    let mut requirements = of_study.clone();
    for place in [1, 34] {
        requirements.account.tail[place] ^= 1;
    }
    says(
        &refused(&requirements, &secret, made.clone()).await,
        "does not show",
    );
    let mut terms = of_study.clone();
    terms.account.state.reward += 1;
    says(
        &refused(&terms, &secret, made.clone()).await,
        "not the study's",
    );
}

//! Settling: what is asked before the secret is shown, and what keeps it from being shown.

use std::time::Duration;

use generion_client::{ClientError, Settler, rpc::witness::WitnessError};
use solana_signer::Signer;
use tokio::time::timeout;

use crate::{
    account_data::purchase_data,
    settling::{A, B, QUICK, is_marked, markers, settle},
    town::Town,
    world::{FakeNode, NOW, World},
};

/// Refused before anything was shown to anybody, and before a marker says that it may have been.
async fn refused(town: &Town, nodes: &[&FakeNode]) -> ClientError {
    let client = town.client(nodes);
    let sale = {
        // What is believed is what was true.
        let honest = town.node("https://honest.example");
        let mut world = World::clone(&town.world.lock().unwrap());
        let data = purchase_data(&town.account);
        world.accounts.insert(town.purchase, data);
        let order = crate::account_data::order_data(&town.order);
        world.accounts.insert(town.offer.order, order);
        honest.lies.lock().unwrap().shows = Some(world);
        town.sale(&town.client(&[&honest])).await
    };
    let settled = timeout(
        Duration::from_secs(100),
        settle(town, &client, &sale, |_| {}),
    );
    tokio::time::pause();
    let error = settled.await.expect("it goes on").unwrap_err();
    for node in nodes {
        assert_eq!(node.count("sendTransaction"), 0, "{error}");
        assert_eq!(node.count("simulateTransaction"), 0, "{error}");
        assert_eq!(node.count("getFeeForMessage"), 0, "{error}");
    }
    assert!(!is_marked(town, &sale), "{error}");
    error
}

#[tokio::test]
async fn a_purchase_that_is_not_as_believed_is_not_settled() {
    for (change, is_expected) in [
        (
            (|account: &mut generion_client::accounts::PurchaseAccount| account.state.status = 0)
                as fn(&mut _),
            (|error| matches!(error, ClientError::PurchaseState { .. }))
                as fn(&ClientError) -> bool,
        ),
        (
            |account| account.state.price -= 1,
            |error| {
                matches!(
                    error,
                    ClientError::OtherSettleKey(_) | ClientError::OtherTerms { .. }
                )
            },
        ),
        (
            |account| account.state.settle_key = [8; 32],
            |error| matches!(error, ClientError::OtherSettleKey(_)),
        ),
        (
            |account| account.state.deadline += 1,
            |error| matches!(error, ClientError::OtherTerms { .. }),
        ),
        (
            |account| account.state.terms[0] ^= 1,
            |error| matches!(error, ClientError::OtherTerms { .. }),
        ),
        (
            |account| account.capsules[0] = None,
            |error| matches!(error, ClientError::PurchaseState { .. }),
        ),
    ] {
        let town = Town::new();
        town.change(change);
        let error = refused(&town, &[&town.node(A), &town.node(B)]).await;
        tokio::time::resume();
        assert!(is_expected(&error), "{error:?}");
    }
}

#[tokio::test]
async fn an_order_on_other_terms_is_not_settled() {
    let town = Town::new();
    {
        let mut world = town.world.lock().unwrap();
        let data = world.accounts.get_mut(&town.offer.order).unwrap();
        // A letter of the label.
        data[108] ^= 1;
    }
    let error = refused(&town, &[&town.node(A), &town.node(B)]).await;
    assert!(matches!(error, ClientError::OtherTerms { .. }), "{error:?}");
}

#[tokio::test]
async fn one_node_does_not_suffice() {
    let town = Town::new();
    let error = refused(&town, &[&town.node(A)]).await;
    assert!(
        matches!(&error, ClientError::Witness(error) if matches!(**error, WitnessError::TooFew(_))),
        "{error:?}"
    );
}

#[tokio::test]
async fn nodes_that_contradict_each_other_are_told() {
    let town = Town::new();
    let (a, b) = (town.node(A), town.node(B));
    let mut other = World::clone(&town.world.lock().unwrap());
    other.accounts.remove(&town.purchase);
    b.lies.lock().unwrap().shows = Some(other);
    let error = refused(&town, &[&a, &b]).await;
    let ClientError::Witness(error) = &error else {
        panic!("{error:?}")
    };
    let WitnessError::Contradiction(contradiction) = &**error else {
        panic!("{error:?}")
    };
    let said: Vec<_> = contradiction
        .said
        .iter()
        .map(|said| &said.node[..])
        .collect();
    assert_eq!(said, [A, B]);
}

#[tokio::test]
async fn within_the_last_hour_by_the_later_clock_nothing_is_shown() {
    let opens = NOW + 80_000 + 300;
    for (ledger, local) in [
        // The nodes' clock, and this machine's.
        (opens - 3_599, opens - 3_599),
        (opens - 3_630, opens - 3_599),
    ] {
        let town = Town::new();
        town.world.lock().unwrap().time = ledger;
        *town.local.lock().unwrap() = local;
        let error = refused(&town, &[&town.node(A), &town.node(B)]).await;
        tokio::time::resume();
        assert!(
            matches!(
                error,
                ClientError::SettleTooLate {
                    seconds_left: 3_599,
                    needed: 3_600,
                    ..
                }
            ),
            "{error:?}"
        );
    }
    let town = Town::new();
    town.world.lock().unwrap().time = opens - 3_600;
    *town.local.lock().unwrap() = opens - 3_600;
    let (a, b) = (town.node(A), town.node(B));
    let client = town.client(&[&a, &b]);
    let sale = town.sale(&client).await;
    settle(&town, &client, &sale, |_| {}).await.unwrap();
    assert!(town.is_paid());
}

/// One honest node that stopped, and a liar that answers the same: they agree on what is long past.
#[tokio::test]
async fn nodes_that_show_the_past_are_no_witnesses() {
    let town = Town::new();
    *town.local.lock().unwrap() = NOW + 90_000;
    let error = refused(&town, &[&town.node(A), &town.node(B)]).await;
    assert!(
        matches!(&error, ClientError::Witness(error) if matches!(**error, WitnessError::TooFew(_))),
        "{error:?}"
    );
}

#[tokio::test]
async fn nodes_of_another_ledger_are_refused() {
    let town = Town::new();
    let (a, b) = (town.node(A), town.node(B));
    let mut other = World::clone(&town.world.lock().unwrap());
    other.genesis = [5; 32];
    b.lies.lock().unwrap().shows = Some(other);
    let error = refused(&town, &[&a, &b]).await;
    assert!(matches!(error, ClientError::OtherGenesis(_)), "{error:?}");
}

#[tokio::test]
async fn a_wallet_app_does_not_pay_for_it() {
    struct App(solana_keypair::Keypair);
    impl Signer for App {
        fn try_pubkey(&self) -> Result<solana_address::Address, solana_signer::SignerError> {
            self.0.try_pubkey()
        }
        fn try_sign_message(
            &self,
            message: &[u8],
        ) -> Result<solana_signature::Signature, solana_signer::SignerError> {
            self.0.try_sign_message(message)
        }
        fn is_interactive(&self) -> bool {
            true
        }
    }
    let town = Town::new();
    let (a, b) = (town.node(A), town.node(B));
    let client = town.client(&[&a, &b]);
    let sale = town.sale(&client).await;
    let (keys, markers) = (town.keys(), markers(&town));
    let settler = Settler {
        payer: &App(solana_keypair::Keypair::new()),
        markers: &markers,
        options: QUICK,
    };
    let error = client
        .settle(&keys, &sale, &settler, |_| {})
        .await
        .unwrap_err();
    assert!(matches!(error, ClientError::Signer(_)), "{error:?}");
    assert_eq!(a.count("sendTransaction"), 0);
}

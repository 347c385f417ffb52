//! Whose a key is, is not one node's word.

use std::sync::{Arc, Mutex};

use generion_client::{
    Card, Client, ClientError, Evidence, KeyMemory, OwnKey, Wallet,
    attestation::KeyAttestation,
    rpc::witness::WitnessError,
    signed_line::{Envelope, LineError},
    state::User,
    store::FetchPolicy,
};
use solana_address::Address;
use solana_keypair::Keypair;
use solana_signer::Signer;

use crate::{
    account_data::user_data,
    town::{addresses, attested},
    world::{FakeNode, NOW, Shared, World, deployment, ledger},
};

const A: &str = "https://a.example";
const B: &str = "https://b.example";

fn world(users: &[&User]) -> World {
    let mut world = World::default();
    for user in users {
        world
            .accounts
            .insert(addresses().user(&user.wallet), user_data(user));
    }
    world
}

fn nodes(truth: World) -> (FakeNode, FakeNode) {
    let world: Shared<World> = Arc::new(Mutex::new(truth));
    (FakeNode::new(A, &world), FakeNode::new(B, &world))
}

fn client(nodes: &[&FakeNode]) -> Client {
    let ledger = ledger(nodes, &Arc::new(Mutex::new(NOW)));
    Client::new(ledger, FetchPolicy::default()).unwrap()
}

fn is_too_few(error: &ClientError) -> bool {
    matches!(error, ClientError::Witness(error) if matches!(**error, WitnessError::TooFew(_)))
}

#[tokio::test]
async fn an_attested_key_is_taken_from_one_node_or_more() {
    let wallet = Keypair::new();
    let (secret, user) = attested(&wallet, 3);
    let (a, b) = nodes(world(&[&user]));
    for (nodes, names) in [(vec![&a], vec![A]), (vec![&a, &b], vec![A, B])] {
        let recipient = client(&nodes).recipient(&wallet.pubkey()).await.unwrap();
        assert_eq!((recipient.index, recipient.key), (3, secret.public_key()));
        let envelope = Envelope::Plain;
        let nodes = names.into_iter().map(str::to_owned).collect();
        assert_eq!(recipient.evidence, Evidence::Attested { envelope, nodes });
    }
    // One that does not answer is none that contradicts.
    b.lies.lock().unwrap().is_down = true;
    client(&[&a, &b]).recipient(&wallet.pubkey()).await.unwrap();
}

/// A node that wants to read what is written to a wallet: a key of its own, with whatever signature it can get.
#[tokio::test]
async fn a_key_that_its_wallet_did_not_attest_is_nobodys() {
    let (wallet, mallory) = (Keypair::new(), Keypair::new());
    let (_, user) = attested(&wallet, 0);
    let (_, own) = attested(&mallory, 0);
    for (false_user, reason) in [
        (
            User {
                attestation: [0; 64],
                ..user
            },
            LineError::Missing,
        ),
        (
            User {
                encryption_key: own.encryption_key,
                ..user
            },
            LineError::NotTheWallets(wallet.pubkey()),
        ),
        (
            User {
                wallet: wallet.pubkey(),
                ..own
            },
            LineError::NotTheWallets(wallet.pubkey()),
        ),
        (
            User {
                key_index: 1,
                ..user
            },
            LineError::NotTheWallets(wallet.pubkey()),
        ),
    ] {
        let (a, b) = nodes(world(&[&false_user]));
        for nodes in [vec![&a], vec![&a, &b]] {
            let error = client(&nodes)
                .recipient(&wallet.pubkey())
                .await
                .unwrap_err();
            assert!(
                matches!(&error, ClientError::Unattested { wallet: named, source: found, node }
                    if *named == wallet.pubkey() && *found == reason && node.contains(A)),
                "{error:?}"
            );
        }
    }
}

#[tokio::test]
async fn an_older_key_is_refused_by_who_saw_the_newer_one() {
    let wallet = Keypair::new();
    let ((_, old), (_, new)) = (attested(&wallet, 0), attested(&wallet, 1));
    let (node, _) = nodes(world(&[&new]));
    let folder = tempfile::tempdir().unwrap();
    let remembering = || {
        let mut client = client(&[&node]);
        client.set_key_memory(KeyMemory::file(folder.path().join("keys.json")));
        client
    };
    remembering().recipient(&wallet.pubkey()).await.unwrap();
    node.lies.lock().unwrap().shows = Some(world(&[&old]));
    let error = remembering().recipient(&wallet.pubkey()).await.unwrap_err();
    assert!(
        matches!(
            error,
            ClientError::OlderKey {
                index: 0,
                seen: 1,
                ..
            }
        ),
        "{error:?}"
    );
    // Who never saw it can be led to it, by one node alone.
    client(&[&node]).recipient(&wallet.pubkey()).await.unwrap();
}

#[tokio::test]
async fn nodes_that_answer_must_agree_on_key_and_index() {
    let wallet = Keypair::new();
    let ((_, old), (_, new)) = (attested(&wallet, 0), attested(&wallet, 1));
    let (a, b) = nodes(world(&[&new]));
    a.lies.lock().unwrap().shows = Some(world(&[&old]));
    let error = client(&[&a, &b])
        .recipient(&wallet.pubkey())
        .await
        .unwrap_err();
    assert!(
        matches!(&error, ClientError::Witness(error) if matches!(**error, WitnessError::Contradiction(_))),
        "{error:?}"
    );
}

/// A first node that makes agreement impossible, so as to be believed alone: it refuses to say what is final, or names a
/// slot that the other one never reaches.
#[tokio::test]
async fn a_node_that_evades_agreement_does_not_silence_another() {
    let wallet = Keypair::new();
    let ((_, old), (_, new)) = (attested(&wallet, 0), attested(&wallet, 1));
    for evasion in ["refuses what is final", "a slot of its own"] {
        let (liar, honest) = nodes(world(&[&new]));
        let mut shown = world(&[&old]);
        match evasion {
            "a slot of its own" => shown.slot = 1_000_000_000_000_000,
            _ => liar.lies.lock().unwrap().refuses_final = true,
        }
        liar.lies.lock().unwrap().shows = Some(shown);
        for nodes in [[&liar, &honest], [&honest, &liar]] {
            let error = client(&nodes)
                .recipient(&wallet.pubkey())
                .await
                .unwrap_err();
            assert!(
                matches!(&error, ClientError::Witness(error) if matches!(**error, WitnessError::Contradiction(_))),
                "{evasion}: {error:?}"
            );
        }
    }
}

/// For an index that a node made up, the wallet's own attestation would make everybody refuse its other keys.
#[tokio::test]
async fn an_index_that_a_node_made_up_is_not_attested() {
    let wallet = Keypair::new();
    let (_, user) = attested(&wallet, 0);
    let made_up = User {
        key_index: u32::MAX - 1,
        ..user
    };
    let (node, _) = nodes(world(&[&made_up]));
    let client = client(&[&node]);
    let error = client.publish_key(&wallet, &wallet).await.err();
    assert!(
        matches!(error, Some(ClientError::Unattested { .. })),
        "{error:?}"
    );
    assert_eq!(node.count("simulateTransaction"), 0);
    node.lies.lock().unwrap().shows = Some(world(&[&user]));
    let prepared = client.publish_key(&wallet, &wallet).await.unwrap();
    assert_eq!(prepared.outcome.index, 1);
}

/// A multisig vault has no key that signs: two operators say what its key is, or nobody does.
#[tokio::test]
async fn a_wallet_that_can_not_sign_takes_two_nodes() {
    let vault = addresses().order(&Address::new_unique(), 0);
    assert!(!vault.is_on_curve());
    let (secret, user) = attested(&Keypair::new(), 0);
    let user = User {
        wallet: vault,
        attestation: [0; 64],
        ..user
    };
    let (a, b) = nodes(world(&[&user]));
    let error = client(&[&a]).recipient(&vault).await.unwrap_err();
    assert!(is_too_few(&error), "{error:?}");
    let recipient = client(&[&a, &b]).recipient(&vault).await.unwrap();
    assert_eq!(recipient.key, secret.public_key());
    let named = [A, B].map(str::to_owned).to_vec();
    assert_eq!(recipient.evidence, Evidence::Witnesses { nodes: named });
    b.lies.lock().unwrap().is_down = true;
    let error = client(&[&a, &b]).recipient(&vault).await.unwrap_err();
    assert!(is_too_few(&error), "{error:?}");
}

/// Sites have wallets sign such transactions to log in, so that it may not be what its user meant.
#[tokio::test]
async fn an_attestation_by_a_transaction_takes_two_nodes() {
    let wallet = Keypair::new();
    let (_, user) = attested(&wallet, 0);
    let statement = KeyAttestation {
        deployment: deployment(),
        wallet: wallet.pubkey(),
        index: 0,
        key: user.encryption_key,
    };
    let (line, program) = (statement.line(), deployment().program_id);
    let memo = Envelope::Memo.wrap(&line, &wallet.pubkey(), &program);
    let attestation = wallet.sign_message(&memo).into();
    let (a, b) = nodes(world(&[&User {
        attestation,
        ..user
    }]));
    let error = client(&[&a]).recipient(&wallet.pubkey()).await.unwrap_err();
    assert!(is_too_few(&error), "{error:?}");
    let recipient = client(&[&a, &b]).recipient(&wallet.pubkey()).await.unwrap();
    assert!(matches!(
        recipient.evidence,
        Evidence::AttestedByTransaction { .. }
    ));
    let card = Card::new(statement, attestation).unwrap();
    let error = client(&[&a, &b]).card_recipient(&card).unwrap_err();
    assert!(matches!(error, ClientError::UnusableCard(_)), "{error:?}");
}

#[tokio::test]
async fn a_card_takes_the_place_of_a_node() {
    let wallet = Keypair::new();
    let (_, user) = attested(&wallet, 2);
    let (node, _) = nodes(world(&[&user]));
    let card = client(&[&node]).user_card(&wallet.pubkey()).await.unwrap();
    let card: Card = card.to_string().parse().unwrap();
    let (silent, _) = nodes(World::default());
    let with_card = client(&[&silent]);
    let recipient = with_card.card_recipient(&card).unwrap();
    assert_eq!((recipient.wallet, recipient.index), (wallet.pubkey(), 2));
    assert_eq!(silent.asked.lock().unwrap().len(), 0);

    // It is remembered, as a key from a node is; and an older card is refused.
    let (_, old) = attested(&wallet, 1);
    silent.lies.lock().unwrap().shows = Some(world(&[&old]));
    let error = with_card.recipient(&wallet.pubkey()).await.unwrap_err();
    assert!(matches!(error, ClientError::OlderKey { .. }), "{error:?}");
}

#[tokio::test]
async fn a_key_of_ones_own_under_another_index_is_recognised() {
    let wallet = Keypair::new();
    let ((_, first), (_, second)) = (attested(&wallet, 0), attested(&wallet, 1));
    let keys = Wallet { signer: &wallet };
    let own_key = async |user: Option<User>| {
        let users: Vec<_> = user.iter().collect();
        let (node, _) = nodes(world(&users));
        client(&[&node]).own_key(&keys).await.unwrap()
    };
    assert_eq!(own_key(None).await, OwnKey::None);
    assert_eq!(own_key(Some(second)).await, OwnKey::Present { index: 1 });
    let moved = User {
        key_index: 1,
        ..first
    };
    assert_eq!(
        own_key(Some(moved)).await,
        OwnKey::OtherIndex { index: 1, own: 0 }
    );
    let (_, foreign) = attested(&Keypair::new(), 0);
    let foreign = User {
        wallet: wallet.pubkey(),
        ..foreign
    };
    assert_eq!(own_key(Some(foreign)).await, OwnKey::Foreign { index: 0 });
}

/// A wallet that publishes a key attests it, with the index that it expects.
#[tokio::test]
async fn a_published_key_is_attested() {
    let wallet = Keypair::new();
    let (node, _) = nodes(World::default());
    let client = client(&[&node]);
    let prepared = client.publish_key(&wallet, &wallet).await.unwrap();
    let published = prepared.outcome;
    let (_, expected) = attested(&wallet, 0);
    assert_eq!(published.index, 0);
    assert_eq!(published.key.to_bytes(), expected.encryption_key);
    let statement = client.key_statement(&wallet.pubkey(), 0, &published.key);
    assert_eq!(
        statement.verify(&published.attestation),
        Ok(published.envelope)
    );
    // Nothing was sent yet, and a simulation sends nothing.
    prepared.dry_run().await.unwrap();
    assert_eq!(node.count("sendTransaction"), 0);
    prepared.send().await.unwrap();
    assert_eq!(node.count("sendTransaction"), 1);
    // Another one's attestation is not taken over.
    let error = client
        .publish_given_key(
            &wallet,
            &wallet,
            1,
            &published.key,
            Some(published.attestation),
        )
        .err();
    assert!(matches!(error, Some(ClientError::Signer(_))), "{error:?}");
}

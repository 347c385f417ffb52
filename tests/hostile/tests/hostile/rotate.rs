//! Publishing keys: the index that a wallet attests, and the cluster.

use generion::state::User;
use generion_client::{ClientError, OwnKey};
use generion_crypto::keys::EncryptionSecret;
use generion_hostile_node_tests::{
    HONEST, MALLORY, Recorder, Snapshot, Town, assert_names, keys, lies,
};
use generion_interface::decode::{Decoded, SetEncryptionKey};
use rand_core::OsRng;
use solana_hash::Hash;
use solana_signer::Signer;

use crate::create::Forge;

/// The wallet attests no key for an index that follows from a foreign key. With such an attestation, senders would
/// refuse the wallet's true keys for ever.
#[test]
fn an_index_that_a_node_made_up_is_not_attested() {
    let town = Town::found();
    let validator = &town.validator;
    let owner = validator.user();
    let user = validator.instructions.addresses.user(&owner.address());
    let forged = EncryptionSecret::random(&mut OsRng).public_key().to_bytes();
    let edits: [Box<Forge>; 3] = [
        Box::new(|user| user.key_index = u32::MAX - 1),
        Box::new(move |user| {
            user.key_index = u32::MAX - 1;
            user.encryption_key = forged;
        }),
        Box::new(move |user| user.encryption_key = forged),
    ];
    for edit in edits {
        let [mallory, honest] = [(); 2].map(|()| town.node());
        mallory.tell(lies::edits::<User>(user, edit));
        for nodes in [
            vec![(MALLORY, &mallory)],
            vec![(MALLORY, &mallory), (HONEST, &honest)],
        ] {
            let wallet = Recorder::of(&owner.wallet);
            let client = town.client(&nodes);
            let published = town.wait(client.publish_key(&wallet, &wallet));
            published.err().expect("it is found out");
            let lines = wallet.lines();
            assert!(
                lines
                    .iter()
                    .all(|line| !line.starts_with("Generion encryption key attestation")),
                "{lines:?}"
            );
            assert!(wallet.messages().is_empty());
            assert_eq!(mallory.captured(), []);
        }
    }
    // The client reports that the key on the ledger is not the wallet's.
    let mallory = town.node();
    mallory.tell(lies::edits::<User>(user, move |user| {
        user.encryption_key = forged
    }));
    let client = town.client(&[(MALLORY, &mallory)]);
    let own = town.wait(client.own_key(&keys(&owner))).unwrap();
    assert_eq!(own, OwnKey::Foreign { index: 0 });
}

/// A node that shows no key, or an older one, gets only an attestation that exists already, and the transaction is
/// refused.
#[test]
fn an_older_state_leads_to_no_new_attestation() {
    let town = Town::found();
    let validator = &town.validator;
    let mut owner = validator.user();
    let user = validator.instructions.addresses.user(&owner.address());
    let before = Snapshot::take(validator, &[]);
    let attested = [0, 1].map(|index| {
        let key = owner.secret_at(index).public_key().to_bytes();
        owner.attest(index, key)
    });
    owner.key_index = 1;
    validator.publish_key(&owner);
    let mallory = town.node();
    mallory.tell(before.replayed());
    let client = town.client(&[(MALLORY, &mallory)]);
    let wallet = Recorder::of(&owner.wallet);
    let published = town.wait(client.publish_key(&wallet, &wallet)).unwrap();
    assert_eq!(published.outcome.index, 1);
    assert_eq!(published.outcome.attestation, attested[1]);
    town.wait(published.send())
        .expect_err("there is one with this index");
    mallory.be_honest();

    mallory.tell(lies::hides(user));
    let published = town.wait(client.publish_key(&wallet, &wallet)).unwrap();
    assert_eq!(published.outcome.attestation, attested[0]);
    town.wait(published.send())
        .expect_err("there is one with this index");
    assert!(wallet.messages().is_empty());
    mallory.be_honest();

    let published = town.wait(client.publish_key(&wallet, &wallet)).unwrap();
    let published = town.wait(published.send()).unwrap().outcome;
    let signed = wallet.instructions();
    let [
        Decoded::SetEncryptionKey(SetEncryptionKey {
            wallet: by, args, ..
        }),
    ] = &signed[..]
    else {
        panic!("{signed:?}")
    };
    assert_eq!((*by, args.key_index), (wallet.pubkey(), 2));
    assert_eq!(args.encryption_key, published.key.to_bytes());
}

/// With a node of another genesis hash, the wallet signs no line; every signed line names the hash that the user set.
#[test]
fn no_line_names_a_cluster_that_the_user_did_not_set() {
    let town = Town::found();
    let validator = &town.validator;
    let owner = validator.person();
    let mallory = town.node();
    mallory.tell(lies::genesis(Hash::new_from_array([7; 32])));
    let wallet = Recorder::of(&owner.wallet);
    let client = town.client(&[(MALLORY, &mallory)]);
    let error = town
        .wait(client.publish_key(&wallet, &wallet))
        .err()
        .expect("it is found out");
    assert!(matches!(error, ClientError::OtherGenesis(_)), "{error}");
    assert_names(&error, MALLORY);
    assert!(wallet.lines().is_empty() && wallet.messages().is_empty());

    let honest = town.node();
    let client = town.client(&[(HONEST, &honest)]);
    let published = town.wait(client.publish_key(&wallet, &wallet)).unwrap();
    town.wait(published.send()).unwrap();
    let genesis = format!("genesis={} ", validator.deployment.genesis);
    let lines = wallet.lines();
    assert!(lines.len() >= 2);
    assert!(
        lines.iter().all(|line| line.contains(&genesis)),
        "{lines:?}"
    );
}

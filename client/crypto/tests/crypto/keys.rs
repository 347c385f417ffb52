use ed25519_dalek::Signer;
use generion_crypto::{
    keys::{
        DerivationError, EncryptionKey, EncryptionSecret, PurchaseSecret, StudySecret,
        encryption_key_line,
    },
    record::DataPublicKey,
};
use generion_interface::{Deployment, GenesisHash};
use generion_reference_proofs::group_order::plus_order;
use solana_address::Address;

use crate::support::{
    DEPLOYMENT, ORDER, STUDY, address, encryption_secret, purchase_secret, rng, study_secret,
    wallet, wallet_address,
};

#[test]
fn each_wallet_index_cluster_program_order_and_use_has_its_own_key() {
    let wallet = wallet(1);
    let other_program = Deployment {
        program_id: address(9),
        ..DEPLOYMENT
    };
    let other_cluster = Deployment {
        genesis: GenesisHash([2; 32]),
        ..DEPLOYMENT
    };
    let address_of_wallet = wallet_address(&wallet);
    let sign = |line: &[u8]| Ok::<_, ()>(wallet.sign(line).to_bytes());
    let encryption = |deployment| {
        EncryptionSecret::derive_from_wallet(&address_of_wallet, &deployment, 0, sign).unwrap()
    };
    let purchase = |deployment| {
        PurchaseSecret::derive_from_wallet(&address_of_wallet, &deployment, &ORDER, sign).unwrap()
    };
    let study = |deployment| {
        StudySecret::derive_from_wallet(&address_of_wallet, &deployment, &STUDY, sign).unwrap()
    };
    let keys = [
        encryption_secret(1, 0).public_key().to_bytes(),
        encryption_secret(1, 1).public_key().to_bytes(),
        encryption_secret(2, 0).public_key().to_bytes(),
        encryption(other_program).public_key().to_bytes(),
        encryption(other_cluster).public_key().to_bytes(),
        purchase(other_program).public_key().to_bytes(),
        purchase(other_cluster).public_key().to_bytes(),
        purchase_secret(1, &ORDER).public_key().to_bytes(),
        purchase_secret(1, &address(9)).public_key().to_bytes(),
        purchase_secret(2, &ORDER).public_key().to_bytes(),
        // A study at the address of an order has another key than the order.
        study_secret(1, &ORDER).public_key().to_bytes(),
        study_secret(1, &STUDY).public_key().to_bytes(),
        study_secret(2, &STUDY).public_key().to_bytes(),
        study(other_program).public_key().to_bytes(),
        study(other_cluster).public_key().to_bytes(),
    ];
    for (index, key) in keys.iter().enumerate() {
        assert!(!keys[..index].contains(key), "{index}");
    }
}

#[test]
fn a_signer_that_is_not_deterministic_is_refused() {
    let wallet = wallet(1);
    let wallet_address = wallet_address(&wallet);
    let mut calls = 0;
    let secret =
        EncryptionSecret::derive_from_wallet::<()>(&wallet_address, &DEPLOYMENT, 0, |line| {
            calls += 1;
            // Like a hedged signer: it does not matter which of the two signatures is valid.
            let mut signature = wallet.sign(line).to_bytes();
            signature[0] ^= calls;
            Ok(signature)
        });
    assert!(
        matches!(secret, Err(DerivationError::NotDeterministic(wallet)) if wallet == wallet_address)
    );
}

#[test]
fn a_signer_that_wraps_what_it_signs_is_refused() {
    let wallet = wallet(1);
    let wallet_address = wallet_address(&wallet);
    let secret =
        PurchaseSecret::derive_from_wallet::<()>(&wallet_address, &DEPLOYMENT, &ORDER, |line| {
            Ok(wallet
                .sign(&[b"\xffsolana offchain", line].concat())
                .to_bytes())
        });
    assert!(matches!(secret, Err(DerivationError::NotPlain(wallet)) if wallet == wallet_address));
}

#[test]
fn another_wallets_signature_is_refused() {
    let (wallet, other) = (wallet(1), wallet(2));
    let secret = EncryptionSecret::derive_from_wallet::<()>(
        &wallet_address(&wallet),
        &DEPLOYMENT,
        0,
        |line| Ok(other.sign(line).to_bytes()),
    );
    assert!(matches!(secret, Err(DerivationError::NotPlain(_))));
}

#[test]
fn the_signers_own_error_comes_back() {
    for failing_call in [1, 2] {
        let wallet = wallet(1);
        let mut calls = 0;
        let secret = EncryptionSecret::derive_from_wallet(
            &wallet_address(&wallet),
            &DEPLOYMENT,
            7,
            |line| {
                calls += 1;
                assert_eq!(line, encryption_key_line(&DEPLOYMENT, 7).as_bytes());
                if calls == failing_call {
                    Err("locked")
                } else {
                    Ok(wallet.sign(line).to_bytes())
                }
            },
        );
        assert!(matches!(secret, Err(DerivationError::Signer("locked"))));
    }
}

/// A seat is a purchase whose buyer's key is the study's, so both have the same secret.
#[test]
fn a_studys_secret_is_that_of_its_seats() {
    let random = StudySecret::random(&mut rng());
    for secret in [study_secret(1, &STUDY), random] {
        assert_eq!(*secret.for_seats().to_bytes(), *secret.to_bytes());
        let key = secret.public_key();
        assert_eq!(key.for_seats(), secret.for_seats().public_key());
        assert_eq!(key.for_seats().to_bytes(), key.to_bytes());
    }
}

#[test]
fn an_exported_secret_is_read_back() {
    let secret = encryption_secret(1, 0);
    let read = EncryptionSecret::from_bytes(&secret.to_bytes()).unwrap();
    assert_eq!(read.public_key(), secret.public_key());
    let key = secret.public_key();
    assert_eq!(EncryptionKey::from_bytes(&key.to_bytes()), Some(key));
}

/// Keys are printed as in other places: like the addresses beside them, and like age recipients.
#[test]
fn public_keys_are_shown() {
    let key = encryption_secret(1, 0).public_key();
    let address = Address::new_from_array(key.to_bytes());
    assert_eq!(format!("{key:?}"), format!("PublicKey({address})"));
    let recipient = DataPublicKey([9; 32]).to_age_recipient();
    assert!(recipient.starts_with("age1"), "{recipient}");
    let shown = format!("{:?}", DataPublicKey([9; 32]));
    assert_eq!(shown, format!("DataPublicKey({recipient})"));
}

#[test]
fn keys_are_compared_by_value() {
    let key = encryption_secret(1, 0).public_key();
    assert_eq!(key, encryption_secret(1, 0).public_key());
    assert_ne!(key, encryption_secret(2, 0).public_key());
}

#[test]
fn a_secret_that_is_zero_or_not_canonical_is_refused() {
    let secret = encryption_secret(1, 0).to_bytes();
    for bytes in [
        [0; 32],
        plus_order(&[0; 32]),
        plus_order(&secret),
        [0xff; 32],
    ] {
        assert!(EncryptionSecret::from_bytes(&bytes).is_none(), "{bytes:?}");
    }
}

#[test]
fn a_key_that_is_the_identity_or_not_canonical_is_refused() {
    let negative = {
        // 2^255 - 20 = -1 mod p: not the non-negative of its pair
        let mut bytes = [0xff; 32];
        (bytes[0], bytes[31]) = (0xec, 0x7f);
        bytes
    };
    let beyond_the_field = {
        // 2^255 - 19 = 0 mod p
        let mut bytes = negative;
        bytes[0] = 0xed;
        bytes
    };
    for bytes in [[0; 32], negative, beyond_the_field, [0xff; 32]] {
        assert!(EncryptionKey::from_bytes(&bytes).is_none(), "{bytes:?}");
    }
}

use curve25519_dalek::{RistrettoPoint, Scalar, ristretto::CompressedRistretto};
use generion::{
    GenerionError,
    curve::IDENTITY,
    state::{Purchase, PurchaseStatus},
};
use generion_crypto::settle::{Sale, SettleKey, SettleSecret};
use generion_interface::Deployment;
use generion_reference_proofs::group_order::plus_order;
use hkdf::Hkdf;
use serde_json::{Value, json};
use sha2::Sha512;

use super::support::{
    address, base58, compress, decimal, deployment, encryption_secret, genesis, hex, not_points,
    on_mainnet, purchase_secret, scalar, seed,
};

/// The purchase as the seller of all vectors sees it.
pub(super) fn sale() -> Sale {
    Sale {
        deployment: deployment(),
        purchase: address("purchase"),
        deadline: 1_790_086_500,
        buyer_key: purchase_secret("buyer", &deployment(), &address("order")).public_key(),
        terms: seed("terms"),
    }
}

fn derived(name: &str, seller: &str, sale: &Sale) -> Value {
    let owner = encryption_secret(seller, &deployment(), 0);
    let Sale {
        deployment,
        purchase,
        deadline,
        buyer_key,
        terms,
    } = sale;
    let info = [
        deployment.genesis.as_ref(),
        deployment.program_id.as_ref(),
        purchase.as_ref(),
        &deadline.to_le_bytes(),
        &buyer_key.to_bytes(),
        terms,
    ]
    .concat();
    let mut wide = [0; 64];
    Hkdf::<Sha512>::new(Some(b"generion/settle-key/v1"), owner.to_bytes().as_ref())
        .expand(&info, &mut wide)
        .expect("64 bytes");
    let secret = Scalar::from_bytes_mod_order_wide(&wide);
    let key = RistrettoPoint::mul_base(&secret);
    let buyer_point = CompressedRistretto(buyer_key.to_bytes()).decompress();
    let delivery_key = compress(&(buyer_point.expect("a point") + key));

    let made = SettleSecret::derive(&owner, sale).expect("a usable key");
    assert_eq!(*made.to_bytes(), secret.to_bytes());
    assert_eq!(made.public_key().to_bytes(), compress(&key));
    let made_key = made.public_key().delivery_key(buyer_key).expect("a point");
    assert_eq!(made_key.to_bytes(), delivery_key);
    json!({
        "name": name,
        "owner_secret": hex(*owner.to_bytes()),
        "genesis": genesis(deployment),
        "program_id": base58(&deployment.program_id),
        "purchase": base58(purchase),
        "deadline": decimal(deadline),
        "buyer_key": hex(buyer_key.to_bytes()),
        "terms": hex(terms),
        "info": hex(info),
        "wide": hex(wide),
        "settle_secret": hex(secret.to_bytes()),
        "settle_key": hex(compress(&key)),
        "delivery_key": hex(delivery_key),
    })
}

pub(super) fn all() -> Value {
    let sale = sale();
    let with = |change: &dyn Fn(&mut Sale)| {
        let mut changed = sale;
        change(&mut changed);
        changed
    };
    let other_key = purchase_secret("buyer", &deployment(), &address("another order")).public_key();
    let cases = [
        ("a sale", "patient", sale),
        ("another seller", "doctor", sale),
        (
            "another cluster",
            "patient",
            with(&|s| s.deployment = on_mainnet()),
        ),
        (
            "another program",
            "patient",
            with(&|s| {
                s.deployment = Deployment {
                    program_id: address("another program"),
                    ..s.deployment
                };
            }),
        ),
        (
            "another purchase",
            "patient",
            with(&|s| s.purchase = address("another purchase")),
        ),
        (
            "a deadline a second later",
            "patient",
            with(&|s| s.deadline += 1),
        ),
        (
            "a deadline before 1970",
            "patient",
            with(&|s| s.deadline = -1),
        ),
        (
            "another buyer key",
            "patient",
            with(&|s| s.buyer_key = other_key),
        ),
        ("other terms", "patient", with(&|s| s.terms[31] ^= 1)),
    ];
    let cases: Vec<_> = cases
        .iter()
        .map(|(name, seller, sale)| derived(name, seller, sale))
        .collect();
    let keys: std::collections::BTreeSet<_> = cases
        .iter()
        .map(|case| case["settle_key"].to_string())
        .collect();
    assert_eq!(keys.len(), cases.len());
    json!({
        "about": "The key that settles a purchase (docs/PROTOCOL.md, section 6): the seller's `owner_secret` and what the \
                  seller believes about the sale give `wide` (HKDF-SHA512 with `info`), which is reduced to \
                  `settle_secret`; `delivery_key` is `buyer_key` plus `settle_key`. Each case but the first differs from \
                  the first in what its name says. `settle` takes `settle_secret` for `settle_key` and nothing else: \
                  `refused_secrets` are refused with the program's error. `refused_keys` are no settle key for `buyer_key`.",
        "cases": cases,
        "refused_secrets": refused_secrets(),
        "refused_keys": refused_keys(),
    })
}

fn refused_secrets() -> Vec<Value> {
    let owner = encryption_secret("patient", &deployment(), 0);
    let secret = *SettleSecret::derive(&owner, &sale())
        .expect("a usable key")
        .to_bytes();
    let next = (scalar(&secret) + Scalar::ONE).to_bytes();
    let negated = (-scalar(&secret)).to_bytes();
    let key = compress(&RistrettoPoint::mul_base(&scalar(&secret)));
    let cases = [
        ("one more", next),
        ("negated", negated),
        ("the settle key itself", key),
        ("with the group order added", plus_order(&secret)),
        ("with the highest bit set", {
            let mut high = secret;
            high[31] |= 0x80;
            high
        }),
        ("zero", [0; 32]),
        ("the group order, which is zero", plus_order(&[0; 32])),
        ("the seller's own secret", *owner.to_bytes()),
    ];
    let refused = cases.into_iter().map(|(name, bytes)| {
        let mut purchase = Purchase {
            status: PurchaseStatus::Locked as u8,
            settle_key: key,
            ..bytemuck::Zeroable::zeroed()
        };
        let refusal = purchase.settle(&bytes).expect_err(name);
        assert_eq!(refusal, GenerionError::SettleKeyInvalid.into(), "{name}");
        let read = SettleSecret::from_bytes(&bytes);
        assert!(!read.is_some_and(|read| read.is_of(&key)), "{name}");
        json!({"name": name, "settle_key": hex(key), "settle_secret": hex(bytes), "error": "SettleKeyInvalid"})
    });
    refused.collect()
}

fn refused_keys() -> Vec<Value> {
    let buyer_key = sale().buyer_key;
    let buyer_point = CompressedRistretto(buyer_key.to_bytes())
        .decompress()
        .expect("a point");
    let opposite = compress(&-buyer_point);
    let cases = [
        ("the identity", IDENTITY),
        (
            "the buyer's key negated, so that the sum is the identity",
            opposite,
        ),
    ];
    let refused = cases.into_iter().chain(not_points()).map(|(name, bytes)| {
        let key = SettleKey::from_bytes(&bytes).and_then(|key| key.delivery_key(&buyer_key));
        assert!(key.is_none(), "{name}");
        json!({"name": name, "buyer_key": hex(buyer_key.to_bytes()), "settle_key": hex(bytes)})
    });
    refused.collect()
}

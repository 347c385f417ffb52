use curve25519_dalek::RistrettoPoint;
use generion_crypto::record::RecordElement;
use hkdf::Hkdf;
use serde_json::{Value, json};
use sha2::Sha256;

use super::support::{Tape, base58, compress, hex, wallet_address};

pub(super) fn all() -> Value {
    let cases = [
        ("patient", "clinic"),
        ("patient", "laboratory"),
        ("doctor", "doctor"),
    ];
    let cases = cases.map(|(owner, creator)| {
        let (owner_address, creator_address) = (wallet_address(owner), wallet_address(creator));
        let mut tape = Tape::new(&format!("record of {owner} by {creator}"));
        let key = RecordElement::random(&mut tape).record_key(&owner_address, &creator_address);
        let uniform: [u8; 64] = tape.given();

        let element = compress(&RistrettoPoint::from_uniform_bytes(&uniform));
        let mut secret = [0; 32];
        Hkdf::<Sha256>::new(Some(b"generion/record-key/v1"), &element)
            .expand_multi_info(
                &[owner_address.as_ref(), creator_address.as_ref()],
                &mut secret,
            )
            .expect("32 bytes");
        let public = crypto_box::SecretKey::from_bytes(secret).public_key();
        assert_eq!(key.data_public_key().0, public.to_bytes());
        let identity = key.to_age_identity();
        let (_, encoded) = bech32::decode(&identity).expect("Bech32");
        assert_eq!(encoded, secret);
        json!({
            "uniform": hex(uniform),
            "element": hex(element),
            "owner": base58(&owner_address),
            "creator": base58(&creator_address),
            "record_key": hex(secret),
            "data_public_key": hex(public.to_bytes()),
            "age_identity": *identity,
            "age_recipient": key.data_public_key().to_age_recipient(),
        })
    });
    json!({
        "about": "Record keys (docs/PROTOCOL.md, section 2): `uniform` is mapped to the group element M, from which and \
                  the two wallets the X25519 key of document and locator follows. In the last case a creator is the owner.",
        "cases": cases,
    })
}

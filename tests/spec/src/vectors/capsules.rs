use curve25519_dalek::{RistrettoPoint, Scalar, ristretto::CompressedRistretto};
use generion::proof::capsule::CapsuleProof;
use generion_crypto::{
    Capsule,
    capsule::{self, RecordBinding},
    keys::{KeyUse, SecretKey},
    record::{DataPublicKey, RecordElement},
};
use generion_reference_proofs::capsule::Statement;
use generion_reference_proofs::group_order::plus_order;
use serde_json::{Value, json};

use super::support::{
    Half, Tape, address, base58, capsule_from, compress, deployment, encryption_secret, hex,
    program, purchase_secret, scalar, spoiled_halves, wallet_address,
};

pub(super) fn all() -> Value {
    let patient = encryption_secret("patient", &deployment(), 0);
    let doctor = encryption_secret("doctor", &deployment(), 0);
    let buyer = purchase_secret("buyer", &deployment(), &address("order"));
    let cases = [
        sealed("for its owner", &patient),
        sealed("for a doctor", &doctor),
        sealed("for a buyer's key", &buyer),
    ];
    let good: Vec<u8> = hex::decode(cases[0]["capsule"].as_str().expect("a text")).expect("hex");
    let good = capsule_from(&good);
    let identity = (
        Half::Ephemeral,
        "ephemeral half: the identity".to_owned(),
        [0; 32],
    );
    let malformed = [identity].into_iter().chain(spoiled_halves());
    let malformed = malformed.map(|(half, name, bytes)| {
        let mut changed = good;
        *half.of(&mut changed) = bytes;
        assert!(capsule::open(&changed, &patient).is_err(), "{name}");
        json!({"name": name, "capsule": hex(changed.as_bytes())})
    });
    json!({
        "about": "Capsules R || C (docs/PROTOCOL.md, section 2): `random` is reduced to r, `element` is M, opened with \
                  `secret`. What is malformed can't be opened with any key.",
        "cases": cases,
        "malformed": malformed.collect::<Vec<_>>(),
    })
}

fn sealed<U: KeyUse>(name: &str, secret: &SecretKey<U>) -> Value {
    let mut tape = Tape::new(name);
    let element = RecordElement::random(&mut tape);
    let uniform: [u8; 64] = tape.given();
    let (capsule, _) = capsule::seal(&element, &secret.public_key(), &mut tape);
    let random: [u8; 64] = tape.given();

    let point = RistrettoPoint::from_uniform_bytes(&uniform);
    let r = Scalar::from_bytes_mod_order_wide(&random);
    let key = RistrettoPoint::mul_base(&scalar(&secret.to_bytes()));
    assert_eq!(capsule.ephemeral, compress(&RistrettoPoint::mul_base(&r)));
    assert_eq!(capsule.masked, compress(&(point + r * key)));
    json!({
        "name": name,
        "uniform": hex(uniform),
        "element": hex(compress(&point)),
        "secret": hex(*secret.to_bytes()),
        "public_key": hex(secret.public_key().to_bytes()),
        "random": hex(random),
        "r": hex(r.to_bytes()),
        "capsule": hex(capsule.as_bytes()),
    })
}

/// A capsule proof with its statement.
#[derive(Clone)]
struct Proven {
    statement: Statement,
    proof: CapsuleProof,
}

impl Proven {
    fn verify(&self) -> Result<(), generion::GenerionError> {
        self.statement.verify(&self.proof)
    }

    fn to_json(&self, name: &str) -> Value {
        json!({
            "name": name,
            "program_id": base58(&self.statement.program_id),
            "record": base58(&self.statement.record),
            "creator": base58(&self.statement.creator),
            "owner_key": hex(self.statement.owner_key),
            "data_public_key": hex(self.statement.data_public_key),
            "capsule": hex(self.statement.capsule.as_bytes()),
            "challenge": hex(self.proof.challenge),
            "response": hex(self.proof.response),
        })
    }
}

fn prove(name: &str, owner: &str, creator: &str) -> (Proven, Value) {
    let owner_key = encryption_secret(owner, &deployment(), 0).public_key();
    let mut tape = Tape::new(name);
    let element = RecordElement::random(&mut tape);
    let (owner, creator) = (wallet_address(owner), wallet_address(creator));
    let data_public_key = element.record_key(&owner, &creator).data_public_key();
    tape.given::<64>();
    let (capsule, randomness) = capsule::seal(&element, &owner_key, &mut tape);
    let seal_random: [u8; 64] = tape.given();
    let binding = RecordBinding {
        program_id: program(),
        record: address("proven record"),
        creator,
        owner_key,
        data_public_key,
    };
    let proof = capsule::prove(&binding, &capsule, &randomness, &mut tape);
    let prove_random: [u8; 64] = tape.given();
    let DataPublicKey(data_public_key) = data_public_key;
    let statement = Statement {
        program_id: program(),
        record: binding.record,
        creator,
        owner_key: owner_key.to_bytes(),
        data_public_key,
        capsule,
    };
    let proven = Proven { statement, proof };
    proven.verify().expect("an honest proof");

    let r = Scalar::from_bytes_mod_order_wide(&seal_random);
    let k = Scalar::from_bytes_mod_order_wide(&prove_random);
    let statement = &proven.statement;
    let (commitment, reference) = statement.prove(&r, &k);
    assert_eq!(proof, reference);
    let mut case = proven.to_json(name);
    case["r"] = hex(r.to_bytes());
    case["random"] = hex(prove_random);
    case["commitment"] = hex(commitment);
    case["statement"] = hex([statement.to_bytes().as_slice(), &commitment].concat());
    (proven, case)
}

pub(super) fn proofs() -> Value {
    let (proven, by_clinic) = prove("a clinic's record", "patient", "clinic");
    let (other, by_owner) = prove("a record of one's own", "patient", "patient");
    let changed = |change: &dyn Fn(&mut Proven)| {
        let mut changed = proven.clone();
        change(&mut changed);
        changed
    };
    let refused = [
        (
            "another program",
            changed(&|p| p.statement.program_id = address("another program")),
        ),
        (
            "another record",
            changed(&|p| p.statement.record = address("another record")),
        ),
        (
            "another creator",
            changed(&|p| p.statement.creator = wallet_address("laboratory")),
        ),
        (
            "another owner key",
            changed(&|p| {
                p.statement.owner_key = encryption_secret("doctor", &deployment(), 0)
                    .public_key()
                    .to_bytes()
            }),
        ),
        (
            "another data public key",
            changed(&|p| p.statement.data_public_key[0] ^= 1),
        ),
        (
            "another record's capsule",
            changed(&|p| p.statement.capsule = other.statement.capsule),
        ),
        (
            "the capsule re-randomised",
            changed(&|p| p.statement.capsule = rerandomised(&p.statement, &Scalar::from(3u8))),
        ),
        (
            "another masked half",
            changed(&|p| p.statement.capsule.masked = p.statement.owner_key),
        ),
        ("another proof", changed(&|p| p.proof = other.proof)),
        (
            "another challenge",
            changed(&|p| p.proof.challenge[15] ^= 1),
        ),
        ("another response", changed(&|p| p.proof.response[0] ^= 1)),
        (
            "the response with the group order added",
            changed(&|p| p.proof.response = plus_order(&p.proof.response)),
        ),
        (
            "ephemeral half: the identity",
            changed(&|p| p.statement.capsule.ephemeral = [0; 32]),
        ),
    ];
    let refused = refused
        .into_iter()
        .map(|(name, changed)| (name.to_owned(), changed));
    let spoiled = spoiled_halves().into_iter();
    let spoiled = spoiled.map(|(half, name, bytes)| {
        let changed = changed(&|p| *half.of(&mut p.statement.capsule) = bytes);
        (name, changed)
    });
    let refused = refused.chain(spoiled).map(|(name, changed)| {
        let mut case = changed.to_json(&name);
        let error = changed.verify().expect_err(&name);
        case["error"] = format!("{error:?}").into();
        case
    });
    json!({
        "about": "Capsule proofs (docs/PROTOCOL.md, section 2): `random` is reduced to k, `commitment` is T, and the \
                  challenge is the first half of the hash of `statement`. What is refused, is with this error of the program.",
        "cases": [by_clinic, by_owner],
        "refused": refused.collect::<Vec<_>>(),
    })
}

/// The same element with other randomness, which needs no secret.
fn rerandomised(statement: &Statement, r: &Scalar) -> Capsule {
    let point = |bytes: [u8; 32]| CompressedRistretto(bytes).decompress().expect("a point");
    Capsule {
        ephemeral: compress(&(point(statement.capsule.ephemeral) + RistrettoPoint::mul_base(r))),
        masked: compress(&(point(statement.capsule.masked) + r * point(statement.owner_key))),
    }
}

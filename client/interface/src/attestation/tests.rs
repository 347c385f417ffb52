use ed25519_dalek::{Signer, SigningKey};

use super::*;
use crate::GenesisHash;

fn wallet() -> (SigningKey, Address) {
    let key = SigningKey::from_bytes(&[7; 32]);
    let address = Address::new_from_array(key.verifying_key().to_bytes());
    (key, address)
}

const DEPLOYMENT: Deployment = Deployment {
    genesis: GenesisHash([1; 32]),
    program_id: Address::new_from_array([2; 32]),
};

fn key() -> KeyAttestation {
    KeyAttestation {
        deployment: DEPLOYMENT,
        wallet: wallet().1,
        index: 4_294_967_295,
        key: [0xab; 32],
    }
}

fn record() -> RecordAttestation {
    RecordAttestation {
        deployment: DEPLOYMENT,
        creator: wallet().1,
        owner: Address::new_from_array([3; 32]),
        data_public_key: [0xab; 32],
        document: [0xcd; 32],
        facts_root: [0xef; 32],
    }
}

fn study() -> StudyAttestation {
    StudyAttestation {
        deployment: DEPLOYMENT,
        sponsor: wallet().1,
        study: Address::new_from_array([3; 32]),
        description: [0xab; 32],
    }
}

const GENESIS: &str = "4vJ9JU1bJJE96FWSJKvHsmmFADCg4gpZQff4P3bkLKi";
const PROGRAM: &str = "8qbHbw2BbbTHBW1sbeqakYXVKRQM8Ne7pLK7m6CVfeR";
const OWNER: &str = "CktRuQ2mttgRGkXJtyksdKHjUdc2C4TgDzyB98oEzy8";

#[test]
fn the_lines_are_known() {
    assert_eq!(
        key().line(),
        format!(
            "Generion encryption key attestation v1. Sign only in the Generion app. genesis={GENESIS} \
             program={PROGRAM} index=4294967295 key={}",
            "ab".repeat(32)
        )
    );
    assert_eq!(
        record().line(),
        format!(
            "Generion record v1. genesis={GENESIS} program={PROGRAM} owner={OWNER} key={} document={} facts={}",
            "ab".repeat(32),
            "cd".repeat(32),
            "ef".repeat(32)
        )
    );
    assert_eq!(
        study().line(),
        format!(
            "Generion study v1. Sign only in the Generion app. genesis={GENESIS} program={PROGRAM} study={OWNER} \
             description={}",
            "ab".repeat(32)
        )
    );
}

#[test]
fn a_study_is_attested_in_every_field() {
    let (signer, wallet) = wallet();
    let attested = study();
    let signature = signer.sign(attested.line().as_bytes()).to_bytes();
    assert_eq!(attested.verify(&signature), Ok(Envelope::Plain));
    let other = Address::new_from_array([9; 32]);
    let mut deployment = DEPLOYMENT;
    deployment.genesis.0[0] ^= 1;
    for changed in [
        StudyAttestation {
            deployment,
            ..attested
        },
        StudyAttestation {
            study: other,
            ..attested
        },
        StudyAttestation {
            description: [0; 32],
            ..attested
        },
    ] {
        assert_eq!(
            changed.verify(&signature),
            Err(LineError::NotTheWallets(wallet))
        );
    }
    let signed = attested.sign(|line| Ok::<_, ()>(signer.sign(line).to_bytes()));
    assert_eq!(signed, Ok((signature, Envelope::Plain)));
    let refused = attested.sign(|_| Ok::<_, ()>([1; 64]));
    assert!(matches!(refused, Err(SignLineError::Line(_))));
}

/// What a hardware wallet shows and signs, with its envelope, is below what it takes (1,232 bytes), and printable.
#[test]
fn the_lines_fit_every_wallet() {
    for line in [key().line(), record().line(), study().line()] {
        assert!(line.bytes().all(|byte| (0x20..=0x7e).contains(&byte)));
        for envelope in Envelope::ALL {
            let length = envelope
                .wrap(&line, &wallet().1, &DEPLOYMENT.program_id)
                .len();
            assert!(length <= 520, "{envelope}: {length}");
        }
    }
}

#[test]
fn a_key_is_attested_in_every_field() {
    let (signer, wallet) = wallet();
    let attested = key();
    let signature = signer.sign(attested.line().as_bytes()).to_bytes();
    assert_eq!(attested.verify(&signature), Ok(Envelope::Plain));
    assert_eq!(
        attested.sign(|line| Ok::<_, &str>(signer.sign(line).to_bytes())),
        Ok((signature, Envelope::Plain))
    );
    let other =
        Address::new_from_array(SigningKey::from_bytes(&[8; 32]).verifying_key().to_bytes());
    let changes: [fn(&mut KeyAttestation); 4] = [
        |key| key.deployment.genesis.0[31] ^= 1,
        |key| key.deployment.program_id = Address::new_from_array([9; 32]),
        |key| key.index -= 1,
        |key| key.key[31] ^= 1,
    ];
    for (index, change) in changes.into_iter().enumerate() {
        let mut changed = attested;
        change(&mut changed);
        let refused = Err(LineError::NotTheWallets(wallet));
        assert_eq!(changed.verify(&signature), refused, "{index}");
    }
    let changed = KeyAttestation {
        wallet: other,
        ..attested
    };
    assert_eq!(
        changed.verify(&signature),
        Err(LineError::NotTheWallets(other))
    );
    assert_eq!(attested.verify(&[0; 64]), Err(LineError::Missing));
}

#[test]
fn a_record_is_attested_in_every_field() {
    let (signer, wallet) = wallet();
    let attested = record();
    let signature = signer.sign(attested.line().as_bytes()).to_bytes();
    assert_eq!(attested.verify(&signature), Ok(Envelope::Plain));
    assert_eq!(
        attested.sign(|line| Ok::<_, &str>(signer.sign(line).to_bytes())),
        Ok((signature, Envelope::Plain))
    );
    let changes: [fn(&mut RecordAttestation); 6] = [
        |record| record.deployment.genesis.0[0] ^= 1,
        |record| record.deployment.program_id = Address::new_from_array([9; 32]),
        |record| record.owner = Address::new_from_array([9; 32]),
        |record| record.data_public_key[0] ^= 1,
        |record| record.document[0] ^= 1,
        |record| record.facts_root[0] ^= 1,
    ];
    for (index, change) in changes.into_iter().enumerate() {
        let mut changed = attested;
        change(&mut changed);
        let refused = Err(LineError::NotTheWallets(wallet));
        assert_eq!(changed.verify(&signature), refused, "{index}");
    }
    let (vault, _) = Address::find_program_address(&[b"vault"], &DEPLOYMENT.program_id);
    let changed = RecordAttestation {
        creator: vault,
        ..attested
    };
    assert_eq!(
        changed.verify(&signature),
        Err(LineError::CanNotSign(vault))
    );
}

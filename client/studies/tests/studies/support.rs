//! A study and its people.

use std::collections::BTreeMap;

use ed25519_dalek::{Signer, SigningKey};
use generion_interface::{Deployment, GenesisHash, facts::Fact};
use generion_studies::description::{Admission, Description, DescriptionFile, Requirement, Text};
use solana_address::Address;

pub const DEPLOYMENT: Deployment = Deployment {
    genesis: GenesisHash([9; 32]),
    program_id: address(2),
};
pub const STUDY: Address = address(7);
pub const CLINIC: Address = address(20);
pub const LABORATORY: Address = address(21);
pub const HBA1C: &str = "http://loinc.org|4548-4";

pub const fn address(byte: u8) -> Address {
    Address::new_from_array([byte; 32])
}

pub fn sponsor() -> (SigningKey, Address) {
    let key = SigningKey::from_bytes(&[1; 32]);
    let address = key.verifying_key().to_bytes().into();
    (key, address)
}

pub fn fact(text: &str) -> Fact {
    text.parse().unwrap()
}

pub fn text(title: &str) -> Text {
    Text {
        title: title.to_owned(),
        purpose: "to learn how HbA1c develops".to_owned(),
        sponsor: "Institute of Example".to_owned(),
        contact: "study@institute.example".to_owned(),
        asked: "one laboratory result".to_owned(),
        use_of_data: "statistics".to_owned(),
        retention: "two years".to_owned(),
        criteria: "HbA1c of 2026".to_owned(),
        ethics: Some("approved under 2026/17".to_owned()),
    }
}

pub fn required(group: u8, text: &str) -> Requirement {
    Requirement {
        group,
        fact: fact(text),
    }
}

/// HbA1c, of 2025 or 2026, from one of two creators.
pub fn description() -> Description {
    let mut description = Description {
        study: STUDY,
        study_key: [0xab; 32],
        admission: Admission::Open,
        reward: 50_000_000,
        delivery_window: 86_400,
        records: 1,
        creators: vec![LABORATORY, CLINIC],
        requirements: vec![
            required(0, &format!("code={HBA1C}")),
            required(1, "year=2025"),
            required(1, "year=2026"),
        ],
        texts: BTreeMap::from([
            ("en".to_owned(), text("HbA1c")),
            ("de".to_owned(), text("HbA1c in Zahlen")),
        ]),
        fhirpath: None,
    };
    description.sort();
    description
}

pub fn sign(description: &Description) -> DescriptionFile {
    let (key, sponsor) = sponsor();
    DescriptionFile::sign(description, DEPLOYMENT, sponsor, |line| {
        Ok::<_, ()>(key.sign(line).to_bytes())
    })
    .unwrap()
    .unwrap()
}

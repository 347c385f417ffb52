//! A study that asks for a record, and a participant who has it.

use std::{collections::BTreeMap, path::PathBuf};

use generion_client::{
    Client, ClientError, JoinOptions, Joining, Participant, Wallet,
    accounts::{OrderAccount, PurchaseAccount, StudyAccount},
    facts::Fact,
    state::{Order, Purchase, Study},
    studies::description::{Admission, Description, DescriptionFile, Requirement, Text},
};
use solana_address::Address;
use solana_keypair::Keypair;
use solana_signer::{Signer, SignerError};

use crate::{
    account_data::{study_data, user_data},
    records::{Clinic, Store},
    town::{addresses, attested},
    world::{NOW, deployment},
};

pub const REWARD: u64 = 50_000_000;
pub const WINDOW: u32 = 86_400;
pub const KIND: &str = "kind=fhir:Observation/8867-4";

pub fn fact(text: &str) -> Fact {
    text.parse().unwrap()
}

/// A study that asks for one record of the clinic's, and a participant who has it.
pub struct Call {
    pub clinic: Clinic,
    pub store: Store,
    pub sponsor: Keypair,
    pub record: Address,
    pub description: Description,
}

impl Call {
    pub async fn new() -> Self {
        let (clinic, store, sponsor) = (Clinic::new(), Store::start().await, Keypair::new());
        let record = clinic.create(&clinic.client(), &store).await.address;
        // The record is verified: byte 2 behind the discriminator.
        let mut world = clinic.town.world.lock().unwrap();
        world.accounts.get_mut(&record).unwrap()[10] = 1;
        let (_, user) = attested(&sponsor, 0);
        let user_address = addresses().user(&sponsor.pubkey());
        world.accounts.insert(user_address, user_data(&user));
        drop(world);
        let study = addresses().study(&sponsor.pubkey(), 0);
        let secret = Wallet { signer: &sponsor }.study_secret(&deployment(), &study);
        let words = |text: &str| text.to_owned();
        let text = Text {
            title: words("Pulse"),
            purpose: words("statistics"),
            sponsor: words("Institute"),
            contact: words("a@b.example"),
            asked: words("one record"),
            use_of_data: words("statistics"),
            retention: words("a year"),
            criteria: words("a pulse"),
            ethics: None,
        };
        let mut description = Description {
            study,
            study_key: secret.unwrap().public_key().to_bytes(),
            admission: Admission::Open,
            reward: REWARD,
            delivery_window: WINDOW,
            records: 1,
            creators: vec![clinic.wallet.pubkey(), Address::new_from_array([200; 32])],
            requirements: vec![
                Requirement {
                    group: 0,
                    fact: fact(KIND),
                },
                Requirement {
                    group: 0,
                    fact: fact("kind=fhir:Observation/8310-5"),
                },
            ],
            texts: BTreeMap::from([(words("en"), text)]),
            fhirpath: None,
        };
        description.sort();
        Self {
            clinic,
            store,
            sponsor,
            record,
            description,
        }
    }

    pub fn file(&self) -> DescriptionFile {
        self.signed_by(&self.sponsor)
    }

    pub fn signed_by(&self, wallet: &Keypair) -> DescriptionFile {
        let sign = |line: &[u8]| Ok::<_, SignerError>(wallet.try_sign_message(line)?.into());
        DescriptionFile::sign(&self.description, deployment(), wallet.pubkey(), sign)
            .unwrap()
            .unwrap()
    }

    pub fn account(&self) -> StudyAccount {
        let mut tail = Vec::new();
        for required in &self.description.requirements {
            tail.push(required.group);
            tail.extend(required.fact.hash());
        }
        for creator in &self.description.creators {
            tail.extend(creator.to_bytes());
        }
        StudyAccount {
            state: Study {
                version: 1,
                bump: 255,
                vault_bump: 255,
                admission: 0,
                record_count: 1,
                group_count: self.description.groups(),
                requirement_count: self.description.requirements.len() as u8,
                creator_count: self.description.creators.len() as u8,
                id: 0,
                reward: REWARD,
                created_at: NOW - 1_000,
                closes_at: NOW + 100_000,
                delivery_window: WINDOW,
                seats: 0,
                sponsor: self.sponsor.pubkey(),
                admitter: self.sponsor.pubkey(),
                rent_payer: self.sponsor.pubkey(),
                study_key: self.description.study_key,
                description_hash: self.file().hash(),
            },
            tail,
        }
    }

    /// Puts a study on the ledger.
    pub fn open(&self, change: impl FnOnce(&mut StudyAccount)) {
        let mut account = self.account();
        change(&mut account);
        let mut world = self.clinic.town.world.lock().unwrap();
        world
            .accounts
            .insert(self.description.study, study_data(&account));
    }

    pub fn insert(&self, address: Address, data: Vec<u8>) {
        let mut world = self.clinic.town.world.lock().unwrap();
        world.accounts.insert(address, data);
    }

    /// Byte 2 of the record, behind the discriminator.
    pub fn set_verified(&self, verified: u8) {
        let mut world = self.clinic.town.world.lock().unwrap();
        world.accounts.get_mut(&self.record).unwrap()[10] = verified;
    }

    pub fn remove(&self, addresses: [Address; 2]) {
        let mut world = self.clinic.town.world.lock().unwrap();
        for address in addresses {
            world.accounts.remove(&address);
        }
    }

    pub fn vault(&self) -> Address {
        addresses().vault(&self.description.study)
    }

    pub fn seat(&self) -> Address {
        addresses().seat(&self.vault(), &self.clinic.town.seller.pubkey())
    }

    pub fn offers(&self) -> PathBuf {
        self.clinic.target("offers of studies.json")
    }

    /// Joins, and sends what there is to send. Returns whether there was a seat already.
    pub async fn join(&self, client: &Client, options: JoinOptions) -> Result<bool, ClientError> {
        let (seller, offers) = (&self.clinic.town.seller, self.offers());
        let keys = Wallet { signer: seller };
        let participant = Participant {
            wallet: seller,
            keys: &keys,
            payer: &self.clinic.town.payer,
            offers: &offers,
        };
        let (file, records) = (self.file(), [self.record]);
        match client
            .join_study(participant, &file, &records, options)
            .await?
        {
            Joining::Joined(_) => return Ok(true),
            Joining::OrderFirst(order) => drop(order.send().await?),
            Joining::Join(join) => drop(join.send().await?),
        }
        Ok(false)
    }

    /// What the client says when it refuses to join. Nothing was simulated, sent or saved.
    pub async fn refusal(&self) -> ClientError {
        let (client, node) = (self.clinic.client(), &self.clinic.node);
        let before = (
            node.count("simulateTransaction"),
            node.count("sendTransaction"),
        );
        let error = self
            .join(&client, JoinOptions::default())
            .await
            .unwrap_err();
        let after = (
            node.count("simulateTransaction"),
            node.count("sendTransaction"),
        );
        assert_eq!(before, after, "{error}");
        assert!(!self.offers().exists(), "{error}");
        error
    }
}

pub fn says(error: &ClientError, text: &str) {
    let ClientError::Argument(reason) = error else {
        panic!("{error:?}")
    };
    assert!(reason.contains(text), "{reason}");
}

/// An order of the participant's record, for the study.
pub fn order(call: &Call) -> OrderAccount {
    OrderAccount {
        state: Order {
            id: 5,
            price: REWARD,
            delivery_window: WINDOW,
            label: [0; 64],
            only_buyer: call.vault(),
            pending_purchases: 0,
            ..call.clinic.town.order.state
        },
        records: vec![call.record],
    }
}

/// The seat of the participant, settled if there is a delivery.
pub fn seat(
    call: &Call,
    order: Address,
    account: &OrderAccount,
    delivered: Option<(generion_client::Capsule, [u8; 32])>,
) -> PurchaseAccount {
    PurchaseAccount {
        state: Purchase {
            version: 1,
            bump: 255,
            status: if delivered.is_some() { 2 } else { 0 },
            record_count: 1,
            delivered_count: u8::from(delivered.is_some()),
            seat: 1,
            reserved: [0; 2],
            price: REWARD,
            deadline: NOW + 1_000,
            settle_by: 0,
            order,
            seller: call.clinic.town.seller.pubkey(),
            buyer: call.vault(),
            buyer_key: call.description.study_key,
            settle_key: delivered.map_or([0; 32], |(_, secret)| secret),
            terms: account.terms(&order),
        },
        capsules: vec![delivered.map(|(capsule, _)| capsule)],
    }
}

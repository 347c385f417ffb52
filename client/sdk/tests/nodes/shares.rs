//! What carries a secret is never simulated.

use generion_client::{
    Client, ClientError,
    crypto::{capsule, keys::EncryptionSecret, record::RecordElement},
    decode::Decoded,
    state::Share,
};
use serde_json::json;
use solana_address::Address;
use solana_keypair::Keypair;
use solana_signer::Signer;
use solana_transaction::Transaction;

use crate::{
    account_data::{record_data, share_data, user_data},
    town::{Town, addresses, attested},
    world::{FakeNode, NOW, deployment},
};

struct Sharing {
    town: Town,
    node: FakeNode,
    doctor: Keypair,
    secret: EncryptionSecret,
}

impl Sharing {
    fn new() -> Self {
        let town = Town::new();
        let doctor = Keypair::new();
        let (secret, user) = attested(&doctor, 4);
        let address = addresses().user(&doctor.pubkey());
        let mut world = town.world.lock().unwrap();
        world.accounts.insert(address, user_data(&user));
        drop(world);
        Self {
            node: town.node("https://a.example"),
            town,
            doctor,
            secret,
        }
    }

    fn client(&self) -> Client {
        self.town.client(&[&self.node])
    }

    async fn share(&self, client: &Client, expires_at: i64) -> Result<Address, ClientError> {
        let keys = self.town.keys();
        let recipient = client.recipient(&self.doctor.pubkey()).await?;
        let prepared = client
            .share_record(
                &self.town.seller,
                &keys,
                &self.town.payer,
                &self.town.offer.records[0],
                &recipient,
                expires_at,
            )
            .await?;
        // A look before the user agrees.
        prepared.dry_run().await?;
        Ok(prepared.send().await?.outcome)
    }

    /// What the doctor could take out of the shares in these transactions.
    fn opened(&self, transactions: &[Vec<u8>]) -> Vec<RecordElement> {
        let opened = transactions.iter().map(|bytes| {
            let transaction: Transaction = bincode::deserialize(bytes).unwrap();
            let message = &transaction.message;
            let instruction = message
                .instructions
                .iter()
                .find(|one| {
                    let program = message.account_keys[usize::from(one.program_id_index)];
                    program == deployment().program_id
                })
                .unwrap();
            let accounts: Vec<_> = instruction
                .accounts
                .iter()
                .map(|index| message.account_keys[usize::from(*index)])
                .collect();
            let Ok(Decoded::ShareRecord(share)) = Decoded::decode(&instruction.data, &accounts)
            else {
                panic!("it is no share")
            };
            assert_eq!(share.args.key_index, 4);
            capsule::open(&share.args.capsule, &self.secret).unwrap()
        });
        opened.collect()
    }

    fn is_the_records(&self, element: &RecordElement) -> bool {
        let state = &self.town.record.state;
        let key = element.record_key(&state.owner, &state.creator);
        key.data_public_key().0 == state.data_public_key
    }
}

#[tokio::test]
async fn a_share_is_simulated_with_random_data_and_sent_as_it_is() {
    let sharing = Sharing::new();
    let share = sharing.share(&sharing.client(), 0).await.unwrap();
    let (record, doctor) = (&sharing.town.offer.records[0], sharing.doctor.pubkey());
    assert_eq!(share, addresses().share(record, &doctor));
    let simulated = sharing.opened(&sharing.node.transactions("simulateTransaction"));
    assert!(simulated.len() >= 2);
    for element in &simulated {
        assert!(
            !sharing.is_the_records(element),
            "the capsule was simulated"
        );
    }
    let sent = sharing.opened(&sharing.node.transactions("sendTransaction"));
    assert_eq!(sent.len(), 1);
    assert!(sharing.is_the_records(&sent[0]));
}

/// A node that refuses what it was shown, and waits for the next try, has seen nothing.
#[tokio::test]
async fn what_a_simulation_refuses_is_not_sent() {
    let sharing = Sharing::new();
    sharing.node.lies.lock().unwrap().simulation =
        Some(json!({ "InstructionError": [0, { "Custom": 6011 }] }));
    let error = sharing.share(&sharing.client(), 0).await.unwrap_err();
    assert!(matches!(error, ClientError::Refused(_)), "{error:?}");
    for element in sharing.opened(&sharing.node.transactions("simulateTransaction")) {
        assert!(!sharing.is_the_records(&element));
    }
    assert_eq!(sharing.node.count("sendTransaction"), 0);
}

#[tokio::test]
async fn what_the_program_would_refuse_is_found_before() {
    let refused = async |sharing: &Sharing, expires_at, reason: &str| {
        let error = sharing
            .share(&sharing.client(), expires_at)
            .await
            .unwrap_err();
        assert!(
            matches!(&error, ClientError::Argument(text) if text.contains(reason)),
            "{error:?}"
        );
        assert_eq!(sharing.node.count("sendTransaction"), 0);
        assert_eq!(sharing.node.count("simulateTransaction"), 0);
    };
    let sharing = Sharing::new();
    refused(&sharing, NOW, "expiry").await;

    let record = sharing.town.offer.records[0];
    let share = Share {
        version: 1,
        bump: 255,
        reserved: [0; 2],
        key_index: 4,
        created_at: NOW,
        expires_at: 0,
        record,
        owner: sharing.town.seller.pubkey(),
        recipient: sharing.doctor.pubkey(),
        rent_payer: sharing.town.seller.pubkey(),
        recipient_key: sharing.secret.public_key().to_bytes(),
        capsule: sharing.town.record.state.capsule,
    };
    let address = addresses().share(&record, &sharing.doctor.pubkey());
    let insert = |address, data| {
        let mut world = sharing.town.world.lock().unwrap();
        world.accounts.insert(address, data);
    };
    insert(address, share_data(&share));
    refused(&sharing, 0, "exists already").await;
    sharing.town.world.lock().unwrap().accounts.remove(&address);

    let mut unverified = sharing.town.record.clone();
    unverified.state.verified = 0;
    insert(record, record_data(&unverified));
    refused(&sharing, 0, "not verified").await;
}

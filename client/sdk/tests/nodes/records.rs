//! Records, from the document to the check, with real stores and a ledger in memory.

use std::path::PathBuf;

use generion_client::{
    CheckedFacts, Client, ClientError, CreatedRecord, CreatorSignature, NewDocument, StoreUrl,
    Wallet,
    accounts::{LedgerAccount, RecordAccount},
    crypto::{
        capsule::{self, MalformedCapsule},
        facts::Profile,
        keys::EncryptionSecret,
    },
    decode::Decoded,
    signed_line::Envelope,
    store::{FetchPolicy, RequestError, StoreError},
};
use generion_store::{Config, Server};
use serde_json::json;
use solana_keypair::Keypair;
use solana_signer::Signer;
use tempfile::TempDir;

use crate::{
    account_data::{record_data, user_data},
    sales::sent,
    town::{Town, addresses, attested},
    world::{FakeNode, World, ledger},
};

const A: &str = "https://a.example";

/// A document store, which ends with the test's runtime.
pub struct Store {
    url: StoreUrl,
    folder: TempDir,
}

impl Store {
    pub async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let server = Server::bind(Config::on_folder(folder.path()))
            .await
            .unwrap();
        let url = format!("http://{}", server.address()).parse().unwrap();
        tokio::spawn(server.run(std::future::pending()));
        Self { url, folder }
    }

    /// All documents are gone from its disk.
    pub fn lose(&self) {
        for entry in std::fs::read_dir(self.folder.path().join("documents")).unwrap() {
            std::fs::remove_file(entry.unwrap().path()).unwrap();
        }
    }

    pub fn documents(&self) -> usize {
        std::fs::read_dir(self.folder.path().join("documents"))
            .unwrap()
            .count()
    }
}

/// A clinic that writes to the town's seller.
pub struct Clinic {
    pub town: Town,
    pub node: FakeNode,
    pub wallet: Keypair,
}

impl Clinic {
    pub fn new() -> Self {
        let town = Town::new();
        let node = town.node(A);
        std::fs::write(town.folder.path().join("document.json"), "{}").unwrap();
        Self {
            town,
            node,
            wallet: Keypair::new(),
        }
    }

    pub fn client(&self) -> Client {
        let policy = FetchPolicy {
            allow_private: true,
            ..FetchPolicy::default()
        };
        Client::new(ledger(&[&self.node], &self.town.local), policy).unwrap()
    }

    pub fn document(&self, stores: &[&Store]) -> NewDocument {
        NewDocument {
            path: self.town.folder.path().join("document.json"),
            owner: self.town.seller.pubkey(),
            media_type: "application/fhir+json".to_owned(),
            kind: "fhir:Observation/8867-4".to_owned(),
            stores: stores.iter().map(|store| store.url.clone()).collect(),
            needed_stores: None,
            erase_authority: None,
            sign: true,
        }
    }

    /// Creates the record of a document in one store, by the clinic.
    pub async fn create(&self, client: &Client, store: &Store) -> CreatedRecord {
        let document = self.document(&[store]);
        client
            .create_record(&self.wallet, &self.wallet, &document, None)
            .await
            .unwrap()
    }

    pub fn target(&self, name: &str) -> PathBuf {
        self.town.folder.path().join(name)
    }

    fn change_key(&self, index: u32) -> EncryptionSecret {
        let (secret, user) = attested(&self.town.seller, index);
        let mut world = self.town.world.lock().unwrap();
        world
            .accounts
            .insert(addresses().user(&user.wallet), user_data(&user));
        secret
    }
}

#[tokio::test]
async fn a_record_is_written_to_its_stores_and_checked_at_each() {
    let (clinic, one, other) = (Clinic::new(), Store::start().await, Store::start().await);
    let (client, seller) = (clinic.client(), &clinic.town.seller);
    let document = clinic.document(&[&one, &other]);
    let placeholder = client
        .record_placeholder(&clinic.wallet, &clinic.wallet, &document, None)
        .await
        .unwrap();
    placeholder.dry_run().await.unwrap();
    assert_eq!(
        (one.documents(), clinic.node.count("sendTransaction")),
        (0, 0)
    );

    let created = client
        .create_record(&clinic.wallet, &clinic.wallet, &document, None)
        .await
        .unwrap();
    assert_eq!(created.signature, Some(Envelope::Plain));
    assert_eq!(created.documents.len(), 2);
    assert_eq!((one.documents(), other.documents()), (1, 1));

    let (keys, eraser) = (Wallet { signer: seller }, seller.pubkey());
    let checked = client
        .check_record(&keys, &created.address, &eraser, &clinic.target("checked"))
        .await
        .unwrap();
    assert_eq!(std::fs::read(clinic.target("checked")).unwrap(), b"{}");
    assert_eq!(checked.signature, CreatorSignature::Signed(Envelope::Plain));
    assert_eq!(checked.facts, CheckedFacts::Right(Profile::Document1));
    let stores = [&one, &other].map(|store| store.url.clone());
    assert_eq!(checked.locator.stores, stores);

    // Somebody else could erase it at one of them.
    let error = client
        .check_record(
            &keys,
            &created.address,
            &clinic.wallet.pubkey(),
            &clinic.target("other"),
        )
        .await
        .unwrap_err();
    assert!(
        matches!(&error, ClientError::EraseAuthority { actual, .. } if *actual == eraser),
        "{error:?}"
    );

    // Erasing goes to all, and tells what became of it at each.
    let erased = client.erase_document(&checked.locator, seller).await;
    assert!(
        erased.iter().all(|(_, result)| result.is_ok()),
        "{erased:?}"
    );
    for (_, status) in client.document_status(&checked.locator).await {
        assert!(matches!(
            status,
            Err(StoreError::Request(RequestError::Erased { .. }))
        ));
    }
}

/// A record is checked before its owner signs for it: facts and signature are its creator's, and of this document.
#[tokio::test]
async fn what_a_creator_got_wrong_is_found() {
    let (clinic, store) = (Clinic::new(), Store::start().await);
    let client = clinic.client();
    let keys = clinic.town.keys();
    let created = clinic.create(&client, &store).await;
    let account = client.ledger.record(&created.address).await.unwrap();
    let check = async |account: &RecordAccount| {
        let address = account.address(&addresses());
        let data = record_data(account);
        let insert = |world: &mut World| world.accounts.insert(address, data);
        insert(&mut clinic.town.world.lock().unwrap());
        let to = clinic.target("never");
        let owner = clinic.town.seller.pubkey();
        client
            .check_record(&keys, &address, &owner, &to)
            .await
            .unwrap_err()
    };
    // With another root, the creator's signature is over another line.
    let mut other_facts = account.clone();
    other_facts.state.facts_root = [1; 32];
    let error = check(&other_facts).await;
    assert!(
        matches!(error, ClientError::CreatorSignature { .. }),
        "{error:?}"
    );
    // The key that it holds is another one's.
    let mut other_key = account.clone();
    other_key.state.data_public_key = [1; 32];
    let error = check(&other_key).await;
    assert!(
        matches!(error, ClientError::DataKeyMismatch(_)),
        "{error:?}"
    );
    let mut other_creator = account.clone();
    other_creator.state.creator = clinic.town.payer.pubkey();
    let error = check(&other_creator).await;
    assert!(
        matches!(error, ClientError::DataKeyMismatch(_)),
        "{error:?}"
    );
    let mut malformed = account;
    malformed.state.capsule.masked = [0xff; 32];
    let error = check(&malformed).await;
    assert!(
        matches!(
            error,
            ClientError::Capsule {
                source: MalformedCapsule,
                ..
            }
        ),
        "{error:?}"
    );
    // Where nobody signed, the facts are compared all the same.
    let document = NewDocument {
        sign: false,
        ..clinic.document(&[&store])
    };
    let created = client
        .create_record(&clinic.wallet, &clinic.wallet, &document, None)
        .await
        .unwrap();
    assert_eq!(created.signature, None);
    let mut unsigned = client.ledger.record(&created.address).await.unwrap();
    unsigned.state.facts_root = [1; 32];
    let error = check(&unsigned).await;
    assert!(matches!(error, ClientError::FactsMismatch(_)), "{error:?}");
}

#[tokio::test]
async fn a_store_that_fails_ends_it_unless_others_suffice() {
    let (clinic, store) = (Clinic::new(), Store::start().await);
    let client = clinic.client();
    let mut document = clinic.document(&[&store]);
    // Nobody listens there.
    document.stores.push("http://127.0.0.1:1".parse().unwrap());
    let create = async |document: &NewDocument| {
        client
            .create_record(&clinic.wallet, &clinic.wallet, document, None)
            .await
    };
    for needed in [None, Some(2)] {
        document.needed_stores = needed;
        let error = create(&document).await.unwrap_err();
        assert!(matches!(error, ClientError::Store(_)), "{error:?}");
        assert_eq!(clinic.node.count("sendTransaction"), 0);
    }
    document.needed_stores = Some(1);
    let created = create(&document).await.unwrap();
    assert_eq!(created.documents.len(), 1);
    // The record names the store that has it, and no other.
    let keys = clinic.town.keys();
    let locator = client.open_locator(&keys, &created.address).await.unwrap();
    assert_eq!(locator.stores, [store.url]);
}

/// A node that shows an older key, and the newer one to the next try: who has the older key's secret must not be able to
/// read what is written for the newer one.
#[tokio::test]
async fn a_second_try_for_another_key_has_another_document_key() {
    let (clinic, store) = (Clinic::new(), Store::start().await);
    let client = clinic.client();
    let (leaked, _) = attested(&clinic.town.seller, 0);
    let mut before = World::clone(&clinic.town.world.lock().unwrap());
    clinic.change_key(1);
    core::mem::swap(&mut *clinic.town.world.lock().unwrap(), &mut before);
    let seeds = json!({ "InstructionError": [0, "InvalidSeeds"] });
    clinic.node.lies.lock().unwrap().changes = Some((seeds, before));
    let created = clinic.create(&client, &store).await;
    assert_eq!(store.documents(), 2, "the document was not encrypted anew");
    // What was simulated opens nothing that was written, with any key.
    let written = client.ledger.record(&created.address).await.unwrap();
    let key = written.state.data_public_key;
    for bytes in clinic.node.transactions("simulateTransaction") {
        for decoded in crate::sales::decoded(&bytes) {
            let Decoded::CreateRecord(record) = decoded else {
                continue;
            };
            assert_ne!(record.args.data_public_key, key);
            if let Ok(element) = capsule::open(&record.args.capsule, &leaked) {
                let opened = element.record_key(&written.state.owner, &written.state.creator);
                assert_ne!(opened.data_public_key().0, key);
            }
        }
    }
    assert_eq!(sent(&clinic.node).len(), 1);
    let (second, _) = attested(&clinic.town.seller, 1);
    let element = capsule::open(&written.state.capsule, &second).unwrap();
    let opened = element.record_key(&written.state.owner, &written.state.creator);
    assert_eq!(opened.data_public_key().0, key);
}

#[tokio::test]
async fn a_card_decides_whom_a_document_is_encrypted_to() {
    let (clinic, store) = (Clinic::new(), Store::start().await);
    let client = clinic.client();
    let card = client
        .user_card(&clinic.town.seller.pubkey())
        .await
        .unwrap();
    let other = NewDocument {
        owner: clinic.town.payer.pubkey(),
        ..clinic.document(&[&store])
    };
    let error = client
        .create_record(&clinic.wallet, &clinic.wallet, &other, Some(&card))
        .await
        .unwrap_err();
    assert!(matches!(error, ClientError::UnusableCard(_)), "{error:?}");
    // The node says something else, and is not asked.
    clinic.change_key(5);
    client
        .create_record(
            &clinic.wallet,
            &clinic.wallet,
            &clinic.document(&[&store]),
            Some(&card),
        )
        .await
        .unwrap();
}

//! Who is on the ledger: a seller with a record, an order and a purchase that is delivered, and whoever publishes keys.

use std::sync::{Arc, Mutex};

use generion_client::{
    Addresses, Belief, Client, KeySource, Offer, Offers, Sale, Wallet,
    accounts::{LedgerAccount, OrderAccount, PurchaseAccount, RecordAccount},
    attestation::KeyAttestation,
    crypto::{
        capsule,
        keys::{EncryptionSecret, PurchaseSecret},
        rand_core::OsRng,
        record::RecordElement,
        settle::{self, SettleSecret},
    },
    state::{Order, Purchase, Record, User},
    store::FetchPolicy,
};
use solana_address::Address;
use solana_keypair::Keypair;
use solana_signer::{Signer, SignerError};
use tempfile::TempDir;

use crate::{
    account_data::{order_data, purchase_data, record_data, user_data},
    world::{FakeNode, NOW, Shared, World, deployment, ledger},
};

pub const PRICE: u64 = 5_000_000;

pub fn addresses() -> Addresses {
    Addresses::new(deployment().program_id)
}

/// A wallet's key as the wallet attests it.
pub fn attested(wallet: &Keypair, index: u32) -> (EncryptionSecret, User) {
    let keys = Wallet { signer: wallet };
    let secret = keys.encryption_secret(&deployment(), index).unwrap();
    let key = secret.public_key().to_bytes();
    let statement = KeyAttestation {
        deployment: deployment(),
        wallet: wallet.pubkey(),
        index,
        key,
    };
    let sign = |line: &[u8]| Ok::<_, SignerError>(wallet.try_sign_message(line)?.into());
    let (attestation, _) = statement.sign(sign).unwrap();
    let user = User {
        key_index: index,
        ..User::new(wallet.pubkey(), 255, key, attestation)
    };
    (secret, user)
}

/// A record that opens with `secret`.
pub fn record(
    owner: &Address,
    secret: &EncryptionSecret,
) -> (Address, RecordElement, RecordAccount) {
    let creator = Address::new_unique();
    let element = RecordElement::random(&mut OsRng);
    let (capsule, _) = capsule::seal(&element, &secret.public_key(), &mut OsRng);
    let state = Record {
        version: 1,
        bump: 255,
        verified: 1,
        reserved: 0,
        key_index: 0,
        created_at: NOW - 1_000,
        listings: 1,
        owner: *owner,
        creator,
        rent_payer: creator,
        owner_key: secret.public_key().to_bytes(),
        data_public_key: element.record_key(owner, &creator).data_public_key().0,
        capsule,
        facts_root: [3; 32],
    };
    let account = RecordAccount {
        state,
        locator: vec![9; 304],
    };
    (account.address(&addresses()), element, account)
}

/// A sale whose purchase is locked, as it stands on an honest ledger.
pub struct Town {
    pub world: Shared<World>,
    /// This machine's clock.
    pub local: Shared<i64>,
    pub seller: Keypair,
    pub payer: Keypair,
    pub offer: Offer,
    pub order: OrderAccount,
    pub purchase: Address,
    pub account: PurchaseAccount,
    pub record: RecordAccount,
    pub folder: TempDir,
}

impl Town {
    pub fn new() -> Self {
        let (seller, buyer) = (Keypair::new(), Keypair::new());
        let (secret, user) = attested(&seller, 0);
        let (address, element, record) = record(&seller.pubkey(), &secret);
        let order_address = addresses().order(&seller.pubkey(), 0);
        let order = OrderAccount {
            state: Order {
                version: 1,
                bump: 255,
                open: 1,
                reserved: 0,
                pending_purchases: 1,
                id: 0,
                created_at: NOW - 500,
                rent_payer: seller.pubkey(),
                seller: seller.pubkey(),
                price: PRICE,
                delivery_window: 3_600,
                label: Order::pad_label("one observation").unwrap(),
                only_buyer: Address::default(),
                settled_purchases: 0,
            },
            records: vec![address],
        };
        let offer = Offer::of(&order_address, &order).unwrap();
        let purchase = addresses().purchase(&order_address, &buyer.pubkey());
        let wallet = Wallet { signer: &buyer };
        let buyer_secret: PurchaseSecret = wallet
            .purchase_secret(&deployment(), &order_address)
            .unwrap();
        let (deadline, terms) = (NOW + 3_000, offer.terms().unwrap());
        let believed = settle::Sale {
            deployment: deployment(),
            purchase,
            deadline,
            buyer_key: buyer_secret.public_key(),
            terms,
        };
        let settle_key = SettleSecret::derive(&secret, &believed)
            .unwrap()
            .public_key();
        let (delivered, _) = capsule::seal(
            &element,
            &settle_key.delivery_key(&buyer_secret.public_key()).unwrap(),
            &mut OsRng,
        );
        let account = PurchaseAccount {
            state: Purchase {
                version: 1,
                bump: 255,
                status: 1,
                record_count: 1,
                delivered_count: 1,
                seat: 0,
                reserved: [0; 2],
                price: PRICE,
                deadline,
                settle_by: NOW + 80_000,
                order: order_address,
                seller: seller.pubkey(),
                buyer: buyer.pubkey(),
                buyer_key: buyer_secret.public_key().to_bytes(),
                settle_key: settle_key.to_bytes(),
                terms,
            },
            capsules: vec![Some(delivered)],
        };
        let mut world = World::default();
        let user_address = addresses().user(&seller.pubkey());
        world.accounts.insert(user_address, user_data(&user));
        world.accounts.insert(address, record_data(&record));
        world.accounts.insert(order_address, order_data(&order));
        world.accounts.insert(purchase, purchase_data(&account));
        let payer = Keypair::new();
        world.funded.push(payer.pubkey());
        let folder = tempfile::tempdir().unwrap();
        Offers::add(&folder.path().join("offers.json"), &deployment(), &offer).unwrap();
        Self {
            world: Arc::new(Mutex::new(world)),
            local: Arc::new(Mutex::new(NOW)),
            seller,
            payer,
            offer,
            order,
            purchase,
            account,
            record,
            folder,
        }
    }

    /// The seller's keys.
    pub fn keys(&self) -> Wallet<'_> {
        Wallet {
            signer: &self.seller,
        }
    }

    pub fn client(&self, nodes: &[&FakeNode]) -> Client {
        Client::new(ledger(nodes, &self.local), FetchPolicy::default()).unwrap()
    }

    /// By this name.
    pub fn node(&self, name: &'static str) -> FakeNode {
        FakeNode::new(name, &self.world)
    }

    /// As it was when it was locked, from the seller's file of offers.
    pub async fn sale(&self, client: &Client) -> Sale {
        let path = self.folder.path().join("offers.json");
        let offers = Offers::load(&path, &deployment()).unwrap();
        let keys = Wallet {
            signer: &self.seller,
        };
        let belief = Belief::Offers(&offers);
        client.sale(&keys, &self.purchase, belief).await.unwrap()
    }

    /// Changes the purchase on the ledger.
    pub fn change(&self, change: impl FnOnce(&mut PurchaseAccount)) {
        let mut account = self.account.clone();
        change(&mut account);
        let mut world = self.world.lock().unwrap();
        world
            .accounts
            .insert(self.purchase, purchase_data(&account));
        world.slot += 1;
    }

    pub fn is_paid(&self) -> bool {
        let world = self.world.lock().unwrap();
        let program = deployment().program_id;
        let data = &world.accounts[&self.purchase];
        PurchaseAccount::decode(&program, &program, data)
            .unwrap()
            .state
            .is_settled()
    }
}

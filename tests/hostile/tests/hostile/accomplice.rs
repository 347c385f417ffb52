//! Controls: if a secret was shown, the accomplice opens the record; if none was shown, it can't. Without these tests,
//! no other test could fail because of the accomplice.

use generion::GenerionError;
use generion_crypto::keys::{EncryptionSecret, PurchaseKey, PurchaseSecret};
use generion_hostile_node_tests::{Accomplice, Node, Opened, Person, Validator};
use rand_core::OsRng;
use solana_address::Address;
use solana_commitment_config::CommitmentConfig;
use solana_instruction::Instruction;
use solana_rpc_client::rpc_client::RpcClient;

struct Scene {
    validator: Validator,
    node: Node,
    seller: Person,
    buyer: Person,
}

struct Bought {
    record: Address,
    order: Address,
    purchase: Address,
}

impl Scene {
    fn new() -> Self {
        let validator = Validator::start();
        Self {
            node: Node::before(&validator),
            seller: validator.user(),
            buyer: validator.person(),
            validator,
        }
    }

    fn rpc(&self) -> RpcClient {
        RpcClient::new_with_commitment(self.node.url(), CommitmentConfig::confirmed())
    }

    /// Shows the node an instruction of the seller's, as a client that simulates it does. Returns whether the program takes
    /// the instruction.
    fn simulate(&self, instruction: Instruction) -> bool {
        let transaction = self
            .validator
            .signed(&[instruction], &[&self.seller.wallet]);
        let simulated = self.rpc().simulate_transaction(&transaction);
        simulated.unwrap().value.err.is_none()
    }

    /// A record of the seller's own, in an order that the buyer has paid for.
    fn bought(&self) -> Bought {
        let record = self.validator.own_record(&self.seller);
        let order = self.validator.order(&self.seller, &[record]);
        let purchase = self.validator.buy(&self.buyer, &order);
        Bought {
            record,
            order,
            purchase,
        }
    }

    /// An accomplice of the buyer of this order.
    fn accomplice_of_buyer(&self, order: &Address) -> Accomplice {
        let mut accomplice = Accomplice::default();
        accomplice.has(&self.buyer.purchase_secret(order).to_bytes());
        accomplice
    }

    fn opens(&self, accomplice: &Accomplice) -> Vec<Address> {
        let opened = accomplice.opens(&self.validator);
        opened.into_iter().map(|Opened { record }| record).collect()
    }
}

/// The accomplice opens a share that was simulated for a forged key.
#[test]
fn a_capsule_for_a_forged_key_is_opened_even_if_it_was_only_simulated() {
    let scene = Scene::new();
    let Scene {
        validator,
        node,
        seller,
        ..
    } = &scene;
    let forged = EncryptionSecret::random(&mut OsRng);
    let record = validator.new_record(seller, seller);
    let create = validator.create_record(seller, seller, &record);
    validator.lands(&[create], &[&seller.wallet]);
    let mut accomplice = Accomplice::default();
    accomplice.has(&forged.to_bytes());
    assert_eq!(scene.opens(&accomplice), []);

    let doctor = validator.user();
    let shared = validator.share(
        seller,
        &record.element,
        record.address,
        &doctor,
        forged.public_key(),
    );
    scene.simulate(shared);
    accomplice.saw(node);
    assert_eq!(scene.opens(&accomplice), [record.address]);
}

/// The accomplice opens a simulated record with nothing but the simulation.
#[test]
fn a_record_that_was_simulated_is_opened_with_that() {
    let scene = Scene::new();
    let Scene {
        validator,
        node,
        seller,
        ..
    } = &scene;
    let record = validator.new_record(seller, seller);
    let create = validator.create_record(seller, seller, &record);
    let mut accomplice = Accomplice::default();
    accomplice.has(&seller.secret().to_bytes());
    scene.simulate(create.clone());
    accomplice.saw(node);
    validator.lands(&[create], &[&seller.wallet]);
    let opened = accomplice.opens_what_was_simulated(validator);
    assert_eq!(
        opened.into_iter().collect::<Vec<_>>(),
        [Opened {
            record: record.address
        }]
    );
    assert!(
        Accomplice::default()
            .opens_what_was_simulated(validator)
            .is_empty()
    );
}

/// The accomplice opens a record for a forged key that was sent and never landed.
#[test]
fn a_record_that_was_sent_for_a_forged_key_and_never_landed_is_opened() {
    let scene = Scene::new();
    let Scene {
        validator,
        node,
        seller,
        ..
    } = &scene;
    let forged = EncryptionSecret::random(&mut OsRng);
    let record = validator.new_record_for(seller, seller, forged.public_key());
    let create = validator.create_record(seller, seller, &record);
    let transaction = validator.signed(&[create], &[&seller.wallet]);
    // The validator's own simulation refuses it.
    scene.rpc().send_transaction(&transaction).unwrap_err();
    let mut accomplice = Accomplice::default();
    accomplice.saw(node);
    assert_eq!(scene.opens(&accomplice), []);
    accomplice.has(&forged.to_bytes());
    assert_eq!(scene.opens(&accomplice), [record.address]);
}

/// The buyer opens a delivery once a simulation showed `s`, and is refunded a day later.
#[test]
fn a_delivery_is_opened_once_its_settlement_was_shown() {
    let scene = Scene::new();
    let Scene {
        validator,
        node,
        seller,
        buyer,
    } = &scene;
    let Bought {
        record,
        order,
        purchase,
    } = scene.bought();
    let mut accomplice = scene.accomplice_of_buyer(&order);
    let secret = validator.lock(seller, seller, &purchase);
    assert_eq!(scene.opens(&accomplice), []);

    scene.simulate(validator.settle(&purchase, &secret));
    accomplice.saw(node);
    assert_eq!(scene.opens(&accomplice), [record]);
    // Parties that were shown nothing can't open it.
    assert_eq!(scene.opens(&Accomplice::default()), []);

    let refund = validator.refund(buyer, &purchase);
    let early = GenerionError::RefundTooEarly;
    validator.breaks(refund.clone(), &[&buyer.wallet], early);
    let day = 86_400 + 3_600 + 300;
    validator.move_clock(validator.unix_time() + day);
    validator.lands(&[refund], &[&buyer.wallet]);
}

/// The buyer opens a settled delivery, and the seller is paid.
#[test]
fn a_settled_delivery_is_opened_by_its_buyer_and_no_refund_takes_the_price() {
    let scene = Scene::new();
    let Scene {
        validator,
        seller,
        buyer,
        ..
    } = &scene;
    let Bought {
        record,
        order,
        purchase,
    } = scene.bought();
    let secret = validator.lock(seller, seller, &purchase);
    validator.lands(&[validator.settle(&purchase, &secret)], &[&seller.wallet]);
    let accomplice = scene.accomplice_of_buyer(&order);
    assert_eq!(scene.opens(&accomplice), [record]);
    validator.move_clock(validator.unix_time() + 100_000);
    let refund = validator.refund(buyer, &purchase);
    let settled = GenerionError::AlreadySettled;
    validator.breaks(refund, &[&buyer.wallet], settled);
}

/// The accomplice opens a delivery for `B' + S` with `B' = kG - S` by `k`, and can't open one for a derived `S`.
#[test]
fn a_delivery_for_a_sum_that_the_node_chose_is_opened() {
    let scene = Scene::new();
    let Scene {
        validator,
        node,
        seller,
        ..
    } = &scene;
    let Bought {
        record, purchase, ..
    } = scene.bought();
    let mut accomplice = Accomplice::default();

    // An honest agent's delivery for this key is for another `S`, and stays closed.
    let drawn = EncryptionSecret::random(&mut OsRng);
    let chosen = PurchaseSecret::from_bytes(&drawn.to_bytes()).unwrap();
    accomplice.has(&chosen.to_bytes());
    let true_sale = validator.sale(&purchase);
    let honest = validator.prove(seller, &true_sale);
    let shown_key = minus(&chosen, &honest.settle_key.to_bytes());
    let mut lied_to = true_sale;
    lied_to.buyer_key = PurchaseKey::from_bytes(&shown_key).unwrap();
    let delivery = validator.prove(seller, &lied_to);
    assert!(!scene.simulate(validator.deliver(&purchase, 0, &delivery)));
    accomplice.saw(node);
    assert_eq!(scene.opens(&accomplice), []);

    // Capsules for `B' + S` are for `kG`.
    let mut careless = honest.clone();
    let element = generion_crypto::capsule::open(
        &validator
            .read::<generion_interface::accounts::RecordAccount>(&record)
            .state
            .capsule,
        &seller.secret(),
    )
    .unwrap();
    careless.capsules =
        vec![generion_crypto::capsule::seal(&element, &chosen.public_key(), &mut OsRng).0];
    assert!(!scene.simulate(validator.deliver(&purchase, 0, &careless)));
    accomplice.saw(node);
    assert_eq!(scene.opens(&accomplice), [record]);
}

/// `kG - S`.
fn minus(secret: &PurchaseSecret, point: &[u8; 32]) -> [u8; 32] {
    use curve25519_dalek::ristretto::CompressedRistretto;
    let decompress = |bytes: &[u8; 32]| CompressedRistretto(*bytes).decompress().unwrap();
    let key = decompress(&secret.public_key().to_bytes());
    (key - decompress(point)).compress().to_bytes()
}

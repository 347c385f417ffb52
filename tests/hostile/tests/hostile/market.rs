//! A seller, an order and a purchase of it, for the tests of deliveries.

use std::collections::BTreeMap;

use curve25519_dalek::ristretto::CompressedRistretto;
use generion_client::{Belief, Client, ClientError, Offers, Sale, SettleEnd};
use generion_crypto::{
    keys::{EncryptionSecret, PurchaseSecret},
    settle::SettleSecret,
};
use generion_hostile_node_tests::{MALLORY, Node, PRICE, Person, Town, keys, settler};
use generion_interface::{
    accounts::PurchaseAccount,
    decode::{Decoded, Settle},
};
use rand_core::OsRng;
use solana_address::Address;

/// Records of a seller, which are on sale and bought.
pub struct Market {
    pub town: Town,
    pub seller: Person,
    pub buyer: Person,
    pub records: Vec<Address>,
    pub order: Address,
    pub purchase: Address,
    pub offers: Offers,
    /// Pays for deliveries and settlements.
    pub payer: Person,
    /// The seller's balance before anything was delivered.
    before: u64,
}

impl Market {
    /// A market with an order of this many records, which the node's accomplice has bought.
    pub fn of(count: usize) -> Self {
        Self::at(Town::found(), count)
    }

    /// In a town.
    pub fn at(town: Town, count: usize) -> Self {
        let validator = &town.validator;
        let (seller, buyer, payer) = (validator.user(), validator.person(), validator.person());
        let mut records: Vec<_> = (0..count).map(|_| validator.own_record(&seller)).collect();
        records.sort_unstable();
        let order = validator.order(&seller, &records);
        let purchase = validator.buy(&buyer, &order);
        Self {
            before: validator.lamports(&seller.address()),
            offers: town.offers(&order),
            town,
            seller,
            buyer,
            records,
            order,
            purchase,
            payer,
        }
    }

    /// A market whose purchase is delivered in full and locked, of which no node saw anything, and the secret that
    /// settles it.
    pub fn locked(count: usize) -> (Self, SettleSecret) {
        let market = Self::of(count);
        let validator = &market.town.validator;
        let secret = validator.lock(&market.seller, &market.payer, &market.purchase);
        (market, secret)
    }

    /// What the seller believes, with these nodes.
    pub fn sale(&self, client: &Client) -> Result<Sale, ClientError> {
        let belief = Belief::Offers(&self.offers);
        let keys = keys(&self.seller);
        self.town.wait(client.sale(&keys, &self.purchase, belief))
    }

    /// Settles by hand.
    pub fn settle(&self, client: &Client, sale: &Sale) -> Result<SettleEnd, ClientError> {
        let (keys, markers) = (keys(&self.seller), self.town.markers());
        let settler = settler(&self.payer, &markers);
        let settled = client.settle(&keys, sale, &settler, |_| {});
        self.town.wait(settled)
    }

    /// What the node's accomplices can open. The buyer has `b`, and they have these secrets.
    pub fn opened(&self, nodes: &[&Node], secrets: &[&[u8; 32]]) -> Vec<Address> {
        let buyers = self.buyer.purchase_secret(&self.order).to_bytes();
        let secrets: Vec<_> = secrets.iter().copied().chain([&*buyers]).collect();
        self.town.opened(nodes, &secrets)
    }

    /// The seller was not paid, and nobody can open anything.
    #[track_caller]
    pub fn assert_shut(&self, nodes: &[&Node], secrets: &[&[u8; 32]]) {
        assert_eq!(self.opened(nodes, secrets), []);
        for node in nodes {
            assert!(settlements(node).is_empty(), "a secret was shown");
        }
    }

    /// The seller got the price, and no refund takes it back.
    #[track_caller]
    pub fn assert_paid(&self) {
        let validator = &self.town.validator;
        let seller = validator.lamports(&self.seller.address());
        assert_eq!(seller, self.before + PRICE);
        let state = validator.read::<PurchaseAccount>(&self.purchase).state;
        assert!(state.is_settled());
        validator.move_clock(state.deadline.max(state.settle_by) + 301);
        let refund = validator.refund(&self.buyer, &self.purchase);
        let settled = generion::GenerionError::AlreadySettled;
        validator.breaks(refund, &[&self.buyer.wallet], settled);
        assert_eq!(validator.lamports(&self.seller.address()), seller);
    }

    /// The purchase on the ledger.
    pub fn state(&self) -> generion::state::Purchase {
        let purchase: PurchaseAccount = self.town.validator.read(&self.purchase);
        purchase.state
    }
}

/// The settlements that a node received, by their signatures, in the order of their first arrival.
pub fn settlements(node: &Node) -> Vec<(String, Settle)> {
    let mut seen = BTreeMap::new();
    let mut settlements = Vec::new();
    for captured in node.captured() {
        for decoded in captured.decoded() {
            let Decoded::Settle(settle) = decoded else {
                continue;
            };
            let signature = captured.signature().expect("it is signed").to_string();
            if seen.insert(signature.clone(), ()).is_none() {
                settlements.push((signature, settle));
            }
        }
    }
    settlements
}

/// How often a node received a settlement.
pub fn times_settled(node: &Node) -> usize {
    let sent = node.sent();
    let is_settle = |sent: &&Decoded| matches!(sent, Decoded::Settle(_));
    sent.iter().filter(is_settle).count()
}

/// A buyer's secret that the node chose.
pub fn drawn() -> PurchaseSecret {
    let drawn = EncryptionSecret::random(&mut OsRng).to_bytes();
    PurchaseSecret::from_bytes(&drawn).expect("a scalar")
}

/// `kG - S`: if this is the buyer's key, a delivery for `B + S` is for `kG`.
pub fn minus(secret: &PurchaseSecret, point: &[u8; 32]) -> [u8; 32] {
    let decompress = |bytes: &[u8; 32]| {
        let point = CompressedRistretto(*bytes).decompress();
        point.expect("a point")
    };
    let key = decompress(&secret.public_key().to_bytes());
    (key - decompress(point)).compress().to_bytes()
}

/// A client with a single node, which lies.
pub fn alone(town: &Town, mallory: &Node) -> Client {
    town.client(&[(MALLORY, mallory)])
}

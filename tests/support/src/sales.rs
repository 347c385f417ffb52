use std::ops::Range;

use generion::{CreateOrderArgs, DeliverArgs, PurchaseArgs, SettleArgs, args::Capsules};
use generion_crypto::{
    delivery::{self, Delivery, DeliveryRecord},
    keys::PurchaseKey,
    settle::{Sale, SettleSecret},
};
use generion_interface::accounts::{OrderAccount, PurchaseAccount, RecordAccount};
use rand_core::OsRng;
use solana_address::Address;
use solana_instruction::Instruction;

use crate::{chain::Chain, person::Person};

/// The price of an order, in lamports.
pub const PRICE: u64 = 250_000_000;
/// The delivery window of an order, in seconds.
pub const WINDOW: u32 = 3_600;

impl Chain {
    /// The instruction that offers sorted records for [`PRICE`], and the order's address.
    #[track_caller]
    pub fn create_order(&self, seller: &Person, records: &[Address]) -> (Instruction, Address) {
        let args = CreateOrderArgs {
            id: self.user_of(seller).next_order_id,
            price: PRICE,
            delivery_window: WINDOW,
            only_buyer: None,
            label: "blood pressure, 2026".into(),
        };
        let seller = seller.address();
        let order = self.instructions.addresses.order(&seller, args.id);
        let create = self
            .instructions
            .create_order(seller, seller, records, args);
        (create, order)
    }

    /// Offers records for [`PRICE`]. Returns the order's address.
    #[track_caller]
    pub fn order(&self, seller: &Person, records: &[Address]) -> Address {
        let mut records = records.to_vec();
        records.sort_unstable();
        let (create, order) = self.create_order(seller, &records);
        self.lands(&[create], &[&seller.wallet]);
        order
    }

    /// The instruction that buys an order on its terms, and the purchase's address.
    #[track_caller]
    pub fn purchase(&self, buyer: &Person, order: &Address) -> (Instruction, Address) {
        let args = PurchaseArgs {
            buyer_key: buyer.purchase_secret(order).public_key().to_bytes(),
            terms: self.read::<OrderAccount>(order).terms(order),
        };
        let addresses = &self.instructions.addresses;
        let purchase = addresses.purchase(order, &buyer.address());
        let instruction = self.instructions.purchase(buyer.address(), *order, args);
        (instruction, purchase)
    }

    /// Buys an order on its terms. Returns the purchase's address.
    #[track_caller]
    pub fn buy(&self, buyer: &Person, order: &Address) -> Address {
        let (buy, purchase) = self.purchase(buyer, order);
        self.lands(&[buy], &[&buyer.wallet]);
        purchase
    }

    /// An order of `count` records of a seller's own, bought by `buyer`. Returns the addresses of order and purchase.
    #[track_caller]
    pub fn sold(&self, seller: &Person, buyer: &Person, count: usize) -> (Address, Address) {
        let order = self.order(seller, &self.own_records(seller, count));
        let purchase = self.buy(buyer, &order);
        (order, purchase)
    }

    /// A purchase as the ledger shows it.
    #[track_caller]
    pub fn sale(&self, purchase: &Address) -> Sale {
        let state = self.read::<PurchaseAccount>(purchase).state;
        Sale {
            deployment: self.deployment,
            purchase: *purchase,
            deadline: state.deadline,
            buyer_key: PurchaseKey::from_bytes(&state.buyer_key).expect("the program checked it"),
            terms: self.read::<OrderAccount>(&state.order).terms(&state.order),
        }
    }

    /// All records of a purchase, re-encrypted and proven for a sale, which need not be the one on the ledger.
    #[track_caller]
    pub fn prove(&self, seller: &Person, sale: &Sale) -> Delivery {
        let state = self.read::<PurchaseAccount>(&sale.purchase).state;
        self.prove_batch(seller, sale, 0..usize::from(state.record_count))
    }

    /// The records of a purchase at these positions, re-encrypted and proven for a sale.
    #[track_caller]
    pub fn prove_batch(&self, seller: &Person, sale: &Sale, positions: Range<usize>) -> Delivery {
        let state = self.read::<PurchaseAccount>(&sale.purchase).state;
        let order: OrderAccount = self.read(&state.order);
        let record = |record: &Address| DeliveryRecord {
            record: *record,
            capsule: self.read::<RecordAccount>(record).state.capsule,
        };
        let records: Vec<_> = order.records[positions].iter().map(record).collect();
        delivery::deliver(&seller.secret(), sale, &records, &mut OsRng)
            .unwrap_or_else(|error| panic!("{error}"))
    }

    /// The instruction that delivers a batch, which begins at position `first`.
    #[track_caller]
    pub fn deliver(&self, purchase: &Address, first: usize, delivery: &Delivery) -> Instruction {
        let state = self.read::<PurchaseAccount>(purchase).state;
        let records = self.read::<OrderAccount>(&state.order).records;
        let args = DeliverArgs {
            settle_key: delivery.settle_key.to_bytes(),
            first: u8::try_from(first).expect("an order has fewer records"),
            proof: delivery.proof,
            capsules: Capsules(delivery.capsules.clone()),
        };
        let batch = &records[first..first + delivery.capsules.len()];
        self.instructions.deliver(*purchase, &state, batch, args)
    }

    /// The seller's secret that settles a purchase.
    #[track_caller]
    pub fn settle_secret(&self, seller: &Person, purchase: &Address) -> SettleSecret {
        SettleSecret::derive(&seller.secret(), &self.sale(purchase))
            .unwrap_or_else(|error| panic!("{error}"))
    }

    /// Delivers a purchase in full, which locks it. Returns the secret that settles it, which nobody was shown.
    #[track_caller]
    pub fn lock(&self, seller: &Person, payer: &Person, purchase: &Address) -> SettleSecret {
        let delivery = self.prove(seller, &self.sale(purchase));
        self.lands(&[self.deliver(purchase, 0, &delivery)], &[&payer.wallet]);
        self.settle_secret(seller, purchase)
    }

    /// The instruction that settles a purchase.
    #[track_caller]
    pub fn settle(&self, purchase: &Address, secret: &SettleSecret) -> Instruction {
        let state = self.read::<PurchaseAccount>(purchase).state;
        let args = SettleArgs {
            settle_secret: *secret.to_bytes(),
        };
        self.instructions.settle(*purchase, &state, args)
    }

    /// The instruction that refunds a purchase.
    #[track_caller]
    pub fn refund(&self, authority: &Person, purchase: &Address) -> Instruction {
        let state = self.read::<PurchaseAccount>(purchase).state;
        self.instructions
            .refund(authority.address(), *purchase, &state)
    }
}

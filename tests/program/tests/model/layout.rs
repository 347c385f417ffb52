//! The bytes of the model's accounts, from the tables in section 4 of the protocol.

use crate::{
    cast::Cast,
    model::{Model, Order, Purchase, Record, Share, Status, User},
    step::{At, Key, OnlyBuyer, OrderId, RecordId, Who},
};

/// A field and its bytes.
type Field = (&'static str, Vec<u8>);

/// The discriminators, from the headings of that section.
pub const USER: [u8; 8] = 0x9f75_5fe3_ef97_3aec_u64.to_be_bytes();
pub const RECORD: [u8; 8] = 0xfee9_75fc_4ca6_928b_u64.to_be_bytes();
pub const ORDER: [u8; 8] = 0x86ad_dfb9_4d56_1c33_u64.to_be_bytes();
pub const PURCHASE: [u8; 8] = 0x21cb_01fc_e7e4_0843_u64.to_be_bytes();
pub const SHARE: [u8; 8] = 0x05e8_e10a_24b0_f8d9_u64.to_be_bytes();

/// The fields of the account at an address, in their order. Empty if there is no account.
pub fn fields(model: &Model, cast: &mut Cast, at: At) -> Vec<Field> {
    let Writer(fields) = match at {
        At::Wallet(_) => return vec![],
        At::User(wallet) => match model.users.get(&wallet) {
            Some(user) => write_user(model, cast, wallet, user),
            None => return vec![],
        },
        At::Record(id) => match model.records.get(&id) {
            Some(record) => write_record(model, cast, id, record),
            None => return vec![],
        },
        At::Order(id) => match model.orders.get(&id) {
            Some(order) => write_order(model, cast, id, order),
            None => return vec![],
        },
        At::Purchase(id, buyer) => match model.purchases.get(&(id, buyer)) {
            Some(purchase) => write_purchase(cast, id, buyer, purchase),
            None => return vec![],
        },
        At::Share(id, recipient) => match model.shares.get(&(id, recipient)) {
            Some(share) => write_share(cast, id, recipient, share),
            None => return vec![],
        },
    };
    fields
}

/// The bytes of the account at an address. Empty if there is no account.
pub fn bytes(model: &Model, cast: &mut Cast, at: At) -> Vec<u8> {
    fields(model, cast, at)
        .into_iter()
        .flat_map(|(_, bytes)| bytes)
        .collect()
}

struct Writer(Vec<Field>);

impl Writer {
    fn new(cast: &mut Cast, discriminator: [u8; 8], at: At) -> Self {
        Self(vec![
            ("discriminator", discriminator.to_vec()),
            ("version", vec![1]),
            ("bump", vec![cast.bump(at)]),
        ])
    }

    fn put(mut self, name: &'static str, bytes: impl AsRef<[u8]>) -> Self {
        self.0.push((name, bytes.as_ref().to_vec()));
        self
    }

    fn u32(self, name: &'static str, value: u32) -> Self {
        self.put(name, value.to_le_bytes())
    }

    fn u64(self, name: &'static str, value: u64) -> Self {
        self.put(name, value.to_le_bytes())
    }

    fn time(self, name: &'static str, value: i64) -> Self {
        self.put(name, value.to_le_bytes())
    }

    fn wallet(self, cast: &mut Cast, name: &'static str, who: Who) -> Self {
        self.address(cast, name, At::Wallet(who))
    }

    fn address(self, cast: &mut Cast, name: &'static str, at: At) -> Self {
        self.put(name, cast.address(at).to_bytes())
    }

    fn key(self, cast: &mut Cast, name: &'static str, key: Key) -> Self {
        self.put(name, cast.key(key))
    }
}

fn write_user(model: &Model, cast: &mut Cast, wallet: Who, user: &User) -> Writer {
    Writer::new(cast, USER, At::User(wallet))
        .put("reserved", [0; 2])
        .u32("key_index", user.key_index)
        .u64("next_order_id", user.next_order_id)
        .u64("next_study_id", 0)
        .u64("record_count", model.record_count(wallet))
        .wallet(cast, "wallet", wallet)
        .key(cast, "encryption_key", user.key)
        .put("attestation", user.attestation)
}

fn write_record(model: &Model, cast: &mut Cast, id: RecordId, record: &Record) -> Writer {
    Writer::new(cast, RECORD, At::Record(id))
        .put("verified", [u8::from(record.verified)])
        .put("reserved", [0])
        .u32("key_index", record.key_index)
        .time("created_at", record.created_at)
        .u64("listings", model.listings(id))
        .wallet(cast, "owner", id.owner)
        .wallet(cast, "creator", id.creator)
        .wallet(cast, "rent_payer", record.rent_payer)
        .key(cast, "owner_key", id.key)
        .put("data_public_key", record.made.data_public_key)
        .put("capsule", record.made.capsules[0])
        .put("facts_root", record.made.facts_root)
        .u32("tail length", record.made.locator.len() as u32)
        .put("sealed locator", &record.made.locator)
}

fn write_order(model: &Model, cast: &mut Cast, id: OrderId, order: &Order) -> Writer {
    let mut label = [0; 64];
    label[..order.label.len()].copy_from_slice(order.label.as_bytes());
    let only_buyer = match order.only_buyer {
        OnlyBuyer::Wallet(who) => cast.address(At::Wallet(who)).to_bytes(),
        OnlyBuyer::Anyone | OnlyBuyer::Zeros => [0; 32],
    };
    let records = order.records.iter();
    let records: Vec<u8> = records
        .flat_map(|record| cast.address(At::Record(*record)).to_bytes())
        .collect();
    Writer::new(cast, ORDER, At::Order(id))
        .put("open", [u8::from(order.open)])
        .put("reserved", [0])
        .u32("pending_purchases", model.pending(id))
        .u64("id", id.1)
        .time("created_at", order.created_at)
        .wallet(cast, "rent_payer", order.rent_payer)
        .wallet(cast, "seller", id.0)
        .u64("price", order.price)
        .u32("delivery_window", order.window)
        .put("label", label)
        .put("only_buyer", only_buyer)
        .u32("settled_purchases", order.settled)
        .u32("tail length", order.records.len() as u32)
        .put("records", records)
}

fn write_purchase(cast: &mut Cast, id: OrderId, buyer: Who, purchase: &Purchase) -> Writer {
    let delivered = purchase.slots.iter().flatten().count() as u8;
    let slots: Vec<u8> = purchase
        .slots
        .iter()
        .flat_map(|slot| slot.unwrap_or([0; 64]))
        .collect();
    Writer::new(cast, PURCHASE, At::Purchase(id, buyer))
        .put(
            "status",
            [match purchase.status {
                Status::Pending => 0,
                Status::Locked => 1,
                Status::Settled => 2,
            }],
        )
        .put("record_count", [purchase.slots.len() as u8])
        .put("delivered_count", [delivered])
        .put("seat", [0])
        .put("reserved", [0; 2])
        .u64("price", purchase.price)
        .time("deadline", purchase.deadline)
        .time("settle_by", purchase.settle_by)
        .address(cast, "order", At::Order(id))
        .wallet(cast, "seller", id.0)
        .wallet(cast, "buyer", buyer)
        .key(cast, "buyer_key", purchase.key)
        .put("settle_key", purchase.settle_key)
        .put("terms", purchase.terms)
        .u32("tail length", purchase.slots.len() as u32)
        .put("capsules", slots)
}

fn write_share(cast: &mut Cast, id: RecordId, recipient: Who, share: &Share) -> Writer {
    Writer::new(cast, SHARE, At::Share(id, recipient))
        .put("reserved", [0; 2])
        .u32("key_index", share.key_index)
        .time("created_at", share.created_at)
        .time("expires_at", share.expires_at)
        .address(cast, "record", At::Record(id))
        .wallet(cast, "owner", id.owner)
        .wallet(cast, "recipient", recipient)
        .wallet(cast, "rent_payer", share.rent_payer)
        .key(cast, "recipient_key", share.key)
        .put("capsule", share.capsule)
}

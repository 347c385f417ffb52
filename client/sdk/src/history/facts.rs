//! What is known of one change, from the instruction that asked for it and from the event that tells of it.

use generion_interface::{Addresses, decode::Decoded, events::Event};
use solana_address::Address;

/// What happened: each is the event of that name, and one instruction logs one event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum What {
    /// A wallet published its first encryption key, or the next.
    EncryptionKeySet,
    /// A creator wrote a record.
    RecordCreated,
    /// An owner verified a record.
    RecordVerified,
    /// A record was deleted.
    RecordDeleted,
    /// An owner shared a record.
    RecordShared,
    /// An owner closed a share.
    ShareRevoked,
    /// A seller put records up for sale.
    OrderCreated,
    /// A seller stopped the sales of an order.
    SalesStopped,
    /// A seller closed an order.
    OrderClosed,
    /// A buyer paid into escrow.
    Purchased,
    /// Keys were handed over.
    Delivered,
    /// A buyer got the price back.
    Refunded,
    /// A buyer closed a settled purchase.
    PurchaseClosed,
}

impl What {
    /// The event's name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::EncryptionKeySet => "EncryptionKeySet",
            Self::RecordCreated => "RecordCreated",
            Self::RecordVerified => "RecordVerified",
            Self::RecordDeleted => "RecordDeleted",
            Self::RecordShared => "RecordShared",
            Self::ShareRevoked => "ShareRevoked",
            Self::OrderCreated => "OrderCreated",
            Self::SalesStopped => "SalesStopped",
            Self::OrderClosed => "OrderClosed",
            Self::Purchased => "Purchased",
            Self::Delivered => "Delivered",
            Self::Refunded => "Refunded",
            Self::PurchaseClosed => "PurchaseClosed",
        }
    }

    /// The instruction that logs it.
    pub const fn instruction(self) -> &'static str {
        match self {
            Self::EncryptionKeySet => "set_encryption_key",
            Self::RecordCreated => "create_record",
            Self::RecordVerified => "verify_record",
            Self::RecordDeleted => "delete_record",
            Self::RecordShared => "share_record",
            Self::ShareRevoked => "revoke_share",
            Self::OrderCreated => "create_order",
            Self::SalesStopped | Self::OrderClosed => "close_order",
            Self::Purchased => "purchase",
            Self::Delivered => "deliver",
            Self::Refunded => "refund",
            Self::PurchaseClosed => "close_purchase",
        }
    }
}

macro_rules! facts {
    (
        roles { $($(#[$role_attr:meta])* $role:ident,)* }
        values { $($(#[$attr:meta])* $value:ident: $type:ty,)* }
    ) => {
        /// What is known of a change; `None`: nothing tells it. The names are those of the protocol, sections 5 and 8.
        #[derive(Clone, Debug, Default, PartialEq, Eq)]
        pub struct Facts {
            $($(#[$role_attr])* pub $role: Option<Address>,)*
            $($(#[$attr])* pub $value: Option<$type>,)*
        }

        impl Facts {
            /// The addresses that are known, with the names of what they are in the change.
            pub fn roles(&self) -> impl Iterator<Item = (&'static str, &Address)> {
                let roles = [$((stringify!($role), &self.$role)),*];
                roles.into_iter().filter_map(|(role, address)| Some((role, address.as_ref()?)))
            }

            /// Both together; `None` where they contradict each other.
            pub(super) fn with(&self, other: &Self) -> Option<Self> {
                Some(Self {
                    $($role: agreed(&self.$role, &other.$role)?,)*
                    $($value: agreed(&self.$value, &other.$value)?,)*
                })
            }
        }
    };
}

facts! {
    roles {
        /// Whose key was published.
        wallet,
        /// Owner of the record.
        owner,
        /// Creator of the record.
        creator,
        /// Who deleted or refunded.
        authority,
        /// Whom the record is shared with.
        recipient,
        /// Seller of the order.
        seller,
        /// Buyer of the order.
        buyer,
        /// Who paid the rent, or got it back.
        rent_payer,
        /// Who would have paid the rent of a User account that is there already, or did.
        payer,
        /// The User account of the wallet, of the record's owner, or of the seller.
        user,
        /// The recipient's User account.
        recipient_user,
        /// The record.
        record,
        /// The share.
        share,
        /// The order.
        order,
        /// The purchase.
        purchase,
    }
    values {
        /// The records that are listed, unlisted or delivered, in the order's order.
        records: Vec<Address>,
        /// Id of the record, or of the order.
        id: u64,
        /// Ids of the order's records.
        record_ids: Vec<u64>,
        /// Index of the encryption key.
        key_index: u32,
        /// The encryption key.
        encryption_key: [u8; 32],
        /// What the record's document is encrypted to.
        data_public_key: [u8; 32],
        /// SHA-256 of the encrypted document; zeros: not disclosed.
        ciphertext_hash: [u8; 32],
        /// Whether the record was verified when it was created, being its owner's own.
        verified: bool,
        /// Of the program's account, by the ledger's clock, in seconds since the Unix epoch.
        created_at: i64,
        /// Expiry of the share, likewise; 0: never.
        expires_at: i64,
        /// Price of the order, in lamports.
        price: u64,
        /// Seconds for the delivery.
        delivery_window: u32,
        /// The order's label.
        label: String,
        /// The buyer's key for this purchase.
        buyer_key: [u8; 32],
        /// When the delivery has to be made by, in seconds since the Unix epoch.
        deadline: i64,
        /// Records of the purchased order.
        record_count: u8,
        /// Position in the order of the first record that was delivered.
        first: u8,
        /// How many were.
        count: u8,
        /// Purchases that were pending when sales were stopped.
        pending_purchases: u32,
        /// Purchases that were settled when the order was closed.
        settled_purchases: u32,
        /// What went out of an account of the program, in lamports: the rent and more of one that was closed; the price
        /// with the last delivery, otherwise 0.
        lamports: u64,
    }
}

fn agreed<T: Clone + PartialEq>(one: &Option<T>, other: &Option<T>) -> Option<Option<T>> {
    match (one, other) {
        (Some(one), Some(other)) if one != other => None,
        (Some(known), _) | (None, Some(known)) => Some(Some(known.clone())),
        (None, None) => Some(None),
    }
}

impl Facts {
    /// Whether one of those that have a part in the change is such.
    pub(super) fn name(&self, is_such: impl Fn(&Address) -> bool) -> bool {
        let roles = self.roles().map(|(_, address)| address);
        roles.chain(self.records()).any(is_such)
    }

    /// The records beside [`Self::record`]; none where they are not known.
    pub(super) fn records(&self) -> &[Address] {
        self.records.as_deref().unwrap_or_default()
    }

    /// What an instruction tells. Of an order that is closed or only for sale no more, the instruction is the same:
    /// `is_gone` says whether an account is without lamports after the transaction.
    pub(super) fn of_instruction(
        instruction: &Decoded,
        of: &Addresses,
        is_gone: impl Fn(&Address) -> bool,
    ) -> (What, Self) {
        let none = Self::default();
        match instruction {
            Decoded::SetEncryptionKey(told) => (
                What::EncryptionKeySet,
                Self {
                    wallet: Some(told.wallet),
                    payer: Some(told.payer),
                    user: Some(told.user),
                    encryption_key: Some(told.args.encryption_key),
                    ..none
                },
            ),
            Decoded::CreateRecord(told) => {
                let is_own = of.user(&told.creator) == told.user;
                let facts = Self {
                    owner: is_own.then_some(told.creator),
                    creator: Some(told.creator),
                    rent_payer: Some(told.payer),
                    user: Some(told.user),
                    record: Some(told.record),
                    id: Some(told.args.id),
                    data_public_key: Some(told.args.data_public_key),
                    ciphertext_hash: Some(told.args.ciphertext_hash),
                    verified: Some(is_own),
                    ..none
                };
                (What::RecordCreated, facts)
            }
            Decoded::VerifyRecord(told) => (
                What::RecordVerified,
                Self {
                    owner: Some(told.owner),
                    record: Some(told.record),
                    ..none
                },
            ),
            Decoded::DeleteRecord(told) => (
                What::RecordDeleted,
                Self {
                    authority: Some(told.authority),
                    user: Some(told.user),
                    record: Some(told.record),
                    rent_payer: Some(told.rent_payer),
                    ..none
                },
            ),
            Decoded::ShareRecord(told) => (
                What::RecordShared,
                Self {
                    owner: Some(told.owner),
                    rent_payer: Some(told.payer),
                    record: Some(told.record),
                    recipient_user: Some(told.recipient),
                    share: Some(told.share),
                    expires_at: Some(told.args.expires_at),
                    ..none
                },
            ),
            Decoded::RevokeShare(told) => (
                What::ShareRevoked,
                Self {
                    owner: Some(told.owner),
                    share: Some(told.share),
                    rent_payer: Some(told.rent_payer),
                    ..none
                },
            ),
            Decoded::CreateOrder(told) => (
                What::OrderCreated,
                Self {
                    seller: Some(told.seller),
                    rent_payer: Some(told.payer),
                    user: Some(told.user),
                    order: Some(told.order),
                    records: Some(told.records.clone()),
                    id: Some(told.args.id),
                    price: Some(told.args.price),
                    delivery_window: Some(told.args.delivery_window),
                    label: Some(told.args.label.clone()),
                    ..none
                },
            ),
            Decoded::CloseOrder(told) => {
                // Without its records an order is not closed.
                let closed = !told.records.is_empty() && is_gone(&told.order);
                let facts = Self {
                    seller: Some(told.seller),
                    order: Some(told.order),
                    rent_payer: Some(told.rent_payer),
                    records: Some(told.records.clone()),
                    ..none
                };
                let what = match closed {
                    true => What::OrderClosed,
                    false => What::SalesStopped,
                };
                (what, facts)
            }
            Decoded::Purchase(told) => (
                What::Purchased,
                Self {
                    buyer: Some(told.buyer),
                    order: Some(told.order),
                    purchase: Some(told.purchase),
                    buyer_key: Some(told.args.buyer_key),
                    price: Some(told.args.price),
                    delivery_window: Some(told.args.delivery_window),
                    record_count: Some(told.args.record_count),
                    ..none
                },
            ),
            Decoded::Deliver(told) => (
                What::Delivered,
                Self {
                    seller: Some(told.seller),
                    order: Some(told.order),
                    purchase: Some(told.purchase),
                    records: Some(told.records.clone()),
                    first: Some(told.args.first),
                    // As many as are in a transaction; the program has compared.
                    count: u8::try_from(told.args.capsules.0.len()).ok(),
                    ..none
                },
            ),
            Decoded::Refund(told) => (
                What::Refunded,
                Self {
                    authority: Some(told.authority),
                    buyer: Some(told.buyer),
                    order: Some(told.order),
                    purchase: Some(told.purchase),
                    ..none
                },
            ),
            Decoded::ClosePurchase(told) => (
                What::PurchaseClosed,
                Self {
                    buyer: Some(told.buyer),
                    purchase: Some(told.purchase),
                    ..none
                },
            ),
        }
    }

    /// What an event tells, and what follows from it alone.
    pub(super) fn of_event(event: &Event, of: &Addresses) -> (What, Self) {
        let none = Self::default();
        match event {
            Event::EncryptionKeySet(told) => (
                What::EncryptionKeySet,
                Self {
                    wallet: Some(told.wallet),
                    user: Some(of.user(&told.wallet)),
                    key_index: Some(told.key_index.get()),
                    encryption_key: Some(told.encryption_key),
                    ..none
                },
            ),
            Event::RecordCreated(told) => (
                What::RecordCreated,
                Self {
                    owner: Some(told.owner),
                    creator: Some(told.creator),
                    rent_payer: Some(told.rent_payer),
                    user: Some(of.user(&told.owner)),
                    record: Some(told.record),
                    id: Some(told.id.get()),
                    key_index: Some(told.key_index.get()),
                    data_public_key: Some(told.data_public_key),
                    ciphertext_hash: Some(told.ciphertext_hash),
                    verified: Some(told.verified == 1),
                    created_at: Some(told.created_at.get()),
                    ..none
                },
            ),
            Event::RecordVerified(told) => (
                What::RecordVerified,
                Self {
                    owner: Some(told.owner),
                    creator: Some(told.creator),
                    record: Some(told.record),
                    ..none
                },
            ),
            Event::RecordDeleted(told) => (
                What::RecordDeleted,
                Self {
                    owner: Some(told.owner),
                    creator: Some(told.creator),
                    authority: Some(told.authority),
                    rent_payer: Some(told.rent_payer),
                    user: Some(of.user(&told.owner)),
                    record: Some(told.record),
                    lamports: Some(told.lamports.get()),
                    ..none
                },
            ),
            Event::RecordShared(told) => (
                What::RecordShared,
                Self {
                    owner: Some(told.owner),
                    recipient: Some(told.recipient),
                    rent_payer: Some(told.rent_payer),
                    recipient_user: Some(of.user(&told.recipient)),
                    record: Some(told.record),
                    share: Some(told.share),
                    key_index: Some(told.key_index.get()),
                    created_at: Some(told.created_at.get()),
                    expires_at: Some(told.expires_at.get()),
                    ..none
                },
            ),
            Event::ShareRevoked(told) => (
                What::ShareRevoked,
                Self {
                    owner: Some(told.owner),
                    recipient: Some(told.recipient),
                    rent_payer: Some(told.rent_payer),
                    record: Some(told.record),
                    share: Some(told.share),
                    lamports: Some(told.lamports.get()),
                    ..none
                },
            ),
            Event::OrderCreated(told) => (
                What::OrderCreated,
                Self {
                    seller: Some(told.seller),
                    rent_payer: Some(told.rent_payer),
                    user: Some(of.user(&told.seller)),
                    order: Some(told.order),
                    records: Some(crate::ledger::record_addresses(
                        of,
                        &told.seller,
                        &told.record_ids,
                    )),
                    id: Some(told.id),
                    record_ids: Some(told.record_ids.clone()),
                    created_at: Some(told.created_at),
                    price: Some(told.price),
                    delivery_window: Some(told.delivery_window),
                    label: Some(told.label.clone()),
                    ..none
                },
            ),
            Event::SalesStopped(told) => (
                What::SalesStopped,
                Self {
                    seller: Some(told.seller),
                    order: Some(told.order),
                    pending_purchases: Some(told.pending_purchases.get()),
                    ..none
                },
            ),
            Event::OrderClosed(told) => (
                What::OrderClosed,
                Self {
                    seller: Some(told.seller),
                    rent_payer: Some(told.rent_payer),
                    order: Some(told.order),
                    settled_purchases: Some(told.settled_purchases.get()),
                    lamports: Some(told.lamports.get()),
                    ..none
                },
            ),
            Event::Purchased(told) => (
                What::Purchased,
                Self {
                    seller: Some(told.seller),
                    buyer: Some(told.buyer),
                    order: Some(told.order),
                    purchase: Some(told.purchase),
                    buyer_key: Some(told.buyer_key),
                    price: Some(told.price.get()),
                    deadline: Some(told.deadline.get()),
                    record_count: Some(told.record_count),
                    ..none
                },
            ),
            Event::Delivered(told) => (
                What::Delivered,
                Self {
                    seller: Some(told.seller),
                    buyer: Some(told.buyer),
                    order: Some(told.order),
                    purchase: Some(told.purchase),
                    first: Some(told.first),
                    count: Some(told.count),
                    lamports: Some(told.lamports.get()),
                    ..none
                },
            ),
            Event::Refunded(told) => (
                What::Refunded,
                Self {
                    authority: Some(told.authority),
                    seller: Some(told.seller),
                    buyer: Some(told.buyer),
                    order: Some(told.order),
                    purchase: Some(told.purchase),
                    price: Some(told.price.get()),
                    lamports: Some(told.lamports.get()),
                    ..none
                },
            ),
            Event::PurchaseClosed(told) => (
                What::PurchaseClosed,
                Self {
                    seller: Some(told.seller),
                    buyer: Some(told.buyer),
                    order: Some(told.order),
                    purchase: Some(told.purchase),
                    lamports: Some(told.lamports.get()),
                    ..none
                },
            ),
        }
    }
}

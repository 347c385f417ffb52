//! What an event tells of the change that logged it.

use generion_interface::{Addresses, events::Event};

use super::{Facts, What};

impl Facts {
    /// What an event tells, and what follows from it alone.
    pub(in crate::history) fn of_event(event: &Event, of: &Addresses) -> (What, Self) {
        let none = Self::default();
        match event {
            Event::EncryptionKeySet(told) => (
                What::EncryptionKeySet,
                Self {
                    wallet: Some(told.wallet),
                    user: Some(of.user(&told.wallet)),
                    key_index: Some(told.key_index.get()),
                    encryption_key: Some(told.encryption_key),
                    attestation: Some(told.attestation),
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
                    key_index: Some(told.key_index.get()),
                    data_public_key: Some(told.data_public_key),
                    facts_root: Some(told.facts_root),
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
                    only_buyer: told.only_buyer,
                    rent_payer: Some(told.rent_payer),
                    user: Some(of.user(&told.seller)),
                    order: Some(told.order),
                    records: Some(told.records.clone()),
                    id: Some(told.id),
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
                    settle_key: Some(told.settle_key),
                    settle_by: Some(told.settle_by.get()),
                    first: Some(told.first),
                    count: Some(told.count),
                    ..none
                },
            ),
            Event::Settled(told) => (
                What::Settled,
                Self {
                    seller: Some(told.seller),
                    buyer: Some(told.buyer),
                    order: Some(told.order),
                    purchase: Some(told.purchase),
                    settle_secret: Some(told.settle_secret),
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

//! Reads the change from an event that it logged.

use generion_interface::{Addresses, events::Event};

use crate::{change::ChangeKind, details::ChangeDetails};

impl ChangeDetails {
    /// The change that an event shows, without any other source.
    pub(crate) fn of_event(event: &Event, of: &Addresses) -> (ChangeKind, Self) {
        let none = Self::default();
        match event {
            Event::EncryptionKeySet(fields) => (
                ChangeKind::EncryptionKeySet,
                Self {
                    wallet: Some(fields.wallet),
                    user: Some(of.user(&fields.wallet)),
                    key_index: Some(fields.key_index.get()),
                    encryption_key: Some(fields.encryption_key),
                    attestation: Some(fields.attestation),
                    ..none
                },
            ),
            Event::RecordCreated(fields) => (
                ChangeKind::RecordCreated,
                Self {
                    owner: Some(fields.owner),
                    creator: Some(fields.creator),
                    rent_payer: Some(fields.rent_payer),
                    user: Some(of.user(&fields.owner)),
                    record: Some(fields.record),
                    key_index: Some(fields.key_index.get()),
                    data_public_key: Some(fields.data_public_key),
                    facts_root: Some(fields.facts_root),
                    verified: Some(fields.verified == 1),
                    created_at: Some(fields.created_at.get()),
                    ..none
                },
            ),
            Event::RecordVerified(fields) => (
                ChangeKind::RecordVerified,
                Self {
                    owner: Some(fields.owner),
                    creator: Some(fields.creator),
                    record: Some(fields.record),
                    ..none
                },
            ),
            Event::RecordDeleted(fields) => (
                ChangeKind::RecordDeleted,
                Self {
                    owner: Some(fields.owner),
                    creator: Some(fields.creator),
                    authority: Some(fields.authority),
                    rent_payer: Some(fields.rent_payer),
                    user: Some(of.user(&fields.owner)),
                    record: Some(fields.record),
                    lamports: Some(fields.lamports.get()),
                    ..none
                },
            ),
            Event::RecordShared(fields) => (
                ChangeKind::RecordShared,
                Self {
                    owner: Some(fields.owner),
                    recipient: Some(fields.recipient),
                    rent_payer: Some(fields.rent_payer),
                    recipient_user: Some(of.user(&fields.recipient)),
                    record: Some(fields.record),
                    share: Some(fields.share),
                    key_index: Some(fields.key_index.get()),
                    created_at: Some(fields.created_at.get()),
                    expires_at: Some(fields.expires_at.get()),
                    ..none
                },
            ),
            Event::ShareRevoked(fields) => (
                ChangeKind::ShareRevoked,
                Self {
                    owner: Some(fields.owner),
                    recipient: Some(fields.recipient),
                    rent_payer: Some(fields.rent_payer),
                    record: Some(fields.record),
                    share: Some(fields.share),
                    lamports: Some(fields.lamports.get()),
                    ..none
                },
            ),
            Event::OrderCreated(fields) => (
                ChangeKind::OrderCreated,
                Self {
                    seller: Some(fields.seller),
                    only_buyer: fields.only_buyer,
                    rent_payer: Some(fields.rent_payer),
                    user: Some(of.user(&fields.seller)),
                    order: Some(fields.order),
                    records: Some(fields.records.clone()),
                    id: Some(fields.id),
                    created_at: Some(fields.created_at),
                    price: Some(fields.price),
                    delivery_window: Some(fields.delivery_window),
                    label: Some(fields.label.clone()),
                    ..none
                },
            ),
            Event::SalesStopped(fields) => (
                ChangeKind::SalesStopped,
                Self {
                    seller: Some(fields.seller),
                    order: Some(fields.order),
                    pending_purchases: Some(fields.pending_purchases.get()),
                    ..none
                },
            ),
            Event::OrderClosed(fields) => (
                ChangeKind::OrderClosed,
                Self {
                    seller: Some(fields.seller),
                    rent_payer: Some(fields.rent_payer),
                    order: Some(fields.order),
                    settled_purchases: Some(fields.settled_purchases.get()),
                    lamports: Some(fields.lamports.get()),
                    ..none
                },
            ),
            Event::Purchased(fields) => (
                ChangeKind::Purchased,
                Self {
                    seller: Some(fields.seller),
                    buyer: Some(fields.buyer),
                    order: Some(fields.order),
                    purchase: Some(fields.purchase),
                    buyer_key: Some(fields.buyer_key),
                    price: Some(fields.price.get()),
                    deadline: Some(fields.deadline.get()),
                    record_count: Some(fields.record_count),
                    ..none
                },
            ),
            Event::Delivered(fields) => (
                ChangeKind::Delivered,
                Self {
                    seller: Some(fields.seller),
                    buyer: Some(fields.buyer),
                    order: Some(fields.order),
                    purchase: Some(fields.purchase),
                    settle_key: Some(fields.settle_key),
                    settle_by: Some(fields.settle_by.get()),
                    first: Some(fields.first),
                    count: Some(fields.count),
                    ..none
                },
            ),
            Event::Settled(fields) => (
                ChangeKind::Settled,
                Self {
                    seller: Some(fields.seller),
                    buyer: Some(fields.buyer),
                    order: Some(fields.order),
                    purchase: Some(fields.purchase),
                    settle_secret: Some(fields.settle_secret),
                    lamports: Some(fields.lamports.get()),
                    ..none
                },
            ),
            Event::Refunded(fields) => (
                ChangeKind::Refunded,
                Self {
                    authority: Some(fields.authority),
                    seller: Some(fields.seller),
                    buyer: Some(fields.buyer),
                    order: Some(fields.order),
                    purchase: Some(fields.purchase),
                    price: Some(fields.price.get()),
                    lamports: Some(fields.lamports.get()),
                    ..none
                },
            ),
            Event::PurchaseClosed(fields) => (
                ChangeKind::PurchaseClosed,
                Self {
                    seller: Some(fields.seller),
                    buyer: Some(fields.buyer),
                    order: Some(fields.order),
                    purchase: Some(fields.purchase),
                    lamports: Some(fields.lamports.get()),
                    ..none
                },
            ),
            Event::StudyCreated(_)
            | Event::StudyUpdated(_)
            | Event::BudgetWithdrawn(_)
            | Event::StudyJoined(_)
            | Event::StudyApplied(_)
            | Event::ParticipantAdmitted(_)
            | Event::ApplicationWithdrawn(_)
            | Event::SeatClosed(_)
            | Event::StudyClosed(_) => Self::of_study_event(event, of),
        }
    }
}

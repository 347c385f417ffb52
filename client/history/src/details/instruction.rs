//! Reads the change from the instruction that asked for it.

use generion_interface::{Addresses, decode::Decoded};
use solana_address::Address;

use crate::{change::ChangeKind, details::ChangeDetails};

impl ChangeDetails {
    /// The change that an instruction shows. The same instruction closes an order, or only ends its sale: `is_gone` tells
    /// whether an account is without lamports after the transaction.
    pub(crate) fn of_instruction(
        instruction: &Decoded,
        of: &Addresses,
        is_gone: impl Fn(&Address) -> bool,
    ) -> (ChangeKind, Self) {
        let none = Self::default();
        match instruction {
            Decoded::SetEncryptionKey(fields) => (
                ChangeKind::EncryptionKeySet,
                Self {
                    wallet: Some(fields.wallet),
                    payer: Some(fields.payer),
                    user: Some(fields.user),
                    key_index: Some(fields.args.key_index),
                    encryption_key: Some(fields.args.encryption_key),
                    attestation: Some(fields.args.attestation),
                    ..none
                },
            ),
            Decoded::CreateRecord(fields) => {
                let is_own = of.user(&fields.creator) == fields.user;
                let details = Self {
                    owner: is_own.then_some(fields.creator),
                    creator: Some(fields.creator),
                    rent_payer: Some(fields.payer),
                    user: Some(fields.user),
                    record: Some(fields.record),
                    data_public_key: Some(fields.args.data_public_key),
                    facts_root: Some(fields.args.facts_root),
                    verified: Some(is_own),
                    ..none
                };
                (ChangeKind::RecordCreated, details)
            }
            Decoded::VerifyRecord(fields) => (
                ChangeKind::RecordVerified,
                Self {
                    owner: Some(fields.owner),
                    record: Some(fields.record),
                    ..none
                },
            ),
            Decoded::DeleteRecord(fields) => (
                ChangeKind::RecordDeleted,
                Self {
                    authority: Some(fields.authority),
                    user: Some(fields.user),
                    record: Some(fields.record),
                    rent_payer: Some(fields.rent_payer),
                    ..none
                },
            ),
            Decoded::ShareRecord(fields) => (
                ChangeKind::RecordShared,
                Self {
                    owner: Some(fields.owner),
                    rent_payer: Some(fields.payer),
                    record: Some(fields.record),
                    recipient_user: Some(fields.recipient),
                    share: Some(fields.share),
                    key_index: Some(fields.args.key_index),
                    expires_at: Some(fields.args.expires_at),
                    ..none
                },
            ),
            Decoded::RevokeShare(fields) => (
                ChangeKind::ShareRevoked,
                Self {
                    owner: Some(fields.owner),
                    share: Some(fields.share),
                    rent_payer: Some(fields.rent_payer),
                    ..none
                },
            ),
            Decoded::CreateOrder(fields) => (
                ChangeKind::OrderCreated,
                Self {
                    seller: Some(fields.seller),
                    only_buyer: fields.args.only_buyer,
                    rent_payer: Some(fields.payer),
                    user: Some(fields.user),
                    order: Some(fields.order),
                    records: Some(fields.records.clone()),
                    id: Some(fields.args.id),
                    price: Some(fields.args.price),
                    delivery_window: Some(fields.args.delivery_window),
                    label: Some(fields.args.label.clone()),
                    ..none
                },
            ),
            Decoded::CloseOrder(fields) => {
                // Without its records an order is not closed.
                let closed = !fields.records.is_empty() && is_gone(&fields.order);
                let details = Self {
                    seller: Some(fields.seller),
                    order: Some(fields.order),
                    rent_payer: Some(fields.rent_payer),
                    records: Some(fields.records.clone()),
                    ..none
                };
                let kind = match closed {
                    true => ChangeKind::OrderClosed,
                    false => ChangeKind::SalesStopped,
                };
                (kind, details)
            }
            Decoded::Purchase(fields) => (
                ChangeKind::Purchased,
                Self {
                    buyer: Some(fields.buyer),
                    order: Some(fields.order),
                    purchase: Some(fields.purchase),
                    buyer_key: Some(fields.args.buyer_key),
                    terms: Some(fields.args.terms),
                    ..none
                },
            ),
            Decoded::Deliver(fields) => (
                ChangeKind::Delivered,
                Self {
                    order: Some(fields.order),
                    purchase: Some(fields.purchase),
                    records: Some(fields.records.clone()),
                    settle_key: Some(fields.args.settle_key),
                    first: Some(fields.args.first),
                    // As many as are in a transaction; the program has compared.
                    count: u8::try_from(fields.args.capsules.0.len()).ok(),
                    ..none
                },
            ),
            Decoded::Refund(fields) => (
                ChangeKind::Refunded,
                Self {
                    authority: Some(fields.authority),
                    buyer: Some(fields.buyer),
                    order: Some(fields.order),
                    purchase: Some(fields.purchase),
                    ..none
                },
            ),
            Decoded::ClosePurchase(fields) => (
                ChangeKind::PurchaseClosed,
                Self {
                    buyer: Some(fields.buyer),
                    purchase: Some(fields.purchase),
                    ..none
                },
            ),
            Decoded::Settle(fields) => (
                ChangeKind::Settled,
                Self {
                    seller: Some(fields.seller),
                    order: Some(fields.order),
                    purchase: Some(fields.purchase),
                    settle_secret: Some(fields.args.settle_secret),
                    ..none
                },
            ),
            Decoded::CreateStudy(_)
            | Decoded::UpdateStudy(_)
            | Decoded::WithdrawBudget(_)
            | Decoded::JoinStudy(_)
            | Decoded::Apply(_)
            | Decoded::Admit(_)
            | Decoded::WithdrawApplication(_)
            | Decoded::CloseSeat(_)
            | Decoded::CloseStudy(_) => Self::of_study_instruction(instruction),
        }
    }
}

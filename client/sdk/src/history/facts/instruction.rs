//! What an instruction tells of the change that it asked for.

use generion_interface::{Addresses, decode::Decoded};
use solana_address::Address;

use super::{Facts, What};

impl Facts {
    /// What an instruction tells. Of an order that is closed or only for sale no more, the instruction is the same:
    /// `is_gone` says whether an account is without lamports after the transaction.
    pub(in crate::history) fn of_instruction(
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
                    key_index: Some(told.args.key_index),
                    encryption_key: Some(told.args.encryption_key),
                    attestation: Some(told.args.attestation),
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
                    data_public_key: Some(told.args.data_public_key),
                    facts_root: Some(told.args.facts_root),
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
                    key_index: Some(told.args.key_index),
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
                    only_buyer: told.args.only_buyer,
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
                    terms: Some(told.args.terms),
                    ..none
                },
            ),
            Decoded::Deliver(told) => (
                What::Delivered,
                Self {
                    order: Some(told.order),
                    purchase: Some(told.purchase),
                    records: Some(told.records.clone()),
                    settle_key: Some(told.args.settle_key),
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
            Decoded::Settle(told) => (
                What::Settled,
                Self {
                    seller: Some(told.seller),
                    order: Some(told.order),
                    purchase: Some(told.purchase),
                    settle_secret: Some(told.args.settle_secret),
                    ..none
                },
            ),
        }
    }
}

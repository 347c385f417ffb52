use generion::state::{self, PurchaseStatus};
use generion_interface::accounts::LedgerAccount;
use solana_address::Address;
use solana_rpc_client_api::filter::{Memcmp, RpcFilterType};

/// A field of an account that a listing is narrowed by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Filter {
    /// The filter's name in a gateway's list.
    parameter: &'static str,
    offset: usize,
    value: Value,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Value {
    Address(Address),
    Byte(u8),
}

/// Bytes in front of every account's state: Anchor's discriminator.
pub(super) const DISCRIMINATOR: usize = 8;

macro_rules! filters {
    ($($(#[$attr:meta])* $name:ident: $state:ident.$field:ident as $parameter:literal,)*) => {
        impl Filter {
            $(
                $(#[$attr])*
                pub const fn $name(address: Address) -> Self {
                    Self {
                        parameter: $parameter,
                        offset: DISCRIMINATOR + core::mem::offset_of!(state::$state, $field),
                        value: Value::Address(address),
                    }
                }
            )*
        }
    };
}

filters! {
    /// Records of an owner.
    record_owner: Record.owner as "owner",
    /// Records by a creator.
    record_creator: Record.creator as "creator",
    /// Orders of a seller.
    order_seller: Order.seller as "seller",
    /// Purchases of an order.
    purchase_order: Purchase.order as "of_order",
    /// Purchases from a seller.
    purchase_seller: Purchase.seller as "seller",
    /// Purchases by a buyer.
    purchase_buyer: Purchase.buyer as "buyer",
    /// Applications for a study.
    application_study: Application.study as "study",
    /// Shares of a record.
    share_record: Share.record as "record",
    /// Shares by an owner.
    share_owner: Share.owner as "owner",
    /// Shares with a recipient.
    share_recipient: Share.recipient as "recipient",
}

impl Filter {
    /// Purchases of which records are still to be delivered.
    pub const fn purchase_pending() -> Self {
        Self::purchase_status(PurchaseStatus::Pending)
    }

    /// Purchases that are delivered in full and wait for their seller to settle.
    pub const fn purchase_locked() -> Self {
        Self::purchase_status(PurchaseStatus::Locked)
    }

    const fn purchase_status(status: PurchaseStatus) -> Self {
        Self {
            parameter: "state",
            offset: DISCRIMINATOR + core::mem::offset_of!(state::Purchase, status),
            value: Value::Byte(status as u8),
        }
    }

    /// The filter's value in a gateway's list.
    pub(super) fn parameter(&self) -> (&'static str, String) {
        let value = match self.value {
            Value::Address(address) => address.to_string(),
            Value::Byte(byte) if byte == PurchaseStatus::Pending as u8 => "pending".to_owned(),
            Value::Byte(_) => "locked".to_owned(),
        };
        (self.parameter, value)
    }

    /// Whether an account with this data is one that was asked for.
    pub(super) fn matches(&self, data: &[u8]) -> bool {
        let found = data.get(self.offset..).unwrap_or_default();
        match &self.value {
            Value::Address(address) => found.starts_with(address.as_ref()),
            Value::Byte(byte) => found.first() == Some(byte),
        }
    }

    /// The filters for a node: all of these, and the kind of account.
    pub(super) fn all<T: LedgerAccount>(filters: &[Self]) -> Vec<RpcFilterType> {
        let memcmp = |offset, bytes: &[u8]| {
            RpcFilterType::Memcmp(Memcmp::new_raw_bytes(offset, bytes.to_vec()))
        };
        let mut all = vec![memcmp(0, &T::DISCRIMINATOR)];
        all.extend(filters.iter().map(|filter| match &filter.value {
            Value::Address(address) => memcmp(filter.offset, address.as_ref()),
            Value::Byte(byte) => memcmp(filter.offset, &[*byte]),
        }));
        all
    }
}

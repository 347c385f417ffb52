use generion::state;
use generion_interface::accounts::LedgerAccount;
use solana_address::Address;
use solana_rpc_client_api::filter::{Memcmp, RpcFilterType};

/// A field of an account that a listing is narrowed by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Filter {
    offset: usize,
    value: Value,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Value {
    Address(Address),
    Byte(u8),
}

/// Bytes in front of every account's state: Anchor's discriminator.
const DISCRIMINATOR: usize = 8;

macro_rules! filters {
    ($($(#[$attr:meta])* $name:ident: $state:ident.$field:ident,)*) => {
        impl Filter {
            $(
                $(#[$attr])*
                pub const fn $name(address: Address) -> Self {
                    Self {
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
    record_owner: Record.owner,
    /// Records by a creator.
    record_creator: Record.creator,
    /// Orders of a seller.
    order_seller: Order.seller,
    /// Purchases of an order.
    purchase_order: Purchase.order,
    /// Purchases from a seller.
    purchase_seller: Purchase.seller,
    /// Purchases by a buyer.
    purchase_buyer: Purchase.buyer,
    /// Shares of a record.
    share_record: Share.record,
    /// Shares by an owner.
    share_owner: Share.owner,
    /// Shares with a recipient.
    share_recipient: Share.recipient,
}

impl Filter {
    /// Purchases that are neither settled nor refunded.
    pub const fn purchase_pending() -> Self {
        Self {
            offset: DISCRIMINATOR + core::mem::offset_of!(state::Purchase, status),
            value: Value::Byte(0),
        }
    }

    /// For a node: all filters, and that it is an account of this kind.
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

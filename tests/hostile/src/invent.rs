//! Invented accounts that are on no ledger.

use bytemuck::{Pod, bytes_of, cast_slice};
use generion::{
    ID,
    constants::ACCOUNT_VERSION,
    proof::Capsule,
    state::{Order, Purchase, PurchaseStatus},
};
use generion_interface::accounts::{LedgerAccount, OrderAccount, PurchaseAccount};
use generion_test_support::{PRICE, WINDOW};
use solana_account::Account;
use solana_address::Address;

/// An account of the program with this state, followed by this tail.
fn account<S: Pod, T: Pod>(discriminator: [u8; 8], state: &S, tail: &[T]) -> Account {
    let length = u32::try_from(tail.len()).expect("a tail of this size");
    let data = [
        discriminator.as_slice(),
        bytes_of(state),
        &length.to_le_bytes(),
        cast_slice(tail),
    ]
    .concat();
    Account {
        lamports: 10_000_000,
        data,
        owner: ID,
        executable: false,
        rent_epoch: u64::MAX,
    }
}

/// An order.
pub fn order(state: &Order, records: &[Address]) -> Account {
    account(OrderAccount::DISCRIMINATOR, state, records)
}

/// A purchase; zeros are capsules that are not delivered.
pub fn purchase(state: &Purchase, capsules: &[Capsule]) -> Account {
    account(PurchaseAccount::DISCRIMINATOR, state, capsules)
}

/// An order at [`PRICE`] that its seller never created.
pub fn order_of(seller: &Address, id: u64) -> Order {
    Order {
        version: ACCOUNT_VERSION,
        bump: 255,
        open: 1,
        reserved: 0,
        pending_purchases: 1,
        id,
        created_at: 1_700_000_000,
        rent_payer: *seller,
        seller: *seller,
        price: PRICE,
        delivery_window: WINDOW,
        label: [b'x'; 64],
        only_buyer: Address::default(),
        settled_purchases: 0,
    }
}

/// A purchase that nobody paid for.
pub fn purchase_of(
    order: (&Address, &OrderAccount),
    buyer: &Address,
    buyer_key: [u8; 32],
    deadline: i64,
) -> Purchase {
    let (address, OrderAccount { state, records }) = order;
    Purchase {
        version: ACCOUNT_VERSION,
        bump: 255,
        status: PurchaseStatus::Pending as u8,
        record_count: u8::try_from(records.len()).expect("so many records"),
        delivered_count: 0,
        seat: 0,
        reserved: [0; 2],
        price: state.price,
        deadline,
        settle_by: 0,
        order: *address,
        seller: state.seller,
        buyer: *buyer,
        buyer_key,
        settle_key: [0; 32],
        terms: state.terms(address, records).hash(),
    }
}

/// Nothing delivered.
pub fn no_capsules(count: usize) -> Vec<Capsule> {
    let none = Capsule {
        ephemeral: [0; 32],
        masked: [0; 32],
    };
    vec![none; count]
}

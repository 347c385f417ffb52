use generion::{
    constants::{ORDER_SEED, PURCHASE_SEED, RECORD_SEED, SHARE_SEED, USER_SEED},
    state::RecordContents,
};
use solana_address::Address;

/// Derives the program's addresses (docs/PROTOCOL.md, section 4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Addresses {
    /// The program's id.
    pub program_id: Address,
}

impl Default for Addresses {
    /// The addresses of the program id of this build.
    fn default() -> Self {
        Self {
            program_id: generion::ID,
        }
    }
}

impl Addresses {
    /// The addresses of the program with this id.
    pub const fn new(program_id: Address) -> Self {
        Self { program_id }
    }

    /// The User account of a wallet.
    pub fn user(&self, wallet: &Address) -> Address {
        self.derive(&[USER_SEED, wallet.as_ref()])
    }

    /// The record with these contents.
    pub fn record(&self, contents: &RecordContents<'_>) -> Address {
        self.derive(&[RECORD_SEED, contents.owner.as_ref(), &contents.hash()])
    }

    /// The order of a seller with this id.
    pub fn order(&self, seller: &Address, id: u64) -> Address {
        self.derive(&[ORDER_SEED, seller.as_ref(), &id.to_le_bytes()])
    }

    /// The purchase of an order by a buyer.
    pub fn purchase(&self, order: &Address, buyer: &Address) -> Address {
        self.derive(&[PURCHASE_SEED, order.as_ref(), buyer.as_ref()])
    }

    /// The share of a record with a recipient.
    pub fn share(&self, record: &Address, recipient: &Address) -> Address {
        self.derive(&[SHARE_SEED, record.as_ref(), recipient.as_ref()])
    }

    fn derive(&self, seeds: &[&[u8]]) -> Address {
        Address::find_program_address(seeds, &self.program_id).0
    }
}

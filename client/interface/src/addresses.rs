use generion::{
    constants::{
        APPLICATION_SEED, ORDER_SEED, PURCHASE_SEED, RECORD_SEED, SEAT_SEED, SHARE_SEED,
        STUDY_SEED, USER_SEED, VAULT_SEED,
    },
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

    /// The purchase of an order by a buyer. What a study buys is a [seat](Self::seat).
    pub fn purchase(&self, order: &Address, buyer: &Address) -> Address {
        self.derive(&[PURCHASE_SEED, order.as_ref(), buyer.as_ref()])
    }

    /// The share of a record with a recipient.
    pub fn share(&self, record: &Address, recipient: &Address) -> Address {
        self.derive(&[SHARE_SEED, record.as_ref(), recipient.as_ref()])
    }

    /// The study of a sponsor with this id.
    pub fn study(&self, sponsor: &Address, id: u64) -> Address {
        self.derive(&[STUDY_SEED, sponsor.as_ref(), &id.to_le_bytes()])
    }

    /// The vault with a study's budget.
    pub fn vault(&self, study: &Address) -> Address {
        self.derive(&[VAULT_SEED, study.as_ref()])
    }

    /// A participant's seat in the study with this vault.
    pub fn seat(&self, vault: &Address, participant: &Address) -> Address {
        self.derive(&[SEAT_SEED, vault.as_ref(), participant.as_ref()])
    }

    /// A participant's application for a seat in a study.
    pub fn application(&self, study: &Address, participant: &Address) -> Address {
        self.derive(&[APPLICATION_SEED, study.as_ref(), participant.as_ref()])
    }

    fn derive(&self, seeds: &[&[u8]]) -> Address {
        Address::find_program_address(seeds, &self.program_id).0
    }
}

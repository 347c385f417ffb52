use generion::{
    proof::Capsule,
    state::{Application, Order, Purchase, Record, Share, Study, User},
};
use solana_address::Address;

/// Bytes of the discriminator in front of every account.
const DISCRIMINATOR: usize = 8;
/// Bytes in front of a tail: its length.
const TAIL_LENGTH: usize = 4;

/// An account that an instruction creates. Its rent follows from its size. A new kind of account is a breaking change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountToCreate {
    /// The account of a wallet that publishes its first key.
    User,
    /// With the length of its sealed locator, in bytes.
    Record(usize),
    /// With the number of its records.
    Order(usize),
    /// With the number of its records. It may be a seat.
    Purchase(usize),
    /// With the length of its letter, in bytes.
    Application(usize),
    /// With the length of its requirements, creators and address, in bytes.
    Study(usize),
    /// The account of a record.
    Share,
}

impl AccountToCreate {
    /// Bytes of its data.
    pub const fn size(self) -> usize {
        DISCRIMINATOR
            + match self {
                Self::User => size_of::<User>(),
                Self::Record(locator) => size_of::<Record>() + TAIL_LENGTH + locator,
                Self::Order(records) => {
                    size_of::<Order>() + TAIL_LENGTH + records * size_of::<Address>()
                }
                Self::Purchase(records) => {
                    size_of::<Purchase>() + TAIL_LENGTH + records * size_of::<Capsule>()
                }
                Self::Application(letter) => size_of::<Application>() + TAIL_LENGTH + letter,
                Self::Study(tail) => size_of::<Study>() + TAIL_LENGTH + tail,
                Self::Share => size_of::<Share>(),
            }
    }
}

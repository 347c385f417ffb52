//! The program's own errors, one per rule. Anchor answers for owners, discriminators, seeds and signatures.

use anchor_lang::prelude::*;

macro_rules! errors {
    ($($(#[$attr:meta])* $name:ident = $text:literal,)*) => {
        /// A rule that an instruction broke. The number on the wire is 6000 plus the position; new rules go last.
        #[error_code]
        #[derive(Debug, PartialEq, Eq)]
        pub enum GenerionError {
            $(#[doc = $text] #[msg($text)] $name,)*
        }

        impl GenerionError {
            /// Every error, in the order of its number.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The rule in words, as the IDL carries it.
            pub const fn text(self) -> &'static str {
                match self { $(Self::$name => $text),* }
            }
        }
    };
}

errors! {
    InvalidPoint = "a key or capsule half is not a canonical ristretto255 point, or is the identity",
    CapsuleProofInvalid = "the capsule proof does not hold for this record, creator and owner key",
    DeliveryProofInvalid = "the delivery proof does not hold for this purchase and these records",
    AccountAlreadyExists = "the account to be created exists already",
    WrongUser = "the User account belongs to another wallet",
    WrongOwner = "the record belongs to another wallet",
    WrongSeller = "the order or purchase belongs to another seller",
    WrongBuyer = "the purchase belongs to another buyer",
    WrongOrder = "the purchase belongs to another order",
    WrongRentPayer = "the rent goes back to the wallet that paid it",
    WrongRecord = "the order has another record at this position",
    KeyIndexChanged = "the encryption key's index is not the one that the instruction names",
    NotNextOrderId = "the order id must be the seller's next order id",
    LocatorLength = "a sealed locator has 1 to 512 bytes",
    AlreadyVerified = "the record is verified already",
    NotVerified = "the record is not verified by its owner",
    RecordListed = "the record is listed in an order and can't be deleted",
    DeleteNotAllowed = "only the owner deletes a record; its creator may while it is unverified, from 24 hours after creation",
    ExpiryInPast = "the expiry of a share lies in the past",
    OrderLength = "an order lists 1 to 24 records",
    RecordOrder = "the record addresses of an order must be strictly increasing",
    InvalidLabel = "a label has at most 64 bytes of UTF-8 without NUL",
    PriceTooLow = "the price is below the rent minimum of an empty account",
    DeliveryWindow = "the delivery window must be 600 seconds to 30 days",
    OrderNotOpen = "the order takes no more purchases",
    PurchasesPending = "the order has purchases that are neither settled nor refunded: settle or refund them first",
    OwnOrder = "sellers can't buy their own orders",
    TermsChanged = "the order's terms differ from those that the buyer agreed to",
    DeadlineOverflow = "the deadline does not fit the clock",
    BatchLength = "a delivery has 1 to 10 records, one capsule each, within the order",
    AlreadyDelivered = "this record of the purchase is delivered already",
    MixedOwnerKeys = "the records of one order must be made for the same owner key",
    AlreadySettled = "the purchase is settled: the buyer has the keys and the seller the price",
    NotSettled = "the purchase is not settled",
    RefundTooEarly = "before 300 seconds after the deadline only the seller may refund, and nobody may refund a locked purchase before 300 seconds after the later of its deadline and its time to settle",
    Arithmetic = "an amount or a counter is out of range",
    BuyerNotAllowed = "the order names another buyer, or zeros as its buyer",
    SettleKeyChanged = "the purchase's earlier deliveries were made with another settle key",
    SettleKeyInvalid = "the settle key is not a valid point, or the settle secret does not belong to it",
    NotLocked = "the purchase is not locked: records are still to be delivered",
    DeliveryTooLate = "a purchase takes no deliveries from 300 seconds after its deadline on",
}

impl GenerionError {
    /// The error behind the custom code of a failed instruction, if it is one of this program.
    pub fn from_code(code: u32) -> Option<Self> {
        let index = code.checked_sub(6000)?;
        Self::ALL.get(usize::try_from(index).ok()?).copied()
    }
}

/// Refuses with `error` unless a rule `holds`. A function and not Anchor's macro: mutation testing changes what it finds in
/// a function's arguments, but not in a macro's (docs/MUTATION.md).
#[inline(always)]
pub fn require(holds: bool, error: GenerionError) -> core::result::Result<(), GenerionError> {
    match holds {
        true => Ok(()),
        false => Err(error),
    }
}

impl core::fmt::Display for GenerionError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(self.text())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Clients and other implementations go by the numbers: none may ever change, new ones go last.
    const NUMBERS: [(u32, GenerionError); 41] = [
        (6000, GenerionError::InvalidPoint),
        (6001, GenerionError::CapsuleProofInvalid),
        (6002, GenerionError::DeliveryProofInvalid),
        (6003, GenerionError::AccountAlreadyExists),
        (6004, GenerionError::WrongUser),
        (6005, GenerionError::WrongOwner),
        (6006, GenerionError::WrongSeller),
        (6007, GenerionError::WrongBuyer),
        (6008, GenerionError::WrongOrder),
        (6009, GenerionError::WrongRentPayer),
        (6010, GenerionError::WrongRecord),
        (6011, GenerionError::KeyIndexChanged),
        (6012, GenerionError::NotNextOrderId),
        (6013, GenerionError::LocatorLength),
        (6014, GenerionError::AlreadyVerified),
        (6015, GenerionError::NotVerified),
        (6016, GenerionError::RecordListed),
        (6017, GenerionError::DeleteNotAllowed),
        (6018, GenerionError::ExpiryInPast),
        (6019, GenerionError::OrderLength),
        (6020, GenerionError::RecordOrder),
        (6021, GenerionError::InvalidLabel),
        (6022, GenerionError::PriceTooLow),
        (6023, GenerionError::DeliveryWindow),
        (6024, GenerionError::OrderNotOpen),
        (6025, GenerionError::PurchasesPending),
        (6026, GenerionError::OwnOrder),
        (6027, GenerionError::TermsChanged),
        (6028, GenerionError::DeadlineOverflow),
        (6029, GenerionError::BatchLength),
        (6030, GenerionError::AlreadyDelivered),
        (6031, GenerionError::MixedOwnerKeys),
        (6032, GenerionError::AlreadySettled),
        (6033, GenerionError::NotSettled),
        (6034, GenerionError::RefundTooEarly),
        (6035, GenerionError::Arithmetic),
        (6036, GenerionError::BuyerNotAllowed),
        (6037, GenerionError::SettleKeyChanged),
        (6038, GenerionError::SettleKeyInvalid),
        (6039, GenerionError::NotLocked),
        (6040, GenerionError::DeliveryTooLate),
    ];

    #[test]
    fn numbers_are_stable() {
        assert_eq!(GenerionError::ALL.len(), NUMBERS.len());
        for (code, error) in NUMBERS {
            assert_eq!(GenerionError::from_code(code), Some(error));
            assert_eq!(Error::from(error), Error::Custom(code));
        }
        assert_eq!(GenerionError::from_code(5999), None);
        assert_eq!(GenerionError::from_code(6041), None);
    }

    #[test]
    fn every_rule_has_a_text_of_its_own() {
        let texts: std::collections::BTreeSet<&str> = GenerionError::ALL
            .iter()
            .map(|error| error.text())
            .collect();
        assert_eq!(texts.len(), GenerionError::ALL.len());
        assert!(texts.iter().all(|text| text.len() > 15), "{texts:?}");
    }
}

//! The program's own errors, one per rule. For owners, discriminators, seeds and signatures there are Anchor's errors.

use anchor_lang::prelude::*;

/// Number of the first error, which `#[error_code]` adds to each position.
const FIRST_CODE: u32 = 6000;

macro_rules! errors {
    ($($(#[$attr:meta])* $name:ident = $text:literal,)*) => {
        /// The rule that an instruction broke. The number on the wire is 6000 plus the position, so new rules go last.
        #[error_code]
        #[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum GenerionError {
            $(#[doc = $text] #[msg($text)] $name,)*
        }

        impl GenerionError {
            /// Every error, in the order of its number.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The text of the rule, as in the IDL.
            pub const fn text(self) -> &'static str {
                match self { $(Self::$name => $text),* }
            }
        }
    };
}

errors! {
    InvalidPoint = "a key or a capsule half is not a canonical ristretto255 point, or is the identity",
    CapsuleProofInvalid = "the capsule proof does not hold for this record, creator and owner key",
    DeliveryProofInvalid = "the delivery proof does not hold for this purchase and these records",
    AccountAlreadyExists = "an account exists already at the new account's address",
    WrongUser = "the User account belongs to another wallet",
    WrongOwner = "the record belongs to another wallet",
    WrongSeller = "the order or purchase belongs to another seller",
    WrongBuyer = "the purchase belongs to another buyer",
    WrongOrder = "the purchase belongs to another order",
    WrongRentPayer = "the rent goes back to the wallet that paid it, and the instruction names another wallet",
    WrongRecord = "the order lists another record at this position",
    KeyIndexChanged = "the index of the encryption key differs from the one that the instruction names",
    NotNextOrderId = "the order id must be the seller's next order id",
    LocatorLength = "a sealed locator has 1 to 512 bytes",
    AlreadyVerified = "the record is verified already",
    NotVerified = "the record is not verified by its owner",
    RecordListed = "the record is listed in an order and can't be deleted",
    DeleteNotAllowed = "only the owner may delete a record; its creator may do so while it is unverified, from 24 hours after its creation",
    ExpiryInPast = "the expiry of the share is in the past",
    OrderLength = "an order lists 1 to 24 records",
    RecordOrder = "the record addresses of an order must be strictly increasing",
    InvalidLabel = "a label has at most 64 bytes of UTF-8 without NUL",
    PriceTooLow = "the price is below the rent minimum of an empty account",
    DeliveryWindow = "the delivery window must be 600 seconds to 30 days",
    OrderNotOpen = "the order accepts no more purchases",
    PurchasesPending = "the order has purchases that are neither settled nor refunded: settle or refund them first",
    OwnOrder = "sellers can't buy their own orders",
    TermsChanged = "the order's terms differ from the terms that the buyer agreed to",
    DeadlineOverflow = "the deadline is out of range",
    BatchLength = "a delivery has 1 to 10 records of the order, and one capsule for each",
    AlreadyDelivered = "a record of the delivery is delivered already",
    MixedOwnerKeys = "the records of an order must be encrypted to the same owner key",
    AlreadySettled = "the purchase is settled: the buyer has the keys and the seller the price",
    NotSettled = "the purchase is not settled",
    RefundTooEarly = "only the seller may refund a purchase before 300 seconds after its deadline, and nobody may refund a locked purchase before 300 seconds after the later of its deadline and the end of its time to settle",
    Arithmetic = "an amount or a counter is out of range",
    BuyerNotAllowed = "only the buyer that the order names may buy; the named buyer can't be the address of zeros",
    SettleKeyChanged = "the purchase's earlier deliveries were made with another settle key",
    SettleKeyInvalid = "the settle key is not a valid point, or the settle secret is not the secret of the settle key",
    NotLocked = "the purchase is not locked: some records are not delivered yet",
    DeliveryTooLate = "a purchase accepts deliveries until 300 seconds after its deadline",
    WrongSponsor = "the study belongs to another sponsor",
    WrongStudy = "the vault, seat or application belongs to another study",
    WrongAdmitter = "another wallet admits participants to this study",
    WrongParticipant = "only the participant may withdraw an application; its rent payer may once the study is over",
    NotNextStudyId = "the study id must be the sponsor's next study id",
    StudyLength = "a study has 1 to 24 records for each participant, at most 680 bytes of requirements, creators and address, and an address of at most 128 bytes of printable ASCII without spaces",
    ClosesInPast = "the study's closing time is in the past",
    ClosingTime = "a study can be extended until 300 seconds before it closes, and ended with 300 seconds' notice",
    RequirementOrder = "the requirements' hashes must be strictly increasing and not zeros, and their groups 0 to at most 7 without gaps",
    CreatorOrder = "the accepted creators must be strictly increasing",
    OpenAdmission = "open admission needs an accepted creator and a requirement, and at most 3 disclosures for each participant",
    WrongAdmission = "the study admits participants in another way",
    StudyOver = "the study is over",
    StudyNotOver = "the study is not over: its budget and its seats stay",
    DescriptionChanged = "the study has another description than the one agreed to",
    OwnStudy = "sponsors can't take part in their own studies",
    StudyTermsDiffer = "the order's price, delivery window or number of records is not the study's",
    SeatDeadline = "a seat's deadline must be between now and the study's delivery window from now",
    CreatorNotAccepted = "the record's creator is not one that the study accepts, or is its owner",
    DisclosureCount = "there must be one disclosure for each record and group",
    DisclosureInvalid = "the disclosure does not show a required fact of this group in this record",
    LetterLength = "a letter has 1 to 736 bytes",
    BudgetExhausted = "the vault holds less than is needed",
}

impl GenerionError {
    /// The error with this custom code of a failed instruction, or `None` if the program has no such error.
    pub fn from_code(code: u32) -> Option<Self> {
        let index = code.checked_sub(FIRST_CODE)?;
        Self::ALL.get(usize::try_from(index).ok()?).copied()
    }

    /// The custom code of an instruction that failed with this error.
    pub const fn code(self) -> u32 {
        FIRST_CODE.wrapping_add(self as u32)
    }
}

/// Fails with `error` unless a rule `holds`. A function and not Anchor's macro, because mutation testing changes the
/// arguments of functions, but not those of macros (docs/MUTATION.md).
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

//! The numbers and texts of the program's errors.

use std::collections::BTreeSet;

use anchor_lang::Error;
use generion::GenerionError;

/// The number of each error. Clients and other implementations rely on the numbers, so none may ever change; a new error
/// takes the next number. This is the only list that pins them: other tests ask [`GenerionError::code`].
const NUMBERS: [(u32, GenerionError); 64] = [
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
    (6041, GenerionError::WrongSponsor),
    (6042, GenerionError::WrongStudy),
    (6043, GenerionError::WrongAdmitter),
    (6044, GenerionError::WrongParticipant),
    (6045, GenerionError::NotNextStudyId),
    (6046, GenerionError::StudyLength),
    (6047, GenerionError::ClosesInPast),
    (6048, GenerionError::ClosingTime),
    (6049, GenerionError::RequirementOrder),
    (6050, GenerionError::CreatorOrder),
    (6051, GenerionError::OpenAdmission),
    (6052, GenerionError::WrongAdmission),
    (6053, GenerionError::StudyOver),
    (6054, GenerionError::StudyNotOver),
    (6055, GenerionError::DescriptionChanged),
    (6056, GenerionError::OwnStudy),
    (6057, GenerionError::StudyTermsDiffer),
    (6058, GenerionError::SeatDeadline),
    (6059, GenerionError::CreatorNotAccepted),
    (6060, GenerionError::DisclosureCount),
    (6061, GenerionError::DisclosureInvalid),
    (6062, GenerionError::LetterLength),
    (6063, GenerionError::BudgetExhausted),
];

#[test]
fn numbers_are_stable() {
    let pinned: Vec<_> = NUMBERS.iter().map(|(_, error)| *error).collect();
    assert_eq!(pinned, GenerionError::ALL);
    for (code, error) in NUMBERS {
        assert_eq!(error.code(), code);
        assert_eq!(GenerionError::from_code(code), Some(error));
        assert_eq!(Error::from(error), Error::Custom(code));
    }
    for code in [0, 5999, 6064, u32::MAX] {
        assert_eq!(GenerionError::from_code(code), None);
    }
}

/// A user who reads a message can tell which rule it is about.
#[test]
fn each_error_has_a_text_of_its_own() {
    let texts: BTreeSet<_> = NUMBERS.map(|(_, error)| error.to_string()).into();
    assert_eq!(texts.len(), NUMBERS.len());
    assert_eq!(
        GenerionError::OwnOrder.to_string(),
        "sellers can't buy their own orders"
    );
}

//! What the program's entrance refuses.

use generion::{GenerionError, ID};
use generion_program_tests::World;
use solana_instruction::{Instruction, error::InstructionError};
use solana_transaction_error::TransactionError;

use crate::support::{MISSING_ACCOUNT, Scene};

#[test]
fn refuses_unknown_instructions() {
    let mut scene = Scene::new(1);
    let known = 0..=11;
    let unknown = (0..=u8::MAX)
        .filter(|tag| !known.contains(tag))
        .map(|tag| vec![tag; 9]);
    for data in unknown.chain([vec![]]) {
        let instruction = Instruction {
            program_id: ID,
            accounts: vec![],
            data,
        };
        let error = InstructionError::InvalidInstructionData;
        scene
            .world
            .refuses_with(instruction, &[&scene.stranger.wallet], error);
    }
}

#[test]
fn refuses_every_instruction_without_accounts() {
    let mut scene = Scene::new(2);
    for tag in 0..=11 {
        let instruction = Instruction {
            program_id: ID,
            accounts: vec![],
            data: vec![tag],
        };
        let error = MISSING_ACCOUNT;
        scene
            .world
            .refuses_with(instruction, &[&scene.stranger.wallet], error);
    }
}

#[test]
fn runs_under_no_other_id() {
    let mut world = World::new(3);
    let other = solana_address::Address::new_from_array([0x33; 32]);
    world
        .svm
        .add_program(other, generion_artifact::PROGRAM)
        .expect("the program loads");
    let person = world.person();
    let mut instruction = world.instructions.set_encryption_key(
        person.address(),
        person.address(),
        person.key().to_bytes(),
    );
    instruction.program_id = other;
    world.refuses_with(
        instruction,
        &[&person.wallet],
        InstructionError::IncorrectProgramId,
    );
    world.publish_key(&person);
}

#[test]
fn the_runtime_refuses_a_signature_of_somebody_else() {
    let mut scene = Scene::new(4);
    let key = scene.doctor.key().to_bytes();
    let (victim, thief) = (scene.patient.address(), &scene.stranger);
    let instruction = scene
        .world
        .instructions
        .set_encryption_key(victim, thief.address(), key);
    let mut message = vm_message::Message::new(&[instruction], Some(&thief.address()));
    message.recent_blockhash = scene.world.svm.latest_blockhash();
    let mut transaction = vm_transaction::Transaction::new_unsigned(message);
    transaction.partial_sign(&[&thief.wallet], scene.world.svm.latest_blockhash());
    transaction.signatures[1] = transaction.signatures[0];
    let failed = scene
        .world
        .svm
        .send_transaction(transaction)
        .expect_err("refused");
    assert_eq!(failed.err, TransactionError::SignatureFailure);
}

/// The numbers are part of the interface: clients tell errors apart by them.
#[test]
fn error_numbers_are_stable() {
    use GenerionError::*;
    let numbered = [
        InvalidPoint,
        CapsuleProofInvalid,
        DeliveryProofInvalid,
        AccountAlreadyExists,
        WrongUser,
        WrongOwner,
        WrongSeller,
        WrongBuyer,
        WrongOrder,
        WrongRentPayer,
        WrongRecord,
        NotNextRecordId,
        NotNextOrderId,
        LocatorLength,
        AlreadyVerified,
        NotVerified,
        RecordListed,
        DeleteNotAllowed,
        ExpiryInPast,
        OrderLength,
        RecordOrder,
        InvalidLabel,
        PriceTooLow,
        DeliveryWindow,
        OrderNotOpen,
        PurchasesPending,
        OwnOrder,
        TermsChanged,
        DeadlineOverflow,
        BatchLength,
        AlreadyDelivered,
        MixedOwnerKeys,
        AlreadySettled,
        NotSettled,
        RefundTooEarly,
        Arithmetic,
    ];
    assert_eq!(GenerionError::ALL, numbered);
    for (code, error) in (6000..).zip(numbered) {
        assert_eq!(
            generion_program_tests::code_of(error),
            InstructionError::Custom(code)
        );
    }
}

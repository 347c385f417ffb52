//! The program's entry point: what it refuses before an instruction's own rules.

use generion::ID;
use generion_program_tests::World;
use sha2::{Digest, Sha256};
use solana_address::Address;
use solana_instruction::{AccountMeta, Instruction, error::InstructionError};
use solana_signer::Signer;
use solana_transaction_error::TransactionError;

use crate::support::{MISSING_ACCOUNT, Scene};

/// Unknown tags and empty data are refused.
#[test]
fn refuses_unknown_instructions() {
    let mut scene = Scene::new(1);
    let known = 0..=21;
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

/// Every instruction without accounts is refused.
#[test]
fn refuses_every_instruction_without_accounts() {
    let mut scene = Scene::new(2);
    for tag in 0..=21 {
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

/// The program refuses to run under another program id.
#[test]
fn runs_under_no_other_id() {
    let mut world = World::new(3);
    let other = Address::new_from_array([0x33; 32]);
    world
        .svm
        .add_program(other, generion_artifact::PROGRAM)
        .expect("the program loads");
    let person = world.person();
    let mut instruction = world.instructions.set_encryption_key(
        person.address(),
        person.address(),
        person.published_key(),
    );
    instruction.program_id = other;
    world.refuses_with(
        instruction,
        &[&person.wallet],
        InstructionError::IncorrectProgramId,
    );
    world.publish_key(&person);
}

/// A forged signature never reaches the program.
#[test]
fn the_runtime_refuses_a_signature_of_somebody_else() {
    let mut scene = Scene::new(4);
    let key = scene.doctor.published_key();
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

/// What an event call of Anchor's begins with: the program's entrance answers it before the tag is read, though this
/// program makes no such calls.
const EVENT_CALL: [u8; 8] = [0xe4, 0x45, 0xa5, 0x2e, 0x51, 0xcb, 0x9a, 0x1d];

/// An event call with this account first.
fn event_call(account: Option<AccountMeta>, behind: &[u8]) -> Instruction {
    Instruction {
        program_id: ID,
        accounts: account.into_iter().collect(),
        data: [&EVENT_CALL, behind].concat(),
    }
}

fn event_authority() -> Address {
    Address::find_program_address(&[b"__event_authority"], &ID).0
}

/// Anchor's event call is refused without an account, and without the signature of the program's event authority.
#[test]
fn refuses_event_calls_of_everybody() {
    let mut scene = Scene::new(5);
    let (_, purchase) = scene.sold(1);
    let signers = [&scene.stranger.wallet, &scene.patient.wallet];
    let mut hash = Sha256::digest("anchor:event");
    hash[..8].reverse();
    assert_eq!(hash[..8], EVENT_CALL);
    for behind in [&[][..], &[0], &[12; 33]] {
        let mut refuses = |account, error: InstructionError| {
            let call = event_call(account, behind);
            let signs = call.accounts.iter().any(|meta| meta.is_signer);
            let signers = if signs { &signers[..] } else { &signers[..1] };
            scene.world.refuses_with(call, signers, error);
        };
        refuses(None, MISSING_ACCOUNT);
        for silent in [event_authority(), purchase, ID] {
            let account = AccountMeta::new_readonly(silent, false);
            refuses(Some(account), InstructionError::MissingRequiredSignature);
        }
        for account in [AccountMeta::new, AccountMeta::new_readonly] {
            let account = account(signers[1].pubkey(), true);
            refuses(Some(account), InstructionError::InvalidSeeds);
        }
    }
    // Cut short it is an unknown instruction.
    let mut short = event_call(None, &[]);
    short.data.truncate(7);
    let error = InstructionError::InvalidInstructionData;
    scene.world.refuses_with(short, &signers[..1], error);
}

/// An event call by the program's event authority, which nobody can sign for, would change nothing.
#[test]
fn an_event_call_by_the_event_authority_does_nothing() {
    let mut scene = Scene::new(6);
    let (_, purchase) = scene.sold(1);
    let payer = &scene.stranger;
    let mut call = event_call(Some(AccountMeta::new(event_authority(), true)), &[7; 40]);
    call.accounts.push(AccountMeta::new(purchase, false));
    let unsigned = |world: &World| {
        let message = vm_message::Message::new_with_blockhash(
            &[call.clone()],
            Some(&payer.address()),
            &world.svm.latest_blockhash(),
        );
        let mut transaction = vm_transaction::Transaction::new_unsigned(message);
        transaction.partial_sign(&[&payer.wallet], world.svm.latest_blockhash());
        transaction
    };
    let transaction = unsigned(&scene.world);
    let refused = scene.world.svm.send_transaction(transaction);
    assert_eq!(
        refused.expect_err("refused").err,
        TransactionError::SignatureFailure
    );

    scene.world.svm = scene.world.svm.with_sigverify(false);
    scene.world.svm.expire_blockhash();
    let before = scene.world.svm.accounts_db().inner.clone();
    let transaction = unsigned(&scene.world);
    let landed = scene.world.svm.send_transaction(transaction);
    let logs = landed.expect("succeeds").logs;
    assert!(logs.iter().all(|line| !line.starts_with("Program data:")));
    let after = &scene.world.svm.accounts_db().inner;
    let changed: Vec<_> = after
        .iter()
        .filter(|(address, account)| before.get(*address) != Some(*account))
        .map(|(address, _)| *address)
        .collect();
    assert_eq!(changed, [payer.address()], "the fee");
    assert_eq!(before.len(), after.len());
}

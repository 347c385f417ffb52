use ed25519_dalek::{Signer, SigningKey};
use solana_compute_budget_interface::ComputeBudgetInstruction;
use solana_instruction::{AccountMeta, Instruction};
use solana_message::{
    Message, VersionedMessage,
    v0::{self, MessageAddressTableLookup},
};

use super::*;

const PROGRAM: Address = Address::new_from_array([3; 32]);

fn wallet(seed: u8) -> (SigningKey, Address) {
    let key = SigningKey::from_bytes(&[seed; 32]);
    let address = Address::new_from_array(key.verifying_key().to_bytes());
    (key, address)
}

fn call(signer: Address) -> Instruction {
    Instruction {
        program_id: PROGRAM,
        accounts: vec![AccountMeta::new(signer, true)],
        data: vec![1, 2, 3],
    }
}

fn unsigned(message: VersionedMessage) -> Vec<u8> {
    let count = usize::from(message.header().num_required_signatures);
    let transaction = VersionedTransaction {
        signatures: vec![Signature::default(); count],
        message,
    };
    bincode::serialize(&transaction).unwrap()
}

fn legacy(instructions: &[Instruction], payer: &Address) -> Vec<u8> {
    unsigned(VersionedMessage::Legacy(Message::new(
        instructions,
        Some(payer),
    )))
}

#[test]
fn a_transaction_shows_who_has_signed_it() {
    let [(payer_key, payer), (key, user)] = [1, 2].map(wallet);
    let bytes = legacy(&[call(user)], &payer);
    let mut read = ReadTransaction::read(&bytes).unwrap();
    assert_eq!(read.to_bytes(), bytes);
    assert_eq!(read.fee_payer(), payer);
    assert_eq!(read.missing_signers(), [payer, user]);
    let call = read.calls().next().unwrap();
    assert_eq!((call.program_id, call.data), (PROGRAM, &[1, 2, 3][..]));
    assert_eq!(call.accounts, [user]);

    let sign = |key: &SigningKey, read: &ReadTransaction| {
        Signature::from(key.sign(read.message_bytes()).to_bytes())
    };
    let by_user = sign(&key, &read);
    assert!(read.put_signature(&user, by_user));
    assert_eq!(read.missing_signers(), [payer]);
    assert_eq!(read.wrong_signers(), []);
    // Another wallet's signature.
    assert!(read.put_signature(&payer, by_user));
    assert_eq!(read.wrong_signers(), [payer]);
    let by_payer = sign(&payer_key, &read);
    assert!(read.put_signature(&payer, by_payer));
    assert_eq!(read.wrong_signers(), []);
    assert_eq!(read.signature(), by_payer);
    assert!(!read.put_signature(&PROGRAM, by_payer));
}

#[test]
fn bytes_that_are_no_transaction_are_refused() {
    let (_, payer) = wallet(1);
    let bytes = legacy(&[call(payer)], &payer);
    let longer = [&bytes[..], &[0]].concat();
    let no_signature = [&[0][..], &bytes[65..]].concat();
    for malformed in [
        &[][..],
        &bytes[1..],
        &bytes[..bytes.len() - 1],
        &longer,
        &no_signature,
    ] {
        let error = ReadTransaction::read(malformed).unwrap_err();
        assert_eq!(error, InvalidTransaction::Malformed);
    }
    let too_long = vec![0; MAX_TRANSACTION_BYTES + 1];
    let error = ReadTransaction::read(&too_long).unwrap_err();
    assert_eq!(error, InvalidTransaction::TooLong(too_long.len()));
}

#[test]
fn accounts_in_lookup_tables_are_refused() {
    let (_, payer) = wallet(1);
    let mut message =
        v0::Message::try_compile(&payer, &[call(payer)], &[], Default::default()).unwrap();
    let plain = unsigned(VersionedMessage::V0(message.clone()));
    assert!(ReadTransaction::read(&plain).is_ok());
    message.address_table_lookups = vec![MessageAddressTableLookup {
        account_key: PROGRAM,
        writable_indexes: vec![0],
        readonly_indexes: vec![],
    }];
    let error = ReadTransaction::read(&unsigned(VersionedMessage::V0(message))).unwrap_err();
    assert_eq!(error, InvalidTransaction::LookupTables);
}

#[test]
fn a_fee_is_that_of_the_ledger() {
    let (_, payer) = wallet(1);
    let read = |budget: &[Instruction]| {
        let all = [&[call(payer)], budget].concat();
        ReadTransaction::read(&legacy(&all, &payer)).unwrap()
    };
    let limit = ComputeBudgetInstruction::set_compute_unit_limit;
    let price = ComputeBudgetInstruction::set_compute_unit_price;
    for (budget, fee) in [
        (vec![], 5_000),
        (vec![limit(1)], 5_000),
        (vec![price(1)], 5_001),
        (vec![limit(20_000), price(1_000_000)], 25_000),
        (vec![price(1_000_000)], 205_000),
        (vec![limit(u32::MAX), price(1_000_000)], 1_405_000),
        (vec![limit(u32::MAX), price(u64::MAX)], u64::MAX),
    ] {
        assert_eq!(read(&budget).fee(), Ok(fee), "{budget:?}");
    }
    let mut short = limit(1);
    short.data.pop();
    let mut unknown = limit(1);
    unknown.data[0] = 9;
    let mut empty = limit(1);
    empty.data.clear();
    for wrong in [
        vec![limit(1), limit(2)],
        vec![short],
        vec![unknown],
        vec![empty],
    ] {
        assert_eq!(read(&wrong).fee(), Err(InvalidComputeBudget), "{wrong:?}");
    }
}

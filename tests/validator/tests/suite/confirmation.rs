//! When transactions are on the ledger, and which never will be.

use generion_interface::events::Event;
use generion_test_support::{FEE, SOL, eventually};
use generion_validator_tests::ValidatorChain;
use solana_commitment_config::CommitmentConfig;
use solana_hash::Hash;
use solana_rpc_client_api::config::RpcSendTransactionConfig;
use solana_signer::Signer;
use solana_system_interface::instruction::transfer;
use solana_transaction::Transaction;
use solana_transaction_error::TransactionError;
use solana_transaction_status_client_types::TransactionConfirmationStatus as Status;

#[test]
fn a_record_is_confirmed_and_then_final_and_is_read_accordingly() {
    let chain = ValidatorChain::open();
    let patient = chain.user();
    let record = chain.new_record(&patient, &patient);
    let create = chain.create_record(&patient, &patient, &record);
    let signature = chain.send(&chain.signed(&[create], &[&patient.wallet]));

    // The status only ever rises, and the slot does not change.
    let rank = |status: &Status| match status {
        Status::Processed => 0,
        Status::Confirmed => 1,
        Status::Finalized => 2,
    };
    let mut seen: Vec<(u8, u64)> = Vec::new();
    eventually("the record is final", || {
        let statuses = chain.rpc.get_signature_statuses(&[signature]).unwrap();
        let status = statuses.value.into_iter().next().flatten()?;
        let now = rank(&status.confirmation_status());
        seen.push((now, status.slot));
        if now >= 1 {
            // A confirmed record can be read at that level.
            assert!(chain.lamports(&record.address) > 0);
        }
        (now == 2).then_some(())
    });
    assert!(seen.is_sorted_by_key(|(rank, _)| *rank), "{seen:?}");
    assert!(seen.iter().all(|(_, slot)| *slot == seen[0].1), "{seen:?}");

    let at = |commitment| {
        let answer = chain
            .rpc
            .get_account_with_commitment(&record.address, commitment)
            .unwrap();
        (answer.context.slot, answer.value)
    };
    let (final_slot, account) = eventually("the final ledger is read", || {
        let (slot, account) = at(CommitmentConfig::finalized());
        account.map(|account| (slot, account))
    });
    assert!(final_slot >= seen[0].1);
    let (confirmed_slot, confirmed) = at(CommitmentConfig::confirmed());
    assert_eq!(confirmed, Some(account));
    assert!(confirmed_slot >= final_slot);

    // The transaction is the first in the record's history, and its event is in the log.
    let history = chain
        .rpc
        .get_signatures_for_address(&record.address)
        .unwrap();
    assert_eq!(history.len(), 1);
    assert_eq!(history[0].signature, signature.to_string());
    let confirmed = chain.look_up(&signature);
    assert!(
        matches!(&confirmed.events[..], [Event::RecordCreated(created)] if created.record == record.address),
        "{:?}",
        confirmed.events
    );
}

/// A transaction takes effect once, however often it is sent.
#[test]
fn the_same_transaction_lands_once() {
    let chain = ValidatorChain::open();
    let (from, to) = (chain.wallet(SOL), chain.wallet(SOL));
    let pay = transfer(&from.pubkey(), &to.pubkey(), SOL / 10);
    let transaction = chain.signed(&[pay], &[&from]);
    let landed = chain.lands_signed(&transaction);
    let config = RpcSendTransactionConfig {
        skip_preflight: true,
        ..RpcSendTransactionConfig::default()
    };
    // A node may report that, or accept and drop the transaction.
    if let Ok(signature) = chain.rpc.send_transaction_with_config(&transaction, config) {
        assert_eq!(signature, landed.signature);
    }
    // A later transaction is confirmed after it.
    let after = chain.lands(&[transfer(&from.pubkey(), &to.pubkey(), 1)], &[&from]);
    assert!(after.slot >= landed.slot);
    assert_eq!(chain.lamports(&to.pubkey()), SOL + SOL / 10 + 1);
    assert_eq!(chain.lamports(&from.pubkey()), SOL - SOL / 10 - 1 - 2 * FEE);
}

#[test]
fn a_block_hash_that_never_was_is_refused() {
    let chain = ValidatorChain::open();
    let wallet = chain.wallet(SOL);
    let pay = transfer(&wallet.pubkey(), &wallet.pubkey(), 1);
    let transaction = Transaction::new_signed_with_payer(
        &[pay],
        Some(&wallet.pubkey()),
        &[&wallet],
        Hash::new_from_array([7; 32]),
    );
    let error = chain.rpc.send_transaction(&transaction).unwrap_err();
    assert_eq!(
        error.get_transaction_error(),
        Some(TransactionError::BlockhashNotFound),
        "{error}"
    );
    assert_eq!(chain.lamports(&wallet.pubkey()), SOL);
}

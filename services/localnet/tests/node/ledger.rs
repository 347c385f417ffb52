//! Transactions on the ledger, and how clients read them.

use solana_address::Address;
use solana_commitment_config::{CommitmentConfig, CommitmentLevel};
use solana_instruction::{AccountMeta, Instruction};
use solana_keypair::Keypair;
use solana_rpc_client_api::{
    config::{
        RpcAccountInfoConfig, RpcProgramAccountsConfig, RpcSendTransactionConfig, UiAccountEncoding,
    },
    filter::{Memcmp, RpcFilterType},
};
use solana_signer::Signer;
use solana_system_interface::instruction::{assign, transfer};
use solana_transaction_status_client_types::option_serializer::OptionSerializer;

use crate::harness::{Node, SOL, address, eventually, logs, meta};

const SYSTEM: &str = "11111111111111111111111111111111";
const TOKEN: &str = "TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA";
const ASSOCIATED_TOKEN: &str = "ATokenGPvbdGVxr1b2hvZbsiqW5xWH25efTNsLJA8knL";
const NATIVE_MINT: &str = "So11111111111111111111111111111111111111112";

/// Creates a token account for wrapped SOL. The program for this calls other programs.
fn create_token_account(payer: &Keypair, owner: &Address) -> (Address, Instruction) {
    let (token, program, mint) = (
        address(TOKEN),
        address(ASSOCIATED_TOKEN),
        address(NATIVE_MINT),
    );
    let (account, _) =
        Address::find_program_address(&[owner.as_ref(), token.as_ref(), mint.as_ref()], &program);
    let accounts = vec![
        AccountMeta::new(payer.pubkey(), true),
        AccountMeta::new(account, false),
        AccountMeta::new_readonly(*owner, false),
        AccountMeta::new_readonly(mint, false),
        AccountMeta::new_readonly(address(SYSTEM), false),
        AccountMeta::new_readonly(token, false),
    ];
    (
        account,
        Instruction {
            program_id: program,
            accounts,
            data: vec![0],
        },
    )
}

#[test]
fn a_transaction_is_recorded_with_its_balances_units_and_logs() {
    let node = Node::start(&[]);
    let payer = node.wallet(SOL);
    let to = Address::new_from_array([7; 32]);
    let executed = node.execute(&[transfer(&payer.pubkey(), &to, SOL / 4)], &payer, &[]);
    let meta = meta(&executed);
    assert_eq!(meta.fee, 5_000);
    assert_eq!(meta.pre_balances, [SOL, 0, 1]);
    assert_eq!(meta.post_balances, [SOL - SOL / 4 - 5_000, SOL / 4, 1]);
    assert_eq!(meta.compute_units_consumed, OptionSerializer::Some(150));
    assert_eq!(
        logs(&executed),
        [
            format!("Program {SYSTEM} invoke [1]"),
            format!("Program {SYSTEM} success")
        ]
    );
    assert!(executed.block_time.is_some());
}

#[test]
fn a_transaction_becomes_confirmed_and_then_final() {
    for mode in ["clock", "transaction"] {
        let node = Node::start(&["--block-production-mode", mode]);
        let payer = node.wallet(SOL);
        let instruction = transfer(&payer.pubkey(), &payer.pubkey(), 1);
        let signature = node.send_without_preflight(&node.transaction(&[instruction], &payer, &[]));
        for commitment in [CommitmentConfig::confirmed(), CommitmentConfig::finalized()] {
            eventually(
                &format!("{:?} with blocks by {mode}", commitment.commitment),
                || {
                    let status = node
                        .rpc
                        .get_signature_statuses(&[signature])
                        .unwrap()
                        .value
                        .remove(0)?;
                    status.satisfies_commitment(commitment).then_some(())
                },
            );
        }
    }
}

#[test]
fn a_failing_transaction_reaches_the_ledger_without_preflight_only() {
    let node = Node::start(&[]);
    let payer = node.wallet(SOL);
    let to = Address::new_from_array([7; 32]);
    let failing = node.transaction(&[transfer(&payer.pubkey(), &to, 2 * SOL)], &payer, &[]);

    let error = node.rpc.send_transaction(&failing).unwrap_err().to_string();
    assert!(error.contains("Transaction simulation failed"), "{error}");
    assert_eq!(node.rpc.get_balance(&payer.pubkey()).unwrap(), SOL);

    let signature = node.send_without_preflight(&failing);
    let executed = node.confirmed(&signature);
    let error = meta(&executed).err.as_ref().unwrap().to_string();
    assert_eq!(
        error,
        "Error processing Instruction 0: custom program error: 0x1"
    );
    let lines = logs(&executed);
    assert!(
        lines
            .last()
            .unwrap()
            .ends_with("failed: custom program error: 0x1"),
        "{lines:?}"
    );
    let units = meta(&executed).compute_units_consumed.clone();
    assert_eq!(units, OptionSerializer::Some(150));
    // The fee was paid, and nothing else changed.
    assert_eq!(node.rpc.get_balance(&payer.pubkey()).unwrap(), SOL - 5_000);
    assert_eq!(node.rpc.get_balance(&to).unwrap(), 0);
    let history = node
        .rpc
        .get_signatures_for_address(&payer.pubkey())
        .unwrap();
    assert_eq!(history[0].signature, signature.to_string());
    assert!(history[0].err.is_some());
}

#[test]
fn a_history_begins_with_the_newest() {
    let node = Node::start(&[]);
    let payer = node.wallet(SOL);
    let sent: Vec<_> = (1..=5)
        .map(|lamports| {
            let transaction = node.transaction(
                &[transfer(&payer.pubkey(), &payer.pubkey(), lamports)],
                &payer,
                &[],
            );
            let signature = node.send_without_preflight(&transaction);
            node.confirmed(&signature);
            signature.to_string()
        })
        .collect();
    let history = node
        .rpc
        .get_signatures_for_address(&payer.pubkey())
        .unwrap();
    assert!(history.is_sorted_by_key(|entry| std::cmp::Reverse(entry.slot)));
    let listed: Vec<_> = history
        .into_iter()
        .map(|entry| entry.signature)
        .take(5)
        .collect();
    let newest_first: Vec<_> = sent.into_iter().rev().collect();
    assert_eq!(listed, newest_first);
}

#[test]
fn inner_instructions_are_recorded() {
    let node = Node::start(&[]);
    let payer = node.wallet(SOL);
    let (_, create) = create_token_account(&payer, &payer.pubkey());
    let executed = node.execute(&[create], &payer, &[]);
    let inner: Option<Vec<_>> = meta(&executed).inner_instructions.clone().into();
    let inner = inner.unwrap();
    assert_eq!(inner.len(), 1);
    assert_eq!(inner[0].index, 0);
    assert!(inner[0].instructions.len() >= 3, "{inner:?}");
    assert!(logs(&executed).contains(&format!("Program {TOKEN} invoke [2]")));
}

#[test]
fn accounts_of_a_program_are_found_by_size_and_content() {
    let node = Node::start(&[]);
    let payer = node.wallet(SOL);
    let owners = [
        Address::new_from_array([7; 32]),
        Address::new_from_array([8; 32]),
    ];
    let accounts = owners.map(|owner| {
        let (account, create) = create_token_account(&payer, &owner);
        node.execute(&[create], &payer, &[]);
        account
    });
    let find = |size, owner: Option<&Address>| {
        let mut filters = vec![RpcFilterType::DataSize(size)];
        // In a token account, the owner comes after the mint.
        filters.extend(owner.map(|owner| {
            RpcFilterType::Memcmp(Memcmp::new_raw_bytes(32, owner.to_bytes().to_vec()))
        }));
        let account_config = RpcAccountInfoConfig {
            encoding: Some(UiAccountEncoding::Base64),
            commitment: Some(CommitmentConfig::confirmed()),
            ..Default::default()
        };
        let config = RpcProgramAccountsConfig {
            filters: Some(filters),
            account_config,
            ..Default::default()
        };
        let found = node
            .rpc
            .get_program_ui_accounts_with_config(&address(TOKEN), config)
            .unwrap();
        let mut found: Vec<_> = found.into_iter().map(|(address, _)| address).collect();
        found.sort();
        found
    };
    let mut both = accounts.to_vec();
    both.sort();
    assert_eq!(find(165, None), both);
    assert_eq!(find(165, Some(&owners[1])), [accounts[1]]);
    assert_eq!(find(164, Some(&owners[1])), []);
}

#[test]
fn a_simulation_tells_the_units_and_changes_nothing() {
    let node = Node::start(&[]);
    let payer = node.wallet(SOL);
    let to = Address::new_from_array([7; 32]);
    let transaction = node.transaction(&[transfer(&payer.pubkey(), &to, SOL / 2)], &payer, &[]);
    let result = node.rpc.simulate_transaction(&transaction).unwrap().value;
    assert_eq!(result.err, None);
    assert_eq!(result.units_consumed, Some(150));
    assert_eq!(node.rpc.get_balance(&to).unwrap(), 0);
}

#[test]
fn a_transaction_over_1232_bytes_is_refused() {
    let node = Node::start(&[]);
    let payer = node.wallet(SOL);
    let memo = |len| {
        let program = address("MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr");
        Instruction::new_with_bytes(program, &vec![b'x'; len], vec![])
    };
    // A signature, one instruction: 1,232 bytes with 1,062 bytes of instruction data.
    let transaction = node.transaction(&[memo(1_062)], &payer, &[]);
    let signature = node.send_without_preflight(&transaction);
    assert_eq!(meta(&node.confirmed(&signature)).err, None);

    let transaction = node.transaction(&[memo(1_063)], &payer, &[]);
    let config = RpcSendTransactionConfig {
        skip_preflight: true,
        ..Default::default()
    };
    let error = node
        .rpc
        .send_transaction_with_config(&transaction, config)
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("too large: 1233 bytes (max: 1232 bytes)"),
        "{error}"
    );
}

#[test]
fn an_old_block_hash_is_refused() {
    let node = Node::start(&["--slot-time", "5"]);
    let payer = node.wallet(SOL);
    let transaction = node.transaction(
        &[transfer(&payer.pubkey(), &payer.pubkey(), 1)],
        &payer,
        &[],
    );
    let block_hash = transaction.message.recent_blockhash;
    eventually("the block hash has expired", || {
        let valid = node
            .rpc
            .is_blockhash_valid(&block_hash, CommitmentConfig::processed())
            .unwrap();
        (!valid).then_some(())
    });
    let error = node
        .rpc
        .send_transaction(&transaction)
        .unwrap_err()
        .to_string();
    assert!(error.contains("Blockhash not found"), "{error}");
}

#[test]
fn a_missing_signature_is_refused() {
    let node = Node::start(&[]);
    let payer = node.wallet(SOL);
    let mut transaction =
        node.transaction(&[assign(&payer.pubkey(), &address(TOKEN))], &payer, &[]);
    transaction.signatures[0] = Default::default();
    let error = node
        .rpc
        .send_transaction(&transaction)
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("did not pass signature verification"),
        "{error}"
    );
}

#[test]
fn rent_is_what_the_sysvar_says() {
    let node = Node::start(&[]);
    let rent = node
        .rpc
        .get_account_data(&address("SysvarRent111111111111111111111111111111111"))
        .unwrap();
    let lamports_per_byte = u64::from_le_bytes(rent[..8].try_into().unwrap());
    let threshold = f64::from_le_bytes(rent[8..16].try_into().unwrap());
    assert_eq!(threshold, 1.0);
    for len in [0, 200, 10_000] {
        let minimum = node
            .rpc
            .get_minimum_balance_for_rent_exemption(len)
            .unwrap();
        assert_eq!(minimum, (128 + len as u64) * lamports_per_byte);
    }
}

#[test]
fn priority_fees_can_be_asked_for() {
    let node = Node::start(&[]);
    node.rpc
        .get_recent_prioritization_fees(&[address(TOKEN)])
        .unwrap();
}

/// The verifier of deliveries needs these system calls. The account of a feature says whether it is active.
#[test]
fn the_curve25519_system_calls_are_active() {
    let node = Node::start(&[]);
    let feature = address("7rcw5UtqgDTBBv2EcynNfYckgdAaH1MAsCjKgXMkN7Ri");
    let account = node.rpc.get_account_with_commitment(
        &feature,
        CommitmentConfig {
            commitment: CommitmentLevel::Processed,
        },
    );
    let data = account.unwrap().value.unwrap().data;
    assert_eq!(data[0], 1, "the activation slot is present");
}

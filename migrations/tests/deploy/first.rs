//! First deployments.

use std::fs;

use generion_deploy::{Event, plan::Kind};
use serde_json::Value;
use solana_instruction::{Instruction, error::InstructionError};
use solana_signer::Signer;
use solana_transaction_error::TransactionError;

use generion_test_support::SOL;

use crate::stage::{Stage, Wallet, binary, longer, sha256};

fn balance(stage: &Stage, wallet: &Wallet) -> u64 {
    stage.lamports(&wallet.address())
}

#[test]
fn a_program_is_deployed_verified_and_recorded() {
    let stage = Stage::new();
    let (wallet, program) = (stage.wallet("wallet", 10 * SOL), stage.wallet("program", 0));
    let id = program.address();
    let artifact = stage.recorded("artifact", &id, binary());
    let flags = ["-k", wallet.path(), "--program-id", program.path()];
    let told = stage.deploys(&artifact, &flags);

    assert_eq!(stage.code(&id).unwrap(), binary());
    assert_eq!(stage.authority(&id), Some(wallet.address()));
    let call = Instruction::new_with_bytes(id, &[], vec![]);
    let answer = stage.send(&[call], &[&wallet.keypair]).unwrap_err();
    // The program runs, and says that this is not the address that it was built for.
    let expected = InstructionError::IncorrectProgramId;
    assert_eq!(answer, TransactionError::InstructionError(0, expected));

    // What it printed is in the file, and is what the ledger has.
    let file = stage.path("deployments/localnet.json");
    let record: Value = serde_json::from_slice(&fs::read(file).unwrap()).unwrap();
    assert_eq!(record["cluster"], "localnet");
    let genesis = stage.rpc.get_genesis_hash().unwrap().to_string();
    assert_eq!(record["genesis_hash"], genesis);
    assert_eq!(record["programs"], Value::Array(vec![told.clone()]));
    assert_eq!(told["program_id"], id.to_string());
    assert_eq!(told["sha256"], sha256(binary()));
    assert_eq!(told["size"], binary().len());
    assert_eq!(told["room"], binary().len());
    assert_eq!(told["upgrade_authority"], wallet.address().to_string());
    let signature = told["signature"].as_str().unwrap().parse().unwrap();
    let slot = stage
        .rpc
        .get_signature_statuses(&[signature])
        .unwrap()
        .value[0]
        .as_ref()
        .unwrap()
        .slot;
    assert_eq!(told["slot"], slot);

    // Again: there is nothing to do, nothing is spent, and the file is as before.
    let before = balance(&stage, &wallet);
    fs::remove_file(stage.path("deployments/localnet.json")).unwrap();
    assert_eq!(stage.deploys(&artifact, &flags), told);
    assert_eq!(balance(&stage, &wallet), before);
    assert!(stage.path("deployments/localnet.json").exists());
}

/// The plan's price is what it costs, and its smallest sum is enough.
#[tokio::test(flavor = "multi_thread")]
async fn it_costs_what_was_told_before() {
    let stage = Stage::new();
    let program = stage.wallet("program", 0);
    let rich = stage.wallet("rich", 10 * SOL);
    let node = stage.node();
    let plan = stage
        .deployment(&node, &rich, &program, binary())
        .plan()
        .await
        .unwrap();
    assert_eq!(plan.kind, Kind::Deploy);

    let exact = stage.wallet("exact", plan.needed);
    let deployment = stage.deployment(&node, &exact, &program, binary());
    let mut written = Vec::new();
    let outcome = deployment
        .run(&mut |event| {
            if let Event::Written { done, of } = event {
                assert_eq!(of, plan.all_writes);
                written.push(done);
            }
        })
        .await
        .unwrap();
    assert_eq!(outcome.authority, Some(exact.address()));
    assert_eq!(balance(&stage, &exact), plan.needed - plan.fees - plan.rent);
    assert_eq!(stage.lamports(&deployment.target().buffer), 0);
    assert!(written.is_sorted() && written.last() == Some(&plan.all_writes));
    // One for the buffer, one for each part, one for the program.
    let payer = stage
        .rpc
        .get_signatures_for_address(&exact.keypair.pubkey())
        .unwrap();
    let sent = payer.iter().filter(|entry| entry.err.is_none()).count();
    assert_eq!(sent, 1 + 1 + plan.all_writes + 1, "the airdrop, and these");
}

/// Anybody can send lamports to an address, which would keep `create_account` from it.
#[test]
fn lamports_sent_ahead_are_in_nobodys_way() {
    let stage = Stage::new();
    let (wallet, program) = (
        stage.wallet("wallet", 10 * SOL),
        stage.wallet("program", SOL),
    );
    let node = stage.node();
    let deployment = stage.deployment(&node, &wallet, &program, binary());
    stage.give(&deployment.target().buffer, SOL);
    let artifact = stage.recorded("artifact", &program.address(), binary());
    let before = balance(&stage, &wallet);
    stage.deploys(
        &artifact,
        &["-k", wallet.path(), "--program-id", program.path()],
    );
    assert_eq!(stage.code(&program.address()).unwrap(), binary());
    // The buffer's come to the payer, and the program keeps its own.
    assert!(
        balance(&stage, &wallet) + 2 * SOL > before + SOL,
        "the buffer's SOL came back"
    );
    assert_eq!(stage.lamports(&program.address()), SOL);
}

#[test]
fn another_wallet_pays_and_room_is_kept() {
    let stage = Stage::new();
    let (authority, payer) = (
        stage.wallet("authority", 0),
        stage.wallet("payer", 10 * SOL),
    );
    let program = stage.wallet("program", 0);
    let id = program.address();
    let artifact = stage.recorded("artifact", &id, binary());
    let room = binary().len() + 5_000;
    let room_flag = room.to_string();
    let flags = [
        "--upgrade-authority",
        authority.path(),
        "--fee-payer",
        payer.path(),
        "--program-id",
        program.path(),
        "--max-len",
        &room_flag,
        "--with-compute-unit-price",
        "1000",
    ];
    let told = stage.deploys(&artifact, &flags);
    assert_eq!(told["room"], room);
    assert_eq!(stage.authority(&id), Some(authority.address()));
    assert_eq!(balance(&stage, &authority), 0);
    let code = stage.code(&id).unwrap();
    assert_eq!(code.len(), room);
    assert!(code.starts_with(binary()) && code[binary().len()..].iter().all(|byte| *byte == 0));

    // The room takes the next binary without an extension.
    let next = longer(4_000);
    let artifact = stage.recorded("next", &id, &next);
    assert_eq!(stage.deploys(&artifact, &flags)["room"], room);
    assert!(stage.code(&id).unwrap().starts_with(&next));
}

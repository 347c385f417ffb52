//! The programs that the node starts with.

use std::fs;

use solana_address::Address;
use solana_instruction::Instruction;
use solana_keypair::Keypair;
use solana_loader_v3_interface::{
    get_program_data_address, instruction::set_upgrade_authority, state::UpgradeableLoaderState,
};
use solana_sdk_ids::bpf_loader_upgradeable;
use solana_signer::Signer;
use tempfile::tempdir;

use crate::harness::{Node, SOL, address, localnet, logs, refused};

/// SPL Memo, whose program account contains the binary.
const MEMO: &str = "MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr";

fn memo_binary() -> Vec<u8> {
    Node::start(&[])
        .rpc
        .get_account(&address(MEMO))
        .unwrap()
        .data
}

#[test]
fn generion_is_deployed_like_a_final_version() {
    let node = Node::start(&[]);
    let id = generion_artifact::PROGRAM_ID;
    let program = node.rpc.get_account(&id).unwrap();
    assert!(program.executable);
    assert_eq!(program.owner, bpf_loader_upgradeable::ID);
    let data_address = get_program_data_address(&id);
    let pointer = UpgradeableLoaderState::Program {
        programdata_address: data_address,
    };
    assert_eq!(program.data, wincode::serialize(&pointer).unwrap());

    let program_data = node.rpc.get_account(&data_address).unwrap();
    assert!(!program_data.executable);
    assert_eq!(program_data.owner, bpf_loader_upgradeable::ID);
    let (header, binary) = program_data
        .data
        .split_at(UpgradeableLoaderState::size_of_programdata_metadata());
    let header: UpgradeableLoaderState = wincode::deserialize(header).unwrap();
    assert!(
        matches!(
            header,
            UpgradeableLoaderState::ProgramData {
                upgrade_authority_address: None,
                ..
            }
        ),
        "{header:?}"
    );
    assert_eq!(binary, generion_artifact::PROGRAM);
    for account in [program, program_data] {
        let minimum = node
            .rpc
            .get_minimum_balance_for_rent_exemption(account.data.len())
            .unwrap();
        assert_eq!(account.lamports, minimum);
    }
}

#[test]
fn generion_can_be_left_out() {
    let node = Node::start(&["--no-generion"]);
    assert_eq!(node.ready.program_id, None);
    let accounts = node
        .rpc
        .get_multiple_accounts(&[generion_artifact::PROGRAM_ID])
        .unwrap();
    assert_eq!(accounts, [None]);
}

#[test]
fn a_program_from_a_file_runs_under_its_id() {
    let folder = tempdir().unwrap();
    let file = folder.path().join("memo.so");
    fs::write(&file, memo_binary()).unwrap();

    let id = Address::new_from_array([7; 32]);
    let node = Node::start(&["--program", &format!("{id}={}", file.display())]);
    let payer = node.wallet(SOL);
    let memo = Instruction::new_with_bytes(id, b"hello", vec![]);
    let lines = logs(&node.execute(&[memo], &payer, &[]));
    assert_eq!(lines[0], format!("Program {id} invoke [1]"));
    assert!(lines.iter().any(|line| line.contains("hello")), "{lines:?}");
}

/// Like solana-test-validator: the authority is in the program data account, and the loader obeys it.
#[test]
fn an_upgradeable_program_belongs_to_its_authority() {
    let folder = tempdir().unwrap();
    let file = folder.path().join("memo.so");
    fs::write(&file, memo_binary()).unwrap();
    let (id, path) = (Address::new_from_array([7; 32]), file.to_str().unwrap());
    let authority = Keypair::new();
    let node = Node::start(&[
        "--upgradeable-program",
        &id.to_string(),
        path,
        &authority.pubkey().to_string(),
    ]);
    let payer = node.wallet(SOL);
    let memo = Instruction::new_with_bytes(id, b"hello", vec![]);
    node.execute(&[memo], &payer, &[]);

    let data = get_program_data_address(&id);
    let stands = || node.rpc.get_account_data(&data).unwrap()[12..45].to_vec();
    assert_eq!(
        stands(),
        [&[1], &authority.pubkey().to_bytes()[..]].concat()
    );
    let hand_over =
        |from: &Keypair| set_upgrade_authority(&id, &from.pubkey(), Some(&payer.pubkey()));
    let stranger = node.transaction(&[hand_over(&payer)], &payer, &[]);
    let error = node.rpc.simulate_transaction(&stranger).unwrap().value.err;
    let error = error.expect("a stranger is refused").to_string();
    assert!(error.contains("ncorrect authority"), "{error}");
    node.execute(&[hand_over(&authority)], &payer, &[&authority]);
    assert_eq!(stands(), [&[1], &payer.pubkey().to_bytes()[..]].concat());
}

/// As `anchor test` runs the node: in the workspace, after building the programs.
#[test]
fn an_anchor_workspace_is_deployed() {
    let workspace = tempdir().unwrap();
    let deploy = workspace.path().join("target/deploy");
    fs::create_dir_all(&deploy).unwrap();
    fs::write(deploy.join("memo.so"), memo_binary()).unwrap();
    let id = Address::new_from_array([7; 32]);
    fs::write(
        workspace.path().join("Anchor.toml"),
        format!("[programs.localnet]\nmemo = \"{id}\"\n"),
    )
    .unwrap();

    let mut command = localnet(&["--port", "0", "--legacy-anchor-compatibility"]);
    command
        .current_dir(&workspace)
        .env_remove("CARGO_TARGET_DIR");
    let node = Node::run(command);
    let programs = node
        .rpc
        .get_multiple_accounts(&[id, generion_artifact::PROGRAM_ID])
        .unwrap();
    assert!(
        programs
            .into_iter()
            .flatten()
            .filter(|account| account.executable)
            .count()
            == 2
    );
}

#[test]
fn a_file_that_is_no_program_is_refused_by_name() {
    let folder = tempdir().unwrap();
    let file = folder.path().join("notes.txt");
    fs::write(&file, "not a program").unwrap();
    let id = Address::new_from_array([7; 32]);
    let missing = folder.path().join("missing.so");

    let errors = refused(&[
        "--port",
        "0",
        "--program",
        &format!("{id}={}", file.display()),
    ]);
    assert_eq!(errors.len(), 1, "{errors:?}");
    let expected = format!(
        "error: {} is not a program that a Solana node would load",
        file.display()
    );
    assert!(errors[0].starts_with(&expected), "{errors:?}");

    let errors = refused(&[
        "--port",
        "0",
        "--program",
        &format!("{id}={}", missing.display()),
    ]);
    let expected = format!(
        "error: cannot read the program {}: No such file",
        missing.display()
    );
    assert!(errors[0].starts_with(&expected), "{errors:?}");
}

//! Changing the clock, which the demo does to let a deadline pass.

use serde_json::{Value, json};
use solana_instruction::{AccountMeta, Instruction};
use solana_keypair::Keypair;
use solana_rpc_client_api::request::RpcRequest;
use solana_signer::Signer;
use solana_system_interface::instruction::{create_account, transfer};

use crate::harness::{Node, SOL, address, eventually};

/// The account of the Clock sysvar, and the position of its `unix_timestamp`.
const CLOCK: (&str, usize) = ("SysvarC1ock11111111111111111111111111111111", 32);

const DAY: i64 = 86_400;

fn clock(node: &Node) -> i64 {
    let data = node.rpc.get_account_data(&address(CLOCK.0)).unwrap();
    i64::from_le_bytes(data[CLOCK.1..][..8].try_into().unwrap())
}

fn travel(node: &Node, unix_timestamp: i64) -> Result<Value, String> {
    let request = RpcRequest::Custom {
        method: "surfnet_timeTravel",
    };
    let params = json!([{ "absoluteTimestamp": unix_timestamp * 1_000 }]);
    node.rpc
        .send(request, params)
        .map_err(|error| error.to_string())
}

/// The time that a program on the ledger reads: Token-2022 writes `Clock::get()?.unix_timestamp` into a mint with
/// interest.
fn clock_of_a_program(node: &Node, payer: &Keypair) -> i64 {
    const TOKEN_2022: &str = "TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb";
    /// A mint that is padded to the 165 bytes of a token account, its type (1), and one extension: tag and length (4),
    /// content (52).
    const MINT_LEN: usize = 222;
    const INITIALIZATION_TIMESTAMP: usize = 165 + 1 + 4 + 32;

    let (token_2022, mint) = (address(TOKEN_2022), Keypair::new());
    let rent = node
        .rpc
        .get_minimum_balance_for_rent_exemption(MINT_LEN)
        .unwrap();
    let create = create_account(
        &payer.pubkey(),
        &mint.pubkey(),
        rent,
        MINT_LEN as u64,
        &token_2022,
    );
    // InterestBearingMintExtension::Initialize { rate_authority: none, rate: 0 }
    let mut data = vec![33, 0];
    data.resize(2 + 32 + 2, 0);
    let accounts = vec![AccountMeta::new(mint.pubkey(), false)];
    let initialize = Instruction {
        program_id: token_2022,
        accounts,
        data,
    };
    node.execute(&[create, initialize], payer, &[&mint]);
    let data = node.rpc.get_account_data(&mint.pubkey()).unwrap();
    i64::from_le_bytes(data[INITIALIZATION_TIMESTAMP..][..8].try_into().unwrap())
}

#[test]
fn a_jump_moves_the_clock_that_programs_read_and_it_goes_on_from_there() {
    let node = Node::start(&[]);
    let payer = node.wallet(SOL);
    let before = clock(&node);
    let seen = clock_of_a_program(&node, &payer);
    assert!((before..before + 60).contains(&seen), "{before} {seen}");
    let old = node.transaction(
        &[transfer(&payer.pubkey(), &payer.pubkey(), 1)],
        &payer,
        &[],
    );
    let slot = node.rpc.get_slot().unwrap();
    let height = node.rpc.get_block_height().unwrap();

    let target = before + DAY;
    let epoch_info = travel(&node, target).unwrap();

    // The change takes effect at once, wherever the time is read.
    assert!((target..target + 60).contains(&clock(&node)));
    let seen = clock_of_a_program(&node, &payer);
    assert!((target..target + 60).contains(&seen), "{target} {seen}");
    // The slot advances by one for every 40 ms that were skipped. The blocks between were never produced.
    let now = node.rpc.get_slot().unwrap();
    let skipped = (DAY as u64) * 1_000 / 40;
    assert!(
        (slot + skipped - 2_000..slot + skipped + 2_000).contains(&now),
        "{slot} {now}"
    );
    assert!(epoch_info["absoluteSlot"].as_u64().unwrap() <= now + 32);
    assert!(node.rpc.get_block_height().unwrap() < height + 2_000);
    // A block hash from before the jump is still valid, and block times follow the clock.
    let executed = node.confirmed(&node.send_without_preflight(&old));
    assert!(executed.slot > slot + skipped - 2_000);
    assert!((target..target + 60).contains(&executed.block_time.unwrap()));
    assert!((target..target + 60).contains(&node.rpc.get_block_time(executed.slot).unwrap()));
    // The clock keeps running.
    let later = clock(&node);
    eventually("the clock keeps running", || {
        (clock(&node) > later).then_some(())
    });
    eventually("blocks are produced", || {
        (node.rpc.get_slot().unwrap() > now).then_some(())
    });
}

#[test]
fn the_clock_does_not_go_back() {
    let node = Node::start(&[]);
    let before = clock(&node);
    let error = travel(&node, before - DAY).unwrap_err();
    assert!(error.contains("Internal error"), "{error}");
    assert!(clock(&node) >= before);
}
